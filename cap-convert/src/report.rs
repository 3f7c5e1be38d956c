//! Collects findings and knows where in the source they belong.

use std::collections::HashSet;

use crate::class_model::{Class, Field, Method, simple_name};
use crate::finding::{Finding, Rule};
use crate::input::with_dots;

/// All findings of a package, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Report {
    findings: Vec<Finding>,
    known: HashSet<Finding>,
}

impl Report {
    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether any of these rules is broken.
    pub(crate) fn findings_of(&self, rules: &[Rule]) -> bool {
        self.findings.iter().any(|finding| rules.contains(&finding.rule))
    }

    /// How many findings there are by now.
    pub(crate) fn len(&self) -> usize {
        self.findings.len()
    }

    /// Adds a finding. The same one twice (javac copies `finally` blocks) is kept once.
    pub(crate) fn add(
        &mut self,
        rule: Rule,
        place: Place<'_>,
        construct: impl Into<String>,
        instead: impl Into<String>,
    ) {
        let finding = Finding {
            rule,
            source_file: place.class.and_then(|class| class.source_file.clone()),
            line: place.line,
            class: place.class.map(|class| with_dots(&class.name)),
            member: place.member.map(|member| member.source_name()),
            construct: construct.into(),
            instead: instead.into(),
        };
        if self.known.insert(finding.clone()) {
            self.findings.push(finding);
        }
    }

    /// Adds the findings of another report behind its own.
    pub(crate) fn absorb(&mut self, other: Self) {
        for finding in other.findings {
            if self.known.insert(finding.clone()) {
                self.findings.push(finding);
            }
        }
    }

    /// The findings by class, then by line.
    pub(crate) fn into_findings(mut self) -> Vec<Finding> {
        self.findings
            .sort_by(|a, b| (&a.source_file, a.line).cmp(&(&b.source_file, b.line)));
        self.findings
    }
}

/// Where a finding belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    class: Option<&'a Class>,
    member: Option<Member<'a>>,
    line: Option<u16>,
}

#[derive(Debug, Clone, Copy)]
enum Member<'a> {
    Field(&'a Field),
    Method(&'a Class, &'a Method),
}

impl Member<'_> {
    /// The member as its source has it: constructors by the name of their class.
    fn source_name(self) -> String {
        match self {
            Self::Field(field) => field.name.clone(),
            Self::Method(_, method) if method.is_class_initializer() => "static {}".to_owned(),
            Self::Method(class, method) if method.is_constructor() => {
                format!("{}{}", simple_name(&class.name), method.kind)
            }
            Self::Method(_, method) => format!("{}{}", method.name, method.kind),
        }
    }
}

impl<'a> Place<'a> {
    /// The package as a whole.
    pub(crate) const PACKAGE: Self = Self {
        class: None,
        member: None,
        line: None,
    };

    pub(crate) fn class(class: &'a Class) -> Self {
        Self {
            class: Some(class),
            ..Self::PACKAGE
        }
    }

    pub(crate) fn field(class: &'a Class, field: &'a Field) -> Self {
        Self {
            member: Some(Member::Field(field)),
            ..Self::class(class)
        }
    }

    /// A method, at its first line.
    pub(crate) fn method(class: &'a Class, method: &'a Method) -> Self {
        Self::instruction(class, method, 0)
    }

    /// An instruction of a method.
    pub(crate) fn instruction(class: &'a Class, method: &'a Method, index: usize) -> Self {
        Self {
            member: Some(Member::Method(class, method)),
            line: method.code.as_ref().and_then(|code| code.line(index)),
            ..Self::class(class)
        }
    }
}
