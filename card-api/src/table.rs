//! A package in all its releases, as the file of its table states it. `api/README.md` explains the format.

mod line;
mod parse;
mod types;

use std::fmt;

use cap_format::version::PackageVersion;
use card_proto::aid::{Aid, AidError};
use thiserror::Error;

use crate::package::{Class, Constant, Field, Head, Method, Package};

/// The first two rows of a table: which package it is, and in which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageHead {
    name: String,
    aid: Aid,
    versions: Vec<PackageVersion>,
    /// From the first version to the last.
    all: Span,
}

/// A table: one package, several versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageTable {
    head: PackageHead,
    classes: Vec<ClassRows>,
}

/// The rows of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ClassRows {
    name: String,
    heads: Vec<(Span, Head)>,
    members: Vec<(Span, Member)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Member {
    Constant(Constant),
    Field(Field),
    Method(Method),
}

impl PackageHead {
    /// Reads the head of a table and nothing behind it; `file` is its name, for errors.
    ///
    /// # Errors
    /// [`TableError`]: one of the two lines is missing or not of the format.
    pub fn parse(file: &str, text: &str) -> Result<Self, TableError> {
        parse::head(text).map_err(TableError::of(file))
    }

    /// The name of the package as in class files, for example `javacard/framework`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The AID of the package, the same in all versions.
    pub fn aid(&self) -> Aid {
        self.aid
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> &[PackageVersion] {
        &self.versions
    }
}

impl PackageTable {
    /// Reads a table; `file` is its name, for errors.
    ///
    /// # Errors
    /// [`TableError`]: a line is not of the format, or contradicts another one.
    pub fn parse(file: &str, text: &str) -> Result<Self, TableError> {
        parse::table(text).map_err(TableError::of(file))
    }

    /// Which package it is, and in which versions.
    pub fn head(&self) -> &PackageHead {
        &self.head
    }

    /// The package in one version; `None` when the table does not know that version.
    pub fn at(&self, version: PackageVersion) -> Option<Package> {
        self.head.versions.contains(&version).then(|| Package {
            name: self.head.name.clone(),
            aid: self.head.aid,
            version,
            classes: self.classes.iter().filter_map(|rows| rows.at(version)).collect(),
        })
    }
}

impl ClassRows {
    fn at(&self, version: PackageVersion) -> Option<Class> {
        let (_, head) = self.heads.iter().find(|(span, _)| span.contains(version))?;
        let mut class = Class {
            name: self.name.clone(),
            head: head.clone(),
            constants: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
        };
        for (_, member) in self.members.iter().filter(|(span, _)| span.contains(version)) {
            match member.clone() {
                Member::Constant(constant) => class.constants.push(constant),
                Member::Field(field) => class.fields.push(field),
                Member::Method(method) => class.methods.push(method),
            }
        }
        Some(class)
    }
}

/// Versions in which a row holds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    since: PackageVersion,
    until: PackageVersion,
}

impl Span {
    fn contains(self, version: PackageVersion) -> bool {
        self.since <= version && version <= self.until
    }

    fn overlaps(self, other: Self) -> bool {
        self.since <= other.until && other.since <= self.until
    }
}

/// A table was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}, line {line}: {problem}")]
pub struct TableError {
    /// The file.
    pub file: String,
    /// Counts from 1.
    pub line: usize,
    /// What is wrong there.
    #[source]
    pub problem: Problem,
}

impl TableError {
    /// Makes an error of what is wrong with a line of `file`.
    fn of(file: &str) -> impl Fn((usize, Problem)) -> Self {
        move |(line, problem)| Self {
            file: file.to_owned(),
            line,
            problem,
        }
    }
}

/// What is wrong with a line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// A word of another kind was expected.
    #[error("wanted {wanted}, found {found}")]
    Wanted {
        /// What may stand here.
        wanted: &'static str,
        /// What stands here.
        found: Found,
    },
    /// The text after a complete row.
    #[error("nothing may follow here, found `{0}`")]
    Leftover(String),
    /// An AID that is none.
    #[error("`{text}` is no AID: {error}")]
    Aid {
        /// As written.
        text: String,
        /// Why.
        error: AidError,
    },
    /// A version that the line `versions`, or the table, does not have.
    #[error("version {0} is not among the versions of this table")]
    UnknownVersion(PackageVersion),
    /// Versions or their order.
    #[error("{0} must be later than {1}")]
    Order(PackageVersion, PackageVersion),
    /// A value that its type cannot have.
    #[error("{value} is no value of type {ty}")]
    Value {
        /// As written.
        value: String,
        /// The Java type.
        ty: String,
    },
    /// Two rows say something about the same thing in the same version.
    #[error("{what} has another row for the same version")]
    Twice {
        /// A class, a member or a package.
        what: String,
    },
    /// A row has another number of versions than the line `platforms` has names.
    #[error("{found} versions for {wanted} platforms")]
    Columns {
        /// Platforms of this table.
        wanted: usize,
        /// Versions of this row.
        found: usize,
    },
    /// The end of the file before the first line that matters.
    #[error("the table has no line `{0}`")]
    Missing(&'static str),
}

/// What stands in a line where something else was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A word or a sign.
    Word(String),
    /// Nothing more.
    EndOfLine,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::EndOfLine => f.write_str("the end of the line"),
        }
    }
}

pub(crate) use line::{Line, rows};
