//! Names and types as class files write them (JVM specification §4.2, §4.3).

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use cap_format::component::debug::{DebugClass, DebugComponent, DebugMethod};
use cap_format::limits;

use super::{Described, place};
use crate::finding::Report;
use crate::model::{Signature, ValueType};
use crate::rule::Rule;
use crate::scope::exported::INIT;
use crate::types::{Origin, TypeId, Types};

/// The variable that holds the object of a method.
const THIS: &str = "this";

/// Every text has the form of what it stands for.
pub(super) fn check(debug: &DebugComponent<'_>, report: &mut Report) {
    for class in &debug.classes {
        let package = class.name.rsplit_once('/').map(|(package, _)| package);
        if package != Some(debug.package_name) {
            let (found, wanted) = (
                format!("class {}", class.name),
                format!("one of {}", debug.package_name),
            );
            report.add(Rule::DebugNames, place(class.offset), found, wanted);
        }
        check_class(class, report);
        for method in &class.methods {
            check_method(method, report);
        }
    }
}

fn check_class(class: &DebugClass<'_>, report: &mut Report) {
    let mut text = |is_right: bool, text: &str, wanted: &str, offset: usize| {
        if !is_right {
            report.add(Rule::DebugNames, place(offset), format!("{text:?}"), wanted);
        }
    };
    for name in [class.name, class.superclass].iter().chain(&class.interfaces) {
        text(is_class_name(name), name, "the name of a class", class.offset);
    }
    let is_file = class.source_file.split('.').all(is_identifier);
    text(
        is_file,
        class.source_file,
        "the name of a source file",
        class.offset,
    );
    for field in &class.fields {
        text(
            is_identifier(field.name),
            field.name,
            "the name of a field",
            field.offset,
        );
        let is_type = is_field_type(field.descriptor);
        text(is_type, field.descriptor, "the type of a field", field.offset);
    }
}

fn check_method(method: &DebugMethod<'_>, report: &mut Report) {
    let mut text = |is_right: bool, text: &str, wanted: &str| {
        if !is_right {
            report.add(
                Rule::DebugNames,
                place(method.offset),
                format!("{text:?}"),
                wanted,
            );
        }
    };
    let is_name = method.name == INIT || is_identifier(method.name);
    text(is_name, method.name, "the name of a method");
    text(
        is_method_type(method.descriptor),
        method.descriptor,
        "the types of a method",
    );
    for variable in &method.variables {
        let is_name = variable.name == THIS || is_identifier(variable.name);
        text(is_name, variable.name, "the name of a variable");
        text(
            is_field_type(variable.descriptor),
            variable.descriptor,
            "the type of a variable",
        );
    }
}

/// JLS §3.9 of the first edition, and the words of its literals. Java Card begins before `strictfp`, `assert` and `enum`, so that old
/// packages have such names.
const RESERVED: &str = "abstract boolean break byte case catch char class const continue default do double else extends \
    final finally float for goto if implements import instanceof int interface long native new package \
    private protected public return short static super switch synchronized this throw throws transient try \
    void volatile while true false null";

/// Java letters and digits, no digit first (JLS §3.8).
fn is_identifier(name: &str) -> bool {
    let is_sign = |letter: char| matches!(letter, '_' | '$');
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || is_sign(first))
        && letters.all(|letter| letter.is_alphanumeric() || is_sign(letter))
        && !RESERVED.split(' ').any(|word| word == name)
}

fn is_class_name(name: &str) -> bool {
    name.len() <= limits::NAME_OCTETS && name.split('/').all(is_identifier)
}

fn is_field_type(text: &str) -> bool {
    after_type(text) == Some("")
}

fn is_method_type(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('(') else {
        return false;
    };
    loop {
        if let Some(result) = rest.strip_prefix(')') {
            return result == "V" || is_field_type(result);
        }
        match after_type(rest) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// What follows a type; arrays have one dimension (JCVM §2.2.1.3).
fn after_type(text: &str) -> Option<&str> {
    let element = text.strip_prefix('[').unwrap_or(text);
    match element.strip_prefix('L') {
        Some(name) => {
            let (name, rest) = name.split_once(';')?;
            is_class_name(name).then_some(rest)
        }
        None => element.strip_prefix(['Z', 'B', 'S', 'I']),
    }
}

/// Which class of the package has which name.
pub(super) struct Names<'d> {
    by_class: HashMap<TypeId, &'d str>,
    /// Octets of descriptors that may still be made.
    left: Cell<usize>,
}

impl<'d> Names<'d> {
    /// `None` when two classes have one name.
    pub(super) fn new(classes: &[Described<'_, 'd>], report: &mut Report) -> Option<Self> {
        let mut names = HashSet::new();
        for class in classes {
            if !names.insert(class.debug.name) {
                let found = format!("a second class {}", class.debug.name);
                report.add(Rule::DebugClasses, class.place(), found, "a name for each class");
                return None;
            }
        }
        let by_class = classes
            .iter()
            .map(|class| (class.own.class, class.debug.name))
            .collect();
        Some(Self {
            by_class,
            left: Cell::new(limits::DEBUG_TEXT),
        })
    }

    /// The name of a class.
    pub(super) fn class<'n>(&'n self, types: &'n Types, id: TypeId) -> &'n str {
        let info = types.get(id);
        match info.origin {
            Origin::Own { .. } => self.by_class.get(&id).copied().unwrap_or(&info.name),
            Origin::Exported { .. } | Origin::NameOnly => &info.name,
        }
    }

    /// Whether more descriptors were asked for than a Debug component can have: what was made of them is not whole.
    pub(super) fn are_exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// The descriptor of a field of this type.
    pub(super) fn value(&self, types: &Types, value: ValueType) -> String {
        match value {
            ValueType::Boolean => "Z".to_owned(),
            ValueType::Byte => "B".to_owned(),
            ValueType::Short => "S".to_owned(),
            ValueType::Int => "I".to_owned(),
            ValueType::Object(class) => {
                let name = self.class(types, class);
                self.left.set(self.left.get().saturating_sub(name.len()));
                match self.are_exhausted() {
                    true => String::new(),
                    false => format!("L{name};"),
                }
            }
            ValueType::Array(element) => format!("[{}", self.value(types, element.value())),
        }
    }

    /// The descriptor of a method of these types.
    pub(super) fn signature(&self, types: &Types, signature: &Signature) -> String {
        let parameters = signature.parameters.iter();
        let parameters: String = parameters.map(|value| self.value(types, *value)).collect();
        let result = signature
            .result
            .map_or("V".to_owned(), |value| self.value(types, value));
        format!("({parameters}){result}")
    }
}
