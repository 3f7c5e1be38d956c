//! Private members that nested classes share (JVMS §5.4.4, since Java 11).
//!
//! A card knows no nests, so that a private member which another class of the nest uses becomes package-visible, as it was with
//! javac before Java 11 (which put methods between). That is exact as long as no class below has a method of the same name and
//! type, which would then override it; such a package is refused.

use crate::class_model::{Access, Instruction, Type};
use crate::finding::Rule;
use crate::hierarchy::{FieldTarget, MethodTarget, Program};
use crate::report::{Place, Report};

/// A member by the places of class and member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Field(usize, usize),
    Method(usize, usize),
}

/// Makes shared private members package-visible.
pub(crate) fn open(program: &mut Program<'_>, report: &mut Report) {
    for member in shared_members(program) {
        match member {
            Member::Field(class, field) => program.classes[class].fields[field]
                .access
                .remove(Access::PRIVATE),
            Member::Method(class, method) => {
                refuse_override(program, class, method, report);
                program.classes[class].methods[method]
                    .access
                    .remove(Access::PRIVATE);
            }
        }
    }
}

/// Private members used by another class of their nest.
fn shared_members(program: &Program<'_>) -> Vec<Member> {
    let mut members = Vec::new();
    // A class that names no host is the host of its own nest: without any that does, all nests have one class.
    if program.classes.iter().all(|class| class.nest_host.is_none()) {
        return members;
    }
    for (from, class) in program.classes.iter().enumerate() {
        let code = class.methods.iter().filter_map(|method| method.code.as_ref());
        for instruction in code.flat_map(|code| &code.instructions) {
            let used = used_member(program, instruction).filter(|member| is_shared(program, from, *member));
            members.extend(used);
        }
    }
    members.sort_unstable();
    members.dedup();
    members
}

fn used_member(program: &Program<'_>, instruction: &Instruction) -> Option<Member> {
    let holder = |kind: &Type| match kind {
        Type::Class(name) => program.find(name),
        _ => None,
    };
    match instruction {
        Instruction::Field(_, name, kind) => match program.field(holder(&name.class)?, &name.name, kind)? {
            FieldTarget::Own { class, field } => Some(Member::Field(class, field)),
            FieldTarget::External { .. } => None,
        },
        Instruction::Invoke(_, name, kind) => match program.method(holder(&name.class)?, &name.name, kind)? {
            MethodTarget::Own { class, method } => Some(Member::Method(class, method)),
            MethodTarget::External { .. } => None,
        },
        _ => None,
    }
}

fn is_shared(program: &Program<'_>, from: usize, member: Member) -> bool {
    let (owner, access) = match member {
        Member::Field(class, field) => (class, program.classes[class].fields[field].access),
        Member::Method(class, method) => (class, program.classes[class].methods[method].access),
    };
    owner != from && access.has(Access::PRIVATE) && program.shares_private_members(from, owner)
}

/// A method of the same name and type below would be called instead.
fn refuse_override(program: &Program<'_>, class: usize, method: usize, report: &mut Report) {
    let declared = &program.classes[class].methods[method];
    if declared.is_static() || declared.is_constructor() {
        return;
    }
    for (below, other) in program.overriding(class, declared) {
        let below = &program.classes[below];
        report.add(
            Rule::Inheritance,
            Place::method(below, &below.methods[other]),
            format!(
                "a method with the name and type of the private method {} above, which a nested class calls",
                declared.name
            ),
            "give one of them another name",
        );
    }
}
