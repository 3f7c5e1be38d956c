//! The table of all rules: a row is what a CAP file must keep to, where the specification says it, and why it matters.

mod table;

pub use table::Rule;

/// What a rule is about; the hundreds of its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// CV1xx: the octets of the file.
    Structure,
    /// CV2xx: the package: header, imports, applets, exports, static fields, descriptor.
    Package,
    /// CV3xx: what the constant pool refers to.
    References,
    /// CV4xx: classes and interfaces: inheritance, method tables, interface tables.
    Classes,
    /// CV5xx: code: what every instruction finds on the stack and in the local variables, on every path.
    Code,
    /// CV6xx: the subset of the language, the kinds of packages, the card's API level.
    Environment,
    /// CV7xx: what the Debug component says.
    Debug,
}

impl Group {
    /// All groups in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Structure,
        Self::Package,
        Self::References,
        Self::Classes,
        Self::Code,
        Self::Environment,
        Self::Debug,
    ];

    /// A heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Structure => "Structure",
            Self::Package => "Package",
            Self::References => "References",
            Self::Classes => "Classes",
            Self::Code => "Code",
            Self::Environment => "Environment",
            Self::Debug => "Debug",
        }
    }
}

impl Rule {
    /// What the rule is about.
    pub fn group(self) -> Group {
        match self.code().as_bytes().get(2) {
            Some(b'1') => Group::Structure,
            Some(b'2') => Group::Package,
            Some(b'3') => Group::References,
            Some(b'4') => Group::Classes,
            Some(b'5') => Group::Code,
            Some(b'6') => Group::Environment,
            _ => Group::Debug,
        }
    }

    /// The rule with this code, such as `CV501`; upper and lower case are the same.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|rule| rule.code().eq_ignore_ascii_case(code))
            .copied()
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Rule;

    #[test]
    fn codes_are_different_and_ascend() {
        let codes: Vec<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        let sorted: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!(codes, sorted.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_rule_is_found_by_its_code() {
        for rule in Rule::ALL {
            assert_eq!(Rule::from_code(&rule.code().to_lowercase()), Some(*rule));
        }
        assert_eq!(Rule::from_code("CV999"), None);
    }
}
