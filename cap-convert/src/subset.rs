//! Refuses what the Java Card language does not have (JCVM §2.2), every place with its source line.

use crate::class_model::{
    Access, ArrayElement, Class, Code, Field, FieldAccess, Instruction, Literal, Method, Type, ValueKind,
};
use crate::finding::Rule;
use crate::input::IntSupport;
use crate::report::{Place, Report};

/// Checks every declaration and instruction of a class.
pub(crate) fn check_class(class: &Class, int: IntSupport, report: &mut Report) {
    check_class_kind(class, report);
    for field in &class.fields {
        check_field(class, field, int, report);
    }
    for method in &class.methods {
        check_method(class, method, int, report);
    }
}

/// JCVM §2.2.1: no enumerations; annotations that no code uses vanish, so their declaration is refused.
fn check_class_kind(class: &Class, report: &mut Report) {
    for (flag, construct) in [
        (Access::ENUM, "an enumeration"),
        (Access::ANNOTATION, "an annotation type"),
    ] {
        if class.access.has(flag) {
            let instead = "use an interface with constants of type byte or short";
            report.add(Rule::UnsupportedClass, Place::class(class), construct, instead);
        }
    }
}

/// Whether javac made the field for `assert`.
pub(crate) fn is_assertion_flag(name: &str) -> bool {
    name == "$assertionsDisabled"
}

/// What is said of an assertion, and what to write in its place.
pub(crate) const ASSERTION: (&str, &str) = (
    "an assertion",
    "compare and throw, for example by ISOException.throwIt",
);

fn check_field(class: &Class, field: &Field, int: IntSupport, report: &mut Report) {
    let place = Place::field(class, field);
    // A constant that only javac ever sees needs no room on the card, whatever its type.
    if field.constant.is_some() && field.is_static() && field.access.has(Access::PRIVATE) {
        return;
    }
    check_type(
        &field.kind,
        &format!("a field of type {}", field.kind),
        int,
        &place,
        report,
    );
    // JCVM §2.2.1, §6.14.1: interfaces have compile-time constants only.
    if class.is_interface() && field.compile_time_constant().is_none() {
        report.add(
            Rule::InterfaceBody,
            place,
            format!(
                "the field {} of an interface, which is no constant number",
                field.name
            ),
            "move it into a class",
        );
    }
    // JCVM §2.2.1.2: the keywords `transient` and `volatile`.
    for (flag, keyword) in [(Access::TRANSIENT, "transient"), (Access::VOLATILE, "volatile")] {
        if field.access.has(flag) {
            report.add(
                Rule::UnsupportedModifier,
                place,
                format!("a {keyword} field"),
                match keyword {
                    "transient" => "make the array by JCSystem.makeTransientByteArray and the like",
                    _ => "take the keyword away",
                },
            );
        }
    }
}

fn check_method(class: &Class, method: &Method, int: IntSupport, report: &mut Report) {
    let place = Place::method(class, method);
    for kind in method.kind.types() {
        check_type(kind, &format!("{kind} in the signature"), int, &place, report);
    }
    // JCVM §2.2.1.2: the keywords `synchronized`, `native` and `strictfp`.
    for (flag, keyword) in [
        (Access::SYNCHRONIZED, "synchronized"),
        (Access::NATIVE, "native"),
        (Access::STRICT, "strictfp"),
    ] {
        if method.access.has(flag) && !(flag == Access::STRICT && method.is_class_initializer()) {
            report.add(
                Rule::UnsupportedModifier,
                place,
                format!("a {keyword} method"),
                "take the keyword away",
            );
        }
    }
    if class.is_interface() && !method.is_abstract() && !method.is_class_initializer() {
        report.add(
            Rule::InterfaceBody,
            place,
            format!("the body of {}", method.name),
            "move it into a class",
        );
    }
    if let Some(code) = &method.code
        && !method.is_class_initializer()
    {
        check_code(class, method, code, int, report);
    }
}

fn check_type(kind: &Type, construct: &str, int: IntSupport, place: &Place<'_>, report: &mut Report) {
    if let Some(name) = kind.unsupported() {
        report.add(Rule::UnsupportedType, *place, construct, instead_of(name));
    } else if kind.needs_int() && int == IntSupport::Refused {
        report.add(
            Rule::IntNotSupported,
            *place,
            construct,
            "use short, or convert with int support for cards that have it",
        );
    }
}

/// What to write in the place of a type that does not exist.
fn instead_of(name: &str) -> &'static str {
    match name {
        "char" => "use byte or short",
        "String" => "use a byte array",
        "an array of arrays" => {
            "use one array and compute the index, or an array of objects that hold one each"
        }
        _ => "use short (or int, on cards that have it), or arrays of bytes",
    }
}

fn check_code(class: &Class, method: &Method, code: &Code, int: IntSupport, report: &mut Report) {
    for (index, instruction) in code.instructions.iter().enumerate() {
        check_instruction(
            instruction,
            int,
            &Place::instruction(class, method, index),
            report,
        );
    }
}

fn check_instruction(instruction: &Instruction, int: IntSupport, place: &Place<'_>, report: &mut Report) {
    let foreign = |name: &str, report: &mut Report| {
        let construct = format!("a computation with {name}");
        report.add(Rule::UnsupportedType, *place, construct, instead_of(name));
    };
    match instruction {
        Instruction::Constant(Literal::Foreign(kind)) => report.add(
            Rule::UnsupportedConstant,
            *place,
            format!("a constant of type {kind}"),
            instead_of(kind),
        ),
        Instruction::Load(ValueKind::Foreign(name), _)
        | Instruction::Store(ValueKind::Foreign(name), _)
        | Instruction::Return(Some(ValueKind::Foreign(name)))
        | Instruction::ArrayLoad(ArrayElement::Foreign(name))
        | Instruction::ArrayStore(ArrayElement::Foreign(name))
        | Instruction::Foreign(name) => foreign(name, report),
        Instruction::ArrayLoad(ArrayElement::Int) | Instruction::ArrayStore(ArrayElement::Int) => {
            check_type(&Type::Int, "an element of type int", int, place, report);
        }
        Instruction::NewArray(element) => {
            let array = Type::Array(Box::new(element.clone()));
            check_type(&array, &format!("new {element}[]"), int, place, report);
        }
        Instruction::NewMultiArray => report.add(
            Rule::UnsupportedType,
            *place,
            "an array of arrays",
            instead_of("an array of arrays"),
        ),
        Instruction::CheckCast(kind) | Instruction::InstanceOf(kind) => {
            check_type(kind, &format!("a cast to {kind}"), int, place, report);
        }
        Instruction::Monitor => report.add(
            Rule::UnsupportedModifier,
            *place,
            "a synchronized block",
            "take it away: a card has one thread",
        ),
        Instruction::InvokeDynamic => report.add(
            Rule::InvokeDynamic,
            *place,
            "a lambda, a method reference or a string concatenation",
            "use a class with a method, or byte arrays and Util.arrayCopy",
        ),
        Instruction::Field(FieldAccess::GetStatic, name, _) if is_assertion_flag(&name.name) => {
            report.add(Rule::Assertion, *place, ASSERTION.0, ASSERTION.1)
        }
        _ => {}
    }
}
