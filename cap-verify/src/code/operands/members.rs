//! What the constant of an instruction stands for: classes, fields and methods, used in the way that is theirs and by whom they
//! are for.

use cap_format::bytecode::Opcode;

use super::{Checked, InMethod};
use crate::model::{Callee, Constant, Field, MethodKind, ValueType, Visibility};
use crate::rule::Rule;
use crate::types::TypeId;

impl InMethod<'_> {
    pub(super) fn check_class(&self, class: TypeId) -> Checked {
        match self.instruction.opcode == Opcode::New && self.model.types.get(class).is_abstract {
            false => Ok(()),
            true => {
                let finds = format!("makes an instance of {}", self.name(class));
                self.refuse(Rule::AbstractNew, finds, "a class that is not abstract")
            }
        }
    }

    pub(super) fn check_field(&self, field: &Field) -> Checked {
        let mnemonic = self.instruction.opcode.mnemonic();
        if mnemonic.ends_with("_this") && self.method.kind == MethodKind::Static {
            return self.refuse(
                Rule::ThisForm,
                "stands in a static method",
                "a method with `this`",
            );
        }
        // JCVM §7.5.20: the letter of the instruction is that of the field's type.
        let letter = match field.value {
            ValueType::Object(_) | ValueType::Array(_) => "a",
            ValueType::Boolean | ValueType::Byte => "b",
            ValueType::Short => "s",
            ValueType::Int => "i",
        };
        if mnemonic.split('_').nth(1) != Some(letter) {
            let name = field.value.name(&self.model.types);
            let finds = format!("is used for a field of type {name}");
            return self.refuse(
                Rule::FieldKind,
                finds,
                format!("the form of the instruction with `_{letter}`"),
            );
        }
        if field.is_final {
            self.check_final(mnemonic, field.class)?;
        }
        self.check_access(field.visibility, field.own, field.class)
    }

    /// JCVM §6.14.2: a final field is assigned by its own class only. JCVM §6.11: a static one is set before any code runs.
    fn check_final(&self, mnemonic: &str, class: TypeId) -> Checked {
        let wanted = match mnemonic {
            _ if mnemonic.starts_with("putstatic") => "no assignment: the image has its value",
            _ if mnemonic.starts_with("putfield") && class != self.method.class => {
                "an assignment in the class that declares the field"
            }
            _ => return Ok(()),
        };
        let finds = format!("assigns a final field of {}", self.name(class));
        self.refuse(Rule::FinalField, finds, wanted)
    }

    /// JCVM §7.5.57.
    pub(super) fn check_virtual(&self, callee: &Callee) -> Checked {
        if self.model.types.get(callee.class).interface {
            let wanted = "`invokeinterface` for a method of an interface";
            return self.refuse(Rule::CallKind, "calls a method of an interface", wanted);
        }
        self.check_callee(callee, &[MethodKind::Virtual])
    }

    /// JCVM §6.8.2: the constant names the class whose code calls; the search begins above it.
    pub(super) fn check_super(&self, callee: &Callee) -> Checked {
        if callee.class != self.method.class {
            let finds = format!("calls a method above {}", self.name(callee.class));
            return self.refuse(Rule::CallKind, finds, "a call in that class");
        }
        if callee.is_abstract {
            let finds = "calls an abstract method of a superclass";
            return self.refuse(Rule::CallKind, finds, "a method with code");
        }
        self.check_callee(callee, &[MethodKind::Virtual])
    }

    /// JCVM §7.5.55, §7.5.56.
    pub(super) fn check_static(&self, callee: &Callee) -> Checked {
        match self.instruction.opcode {
            Opcode::Invokestatic => self.check_callee(callee, &[MethodKind::Static]),
            _ => self.check_callee(callee, &[MethodKind::Constructor, MethodKind::Private]),
        }
    }

    fn check_callee(&self, callee: &Callee, kinds: &[MethodKind]) -> Checked {
        if !kinds.contains(&callee.kind) {
            let wanted: Vec<_> = kinds.iter().map(|kind| kind_name(*kind)).collect();
            let finds = format!("calls {}", kind_name(callee.kind));
            return self.refuse(Rule::CallKind, finds, wanted.join(" or "));
        }
        self.check_access(callee.visibility, callee.own, callee.declared_in)
    }

    /// JCVM §7.5.54.
    pub(super) fn check_interface_call(&self, nargs: u8, constant: u16, token: u8) -> Checked {
        let Some(Constant::Class(interface)) = self.model.constants.get(usize::from(constant)) else {
            return Ok(());
        };
        let name = self.name(*interface);
        let Some(callee) = self.model.interface_methods.get(&(*interface, token)) else {
            let finds = format!("calls method {token} of {name}");
            return self.refuse(Rule::InterfaceCall, finds, "a method of an interface");
        };
        let words = callee.signature.argument_words(MethodKind::Virtual);
        match words == usize::from(nargs) {
            true => Ok(()),
            false => {
                let finds = format!("says that method {token} of {name} has {nargs} words of arguments");
                self.refuse(Rule::InterfaceCall, finds, format!("{words}, as its type says"))
            }
        }
    }

    /// Whether this method may use a member of `declared_in` (JCVM §6.14.2, §6.14.3).
    fn check_access(&self, visibility: Visibility, own: bool, declared_in: TypeId) -> Checked {
        let class = self.method.class;
        let (allowed, kind) = match visibility {
            Visibility::Public => (true, "public"),
            Visibility::Private => (declared_in == class, "private"),
            Visibility::Package => (own, "package-visible"),
            Visibility::Protected => (
                own || self.model.types.is_subtype(class, declared_in),
                "protected",
            ),
        };
        match allowed {
            true => Ok(()),
            false => {
                let finds = format!("uses a {kind} member of {}", self.name(declared_in));
                self.refuse(Rule::MemberAccess, finds, "a member that its class may use")
            }
        }
    }
}

fn kind_name(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Static => "a static method",
        MethodKind::Constructor => "a constructor",
        MethodKind::Private => "a private method",
        MethodKind::Virtual => "a virtual method",
    }
}
