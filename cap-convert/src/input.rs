//! What a conversion starts from.

use cap_format::export_file::ExportFile;
use cap_format::version::{FormatVersion, PackageVersion};
use card_proto::aid::Aid;

/// A class file and the name under which it was found.
#[derive(Debug, Clone, Copy)]
pub struct ClassFile<'a> {
    /// Its name for messages, as `com/example/Wallet.class`.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// Whether the package may compute with `int` (JCVM §2.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntSupport {
    /// Every value is a short: the package loads on every card.
    Refused,
    /// Instructions on int are used where a short would give another result; the card must have them.
    Allowed,
}

/// Which of several codes for the same thing is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodeStyle {
    /// The smallest.
    #[default]
    Smallest,
    /// The one that the vendor's converter of Java Card 2.2.2 takes, to compare CAP files octet by octet: values are assigned to
    /// fields of `this` by `putfield` and never by `putfield_this`, a member has a constant for each class by which it is named, and
    /// packages of interfaces that a superclass elsewhere implements are imported.
    Classic,
}

/// An applet of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppletDescription {
    /// The AID of the applet (the module AID of GlobalPlatform).
    pub aid: Aid,
    /// Name of its class, with dots or slashes.
    pub class: String,
}

/// A package that is imported in a certain version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRequest {
    /// Name of the package, with dots or slashes.
    pub package: String,
    /// The version to import; `None` for the newest whose export file is given.
    pub version: Option<PackageVersion>,
}

/// What the class files do not say about their package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageDescription {
    /// Name of the package, with dots or slashes.
    pub name: String,
    /// AID of the package.
    pub aid: Aid,
    /// Version of the package.
    pub version: PackageVersion,
    /// Its applets; none for a library.
    pub applets: Vec<AppletDescription>,
    /// Format of the CAP file: 2.1 or 2.2. A package with remote classes or interfaces has 2.2 always.
    pub format: FormatVersion,
    /// Whether it may compute with int.
    pub int: IntSupport,
    /// Which code is taken where several do the same.
    pub style: CodeStyle,
    /// Versions of imported packages, where they matter. What is imported follows from the classes.
    pub imports: Vec<ImportRequest>,
}

/// Everything a conversion needs.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// All class files of the package, in any order.
    pub classes: &'a [ClassFile<'a>],
    /// The description of the package.
    pub package: &'a PackageDescription,
    /// Export files of the packages it may import; those not used do no harm.
    pub exports: &'a [ExportFile],
}

/// A name of a class or package with slashes.
pub(crate) fn with_slashes(name: &str) -> String {
    name.replace('.', "/")
}

/// The name of a package or class as Java writes it.
pub(crate) fn with_dots(name: &str) -> String {
    name.replace('/', ".")
}
