//! The views: each maps names to octets and counts.

use std::collections::BTreeMap;

use cap_format::bytecode::{Flow, Layout, Opcode, StackEffect};
use cap_format::cap::RawComponents;
use cap_format::component::Tag;
use cap_format::component::descriptor::DescriptorComponent;

use crate::package::{ClassTarget, Package};

/// Octets and count by name.
type Counts = BTreeMap<String, (usize, usize)>;

/// Octets of an exception handler, of a constant.
const HANDLER: usize = 8;
const CONSTANT: usize = 4;

/// All views with their names.
pub(super) fn all(package: &Package, components: &RawComponents) -> Vec<(&'static str, Counts)> {
    vec![
        ("components", by_component(components)),
        ("classes", by_class(package)),
        ("methods", by_method(package)),
        ("instructions", by_instruction(package)),
        ("kinds of instructions", by_kind(package)),
        ("constant pool", by_constant(package)),
        (
            "descriptor",
            package
                .cap
                .descriptor
                .as_ref()
                .map(by_descriptor)
                .unwrap_or_default(),
        ),
    ]
}

fn add(counts: &mut Counts, name: impl Into<String>, octets: usize) {
    let entry = counts.entry(name.into()).or_default();
    *entry = (entry.0 + octets, entry.1 + 1);
}

fn by_component(components: &RawComponents) -> Counts {
    let mut counts = Counts::new();
    for (tag, info) in &components.defined {
        let name = match tag {
            Tag::Descriptor | Tag::Debug => format!("{} (not loaded)", tag.name()),
            _ => tag.name().to_owned(),
        };
        add(&mut counts, name, 1 + tag.size_octets() + info.len());
    }
    for custom in &components.custom {
        add(
            &mut counts,
            format!("custom {:02X} (not loaded)", custom.tag),
            3 + custom.info.len(),
        );
    }
    counts
}

/// Class and methods of each class.
fn by_class(package: &Package) -> Counts {
    let mut counts = Counts::new();
    for (class, index) in package.classes.iter().zip(0..) {
        let methods = class.methods.iter().map(|method| method_octets(package, *method));
        let name = package.class_name(ClassTarget::Own(index));
        add(&mut counts, name, class.octets + methods.sum::<usize>());
    }
    let alone = (0..package.methods.len()).filter(|method| {
        package
            .methods
            .get(*method)
            .is_some_and(|method| method.class.is_none())
    });
    for method in alone {
        add(
            &mut counts,
            "(methods of unknown classes)",
            method_octets(package, method),
        );
    }
    counts
}

fn by_method(package: &Package) -> Counts {
    let mut counts = Counts::new();
    for method in 0..package.methods.len() {
        add(
            &mut counts,
            package.method_name(method),
            method_octets(package, method),
        );
    }
    counts
}

/// Header, code and handlers.
fn method_octets(package: &Package, method: usize) -> usize {
    let method = package.methods.get(method);
    method.map_or(0, |method| method.octets() + HANDLER * method.handlers.len())
}

fn by_instruction(package: &Package) -> Counts {
    by(package, |opcode| opcode.mnemonic())
}

fn by_kind(package: &Package) -> Counts {
    by(package, kind)
}

fn by(package: &Package, name: fn(Opcode) -> &'static str) -> Counts {
    let mut counts = Counts::new();
    let instructions = package.methods.iter().flat_map(|method| &method.code);
    for (_, instruction) in instructions {
        add(&mut counts, name(instruction.opcode), instruction.octets());
    }
    for method in package.methods.iter().filter(|method| method.offset.is_some()) {
        add(&mut counts, "(method headers)", method.header.octets());
        for _ in &method.handlers {
            add(&mut counts, "(exception handlers)", HANDLER);
        }
    }
    counts
}

/// What an instruction is for.
fn kind(opcode: Opcode) -> &'static str {
    let mnemonic = opcode.mnemonic();
    match (opcode.layout(), opcode.flow()) {
        (_, Flow::Switch) => return "switches",
        (_, Flow::Return | Flow::Throw) => return "returns and throws",
        (_, Flow::Conditional | Flow::Jump | Flow::Subroutine | Flow::ReturnFromSubroutine) => {
            return "branches";
        }
        (Layout::Value(_) | Layout::Immediate1 | Layout::Immediate2 | Layout::Immediate4, _) => {
            return "constants";
        }
        (Layout::Local | Layout::ImpliedLocal(_) | Layout::Increment1 | Layout::Increment2, _) => {
            return "local variables";
        }
        (Layout::Interface, _) => return "calls",
        (Layout::TypeCheck, _) => return "type checks",
        _ => {}
    }
    match opcode.stack_effect() {
        StackEffect::Method => "calls",
        StackEffect::Words => "stack",
        StackEffect::Values { .. } if mnemonic.contains("field") => "instance fields",
        StackEffect::Values { .. } if mnemonic.contains("static") => "static fields",
        StackEffect::Values { .. } if mnemonic.starts_with("new") || mnemonic == "anewarray" => "new objects",
        StackEffect::Values { .. } if mnemonic.starts_with("array") => "arrays",
        StackEffect::Values { .. } if mnemonic.ends_with("aload") || mnemonic.ends_with("astore") => "arrays",
        StackEffect::Values { .. } if mnemonic == "aconst_null" => "constants",
        StackEffect::Values { .. } => "arithmetic and conversions",
    }
}

fn by_constant(package: &Package) -> Counts {
    let mut counts = Counts::new();
    for constant in &package.cap.constant_pool.constants {
        add(&mut counts, format!("{:?}", constant.tag()), CONSTANT);
    }
    counts
}

/// Octets of the parts of a Descriptor (JCVM §6.14).
fn by_descriptor(descriptor: &DescriptorComponent) -> Counts {
    let mut counts = Counts::new();
    for class in &descriptor.classes {
        add(&mut counts, "classes", 9 + 2 * class.interfaces.len());
        class.fields.iter().for_each(|_| add(&mut counts, "fields", 7));
        class.methods.iter().for_each(|_| add(&mut counts, "methods", 12));
    }
    descriptor
        .constant_types
        .iter()
        .for_each(|_| add(&mut counts, "types of constants", 2));
    descriptor
        .types
        .0
        .iter()
        .for_each(|of| add(&mut counts, "types", of.octets()));
    counts
}
