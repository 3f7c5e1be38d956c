//! How things of a package are written: `Wallet.debit(short)`, `javacard.framework.APDU.getBuffer()`.

use cap_format::bytecode::{CheckedType, Instruction, Operands};

use crate::names::{JavaSignature, MemberKind, java_name};
use crate::package::{ClassTarget, JavaType, MemberTarget, Package, Reference, Signature, resolved_operand};

/// The operands of an instruction as text, branches apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Operand {
    None,
    Text(String),
    /// Where branches lead, as offsets from the first instruction; each with what stands before it.
    Branches(Vec<(String, i64)>),
}

impl Package {
    /// The name of a class: of this package without, of others with the name of the package.
    pub(crate) fn class_name(&self, target: ClassTarget) -> String {
        match target {
            ClassTarget::Own(index) => match self.classes.get(index) {
                Some(class) => class.name.text.clone(),
                None => format!("class {index}"),
            },
            ClassTarget::Imported { package, class } => match self.names.class(package, class) {
                Some(class) => java_name(&class.name),
                None => format!("{}.class_{class}", self.import_name(package)),
            },
            ClassTarget::Nowhere(offset) => format!("nowhere_{offset:04X}"),
        }
    }

    /// The name of an imported package, or its AID.
    pub(crate) fn import_name(&self, package: u8) -> String {
        if let Some(names) = self.names.import(package) {
            return java_name(&names.name);
        }
        match self.import(package) {
            Some(info) => info.aid.to_string(),
            None => format!("nowhere_{package}"),
        }
    }

    pub(crate) fn type_name(&self, of: &JavaType) -> String {
        match of {
            JavaType::Primitive(name) => (*name).to_owned(),
            JavaType::Class(class) => self.class_name(*class),
            JavaType::Array(element) => self.type_name(element) + "[]",
            JavaType::Text(text) => match text.strip_prefix(&self.name) {
                Some(own) => own.strip_prefix('.').unwrap_or(text).to_owned(),
                None => text.clone(),
            },
        }
    }

    /// The types of the parameters, in parentheses.
    pub(crate) fn parameters(&self, signature: &Signature) -> String {
        let types: Vec<_> = signature.parameters.iter().map(|of| self.type_name(of)).collect();
        format!("({})", types.join(", "))
    }

    /// Class, name and parameters of a method of the package.
    pub(crate) fn method_name(&self, method: usize) -> String {
        let Some(of) = self.methods.get(method) else {
            return format!("method {method}");
        };
        self.in_class(of.class, &self.method_head(method))
    }

    /// Name and parameters of a method of the package.
    pub(crate) fn method_head(&self, method: usize) -> String {
        let Some(of) = self.methods.get(method) else {
            return format!("method {method}");
        };
        let parameters = of.signature.as_ref().map(|signature| self.parameters(signature));
        format!("{}{}", of.name.text, parameters.unwrap_or_default())
    }

    pub(crate) fn field_name(&self, field: usize) -> String {
        match self.fields.get(field) {
            Some(field) => self.in_class(field.class, &field.name.text),
            None => format!("field {field}"),
        }
    }

    fn in_class(&self, class: Option<usize>, member: &str) -> String {
        match class {
            Some(class) => format!("{}.{member}", self.class_name(ClassTarget::Own(class))),
            None => member.to_owned(),
        }
    }

    /// A field or method outside, or one that leads nowhere.
    pub(crate) fn member_name(&self, target: MemberTarget) -> Option<String> {
        match target {
            MemberTarget::Own(_) => None,
            MemberTarget::Nowhere(number) => Some(format!("nowhere_{number:04X}")),
            MemberTarget::Imported {
                package,
                class,
                token,
                kind,
                of,
            } => {
                let of = self.class_name(of);
                Some(match self.names.member(package, class, kind, token) {
                    Some(member) if matches!(kind, MemberKind::StaticField | MemberKind::InstanceField) => {
                        format!("{of}.{}", member.name)
                    }
                    Some(member) => {
                        let types = JavaSignature::parse(&member.descriptor).parameters;
                        format!("{of}.{}({})", member.name, types.join(", "))
                    }
                    None => format!("{of}.{}_{token}", kind_word(kind)),
                })
            }
        }
    }

    pub(crate) fn reference_name(&self, reference: Reference) -> String {
        match reference {
            Reference::Class(class) => self.class_name(class),
            Reference::Field(MemberTarget::Own(field)) => self.field_name(field),
            Reference::Method {
                method: MemberTarget::Own(method),
                ..
            } => self.method_name(method),
            Reference::Field(target) | Reference::Method { method: target, .. } => {
                self.member_name(target).unwrap_or_default()
            }
        }
    }

    /// The operands of an instruction at `offset`.
    pub(crate) fn operand(&self, offset: usize, instruction: &Instruction) -> Operand {
        let target = |branch: i16| {
            i64::try_from(offset)
                .unwrap_or(i64::MAX)
                .saturating_add(branch.into())
        };
        let text = |text: String| Operand::Text(text);
        let name = || match (resolved_operand(self, instruction), instruction.constant()) {
            (Some(reference), _) => self.reference_name(reference),
            (None, Some(index)) => format!("#{index} (no such constant)"),
            (None, None) => String::new(),
        };
        match &instruction.operands {
            Operands::None => Operand::None,
            Operands::Immediate(value) => text(value.to_string()),
            Operands::Local(local) => text(local.to_string()),
            Operands::Increment { local, by } => text(format!("{local}, {by}")),
            Operands::Words { m, n } => text(format!("{m}, {n}")),
            Operands::Branch(branch) => Operand::Branches(vec![(String::new(), target(*branch))]),
            Operands::Constant(_) | Operands::Interface { .. } => text(name()),
            Operands::Element(element) => text(element.name().to_owned()),
            Operands::TypeCheck { kind, .. } => text(match kind {
                CheckedType::Class => name(),
                CheckedType::PrimitiveArray(element) => format!("{}[]", element.name()),
                CheckedType::ReferenceArray => name() + "[]",
            }),
            Operands::TableSwitch(switch) => {
                let keys = (i64::from(switch.low)..).zip(&switch.branches);
                let branches = keys.map(|(key, branch)| (format!("{key}: "), target(*branch)));
                let default = ("default: ".to_owned(), target(switch.default));
                Operand::Branches(branches.chain([default]).collect())
            }
            Operands::LookupSwitch(switch) => {
                let pairs = switch.pairs.iter();
                let branches = pairs.map(|(key, branch)| (format!("{key}: "), target(*branch)));
                let default = ("default: ".to_owned(), target(switch.default));
                Operand::Branches(branches.chain([default]).collect())
            }
        }
    }

    /// An instruction with branches as offsets.
    pub(crate) fn instruction_text(&self, offset: usize, instruction: &Instruction) -> String {
        let mnemonic = instruction.opcode.mnemonic();
        match self.operand(offset, instruction) {
            Operand::None => mnemonic.to_owned(),
            Operand::Text(text) => format!("{mnemonic} {text}"),
            Operand::Branches(branches) => {
                let branches: Vec<_> = branches.iter().map(|(key, to)| format!("{key}{to}")).collect();
                format!("{mnemonic} {}", branches.join(", "))
            }
        }
    }
}

fn kind_word(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::StaticField => "static",
        MemberKind::InstanceField => "field",
        MemberKind::StaticMethod => "static_method",
        MemberKind::VirtualMethod => "method",
    }
}
