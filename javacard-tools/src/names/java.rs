//! Descriptors of class files (JVM §4.3) as Java writes them.

/// `javacard/framework/APDU` as Java writes it.
pub(crate) fn java_name(name: &str) -> String {
    name.replace('/', ".")
}

/// The types of a method, or of a field as the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JavaSignature {
    pub(crate) parameters: Vec<String>,
    pub(crate) result: String,
}

impl JavaSignature {
    /// Reads a descriptor; what is none is kept as the result.
    pub(crate) fn parse(descriptor: &str) -> Self {
        Self::parse_exactly(descriptor).unwrap_or_else(|| Self {
            parameters: Vec::new(),
            result: descriptor.to_owned(),
        })
    }

    fn parse_exactly(descriptor: &str) -> Option<Self> {
        let (parameters, result) = match descriptor.strip_prefix('(') {
            Some(rest) => rest.split_once(')')?,
            None => ("", descriptor),
        };
        let mut all = Vec::new();
        let mut rest = parameters;
        while !rest.is_empty() {
            let (name, after) = java_type(rest)?;
            all.push(name);
            rest = after;
        }
        let (result, rest) = java_type(result)?;
        rest.is_empty().then_some(Self {
            parameters: all,
            result,
        })
    }
}

/// The first type of a descriptor, and what follows it.
fn java_type(text: &str) -> Option<(String, &str)> {
    let element = text.trim_start_matches('[');
    let dimensions = text.len() - element.len();
    let (name, rest) = match element.strip_prefix('L') {
        Some(class) => {
            let (name, rest) = class.split_once(';')?;
            (java_name(name), rest)
        }
        None => {
            let name = match element.chars().next()? {
                'V' => "void",
                'Z' => "boolean",
                'B' => "byte",
                'S' => "short",
                'I' => "int",
                _ => return None,
            };
            (name.to_owned(), element.get(1..)?)
        }
    };
    Some((name + &"[]".repeat(dimensions), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_read_as_java() {
        let signature = JavaSignature::parse("([BSLjavacard/framework/AID;[Ljava/lang/Object;)V");
        assert_eq!(
            signature.parameters,
            ["byte[]", "short", "javacard.framework.AID", "java.lang.Object[]"]
        );
        assert_eq!(signature.result, "void");
        assert_eq!(JavaSignature::parse("[B").result, "byte[]");
        assert_eq!(JavaSignature::parse("(Q").result, "(Q");
    }
}
