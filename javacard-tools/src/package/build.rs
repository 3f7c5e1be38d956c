//! Makes a [`Package`]: first what stands in the file, then who belongs to whom, then names.

use std::collections::HashMap;

use cap_format::cap::Cap;
use cap_format::component::class::ClassItem;
use cap_format::component::constant_pool::Constant;
use cap_format::component::descriptor::{
    ClassDescriptor, FieldDescriptor, FieldLocation, FieldType, MethodAccess, MethodDescriptor, PrimitiveType,
};
use cap_format::component::export::ClassExport;
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::{Type, TypeDescriptor};

use crate::names::{MemberKind, NameTables};
use crate::package::{
    Applet, Call, Class, ClassTarget, Field, FieldPlace, JavaType, MemberTarget, Method, Name, Package,
    Reference, Signature, code, name,
};

/// "Not exported."
const NO_TOKEN: u8 = 0xFF;
/// The bit of a token that says that the method is package-visible.
const PACKAGE_VISIBLE: u8 = 0x80;

/// Resolves `cap`. `package_name` (with slashes, may be empty) and `applet_names` are those of its archive.
pub(crate) fn build(cap: Cap, names: NameTables, package_name: &str, applet_names: &[String]) -> Package {
    let mut builder = Builder::new(cap, names);
    builder.add_classes();
    builder.add_methods();
    builder.describe();
    builder.add_tables();
    builder.add_exports();
    builder.add_referenced();
    builder.add_applets();
    builder.resolve_constants();
    let mut package = builder.package;
    name::give(&mut package, package_name, applet_names);
    package
}

struct Builder {
    package: Package,
    class_at: HashMap<usize, usize>,
    method_at: HashMap<usize, usize>,
    static_at: HashMap<u16, usize>,
    instance_at: HashMap<(usize, u8), usize>,
    /// Methods of interfaces by class and token.
    interface_method: HashMap<(usize, u8), usize>,
}

impl Builder {
    fn new(cap: Cap, names: NameTables) -> Self {
        Self {
            package: Package {
                cap,
                names,
                name: String::new(),
                applets: Vec::new(),
                classes: Vec::new(),
                methods: Vec::new(),
                fields: Vec::new(),
                constants: Vec::new(),
            },
            class_at: HashMap::new(),
            method_at: HashMap::new(),
            static_at: HashMap::new(),
            instance_at: HashMap::new(),
            interface_method: HashMap::new(),
        }
    }

    fn target(&self, reference: ClassRef) -> ClassTarget {
        match reference {
            ClassRef::External { package, class } => ClassTarget::Imported { package, class },
            ClassRef::Internal { offset } => match self.class_at.get(&usize::from(offset)) {
                Some(index) => ClassTarget::Own(*index),
                None => ClassTarget::Nowhere(offset),
            },
        }
    }

    fn add_classes(&mut self) {
        let cap = &self.package.cap;
        let places = cap.classes.items(cap.header.format).map(|(offset, _)| offset);
        self.class_at = places.zip(0..).collect();
        let classes = cap.classes.items(cap.header.format).map(|(offset, item)| {
            let name = Name::made_up(format!("class_{offset:04X}"));
            self.class(offset, name, item)
        });
        self.package.classes = classes.collect();
    }

    fn class(&self, offset: usize, name: Name, item: ClassItem<'_>) -> Class {
        let mut class = Class {
            name,
            offset,
            octets: item.octets(),
            flags: Default::default(),
            access: None,
            token: None,
            super_class: None,
            interfaces: Vec::new(),
            declared_words: 0,
            references: 0..0,
            methods: Vec::new(),
            fields: Vec::new(),
            table: Vec::new(),
            implemented: Vec::new(),
            source_file: None,
        };
        match item {
            ClassItem::Interface(info) => {
                class.flags = info.flags;
                class.interfaces = info.superinterfaces.iter().map(|of| self.target(*of)).collect();
            }
            ClassItem::Class(info) => {
                class.flags = info.flags;
                class.super_class = info.super_class.map(|of| self.target(of));
                class.declared_words = info.declared_instance_size;
                let first = usize::from(info.first_reference_token.unwrap_or_default());
                class.references = first..first + usize::from(info.reference_count);
                class.implemented = info
                    .interfaces
                    .iter()
                    .map(|implemented| (self.target(implemented.interface), implemented.methods.clone()))
                    .collect();
                class.interfaces = class
                    .implemented
                    .iter()
                    .map(|(interface, _)| *interface)
                    .collect();
            }
        }
        class
    }

    fn add_methods(&mut self) {
        let component = &self.package.cap.methods;
        self.method_at = component.offsets().map(|(offset, _)| offset).zip(0..).collect();
        let all = component.offsets().map(|(offset, method)| {
            let (code, code_error) = code::decode(&method.code);
            let begin = offset + method.header.octets();
            Method {
                class: None,
                name: Name::made_up(format!("method_{offset:04X}")),
                offset: Some(offset),
                token: None,
                access: None,
                signature: None,
                header: method.header,
                code_octets: method.code.len(),
                code,
                code_error,
                handlers: code::handlers(&component.handlers, begin, method.code.len()),
                lines: Vec::new(),
            }
        });
        self.package.methods = all.collect();
    }

    /// What the Descriptor says.
    fn describe(&mut self) {
        let Some(descriptor) = self.package.cap.descriptor.clone() else {
            return;
        };
        for described in &descriptor.classes {
            let ClassTarget::Own(index) = self.target(described.this_class) else {
                continue;
            };
            self.describe_class(index, described);
            for field in &described.fields {
                let field_type = match field.field_type {
                    FieldType::Primitive(primitive) => Some(JavaType::Primitive(primitive_name(primitive))),
                    FieldType::Reference(offset) => descriptor
                        .type_at(offset)
                        .and_then(|types| types.0.first())
                        .map(|of| self.java_type(*of)),
                };
                self.describe_field(index, field, field_type);
            }
            for method in &described.methods {
                let signature = descriptor
                    .type_at(method.type_offset)
                    .map(|types| self.signature(types));
                self.describe_method(index, method, signature);
            }
        }
    }

    fn describe_class(&mut self, index: usize, described: &ClassDescriptor) {
        let interfaces: Vec<_> = described.interfaces.iter().map(|of| self.target(*of)).collect();
        if let Some(class) = self.package.classes.get_mut(index) {
            class.access = Some(described.access);
            // The Class component has the interfaces too; the Descriptor of a class may list fewer.
            if class.interfaces.is_empty() {
                class.interfaces = interfaces;
            }
        }
    }

    fn describe_field(&mut self, class: usize, field: &FieldDescriptor, field_type: Option<JavaType>) {
        let index = match field.location {
            FieldLocation::Static(StaticRef::Internal { offset }) => self.static_field(offset, Some(class)),
            FieldLocation::Instance { token, .. } => self.instance_field(class, token),
            FieldLocation::Static(StaticRef::External { .. }) => return,
        };
        if let Some(place) = self.package.fields.get_mut(index) {
            place.access = Some(field.access);
            place.token = Some(field.token).filter(|token| *token != NO_TOKEN);
            place.field_type = field_type;
        }
    }

    fn describe_method(&mut self, class: usize, described: &MethodDescriptor, signature: Option<Signature>) {
        let is_interface = self.package.classes.get(class).is_some_and(Class::is_interface);
        let index = if is_interface {
            self.interface_method(class, described.token)
        } else {
            let Some(index) = self.method_at.get(&usize::from(described.method_offset)) else {
                return;
            };
            *index
        };
        self.belongs(index, class);
        if let Some(method) = self.package.methods.get_mut(index) {
            method.access = Some(described.access);
            method.token = Some(described.token).filter(|token| *token != NO_TOKEN);
            method.signature = signature;
        }
    }

    /// Says that a method is one of `class`, if it belongs to none so far.
    fn belongs(&mut self, method: usize, class: usize) {
        let Some(of) = self.package.methods.get_mut(method) else {
            return;
        };
        if of.class.is_none() {
            of.class = Some(class);
            if let Some(class) = self.package.classes.get_mut(class) {
                class.methods.push(method);
            }
        }
    }

    fn java_type(&self, of: Type) -> JavaType {
        let array = |element| JavaType::Array(Box::new(element));
        match of {
            Type::Void => JavaType::Primitive("void"),
            Type::Boolean => JavaType::Primitive("boolean"),
            Type::Byte => JavaType::Primitive("byte"),
            Type::Short => JavaType::Primitive("short"),
            Type::Int => JavaType::Primitive("int"),
            Type::Reference(class) => JavaType::Class(self.target(class)),
            Type::BooleanArray => array(JavaType::Primitive("boolean")),
            Type::ByteArray => array(JavaType::Primitive("byte")),
            Type::ShortArray => array(JavaType::Primitive("short")),
            Type::IntArray => array(JavaType::Primitive("int")),
            Type::ReferenceArray(class) => array(JavaType::Class(self.target(class))),
        }
    }

    fn signature(&self, types: &TypeDescriptor) -> Signature {
        let mut all: Vec<_> = types.0.iter().map(|of| self.java_type(*of)).collect();
        Signature {
            result: all.pop().unwrap_or(JavaType::Primitive("void")),
            parameters: all,
        }
    }

    /// The virtual method tables.
    fn add_tables(&mut self) {
        let first_class = self.package.cap.classes.interfaces.len();
        let tables = self.package.cap.classes.classes.iter().zip(first_class..);
        let tables: Vec<_> = tables
            .map(|(info, index)| {
                let public = (info.public_methods.base..).zip(&info.public_methods.methods);
                let visible = (info.package_methods.base..).zip(&info.package_methods.methods);
                let visible = visible.map(|(token, method)| (token | PACKAGE_VISIBLE, method));
                let at = |offset: &u16| self.method_at.get(&usize::from(*offset)).copied();
                let entries = public
                    .chain(visible)
                    .map(|(token, method)| (token, method.as_ref().and_then(at)));
                (index, entries.collect::<Vec<_>>())
            })
            .collect();
        for (index, table) in tables {
            for (token, method) in &table {
                let Some(method) = *method else { continue };
                self.belongs(method, index);
                if let Some(method) = self.package.methods.get_mut(method) {
                    method.token = Some(*token);
                }
            }
            if let Some(class) = self.package.classes.get_mut(index) {
                class.table = table;
            }
        }
    }

    /// What the Export component says. The Descriptor has tokens too, but also of public classes that are not exported.
    fn add_exports(&mut self) {
        let exports = self.package.cap.exports.clone().unwrap_or_default();
        for (export, token) in exports.classes.iter().zip(0..) {
            let Some(index) = self.class_at.get(&usize::from(export.class_offset)).copied() else {
                continue;
            };
            if let Some(class) = self.package.classes.get_mut(index) {
                class.token = Some(token);
            }
            self.add_export(index, export);
        }
    }

    fn add_export(&mut self, class: usize, export: &ClassExport) {
        for (offset, token) in export.static_fields.iter().zip(0..) {
            let index = self.static_field(*offset, Some(class));
            if let Some(field) = self.package.fields.get_mut(index) {
                field.token = Some(token);
            }
        }
        for (offset, token) in export.static_methods.iter().zip(0..) {
            let Some(index) = self.method_at.get(&usize::from(*offset)).copied() else {
                continue;
            };
            self.belongs(index, class);
            if let Some(method) = self.package.methods.get_mut(index) {
                method.token = Some(token);
            }
        }
    }

    /// Fields and interface methods that only references tell of: without a Descriptor nothing else does.
    fn add_referenced(&mut self) {
        for constant in self.package.cap.constant_pool.constants.clone() {
            match constant {
                Constant::InstanceField { class, token } => {
                    if let ClassTarget::Own(class) = self.target(class) {
                        self.instance_field(class, token);
                    }
                }
                Constant::StaticField(StaticRef::Internal { offset }) => {
                    self.static_field(offset, None);
                }
                _ => {}
            }
        }
        let implemented: Vec<_> = self
            .package
            .classes
            .iter()
            .flat_map(|class| &class.implemented)
            .filter_map(|(interface, methods)| match interface {
                ClassTarget::Own(interface) => Some((*interface, methods.len())),
                _ => None,
            })
            .collect();
        for (interface, count) in implemented {
            for token in (0..=u8::MAX).take(count) {
                self.interface_method(interface, token);
            }
        }
    }

    fn static_field(&mut self, offset: u16, class: Option<usize>) -> usize {
        let new = self.package.fields.len();
        let index = *self.static_at.entry(offset).or_insert(new);
        if index == new {
            let name = Name::made_up(format!("static_{offset:04X}"));
            self.add_field(class, name, FieldPlace::Image(offset));
        }
        index
    }

    fn instance_field(&mut self, class: usize, token: u8) -> usize {
        let new = self.package.fields.len();
        let index = *self.instance_at.entry((class, token)).or_insert(new);
        if index == new {
            let name = Name::made_up(format!("field_{token}"));
            self.add_field(Some(class), name, FieldPlace::Instance(token));
        }
        index
    }

    fn add_field(&mut self, class: Option<usize>, name: Name, place: FieldPlace) {
        if let Some(class) = class.and_then(|class| self.package.classes.get_mut(class)) {
            class.fields.push(self.package.fields.len());
        }
        self.package.fields.push(Field {
            class,
            name,
            place,
            token: match place {
                FieldPlace::Image(_) => None,
                FieldPlace::Instance(token) => Some(token),
            },
            access: None,
            field_type: None,
        });
    }

    fn interface_method(&mut self, class: usize, token: u8) -> usize {
        let new = self.package.methods.len();
        let index = *self.interface_method.entry((class, token)).or_insert(new);
        if index == new {
            self.package.methods.push(Method {
                class: None,
                name: Name::made_up(format!("method_{token}")),
                offset: None,
                token: Some(token),
                access: Some(MethodAccess::PUBLIC | MethodAccess::ABSTRACT),
                signature: None,
                header: Default::default(),
                code_octets: 0,
                code: Vec::new(),
                code_error: None,
                handlers: Vec::new(),
                lines: Vec::new(),
            });
            self.belongs(index, class);
        }
        index
    }

    fn add_applets(&mut self) {
        let component = self.package.cap.applets.clone().unwrap_or_default();
        let applet = |applet: &cap_format::component::applet::Applet| {
            let method = self
                .method_at
                .get(&usize::from(applet.install_method_offset))
                .copied();
            Applet {
                aid: applet.aid,
                class: method.and_then(|method| self.package.methods.get(method)?.class),
                method,
                offset: applet.install_method_offset,
            }
        };
        self.package.applets = component.applets.iter().map(applet).collect();
    }

    fn resolve_constants(&mut self) {
        let constants = self.package.cap.constant_pool.constants.clone();
        self.package.constants = constants
            .iter()
            .map(|constant| self.reference(*constant))
            .collect();
    }

    fn reference(&self, constant: Constant) -> Reference {
        let field = |target| Reference::Field(target);
        match constant {
            Constant::Class(class) => Reference::Class(self.target(class)),
            Constant::InstanceField { class, token } => field(self.instance_reference(class, token)),
            Constant::StaticField(StaticRef::Internal { offset }) => {
                field(known(self.static_at.get(&offset), offset))
            }
            Constant::StaticField(StaticRef::External {
                package,
                class,
                token,
            }) => field(imported(package, class, token, MemberKind::StaticField)),
            Constant::VirtualMethod { class, token } => self.virtual_reference(class, token, Call::Virtual),
            Constant::SuperMethod { class, token } => self.virtual_reference(class, token, Call::Super),
            Constant::StaticMethod(StaticRef::Internal { offset }) => Reference::Method {
                of: None,
                method: known(self.method_at.get(&usize::from(offset)), offset),
                call: Call::Direct,
            },
            Constant::StaticMethod(StaticRef::External {
                package,
                class,
                token,
            }) => Reference::Method {
                of: None,
                method: imported(package, class, token, MemberKind::StaticMethod),
                call: Call::Direct,
            },
        }
    }

    fn instance_reference(&self, class: ClassRef, token: u8) -> MemberTarget {
        match self.target(class) {
            ClassTarget::Own(class) => known(self.instance_at.get(&(class, token)), token.into()),
            ClassTarget::Imported { package, class } => {
                imported(package, class, token, MemberKind::InstanceField)
            }
            ClassTarget::Nowhere(offset) => MemberTarget::Nowhere(offset),
        }
    }

    fn virtual_reference(&self, class: ClassRef, token: u8, call: Call) -> Reference {
        let of = self.target(class);
        let method = match of {
            // JCVM §6.8.2: the class of a super call is the one that calls.
            ClassTarget::Own(class) if call == Call::Super => {
                match self
                    .package
                    .classes
                    .get(class)
                    .and_then(|class| class.super_class)
                {
                    Some(above) => self.virtual_target(above, token, of),
                    None => MemberTarget::Nowhere(token.into()),
                }
            }
            _ => self.virtual_target(of, token, of),
        };
        Reference::Method {
            of: Some(of),
            method,
            call,
        }
    }

    fn virtual_target(&self, class: ClassTarget, token: u8, of: ClassTarget) -> MemberTarget {
        match class {
            ClassTarget::Own(index) => {
                if let Some(method) = self.package.find_virtual(index, token) {
                    return MemberTarget::Own(method);
                }
                match self.package.ancestry(index).1 {
                    Some(above @ ClassTarget::Imported { .. }) => self.virtual_target(above, token, of),
                    _ => MemberTarget::Nowhere(token.into()),
                }
            }
            ClassTarget::Imported { package, class } => MemberTarget::Imported {
                package,
                class,
                token,
                kind: MemberKind::VirtualMethod,
                of,
            },
            ClassTarget::Nowhere(offset) => MemberTarget::Nowhere(offset),
        }
    }
}

fn known(index: Option<&usize>, otherwise: u16) -> MemberTarget {
    index.map_or(MemberTarget::Nowhere(otherwise), |index| {
        MemberTarget::Own(*index)
    })
}

fn imported(package: u8, class: u8, token: u8, kind: MemberKind) -> MemberTarget {
    MemberTarget::Imported {
        package,
        class,
        token,
        kind,
        of: ClassTarget::Imported { package, class },
    }
}

fn primitive_name(primitive: PrimitiveType) -> &'static str {
    match primitive {
        PrimitiveType::Boolean => "boolean",
        PrimitiveType::Byte => "byte",
        PrimitiveType::Short => "short",
        PrimitiveType::Int => "int",
    }
}
