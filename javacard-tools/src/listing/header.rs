//! The section `header`.

use cap_format::bytecode::StackEffect;
use cap_format::bytecode::StackType::Int;
use cap_format::component::header::HeaderFlags;
use serde::Serialize;

use crate::package::{Method, Package};

/// Format, package, version, flags.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Header {
    pub(super) format: String,
    pub(super) package: String,
    pub(super) aid: String,
    pub(super) version: String,
    pub(super) flags: Vec<&'static str>,
    pub(super) has_descriptor: bool,
    pub(super) has_debug: bool,
    pub(super) custom_components: Vec<CustomComponent>,
    pub(super) int: IntUse,
}

/// A component that the specification does not define.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CustomComponent {
    pub(super) tag: u8,
    pub(super) aid: String,
    pub(super) octets: usize,
}

/// Whether the package needs a card with `int`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct IntUse {
    pub(super) flag: bool,
    /// Instructions that take or leave an `int`.
    pub(super) instructions: usize,
    /// Methods that have such instructions.
    pub(super) methods: Vec<String>,
}

pub(super) fn header(package: &Package) -> Header {
    let cap = &package.cap;
    let counts = package.methods.iter().zip(0..);
    let counts = counts.map(|(method, index)| (index, int_instructions(method)));
    let with_int: Vec<(usize, usize)> = counts.filter(|(_, count)| *count > 0).collect();
    Header {
        format: cap.header.format.to_string(),
        package: package.name.clone(),
        aid: cap.header.package.aid.to_string(),
        version: cap.header.package.version.to_string(),
        flags: cap.header.flags.names().collect(),
        has_descriptor: cap.descriptor.is_some(),
        has_debug: cap.debug.is_some(),
        custom_components: cap
            .custom_components
            .iter()
            .map(|custom| CustomComponent {
                tag: custom.tag,
                aid: custom.aid.to_string(),
                octets: custom.info.len(),
            })
            .collect(),
        int: IntUse {
            flag: cap.header.flags.contains(HeaderFlags::INT),
            instructions: with_int.iter().map(|(_, count)| count).sum(),
            methods: with_int
                .iter()
                .map(|(method, _)| package.method_name(*method))
                .collect(),
        },
    }
}

fn int_instructions(method: &Method) -> usize {
    let has_int = |effect| match effect {
        StackEffect::Values { pops, pushes } => pops.contains(&Int) || pushes.contains(&Int),
        _ => false,
    };
    let instructions = method.code.iter();
    instructions
        .filter(|(_, instruction)| {
            has_int(instruction.opcode.stack_effect()) || instruction.opcode.mnemonic().starts_with("iinc")
        })
        .count()
}
