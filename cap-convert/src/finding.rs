//! What stands between class files and a CAP file: one value per mistake, made for people and for tools.

use std::fmt;

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $why:literal;)+) => {
        /// Why a package cannot be converted; each has a code that stays the same over releases.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// Every rule, by its code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code, as `CC201`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The reason behind the rule, in a sentence with its section.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)+ }
            }
        }
    };
}

rules! {
    /// The bytes are no class file, or one of a version that is not known.
    ClassFile = "CC101", "the bytes are not a class file of Java 1.1 to 25 (JVMS §4)";
    /// Code that could not have come from a Java compiler.
    BadCode = "CC102", "the code does not keep to the rules of a class file (JVMS §4.9)";
    /// A class file of another package than the one described.
    ForeignClass = "CC103", "a CAP file holds the classes of exactly one package (JCVM §4.1.1)";
    /// A name that stands for nothing in the package and its imports.
    Unresolved = "CC104", "every name must stand for something in the package or in the export file of an import (JCVM §4.2)";
    /// A use of a member that the Java language does not allow.
    NotAccessible = "CC105", "the member cannot be used from here (JLS §6.6)";

    /// `char`, `long`, `float`, `double`, `String`, arrays of arrays.
    UnsupportedType = "CC201", "the Java Card language does not have this type (JCVM §2.2.1.1)";
    /// `synchronized`, `native`, `transient`, `volatile`, `strictfp`.
    UnsupportedModifier = "CC202", "the Java Card language does not have this keyword (JCVM §2.2.1.2)";
    /// An enumeration, an annotation with code, a record and the like.
    UnsupportedClass = "CC203", "the Java Card language does not have this kind of class (JCVM §2.2.1)";
    /// Lambdas, method references, string concatenation and pattern switches.
    InvokeDynamic = "CC204", "javac makes this of a lambda, a method reference or a string concatenation (invokedynamic), which a card cannot run (JCVM §2.2.1)";
    /// `assert`.
    Assertion = "CC205", "assertions need class objects and start-up code, which a card does not have (JCVM §2.2.1)";
    /// A text or another constant that is neither a number nor a boolean.
    UnsupportedConstant = "CC206", "only int-sized numbers can be constants (JCVM §2.2.1.1)";
    /// A method of an interface with a body.
    InterfaceBody = "CC207", "an interface of the Java Card language has constants and abstract methods only (JCVM §2.2.1)";

    /// A method of a remote interface without `throws java.rmi.RemoteException`.
    RemoteException = "CC208", "each method of a remote interface, inherited ones included, declares java.rmi.RemoteException or a class above it (JCVM §2.2.6.1)";
    /// A remote interface that is not public.
    RemoteAccess = "CC209", "remote interfaces are public, as they are called from outside of the card (JCVM §2.2.6.2)";
    /// A parameter or result that cannot be sent.
    RemoteType = "CC210", "remote methods take numbers and arrays of numbers, and return these, nothing or a remote interface (JCVM §2.2.6.3)";

    /// `int` in a package that is converted without it.
    IntNotSupported = "CC301", "the package is converted without int (JCVM §2.2.3.1)";
    /// An operand that may not fit in 16 bits where its exact value matters.
    Overflow = "CC302", "the card computes with 16 bits, and here the result would differ from Java's when the value does not fit in a short (JCVM §2.2.3.1)";
    /// An array index or size that may not fit in a short.
    ArrayIndex = "CC303", "array indexes and sizes are shorts on a card (JCVM §2.2.4.3)";

    /// A static field that is not set to a constant, null or an array of constants.
    StaticInitializer = "CC401", "static fields hold constants, null or arrays of constants when the package is loaded; nothing runs before (JCVM §2.2.4.6)";
    /// A library package with an initialized static array.
    LibraryArray = "CC402", "a library package cannot initialize static arrays (JCVM §2.2.4.6)";

    /// The description and the classes do not fit together.
    Description = "CC501", "the description of the package must fit its classes (JCVM §4.1.3, §6.5)";
    /// More than the format can number.
    Limit = "CC502", "a CAP file has a limit here (JCVM §2.2.4)";
    /// A class that leaves methods of an interface open, or overrides what it may not.
    Inheritance = "CC503", "the class does not keep to the rules of inheritance (JCVM §4.3.7)";
    /// A package that needs itself.
    Import = "CC504", "imports are resolved by name, AID and version (JCVM §4.5)";
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Which rule is broken.
    pub rule: Rule,
    /// Name of the source file, as the class file has it.
    pub source_file: Option<String>,
    /// Line in the source file.
    pub line: Option<u16>,
    /// The class, in Java's spelling with dots.
    pub class: Option<String>,
    /// The method or field in the class, a method with its parameter types.
    pub member: Option<String>,
    /// What stands there.
    pub construct: String,
    /// What to write instead.
    pub instead: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.source_file, self.line) {
            (Some(file), Some(line)) => write!(f, "{file}:{line}: ")?,
            (Some(file), None) => write!(f, "{file}: ")?,
            (None, _) => {}
        }
        write!(f, "{}", self.construct)?;
        match (&self.class, &self.member) {
            (Some(class), Some(member)) => write!(f, " in {class}.{member}")?,
            (Some(class), None) => write!(f, " in {class}")?,
            (None, _) => {}
        }
        write!(
            f,
            ": {} [{}]; {}",
            self.rule.why(),
            self.rule.code(),
            self.instead
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Rule;

    #[test]
    fn codes_are_different() {
        let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
    }
}
