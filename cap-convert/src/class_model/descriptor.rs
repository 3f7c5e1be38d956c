//! Field and method descriptors (JVMS §4.3).

use std::fmt;

/// A type of the Java language, as a descriptor names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Type {
    Boolean,
    Byte,
    Char,
    Short,
    Int,
    Long,
    Float,
    Double,
    /// A class or interface by its binary name.
    Class(String),
    /// An array by its element type; more than one dimension nests.
    Array(Box<Type>),
}

/// Dimensions an array type may have (JVMS §4.3.2); bounds the nesting of [`Type`].
const MAX_DIMENSIONS: usize = 255;

impl Type {
    /// A whole field descriptor; `None` when it is not one.
    pub(crate) fn parse(descriptor: &str) -> Option<Self> {
        let (kind, rest) = Self::parse_prefix(descriptor)?;
        rest.is_empty().then_some(kind)
    }

    /// A class name as `CONSTANT_Class` has it: an array descriptor or a binary name (JVMS §4.4.1).
    pub(crate) fn parse_class_constant(name: &str) -> Option<Self> {
        match name.starts_with('[') {
            true => Self::parse(name),
            false => Some(Self::Class(name.to_owned())),
        }
    }

    fn parse_prefix(descriptor: &str) -> Option<(Self, &str)> {
        let element = descriptor.trim_start_matches('[');
        let dimensions = descriptor.len() - element.len();
        let (letter, rest) = (element.get(..1)?, element.get(1..)?);
        let (element, rest) = match letter {
            "Z" => (Self::Boolean, rest),
            "B" => (Self::Byte, rest),
            "C" => (Self::Char, rest),
            "S" => (Self::Short, rest),
            "I" => (Self::Int, rest),
            "J" => (Self::Long, rest),
            "F" => (Self::Float, rest),
            "D" => (Self::Double, rest),
            "L" => {
                let (name, rest) = rest.split_once(';')?;
                (Self::Class(name.to_owned()), rest)
            }
            _ => return None,
        };
        (dimensions <= MAX_DIMENSIONS).then(|| {
            let array = (0..dimensions).fold(element, |inner, _| Self::Array(Box::new(inner)));
            (array, rest)
        })
    }

    /// The descriptor of the type (JVMS §4.3.2).
    pub(crate) fn descriptor(&self) -> String {
        match self {
            Self::Boolean => "Z".to_owned(),
            Self::Byte => "B".to_owned(),
            Self::Char => "C".to_owned(),
            Self::Short => "S".to_owned(),
            Self::Int => "I".to_owned(),
            Self::Long => "J".to_owned(),
            Self::Float => "F".to_owned(),
            Self::Double => "D".to_owned(),
            Self::Class(name) => format!("L{name};"),
            Self::Array(element) => format!("[{}", element.descriptor()),
        }
    }

    pub(crate) fn is_reference(&self) -> bool {
        matches!(self, Self::Class(_) | Self::Array(_))
    }

    /// The name of the class, or of the class at the bottom of an array.
    pub(crate) fn class_name(&self) -> Option<&str> {
        match self {
            Self::Class(name) => Some(name),
            Self::Array(element) => element.class_name(),
            _ => None,
        }
    }

    /// The Java name of a type that the Java Card language does not have (JCVM §2.2.1.1), if one is in here.
    pub(crate) fn unsupported(&self) -> Option<&'static str> {
        match self {
            Self::Char => Some("char"),
            Self::Long => Some("long"),
            Self::Float => Some("float"),
            Self::Double => Some("double"),
            Self::Array(element) if matches!(**element, Self::Array(_)) => Some("an array of arrays"),
            Self::Array(element) => element.unsupported(),
            Self::Class(name) if name == "java/lang/String" => Some("String"),
            _ => None,
        }
    }

    /// Whether the type is `int` or an array of it (JCVM §2.2.3.1).
    pub(crate) fn needs_int(&self) -> bool {
        match self {
            Self::Int => true,
            Self::Array(element) => **element == Self::Int,
            _ => false,
        }
    }

    /// Words of 16 bits a value takes on the card.
    pub(crate) fn words(&self) -> u16 {
        if *self == Self::Int { 2 } else { 1 }
    }

    /// Slots of 32 bits a value takes in a class file (JVMS §2.6.1).
    pub(crate) fn java_slots(&self) -> u16 {
        if matches!(self, Self::Long | Self::Double) {
            2
        } else {
            1
        }
    }
}

impl fmt::Display for Type {
    /// The type as Java source has it, class names without their package.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Byte => "byte",
            Self::Char => "char",
            Self::Short => "short",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Class(name) => super::simple_name(name),
            Self::Array(element) => return write!(f, "{element}[]"),
        })
    }
}

/// Parameter types and result of a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MethodType {
    pub(crate) parameters: Vec<Type>,
    /// `None` for `void`.
    pub(crate) result: Option<Type>,
}

impl MethodType {
    /// A whole method descriptor; `None` when it is not one.
    pub(crate) fn parse(descriptor: &str) -> Option<Self> {
        let mut rest = descriptor.strip_prefix('(')?;
        let mut parameters = Vec::new();
        while let Some(after) = (!rest.starts_with(')')).then(|| Type::parse_prefix(rest)) {
            let (parameter, remaining) = after?;
            parameters.push(parameter);
            rest = remaining;
        }
        let result = match rest.strip_prefix(')')? {
            "V" => None,
            result => Some(Type::parse(result)?),
        };
        Some(Self { parameters, result })
    }

    /// The descriptor of the method (JVMS §4.3.3).
    pub(crate) fn descriptor(&self) -> String {
        let parameters: String = self.parameters.iter().map(Type::descriptor).collect();
        let result = self.result.as_ref().map_or("V".to_owned(), Type::descriptor);
        format!("({parameters}){result}")
    }

    /// Every type in the signature.
    pub(crate) fn types(&self) -> impl Iterator<Item = &Type> {
        self.parameters.iter().chain(&self.result)
    }

    /// Words of the parameters on the card, without `this`.
    pub(crate) fn parameter_words(&self) -> u16 {
        self.parameters.iter().map(Type::words).sum()
    }
}

impl fmt::Display for MethodType {
    /// The parameter list as Java source has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{parameter}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{MethodType, Type};

    #[test]
    fn descriptors_read_and_print() {
        let descriptor = "([BSLjavacard/framework/APDU;)Z";
        let method = MethodType::parse(descriptor).unwrap();
        assert_eq!(method.descriptor(), descriptor);
        assert_eq!(method.to_string(), "(byte[], short, APDU)");
        assert_eq!(method.result, Some(Type::Boolean));
        assert_eq!(
            Type::parse("[[I").unwrap().unsupported(),
            Some("an array of arrays")
        );
        for wrong in ["", "(", "()", "(B", "(Lx)V", "()VV", "(V)V", "B)V", "(é)V"] {
            assert_eq!(MethodType::parse(wrong), None, "{wrong}");
        }
    }
}
