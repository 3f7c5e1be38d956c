//! The ZIP archive of a CAP file: a file per component under `<package>/javacard/`, and a manifest (JCVM §4.1.3,
//! §6.2.1).
//!
//! Written archives are reproducible: stored, in a fixed order, with one fixed time.

mod local;
mod manifest;

use std::io::{Cursor, Read, Write};

use card_proto::reader::Reader;
use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::cap::read::{Form, cap};
use crate::cap::{Cap, RawComponents};
use crate::component::{Tag, frame, unframe};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::limits;
use crate::writer::Writer;
use local::Entry;

/// How a ZIP archive begins.
pub(crate) const MAGIC: &[u8] = b"PK";
/// Where the manifest stands.
const MANIFEST: &str = "META-INF/MANIFEST.MF";
/// The folder of the components in that of the package.
const FOLDER: &str = "javacard";
/// How the name of a component's file ends: with a size of two octets, of four octets.
const ENDINGS: [&str; 2] = ["cap", "capx"];

/// A CAP file in its archive: the components, and the names that stand only there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapFile {
    /// The name of the package with slashes.
    pub package_name: String,
    /// The names of the applet classes without their package, in the order of the Applet component. Fewer when the manifest has
    /// fewer.
    pub applet_names: Vec<String>,
    /// The components.
    pub cap: Cap,
}

impl CapFile {
    /// Reads an archive. Files that are no components are ignored.
    ///
    /// # Errors
    /// [`CapError`] when it is no archive, is larger than [`limits`] allow, has components of several packages, or
    /// as [`Cap::from_components`].
    pub fn read(bytes: &[u8]) -> Result<Self, CapError> {
        let found = read(bytes)?;
        let cap = Cap::from_components(&found.components)?;
        Ok(Self {
            package_name: found.package_name,
            applet_names: manifest::applet_names(&found.manifest, applet_count(&cap)),
            cap,
        })
    }

    /// Writes an archive.
    ///
    /// # Errors
    /// [`CapError`] as [`Cap::to_components`], and when a name has control characters or no applet.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        self.write_with(&self.cap.to_components()?)
    }

    /// As [`CapFile::write`], when the components of the file are written already.
    ///
    /// # Errors
    /// [`CapError`] when a component is too large, or a name has control characters or no applet.
    pub fn write_with(&self, components: &RawComponents) -> Result<Vec<u8>, CapError> {
        within(
            "names of applets",
            self.applet_names.len(),
            applet_count(&self.cap),
        )
        .map_err(|kind| Fault::new(0, kind).of(Part::Container))?;
        let names = self.applet_names.iter().chain([&self.package_name]);
        if names.clone().any(|name| name.contains(char::is_control)) {
            return Err(refusal(ErrorKind::Text));
        }
        let mut files = vec![(MANIFEST.to_owned(), manifest::text(self).into_bytes())];
        let path = |name: &str| match self.package_name.as_str() {
            "" => format!("{FOLDER}/{name}"),
            package => format!("{package}/{FOLDER}/{name}"),
        };
        for (tag, info) in &components.defined {
            files.push((path(&tag.file_name()), frame(*tag, info)?));
        }
        for custom in &components.custom {
            files.push((
                path(&format!("{}.cap", custom.name)),
                frame_custom(custom.tag, &custom.info)?,
            ));
        }
        archive(&files).map_err(|error| zip_refusal(&error))
    }
}

fn applet_count(cap: &Cap) -> usize {
    cap.applets
        .as_ref()
        .map_or(0, |component| component.applets.len())
}

/// A CAP file in either form whose components were told apart and not read: what is left of a broken one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawFile {
    /// The name of the package with slashes; empty in a load file.
    pub package_name: String,
    /// The names of the applet classes, as [`CapFile::applet_names`].
    pub applet_names: Vec<String>,
    /// The components.
    pub components: RawComponents,
    /// True of a load file, in which Descriptor, Debug and custom components may be missing.
    pub is_load_file: bool,
}

impl RawFile {
    /// Takes an archive or a load file apart.
    ///
    /// # Errors
    /// [`CapError`] when the components cannot be told apart.
    pub fn read(bytes: &[u8]) -> Result<Self, CapError> {
        if !bytes.starts_with(MAGIC) {
            let components = crate::load_file::components(bytes).map_err(|fault| fault.of(Part::LoadFile))?;
            return Ok(Self {
                components,
                is_load_file: true,
                ..Self::default()
            });
        }
        let found = read(bytes)?;
        Ok(Self {
            package_name: found.package_name,
            applet_names: manifest::applet_names(&found.manifest, u8::MAX.into()),
            components: found.components,
            is_load_file: false,
        })
    }

    /// Reads the components.
    ///
    /// # Errors
    /// [`CapError`] as [`Cap::read`].
    pub fn cap(&self) -> Result<Cap, CapError> {
        let form = match self.is_load_file {
            true => Form::LoadFile,
            false => Form::Whole,
        };
        cap(&self.components, form)
    }
}

/// What an archive holds.
#[derive(Default)]
struct Found {
    package_name: String,
    manifest: String,
    components: RawComponents,
}

fn read(bytes: &[u8]) -> Result<Found, CapError> {
    within("octets of an archive", bytes.len(), limits::FILE_OCTETS).map_err(refusal)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| zip_refusal(&error))?;
    within("files in an archive", archive.len(), limits::ARCHIVE_FILES).map_err(refusal)?;
    let mut found = Found::default();
    let mut package = None;
    let mut left = limits::FILE_OCTETS;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| zip_refusal(&error))?;
        entries.push(entry(&file));
        let name = file.name().map_err(|error| zip_refusal(&error))?.into_owned();
        let Some(place) = Place::of(&name) else { continue };
        let most = match place {
            Place::Manifest => left.min(limits::MANIFEST_OCTETS),
            Place::Component { .. } => left,
        };
        let content = inflate(file, most).map_err(refusal)?;
        left = left.saturating_sub(content.len());
        match place {
            Place::Manifest => found.manifest = String::from_utf8_lossy(&content).into_owned(),
            Place::Component { folder, stem } => {
                if *package.get_or_insert_with(|| folder.to_owned()) != folder {
                    return Err(refusal(ErrorKind::SecondPackage(folder.to_owned())));
                }
                let error = |kind| Fault::new(0, kind).of(part(stem));
                add_component(&mut found.components, stem, &content).map_err(error)?;
            }
        }
    }
    let directory = usize::try_from(archive.central_directory_start()).unwrap_or(usize::MAX);
    local::check(bytes, entries, directory).map_err(refusal)?;
    found.package_name = package.unwrap_or_default();
    Ok(found)
}

/// Where a file lies.
fn entry(file: &ZipFile<'_, impl Read>) -> Entry {
    let place = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
    Entry {
        header: place(file.header_start()),
        data: place(file.data_start().unwrap_or(u64::MAX)),
        octets: place(file.compressed_size()),
        name: file.name_raw().to_vec(),
    }
}

/// What an error in the file with this name, without its ending, is about.
fn part(stem: &str) -> Part {
    let tag = Tag::ALL.iter().find(|tag| tag.name().eq_ignore_ascii_case(stem));
    tag.map_or(Part::Container, |tag| Part::Component(*tag))
}

fn refusal(kind: ErrorKind) -> CapError {
    Fault::new(0, kind).of(Part::Container)
}

fn zip_refusal(error: &ZipError) -> CapError {
    let reason = error.to_string();
    refusal(ErrorKind::Zip { reason })
}

/// A file of an archive that this crate reads.
enum Place<'a> {
    Manifest,
    Component { folder: &'a str, stem: &'a str },
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Self> {
        if path == MANIFEST {
            return Some(Self::Manifest);
        }
        let (folders, name) = path.rsplit_once('/')?;
        let (stem, ending) = name.rsplit_once('.')?;
        ENDINGS.iter().find(|known| known.eq_ignore_ascii_case(ending))?;
        let folder = folders.strip_suffix(FOLDER)?;
        let folder = if folder.is_empty() {
            folder
        } else {
            folder.strip_suffix('/')?
        };
        Some(Self::Component { folder, stem })
    }
}

/// The content of a file, which may have `limit` octets.
fn inflate(file: impl Read, limit: usize) -> Result<Vec<u8>, ErrorKind> {
    let mut content = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let result = file.take(most).read_to_end(&mut content);
    result.map_err(|error| ErrorKind::Zip {
        reason: error.to_string(),
    })?;
    within("octets in an archive", content.len(), limit)?;
    Ok(content)
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), ErrorKind> {
    if found <= limit {
        return Ok(());
    }
    Err(ErrorKind::Limit { what, found, limit })
}

/// A file holds one component; its name says which, in letters of any case (JCVM §6.2.1).
fn add_component(components: &mut RawComponents, stem: &str, content: &[u8]) -> Result<(), ErrorKind> {
    let mut reader = Reader::new(content);
    let (tag, info) = unframe(&mut reader).map_err(|fault| fault.kind)?;
    reader.finish().map_err(|error| Fault::from(error).kind)?;
    if Tag::from_u8(tag).is_some_and(|tag| !tag.name().eq_ignore_ascii_case(stem)) {
        let wanted = "the tag that belongs to the name of the file";
        return Err(ErrorKind::Value {
            wanted,
            found: tag.into(),
        });
    }
    components.add(tag, stem, info)
}

fn frame_custom(tag: u8, info: &[u8]) -> Result<Vec<u8>, CapError> {
    let mut out = Writer::new();
    out.u8(tag);
    out.count16(info.len(), "octets of a custom component")
        .map_err(|fault| fault.of(Part::Container))?;
    out.bytes(info);
    Ok(out.into_bytes())
}

fn archive(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(PERMISSIONS);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Of the files when they are unpacked: all read, the owner writes.
const PERMISSIONS: u32 = 0o644;
