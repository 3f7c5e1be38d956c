//! The lines of a case as declarations: a package, what it imports, its classes, its applets, what is changed behind.

mod class;
mod member;

use cap_format::version::{FormatVersion, PackageVersion};
use card_proto::aid::Aid;

use super::text::{Line, Trouble, Words};
pub(crate) use class::TypeText;
pub(crate) use member::{FieldText, MethodText, types};

/// Words before a name, such as `public static`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags(Vec<String>);

impl Flags {
    const KNOWN: [&'static str; 6] = ["public", "protected", "private", "static", "final", "abstract"];

    fn read(words: &mut Words<'_>) -> Self {
        let mut flags = Self::default();
        while let Some(flag) = Self::KNOWN.into_iter().find(|flag| words.take(flag)) {
            flags.0.push(flag.to_owned());
        }
        flags
    }

    pub(crate) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|known| known == flag)
    }

    /// Public or protected.
    pub(crate) fn is_visible_outside(&self) -> bool {
        self.has("public") || self.has("protected")
    }
}

/// An import: a package by its name, or an AID that no table knows.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) line: Line,
    pub(crate) name: String,
    pub(crate) version: PackageVersion,
}

/// A package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    pub(crate) aid: Option<Aid>,
    pub(crate) version: Option<PackageVersion>,
    /// With slashes.
    pub(crate) name: String,
    /// Uses `int`.
    pub(crate) int: bool,
    /// 2.1 when it does not say, and 2.2 with a Debug component.
    pub(crate) format: Option<FormatVersion>,
    /// Has a Debug component.
    pub(crate) debug: bool,
    pub(crate) is_library: bool,
    pub(crate) imports: Vec<Import>,
    pub(crate) types: Vec<TypeText>,
    pub(crate) applets: Vec<Line>,
    pub(crate) constants: Vec<Line>,
    /// Packages whose export files are there.
    pub(crate) exporters: Vec<Source>,
    /// Everything that changes the finished package or says how it is verified.
    pub(crate) changes: Vec<Line>,
}

/// Words with which changes begin; see the README of the cases.
const CHANGES: [&str; 12] = [
    "set",
    "add",
    "drop",
    "octets",
    "append",
    "cut",
    "twice",
    "stale",
    "form",
    "file",
    "own-export",
    "card",
];

impl Source {
    /// Reads declarations.
    pub(crate) fn read(lines: &[Line]) -> Result<Self, Trouble> {
        let mut source = Self::default();
        let mut inside = None;
        let mut lines = lines.iter();
        while let Some(line) = lines.next() {
            let mut words = line.words();
            match words.next().unwrap_or_default() {
                "package" => source.package(words)?,
                "exporter" => {
                    let block: Vec<Line> = lines
                        .by_ref()
                        .take_while(|line| line.text != "end")
                        .cloned()
                        .collect();
                    let mut exporter = Self::read(&block)?;
                    exporter.package(words)?;
                    source.exporters.push(exporter);
                }
                "import" => source.imports.push(Import {
                    line: line.clone(),
                    name: words.word("the name or AID of a package")?.to_owned(),
                    version: version(&mut words)?,
                }),
                "applet" => source.applets.push(line.clone()),
                "debug" => source.debug = true,
                "constant" => source.constants.push(line.clone()),
                kind @ ("class" | "interface") => {
                    source
                        .types
                        .push(TypeText::read(line, kind == "interface", words)?);
                    inside = Some(source.types.len() - 1);
                }
                "in" => {
                    let name = words.word("the name of a class")?;
                    inside = source.types.iter().position(|known| known.name == name);
                    inside.ok_or_else(|| line.trouble(format!("no class {name} above")))?;
                }
                first if CHANGES.contains(&first) => source.changes.push(line.clone()),
                _ => {
                    let class = inside.and_then(|index| source.types.get_mut(index));
                    let class = class.ok_or_else(|| line.trouble("stands outside of a class"))?;
                    class.member(line)?;
                }
            }
        }
        Ok(source)
    }

    /// `package AID VERSION [name NAME] [library] [int]`; a later line counts more.
    fn package(&mut self, mut words: Words<'_>) -> Result<(), Trouble> {
        let aid = words.word("the AID of the package")?;
        self.aid = Some(self::aid(&words, aid)?);
        self.version = Some(version(&mut words)?);
        while let Some(word) = words.next() {
            match word {
                "name" => self.name = words.word("a name with slashes")?.to_owned(),
                "library" => self.is_library = true,
                "int" => self.int = true,
                "format-2.2" => self.format = Some(FormatVersion::V2_2),
                "format-2.3" => self.format = Some(FormatVersion::V2_3),
                other => return Err(words.trouble(format!("`{other}` is no property of a package"))),
            }
        }
        Ok(())
    }
}

pub(crate) fn aid(words: &Words<'_>, digits: &str) -> Result<Aid, Trouble> {
    let octets = hex::decode(digits).map_err(|error| words.trouble(format!("`{digits}`: {error}")))?;
    Aid::new(&octets).map_err(|error| words.trouble(error))
}

pub(crate) fn version(words: &mut Words<'_>) -> Result<PackageVersion, Trouble> {
    let word = words.word("a version")?;
    word.parse().map_err(|error| words.trouble(error))
}
