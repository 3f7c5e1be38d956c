//! The lines of a case as declarations: a package, what it imports, its classes, its applets, what is changed behind.

use cap_format::version::PackageVersion;
use card_proto::aid::Aid;

use super::text::{Line, Trouble, Words};

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

#[derive(Debug, Clone)]
pub(crate) struct FieldText {
    pub(crate) line: Line,
    pub(crate) flags: Flags,
    /// As Java writes it.
    pub(crate) kind: String,
    pub(crate) name: String,
    /// Octets of a static field, or of the elements of its array.
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) token: Option<u8>,
}

#[derive(Debug, Clone)]
pub(crate) struct MethodText {
    pub(crate) line: Line,
    pub(crate) flags: Flags,
    /// `None`: a constructor.
    pub(crate) result: Option<String>,
    pub(crate) name: String,
    pub(crate) parameters: Vec<String>,
    pub(crate) token: Option<u8>,
    pub(crate) stack: u8,
    pub(crate) locals: u8,
    pub(crate) arguments: Option<u8>,
    pub(crate) handlers: Vec<Line>,
    pub(crate) body: Vec<Line>,
}

/// What a constructor is called.
pub(crate) const CONSTRUCTOR: &str = "<init>";

impl MethodText {
    pub(crate) fn is_constructor(&self) -> bool {
        self.result.is_none()
    }

    /// Has a virtual token.
    pub(crate) fn is_virtual(&self) -> bool {
        !self.is_constructor() && !self.flags.has("static") && !self.flags.has("private")
    }
}

/// A class or interface.
#[derive(Debug, Clone)]
pub(crate) struct TypeText {
    pub(crate) line: Line,
    pub(crate) name: String,
    pub(crate) is_interface: bool,
    pub(crate) flags: Flags,
    pub(crate) superclass: String,
    pub(crate) interfaces: Vec<String>,
    pub(crate) fields: Vec<FieldText>,
    pub(crate) methods: Vec<MethodText>,
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
    /// In format 2.2.
    pub(crate) has_name: bool,
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
                "format-2.2" => self.has_name = true,
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

impl TypeText {
    /// `class NAME FLAGS [extends CLASS] [implements I, J]`, `interface NAME FLAGS [extends I, J]`.
    fn read(line: &Line, is_interface: bool, mut words: Words<'_>) -> Result<Self, Trouble> {
        let mut class = Self {
            line: line.clone(),
            name: words.word("a name")?.to_owned(),
            is_interface,
            flags: Flags::read(&mut words),
            superclass: "Object".to_owned(),
            interfaces: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
        };
        if !is_interface && words.take("extends") {
            words.word("a superclass")?.clone_into(&mut class.superclass);
        }
        let keyword = if is_interface { "extends" } else { "implements" };
        if words.take(keyword) {
            while let Some(interface) = words.next() {
                class.interfaces.push(interface.to_owned());
            }
        }
        words.end()?;
        Ok(class)
    }

    fn member(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        let first = words.next().unwrap_or_default();
        match first {
            "field" => self.fields.push(field(line, words)?),
            "constructor" | "method" => {
                let method = method(line, first == "constructor", words)?;
                // The last one of a name and type counts: a case replaces a method of its base.
                let is_same =
                    |other: &MethodText| other.name == method.name && other.parameters == method.parameters;
                match self.methods.iter_mut().find(|other| is_same(other)) {
                    // It becomes the last, so that the lines below belong to it.
                    Some(_) => {
                        self.methods.retain(|other| !is_same(other));
                        self.methods.push(method);
                    }
                    None => self.methods.push(method),
                }
            }
            _ => {
                let method = self.methods.last_mut();
                let method = method.ok_or_else(|| line.trouble("stands before the first method"))?;
                method.part(line)?;
            }
        }
        Ok(())
    }
}

/// `field FLAGS TYPE NAME [token N] [= OCTETS]`.
fn field(line: &Line, mut words: Words<'_>) -> Result<FieldText, Trouble> {
    let mut field = FieldText {
        line: line.clone(),
        flags: Flags::read(&mut words),
        kind: words.word("a type")?.to_owned(),
        name: words.word("a name")?.to_owned(),
        value: None,
        token: None,
    };
    if words.take("token") {
        field.token = Some(words.number("a token")?);
    }
    if words.take("=") {
        field.value = Some(words.octets()?);
    }
    words.end()?;
    Ok(field)
}

/// `method FLAGS TYPE NAME(TYPES) [token N]`, `constructor FLAGS (TYPES)`.
fn method(line: &Line, is_constructor: bool, words: Words<'_>) -> Result<MethodText, Trouble> {
    let parts = words.rest().split_once('(');
    let parts = parts.and_then(|(head, rest)| Some((head, rest.split_once(')')?)));
    let (head, (parameters, rest)) = parts.ok_or_else(|| line.trouble("a method without ( )"))?;
    let head = Line {
        text: head.to_owned(),
        ..line.clone()
    };
    let mut head = head.words();
    let flags = Flags::read(&mut head);
    let (result, name) = match is_constructor {
        true => (None, CONSTRUCTOR.to_owned()),
        false => (
            Some(head.word("the type of the result")?.to_owned()),
            head.word("a name")?.to_owned(),
        ),
    };
    head.end()?;
    let rest = Line {
        text: rest.to_owned(),
        ..line.clone()
    };
    let mut rest = rest.words();
    let token = match rest.take("token") {
        true => Some(rest.number("a token")?),
        false => None,
    };
    rest.end()?;
    Ok(MethodText {
        line: line.clone(),
        flags,
        result,
        name,
        parameters: types(parameters),
        token,
        stack: DEFAULT_STACK,
        locals: 0,
        arguments: None,
        handlers: Vec::new(),
        body: Vec::new(),
    })
}

/// Words of the operand stack of a method that does not say how many.
const DEFAULT_STACK: u8 = 4;

/// The types between parentheses.
pub(crate) fn types(text: &str) -> Vec<String> {
    let types = text.split(',').map(str::trim);
    types.filter(|kind| !kind.is_empty()).map(str::to_owned).collect()
}

impl MethodText {
    /// A line below the head.
    fn part(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        match words.next().unwrap_or_default() {
            "stack" => self.stack = words.number("words")?,
            "locals" => self.locals = words.number("words")?,
            "args" => self.arguments = Some(words.number("words")?),
            "catch" => {
                self.handlers.push(line.clone());
                return Ok(());
            }
            _ => {
                self.body.push(line.clone());
                return Ok(());
            }
        }
        words.end()
    }
}
