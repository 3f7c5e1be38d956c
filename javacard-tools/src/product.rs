//! What a conversion writes: CAP file, export file, and on demand a disassembly.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use cap_convert::{AppletDescription, Converted, PackageDescription};
use cap_format::container::{CapFile, RawFile};
use cap_format::export_file::ExportFile;
use card_api::api::Api;
use tempfile::NamedTempFile;

use crate::commands::input;
use crate::listing::{self, Request, Section};
use crate::outcome::Made;

/// A file to be written.
pub(crate) struct Product {
    /// Its place below the output folder.
    pub(crate) path: PathBuf,
    /// Its octets.
    pub(crate) bytes: Vec<u8>,
}

/// A package that is made and not yet written.
pub(crate) struct Package {
    /// What is told of it.
    pub(crate) made: Made,
    /// Its files.
    pub(crate) products: Vec<Product>,
}

impl Package {
    /// The files of a package: `com.example.wallet.cap`, and `com/example/wallet/javacard/wallet.exp` where converters look for it.
    pub(crate) fn new(description: &PackageDescription, converted: &Converted) -> Result<Self> {
        let package = description.name.replace('/', ".");
        let last = description.name.rsplit('/').next().unwrap_or_default();
        let components = converted.cap.to_components()?;
        let cap = Product {
            path: format!("{package}.cap").into(),
            bytes: CapFile {
                package_name: description.name.clone(),
                applet_names: description.applets.iter().map(simple_name).collect(),
                cap: converted.cap.clone(),
            }
            .write_with(&components)?,
        };
        let export_file = Product {
            path: format!("{}/javacard/{last}.exp", description.name).into(),
            bytes: converted.export_file.write()?,
        };
        Ok(Self {
            made: Made {
                package,
                version: description.version.to_string(),
                load_octets: components.to_load_file()?.len(),
                cap: cap.path.clone(),
                export_file: export_file.path.clone(),
                disassembly: None,
            },
            products: vec![cap, export_file],
        })
    }

    /// Adds `com.example.wallet.txt`: what `cap inspect` shows of the CAP file. Names of the package itself come from its export file,
    /// those of packages that are not in the tables of APIs from `exports`.
    pub(crate) fn add_disassembly(
        &mut self,
        converted: Converted,
        api: &Api,
        mut exports: Vec<ExportFile>,
    ) -> Result<()> {
        let [cap, ..] = self.products.as_slice() else {
            return Ok(());
        };
        let raw = RawFile::read(&cap.bytes)?;
        exports.insert(0, converted.export_file);
        let package = input::package(&raw, converted.cap, api, &exports)?;
        let request = Request {
            sections: &Section::USUAL,
            method: "",
        };
        let listing = listing::list(&package, &raw.components, api, request, &[])?;
        let path = PathBuf::from(format!("{}.txt", self.made.package));
        self.made.disassembly = Some(path.clone());
        self.products.push(Product {
            path,
            bytes: listing::text(&listing)?.into_bytes(),
        });
        Ok(())
    }
}

fn simple_name(applet: &AppletDescription) -> String {
    let class = applet.class.rsplit(['/', '.']).next();
    class.unwrap_or_default().to_owned()
}

/// Writes all of them, each whole or not at all; what was there before is replaced. Two runs at once may write to one folder: each
/// file is that of one of them.
pub(crate) fn write<'a>(folder: &Path, products: impl Iterator<Item = &'a Product>) -> Result<()> {
    // Everything is on the disk before the first file takes its name: a full disk leaves the old files.
    let mut ready = Vec::new();
    for product in products {
        let path = folder.join(&product.path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
        check_place(&path)?;
        let fresh =
            staged(parent, &product.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        ready.push((fresh, path));
    }
    for (fresh, path) in ready {
        fresh
            .persist(&path)
            .map_err(|error| error.error)
            .with_context(|| format!("cannot name {}", path.display()))?;
    }
    Ok(())
}

/// A file can have this name: what can be known before is known before the first file is replaced.
fn check_place(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            bail!("{} is a folder and would have to be a file", path.display())
        }
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(error).with_context(|| format!("cannot write {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn staged(folder: &Path, bytes: &[u8]) -> Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    let mut file = builder.permissions(readable()).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// As other programs make their files: the user's umask takes away what it wants.
fn readable() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o666)
}
