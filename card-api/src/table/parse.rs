//! From the text of a table to its rows.

use cap_format::version::PackageVersion;
use card_proto::aid::Aid;

use super::line::{Line, rows};
use super::types::{Scope, value};
use super::{ClassRows, Member, PackageHead, PackageTable, Problem, Span};
use crate::package::{Constant, Field, Head, Kind, Method, Visibility};

/// A problem and the line it is in.
type At<T> = Result<T, (usize, Problem)>;

pub(super) fn head(text: &str) -> At<PackageHead> {
    let mut lines = rows(text);
    let mut next = |start| {
        let end = || (text.lines().count(), Problem::Missing(start));
        lines.next().ok_or_else(end)
    };
    let (name, aid) = header(next("package")?, "package", package)?;
    let (all, versions) = header(next("versions")?, "versions", versions)?;
    Ok(PackageHead {
        name: name.replace('.', "/"),
        aid,
        versions,
        all,
    })
}

/// The rows of a head.
const HEAD: usize = 2;

pub(super) fn table(text: &str) -> At<PackageTable> {
    let mut reader = TableReader {
        table: PackageTable {
            head: head(text)?,
            classes: Vec::new(),
        },
        scope: Scope::default(),
    };
    reader.learn_names(text)?;
    for (number, text) in rows(text).skip(HEAD) {
        reader.row(text).map_err(|problem| (number, problem))?;
    }
    Ok(reader.table)
}

/// A line that starts with the word `start`.
fn header<'a, T>(
    (number, text): (usize, &'a str),
    start: &'static str,
    read: impl Fn(&mut Line<'a>) -> Result<T, Problem>,
) -> At<T> {
    let mut line = Line::new(text);
    let value = line.expect(start).and_then(|()| read(&mut line));
    let value = value.and_then(|value| line.finish().map(|()| value));
    value.map_err(|problem| (number, problem))
}

fn package<'a>(line: &mut Line<'a>) -> Result<(&'a str, Aid), Problem> {
    let name = line.name("the name of a package")?;
    let text = line.parse("an AID in hexadecimal digits", Some)?;
    let octets = hex_octets(text).ok_or_else(|| Problem::Wanted {
        wanted: "an AID in hexadecimal digits",
        found: super::Found::Word(text.to_owned()),
    })?;
    let aid = Aid::new(&octets).map_err(|error| Problem::Aid {
        text: text.to_owned(),
        error,
    })?;
    Ok((name, aid))
}

fn hex_octets(text: &str) -> Option<Vec<u8>> {
    let is_hex = |digit: u8| digit.is_ascii_hexdigit();
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let octets = (0..text.len()).step_by(2).map(pair);
    text.bytes().all(is_hex).then(|| octets.collect())?
}

/// One version or more, each later than the one before; and the span of them all.
fn versions(line: &mut Line<'_>) -> Result<(Span, Vec<PackageVersion>), Problem> {
    let since = line.version()?;
    let (mut until, mut versions) = (since, vec![since]);
    while line.peek().is_some() {
        let version = line.version()?;
        if version <= until {
            return Err(Problem::Order(version, until));
        }
        until = version;
        versions.push(version);
    }
    Ok((Span { since, until }, versions))
}

struct TableReader {
    table: PackageTable,
    scope: Scope,
}

impl TableReader {
    /// Makes the classes of the package and the imported ones known, so that a row may use what comes later.
    fn learn_names(&mut self, text: &str) -> At<()> {
        for (number, text) in rows(text).filter(|(_, text)| !text.starts_with(' ')) {
            let mut line = Line::new(text);
            let result = match line.next() {
                Some("class" | "interface") => self.learn_class(&mut line),
                Some("import") => self.learn_import(&mut line),
                _ => Ok(()),
            };
            result.map_err(|problem| (number, problem))?;
        }
        Ok(())
    }

    fn learn_class(&mut self, line: &mut Line<'_>) -> Result<(), Problem> {
        line.token()?;
        line.take("final");
        line.take("abstract");
        let name = line.name("the name of a class")?;
        self.learn(&self.table.head.name.clone(), name)
    }

    fn learn_import(&mut self, line: &mut Line<'_>) -> Result<(), Problem> {
        let wanted = line.wanted("a class with its package");
        let name = line.name("a class with its package")?;
        let (package, class) = name.rsplit_once('.').ok_or(wanted)?;
        self.learn(&package.replace('.', "/"), class)
    }

    fn learn(&mut self, package: &str, class: &str) -> Result<(), Problem> {
        if self.scope.add(package, class) {
            return Ok(());
        }
        Err(Problem::Twice {
            what: format!("the name {class}"),
        })
    }

    fn row(&mut self, text: &str) -> Result<(), Problem> {
        let mut line = Line::new(text);
        if text.starts_with(' ') {
            return self.member(line);
        }
        match line.next() {
            Some("import") => {
                line.name("a class with its package")?;
                line.finish()
            }
            Some("class") => self.class(line, Kind::Class),
            Some("interface") => self.class(line, Kind::Interface),
            _ => Err(Line::new(text).wanted("import, class, interface or the indented row of a member")),
        }
    }

    fn class(&mut self, mut line: Line<'_>, kind: Kind) -> Result<(), Problem> {
        let is_interface = kind == Kind::Interface;
        let token = line.token()?;
        let is_final = !is_interface && line.take("final");
        let is_abstract = is_interface || line.take("abstract");
        let name = self.scope.class(line.name("the name of a class")?);
        let (superclass, interfaces) = match kind {
            Kind::Class => self.class_supertypes(&name, &mut line)?,
            Kind::Interface => (None, self.classes_after("extends", &mut line)?),
        };
        let span = self.span(&mut line)?;
        line.finish()?;
        let head = Head {
            token,
            kind,
            is_final,
            is_abstract,
            superclass,
            interfaces,
        };
        self.add_head(name, span, head)
    }

    fn class_supertypes(
        &self,
        name: &str,
        line: &mut Line<'_>,
    ) -> Result<(Option<String>, Vec<String>), Problem> {
        const ROOT: &str = "java/lang/Object";
        let superclass = match line.take("extends") {
            true => Some(self.scope.class(line.name("the superclass")?)),
            false => (name != ROOT).then(|| ROOT.to_owned()),
        };
        Ok((superclass, self.classes_after("implements", line)?))
    }

    /// The classes after a word; none when the word is not there.
    fn classes_after(&self, word: &str, line: &mut Line<'_>) -> Result<Vec<String>, Problem> {
        match line.take(word) {
            true => line.list(|line| Ok(self.scope.class(line.name("the name of a class")?))),
            false => Ok(Vec::new()),
        }
    }

    /// A second head of the class before it, or a new class.
    fn add_head(&mut self, name: String, span: Span, head: Head) -> Result<(), Problem> {
        let twice = |rows: &ClassRows| {
            rows.heads.iter().any(|(earlier, other)| {
                (rows.name == name || other.token == head.token) && span.overlaps(*earlier)
            })
        };
        if self.table.classes.iter().any(twice) {
            return Err(Problem::Twice { what: name });
        }
        match self.table.classes.last_mut().filter(|last| last.name == name) {
            Some(last) if last.members.is_empty() => last.heads.push((span, head)),
            Some(_) => return Err(Problem::Twice { what: name }),
            None => self.table.classes.push(ClassRows {
                name,
                heads: vec![(span, head)],
                members: Vec::new(),
            }),
        }
        Ok(())
    }

    fn member(&mut self, mut line: Line<'_>) -> Result<(), Problem> {
        let of_class = self.table.classes.last().and_then(|rows| {
            let (_, head) = rows.heads.last()?;
            Some((head.is_interface(), simple_name(&rows.name).to_owned()))
        });
        let (is_interface, class) = of_class.ok_or(Problem::Missing("class"))?;
        let member = match line.take("const") {
            true => Member::Constant(self.constant(&mut line)?),
            false => self.field_or_method(&mut line, is_interface, &class)?,
        };
        let span = self.span(&mut line)?;
        line.finish()?;
        self.add_member(span, member)
    }

    fn constant(&self, line: &mut Line<'_>) -> Result<Constant, Problem> {
        let ty = line.peek().unwrap_or_default();
        let descriptor = self.scope.descriptor(line)?;
        let name = line.name("the name of a constant")?.to_owned();
        line.expect("=")?;
        let text = line.parse("a value", Some)?;
        let value = value(&descriptor, text).ok_or_else(|| Problem::Value {
            value: text.to_owned(),
            ty: ty.to_owned(),
        })?;
        Ok(Constant {
            name,
            descriptor,
            value,
        })
    }

    fn field_or_method(
        &self,
        line: &mut Line<'_>,
        is_interface: bool,
        class: &str,
    ) -> Result<Member, Problem> {
        let token = line.token()?;
        let is_hidden = line.take("hidden");
        let visibility = match line.take("protected") {
            true => Visibility::Protected,
            false => Visibility::Public,
        };
        let is_static = line.take("static");
        let is_final = line.take("final");
        let is_abstract = is_interface || line.take("abstract");
        let (name, result) = self.name_and_type(line, class)?;
        if line.peek() != Some("(") {
            return Ok(Member::Field(Field {
                token,
                visibility,
                is_static,
                is_final,
                name,
                descriptor: result,
            }));
        }
        Ok(Member::Method(Method {
            token,
            visibility,
            is_static,
            is_final,
            is_abstract,
            is_hidden,
            name,
            descriptor: self.parameters(line)? + &result,
            throws: self.classes_after("throws", line)?,
        }))
    }

    /// `TYPE NAME`, or the name of the class alone for a constructor.
    fn name_and_type(&self, line: &mut Line<'_>, class: &str) -> Result<(String, String), Problem> {
        let mut ahead = line.clone();
        if ahead.next() == Some(class) && ahead.peek() == Some("(") {
            line.next();
            return Ok(("<init>".to_owned(), "V".to_owned()));
        }
        let result = self.scope.descriptor(line)?;
        let name = line.name("the name of a member")?;
        Ok((name.to_owned(), result))
    }

    /// `(TYPE, ...)`
    fn parameters(&self, line: &mut Line<'_>) -> Result<String, Problem> {
        line.expect("(")?;
        let mut types = String::from("(");
        if line.peek() != Some(")") {
            line.list(|line| self.scope.add_descriptor(line, &mut types))?;
        }
        line.expect(")")?;
        types.push(')');
        Ok(types)
    }

    /// `[since VERSION] [until VERSION]`
    fn span(&self, line: &mut Line<'_>) -> Result<Span, Problem> {
        let all = self.table.head.all;
        let since = match line.take("since") {
            true => self.known_version(line)?,
            false => all.since,
        };
        let until = match line.take("until") {
            true => self.known_version(line)?,
            false => all.until,
        };
        if since > until {
            return Err(Problem::Order(until, since));
        }
        Ok(Span { since, until })
    }

    fn known_version(&self, line: &mut Line<'_>) -> Result<PackageVersion, Problem> {
        let version = line.version()?;
        match self.table.head.versions.contains(&version) {
            true => Ok(version),
            false => Err(Problem::UnknownVersion(version)),
        }
    }

    fn add_member(&mut self, span: Span, member: Member) -> Result<(), Problem> {
        let Some(class) = self.table.classes.last_mut() else {
            return Err(Problem::Missing("class"));
        };
        let (name, types) = member.key();
        let is_twice =
            |(earlier, other): &(Span, Member)| span.overlaps(*earlier) && other.key() == (name, types);
        if class.members.iter().any(is_twice) {
            return Err(Problem::Twice {
                what: format!("{name}{types}"),
            });
        }
        class.members.push((span, member));
        Ok(())
    }
}

impl Member {
    /// What a class has at most once: a field of a name, a method of a name and its types.
    fn key(&self) -> (&str, &str) {
        match self {
            Self::Constant(constant) => (&constant.name, ""),
            Self::Field(field) => (&field.name, ""),
            Self::Method(method) => (&method.name, &method.descriptor),
        }
    }
}

/// The last part of a name: `OneShot` of `javacard/security/Signature$OneShot`.
fn simple_name(class: &str) -> &str {
    class.rsplit(['/', '$']).next().unwrap_or(class)
}
