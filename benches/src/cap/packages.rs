//! The packages that are converted: the link package of the applets, and one applet whose code grows.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, ensure};
use cap_convert::{
    AppletDescription, ClassFile, CodeStyle, Converted, Input, IntSupport, PackageDescription, convert,
};
use cap_format::export_file::ExportFile;
use cap_format::version::{FormatVersion, PackageVersion};
use card_proto::aid::Aid;
use host_harness::jcardsim::java_tool;
use host_harness::project::Project;

/// The class files of Java 7, the newest that most kits take.
const RELEASE: &[&str] = &["-source", "7", "-target", "7", "-nowarn"];
const LINK_AID: &[u8] = b"\xF0TWOFOLD\x00";
const GROWN_AID: &[u8] = b"\xF0GROWN\x00";
const APPLET_AID: &[u8] = b"\xF0GROWN\x00\x01";
const APPLET: &str = "grown/Grown";

/// A package as class files.
pub(crate) struct Compiled {
    /// The folder that javac wrote to.
    pub(crate) classes: PathBuf,
    /// Names and octets.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) description: PackageDescription,
}

impl Compiled {
    /// The link package, in a folder below `folder`.
    pub(crate) fn link(folder: &Path) -> Result<Self> {
        let project = Project::of_this_build();
        let sources = project.root().join("applets/stage-link/src/twofold/link");
        let sources = fs::read_dir(sources)?;
        let sources: Vec<PathBuf> = sources.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        Self::compile(
            folder.join("link"),
            &sources,
            description("twofold/link", LINK_AID)?,
        )
    }

    /// An applet with so many methods, in a folder below `folder`.
    pub(crate) fn grown(folder: &Path, methods: usize) -> Result<Self> {
        let folder = folder.join(format!("grown-{methods}"));
        fs::create_dir_all(&folder)?;
        let source = folder.join("Grown.java");
        fs::write(&source, grown_source(methods)?)?;
        let mut description = description("grown", GROWN_AID)?;
        description.applets.push(AppletDescription {
            class: APPLET.to_owned(),
            aid: Aid::new(APPLET_AID)?,
        });
        Self::compile(folder, &[source], description)
    }

    fn compile(folder: PathBuf, sources: &[PathBuf], description: PackageDescription) -> Result<Self> {
        let classes = folder.join("classes");
        let run = Command::new(java_tool("javac"))
            .args(RELEASE)
            .args(["-g", "-proc:none", "-classpath"])
            .arg(Project::of_this_build().jcardsim_jar())
            .arg("-d")
            .arg(&classes)
            .args(sources)
            .output()
            .context("cannot run javac")?;
        ensure!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let files = fs::read_dir(classes.join(&description.name))?.map(|file| {
            let path = file?.path();
            Ok((path.display().to_string(), fs::read(&path)?))
        });
        Ok(Self {
            files: files.collect::<Result<_>>()?,
            classes,
            description,
        })
    }

    /// Converts it in this process.
    pub(crate) fn convert(&self, exports: &[ExportFile]) -> Result<Converted> {
        let classes: Vec<_> = self
            .files
            .iter()
            .map(|(name, bytes)| ClassFile { name, bytes })
            .collect();
        let input = Input {
            classes: &classes,
            package: &self.description,
            exports,
        };
        convert(&input).map_err(|findings| anyhow!("{} findings", findings.len()))
    }
}

fn description(name: &str, aid: &[u8]) -> Result<PackageDescription> {
    Ok(PackageDescription {
        name: name.to_owned(),
        aid: Aid::new(aid)?,
        version: PackageVersion { major: 1, minor: 0 },
        applets: Vec::new(),
        format: FormatVersion::V2_1,
        int: IntSupport::Refused,
        style: CodeStyle::Smallest,
        imports: Vec::new(),
    })
}

/// Each method has a loop, branches, a switch, calls, field accesses and, in every eighth, a handler; each calls the one before it.
fn grown_source(methods: usize) -> Result<String> {
    let mut source = String::from(
        "package grown;
import javacard.framework.*;
public final class Grown extends Applet {
    private final byte[] data = new byte[32];
    private short total;
    private Grown() { register(); }
    public static void install(byte[] bytes, short offset, byte length) { new Grown(); }
    private short m0(byte[] bytes, short at, short count) { return count; }
",
    );
    for index in 1..methods {
        let (before, mask) = (index - 1, index % 120);
        let copy = "Util.arrayCopyNonAtomic(bytes, at, data, (short) 0, (short) 8);";
        let copy = match index % 8 {
            0 => format!("try {{ {copy} }} catch (ArrayIndexOutOfBoundsException e) {{ total = 0; }}"),
            _ => copy.to_owned(),
        };
        write!(
            source,
            "    private short m{index}(byte[] bytes, short at, short count) {{
        short sum = {index};
        for (short i = 0; i < count; i++) {{
            byte value = bytes[(short) (at + i)];
            if (value == (byte) {mask}) sum += value; else sum ^= (short) (value << 3);
        }}
        switch (sum) {{
            case {mask}: total = sum; break;
            case 300: ISOException.throwIt((short) (ISO7816.SW_WRONG_DATA + {mask}));
            case 301: sum = Util.makeShort(bytes[0], data[1]); break;
            default: sum = m{before}(bytes, at, (short) (count - 1));
        }}
        {copy}
        return sum;
    }}
"
        )?;
    }
    let last = methods.saturating_sub(1);
    write!(
        source,
        "    public void process(APDU apdu) {{ m{last}(apdu.getBuffer(), (short) 0, (short) 5); }}\n}}\n"
    )?;
    Ok(source)
}
