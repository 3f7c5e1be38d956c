//! The methods of the Debug component (JCVM §6.15.4), their variables and lines.

use std::collections::HashMap;

use cap_format::component::debug::{DebugMemberAccess, DebugMethod};
use cap_format::component::descriptor::{MethodAccess, MethodDescriptor};
use cap_format::component::method::Method;

use super::names::Names;
use super::{Described, place};
use crate::finding::Report;
use crate::rule::Rule;
use crate::scope::Scope;
use crate::scope::exported::INIT;

/// The flags that a method has in a class file.
fn access(method: &MethodDescriptor) -> DebugMemberAccess {
    let same = MethodAccess::PUBLIC
        | MethodAccess::PRIVATE
        | MethodAccess::PROTECTED
        | MethodAccess::STATIC
        | MethodAccess::FINAL;
    let access = DebugMemberAccess(u16::from(method.access.0 & same.0));
    match method.access.contains(MethodAccess::ABSTRACT) {
        true => access | DebugMemberAccess::ABSTRACT,
        false => access,
    }
}

/// What a method without code is known by: its flags and types.
type Abstract = (DebugMemberAccess, String);

pub(super) fn check(
    scope: &mut Scope<'_>,
    names: &Names<'_>,
    class: &Described<'_, '_>,
    report: &mut Report,
) {
    let mut with_code: HashMap<u16, &MethodDescriptor> = HashMap::new();
    let mut without_code: HashMap<Abstract, usize> = HashMap::new();
    for (_, method) in class.own.description.methods() {
        if method.access.contains(MethodAccess::ABSTRACT) {
            let key = (access(method), signature(scope, names, method));
            *without_code.entry(key).or_default() += 1;
        } else {
            with_code.insert(method.method_offset, method);
        }
    }
    for method in &class.debug.methods {
        if method.access.contains(DebugMemberAccess::ABSTRACT) {
            check_abstract(method, &mut without_code, report);
        } else {
            let described = with_code.remove(&method.location);
            check_with_code(scope, names, method, described, report);
        }
    }
    // What an interface inherits need not stand here again.
    let is_interface = scope.types.get(class.own.class).interface;
    let left = with_code.len() + without_code.values().sum::<usize>();
    if left > 0 && !is_interface {
        let found = format!("nothing about {left} methods of {}", class.debug.name);
        report.add(
            Rule::DebugMethods,
            class.place(),
            found,
            "every method of the Descriptor",
        );
    }
}

fn signature(scope: &mut Scope<'_>, names: &Names<'_>, method: &MethodDescriptor) -> String {
    let signature = scope.signature_at(method.type_offset);
    signature.map_or_else(String::new, |signature| names.signature(&scope.types, &signature))
}

/// JCVM §6.15.4: a method without code has no place, no sizes, no variables and no lines.
fn check_abstract(method: &DebugMethod<'_>, left: &mut HashMap<Abstract, usize>, report: &mut Report) {
    let name = method.name;
    let mut differ = |found: String, wanted: &str| {
        report.add(Rule::DebugMethods, place(method.offset), found, wanted);
    };
    let sizes = [method.location, method.header_size.into(), method.body_size];
    if sizes != [0; 3] || !method.variables.is_empty() || !method.lines.is_empty() {
        differ(
            format!("{name} without code, at {sizes:X?}"),
            "zeros, no variables, no lines",
        );
    }
    match left.get_mut(&(method.access, method.descriptor.to_owned())) {
        Some(count) if *count > 0 => *count -= 1,
        _ => differ(
            format!("{name}{} {:?}", method.descriptor, method.access),
            "a method without code of these types and flags",
        ),
    }
}

fn check_with_code(
    scope: &mut Scope<'_>,
    names: &Names<'_>,
    method: &DebugMethod<'_>,
    described: Option<&MethodDescriptor>,
    report: &mut Report,
) {
    let name = method.name;
    let code = scope.layout.methods.get(&method.location).copied();
    let (Some(described), Some(code)) = (described, code) else {
        let found = format!("{name} at offset {:04X} of the Method component", method.location);
        return report.add(
            Rule::DebugMethods,
            place(method.offset),
            found,
            "a method of the class, once",
        );
    };
    let wanted = signature(scope, names, described);
    let mut differ = |found: String, wanted: String| {
        report.add(Rule::DebugMethods, place(method.offset), found, wanted);
    };
    if method.access != access(described) {
        differ(
            format!("{name} {:?}", method.access),
            format!("{:?}", access(described)),
        );
    }
    let is_constructor = described.access.contains(MethodAccess::INIT);
    if is_constructor != (name == INIT) {
        differ(
            format!("the name {name}"),
            "<init> for constructors, and for them alone".to_owned(),
        );
    }
    if method.descriptor != wanted {
        differ(format!("the types {} of {name}", method.descriptor), wanted);
    }
    let stated = (usize::from(method.header_size), usize::from(method.body_size));
    let sizes = (code.header.octets(), code.code.len());
    if stated != sizes {
        differ(
            format!("{} and {} octets of {name}", stated.0, stated.1),
            format!("{} and {}", sizes.0, sizes.1),
        );
    }
    check_variables(method, code, report);
    check_lines(method, code, report);
}

/// JCVM §6.15.4, `variable_info`: a variable lies in the frame, and is valid from `start_pc` to `start_pc + length`, both included. No
/// other is valid in the same place meanwhile.
fn check_variables(method: &DebugMethod<'_>, code: &Method, report: &mut Report) {
    let mut differ = |found: String, wanted: String| {
        report.add(Rule::DebugVariables, place(method.offset), found, wanted);
    };
    let words = usize::from(code.header.nargs) + usize::from(code.header.max_locals);
    let mut spans = Vec::new();
    for variable in &method.variables {
        let (name, start) = (variable.name, usize::from(variable.start_pc));
        let end = start + usize::from(variable.length);
        if start >= code.code.len() || end > code.code.len() {
            differ(
                format!("{name} from {start} to {end} of {}", method.name),
                format!("octets of its code, which has {}", code.code.len()),
            );
        }
        let last = usize::from(variable.index) + usize::from(variable.descriptor == "I");
        if last >= words {
            differ(
                format!("{name} in local variable {last} of {}", method.name),
                format!("one of {words}"),
            );
        }
        // An int takes two places.
        spans.extend((usize::from(variable.index)..=last).map(|index| (index, start, end, name)));
    }
    spans.sort_unstable();
    for pair in spans.windows(2) {
        if let [(index, _, end, one), (same, start, _, other)] = pair
            && index == same
            && start <= end
        {
            differ(
                format!("{one} and {other} of {} in local variable {index}", method.name),
                "one variable at a time".to_owned(),
            );
        }
    }
}

/// JCVM §6.15.4, `line_info`: a line is some of the octets of the code.
fn check_lines(method: &DebugMethod<'_>, code: &Method, report: &mut Report) {
    for line in &method.lines {
        if line.start_pc > line.end_pc || usize::from(line.end_pc) >= code.code.len() {
            let (start, end) = (line.start_pc, line.end_pc);
            report.add(
                Rule::DebugLines,
                place(method.offset),
                format!(
                    "line {} of {} from {start} to {end}",
                    line.source_line, method.name
                ),
                format!("octets of its code, which has {}", code.code.len()),
            );
        }
    }
}
