//! What the applets' class files may contain: the Java Card 2.2.1 API and nothing else, no int, no allocation after
//! install. The rules of the target (CAP 2.1, no int support), told from the class files that jCardSim runs.
//!
//! - [`api_table`] what Java Card 2.2.1 has, from the tables of `card-api`
//! - [`narrow`] follows every path of a method and tells where a value may need more than 16 bits

use std::collections::BTreeMap;

use cafebabe::{
    ClassFile,
    attributes::{AttributeData, CodeData},
    bytecode::{Opcode, PrimitiveArrayType},
    constant_pool::{ConstantPoolItem, MemberRef},
};

use api_table::ApiTable;

pub mod api_table;
pub mod narrow;

/// The package prefix of the project's own classes.
const OWN: &str = "twofold/";

/// Methods that run once, when an applet is installed: only they may allocate.
const INSTALL_TIME: &[&str] = &["<init>", "install"];

/// API methods that allocate memory, wherever they are called.
const ALLOCATING: &[&str] = &[
    "makeTransientByteArray",
    "makeTransientShortArray",
    "makeTransientObjectArray",
    "makeTransientBooleanArray",
    "buildKey",
    "getInstance",
];

/// Class-file version that the rules know: Java 8.
const NEWEST_MAJOR_VERSION: u16 = 52;

/// The classes of all applets, and the table they are held to.
pub struct Applets<'a> {
    /// Class name with slashes → class file.
    pub classes: BTreeMap<String, ClassFile<'a>>,
    /// What the target offers.
    pub api: ApiTable,
}

impl<'a> Applets<'a> {
    /// Every breach of the rules, each in words with class and method.
    pub fn findings(&'a self) -> Vec<String> {
        self.classes
            .values()
            .flat_map(|class| self.class_findings(class))
            .collect()
    }

    fn class_findings(&self, class: &'a ClassFile<'a>) -> Vec<String> {
        let name = &class.this_class;
        let mut findings = Vec::new();
        if class.major_version > NEWEST_MAJOR_VERSION {
            findings.push(format!("{name}: class-file version {}", class.major_version));
        }
        findings.extend(self.unknown_classes(class));
        for field in &class.fields {
            findings.extend(
                wide_type(&field.descriptor.to_string()).map(|t| format!("{name}.{}: {t}", field.name)),
            );
        }
        for method in &class.methods {
            let place = format!("{name}.{}{}", method.name, method.descriptor);
            findings.extend(wide_type(&method.descriptor.to_string()).map(|t| format!("{place}: {t}")));
            for attribute in &method.attributes {
                if let AttributeData::Code(code) = &attribute.data {
                    let of_code = self.code_findings(&method.name, code, &method.descriptor);
                    findings.extend(of_code.into_iter().map(|finding| format!("{place}: {finding}")));
                }
            }
        }
        findings
    }

    /// Classes that are named anywhere, in descriptors too, and that the card does not have.
    fn unknown_classes(&self, class: &'a ClassFile<'a>) -> Vec<String> {
        let mentioned = class.constantpool_iter().filter_map(|item| match item {
            ConstantPoolItem::ClassInfo(name) => Some(name.to_string()),
            _ => None,
        });
        let fields = class.fields.iter().map(|field| field.descriptor.to_string());
        let methods = class.methods.iter().map(|method| method.descriptor.to_string());
        let in_descriptors = fields
            .chain(methods)
            .flat_map(|descriptor| class_names(&descriptor));
        let mut unknown: Vec<_> = mentioned
            .chain(in_descriptors)
            .filter(|name| !self.knows(name))
            .collect();
        unknown.sort();
        unknown.dedup();
        let in_words =
            |name: &String| format!("{}: {name} is not in the Java Card 2.2.1 API", class.this_class);
        unknown.iter().map(in_words).collect()
    }

    fn knows(&self, name: &str) -> bool {
        let element = name
            .trim_start_matches('[')
            .trim_start_matches('L')
            .trim_end_matches(';');
        self.classes.contains_key(element) || self.api.has_class(element) || element.len() == 1
    }

    fn code_findings(
        &self,
        method: &str,
        code: &CodeData<'_>,
        descriptor: &cafebabe::descriptors::MethodDescriptor<'_>,
    ) -> Vec<String> {
        let Some(bytecode) = &code.bytecode else {
            return vec!["no bytecode could be read".into()];
        };
        let mut findings = narrow::findings(code, descriptor);
        for (offset, opcode) in &bytecode.opcodes {
            if let Some(what) = self.forbidden(method, opcode) {
                findings.push(format!("at {offset}: {what}"));
            }
        }
        for attribute in &code.attributes {
            if let AttributeData::LocalVariableTable(variables) = &attribute.data {
                let wide = variables
                    .iter()
                    .filter(|v| wide_type(&v.descriptor.to_string()).is_some());
                findings.extend(wide.map(|v| format!("local variable {} is {}", v.name, v.descriptor)));
            }
        }
        findings
    }

    fn forbidden(&self, method: &str, opcode: &Opcode<'_>) -> Option<String> {
        let install_time = INSTALL_TIME.contains(&method);
        match opcode {
            Opcode::Newarray(
                PrimitiveArrayType::Byte | PrimitiveArrayType::Short | PrimitiveArrayType::Boolean,
            )
            | Opcode::New(_)
            | Opcode::Anewarray(_) => (!install_time).then(|| format!("allocates after install: {opcode:?}")),
            Opcode::Newarray(element) => Some(format!("an array of {element:?}")),
            Opcode::Multianewarray(..)
            | Opcode::Monitorenter
            | Opcode::Monitorexit
            | Opcode::Invokedynamic(_) => Some(format!("{opcode:?} does not exist in Java Card")),
            Opcode::Putstatic(member) if method != "<clinit>" => {
                Some(format!("writes the static field {}", member.name_and_type.name))
            }
            Opcode::Getfield(member)
            | Opcode::Putfield(member)
            | Opcode::Getstatic(member)
            | Opcode::Invokevirtual(member)
            | Opcode::Invokespecial(member)
            | Opcode::Invokestatic(member)
            | Opcode::Invokeinterface(member, _) => self.member(method, member),
            _ => None,
        }
    }

    /// A member of the project's own classes, or one the API table has; allocating API methods at install time only.
    fn member(&self, method: &str, member: &MemberRef<'_>) -> Option<String> {
        let (name, descriptor) = (&member.name_and_type.name, &member.name_and_type.descriptor);
        let mut class: String = member.class_name.to_string();
        while class.starts_with(OWN) {
            let own = self.classes.get(&class)?;
            let declares = own
                .methods
                .iter()
                .any(|m| m.name == *name && m.descriptor.to_string() == *descriptor)
                || own
                    .fields
                    .iter()
                    .any(|f| f.name == *name && f.descriptor.to_string() == *descriptor);
            if declares {
                return None;
            }
            class = own.super_class.as_ref()?.to_string();
        }
        if class.starts_with('[') {
            class = "java/lang/Object".into();
        }
        if !self.api.has_member(&class, name, descriptor) {
            return Some(format!(
                "{class}.{name}{descriptor} is not in the Java Card 2.2.1 API"
            ));
        }
        (ALLOCATING.contains(&name.as_ref()) && !INSTALL_TIME.contains(&method))
            .then(|| format!("allocates after install: {name}"))
    }
}

/// The class names in a descriptor.
fn class_names(descriptor: &str) -> Vec<String> {
    let after_l = descriptor.split(';').filter_map(|part| part.split_once('L'));
    after_l.map(|(_, name)| name.to_owned()).collect()
}

/// int, long, char, float or double in a descriptor, in words.
fn wide_type(descriptor: &str) -> Option<String> {
    let mut characters = descriptor.chars();
    while let Some(character) = characters.next() {
        match character {
            'L' => while characters.next().is_some_and(|c| c != ';') {},
            'I' | 'J' | 'C' | 'F' | 'D' => {
                return Some(format!("{character} in {descriptor} does not fit 16 bits"));
            }
            _ => {}
        }
    }
    None
}
