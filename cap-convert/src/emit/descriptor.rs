//! The Descriptor component (JCVM §6.14): types for the verifier.

use cap_format::component::descriptor::{
    ClassAccess, ClassDescriptor, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation,
    FieldType, MethodAccess, MethodDescriptor, PrimitiveType,
};
use cap_format::reference::StaticRef;

use crate::class_model::{Access, Class, Field, Method, MethodType, Type};
use crate::finding::Rule;
use crate::hierarchy::{ClassId, is_virtual};
use crate::input::with_dots;
use crate::pool::Pool;
use crate::report::{Place, Report};
use crate::resolve::{PoolKey, StaticKey};
use crate::tokens::{Layout, PACKAGE_VISIBLE};

use super::methods::Methods;
use super::types::TypeTable;
use super::{Numbers, Package};

/// The token of what has none.
const NO_TOKEN: u8 = 0xFF;

pub(super) fn build(
    package: &Package<'_>,
    pool: &Pool,
    numbers: &Numbers<'_>,
    methods: &Methods,
    report: &mut Report,
) -> DescriptorComponent {
    let mut types = TypeTable::new(numbers, 2 + 2 * pool.keys.len());
    let constant_types = pool
        .keys
        .iter()
        .map(|key| match type_of(package, *key)? {
            ConstantType::Field(kind) => Some(types.field_offset(&kind)),
            ConstantType::Method(kind) => Some(types.method_offset(&kind)),
        })
        .collect();
    let classes = (0..package.program.classes.len())
        .map(|index| class_descriptor(package, numbers, methods, index, &mut types))
        .collect();
    if types.end() > usize::from(u16::MAX / 2) {
        report.add(
            Rule::Limit,
            Place::PACKAGE,
            "more types than a Descriptor component holds",
            "divide the package",
        );
    }
    for name in types.missing {
        report.add(
            Rule::Unresolved,
            Place::PACKAGE,
            format!(
                "the class {}, in the type of a member that is used",
                with_dots(&name)
            ),
            "give the export file of its package",
        );
    }
    DescriptorComponent {
        classes,
        constant_types,
        types: types.table,
    }
}

/// The type of a field or method constant.
#[derive(Debug)]
pub(super) enum ConstantType {
    Field(Type),
    Method(MethodType),
}

impl ConstantType {
    /// Every type in it.
    pub(super) fn types(&self) -> Vec<&Type> {
        match self {
            Self::Field(kind) => vec![kind],
            Self::Method(kind) => kind.types().collect(),
        }
    }
}

/// The type of a constant; `None` for a class.
pub(super) fn type_of(package: &Package<'_>, key: PoolKey) -> Option<ConstantType> {
    let classes = &package.program.classes;
    match key {
        PoolKey::Class(_) => None,
        PoolKey::InstanceField { class, token } => {
            field_type(package, class, token, false).map(ConstantType::Field)
        }
        PoolKey::StaticField(StaticKey::Own { class, member }) => {
            Some(ConstantType::Field(classes[class].fields[member].kind.clone()))
        }
        PoolKey::StaticField(StaticKey::External { class, token }) => {
            field_type(package, class, token, true).map(ConstantType::Field)
        }
        PoolKey::VirtualMethod { class, token } => {
            virtual_type(package, class, token).map(ConstantType::Method)
        }
        PoolKey::SuperMethod { class, token } => {
            virtual_type(package, ClassId::Own(class), token).map(ConstantType::Method)
        }
        PoolKey::StaticMethod(StaticKey::Own { class, member }) => {
            Some(ConstantType::Method(classes[class].methods[member].kind.clone()))
        }
        PoolKey::StaticMethod(StaticKey::External { class, token }) => {
            let methods = &package.program.external(class)?.methods;
            let method = methods
                .iter()
                .find(|method| method.token == token && !is_virtual(method))?;
            MethodType::parse(&method.descriptor).map(ConstantType::Method)
        }
    }
}

fn field_type(package: &Package<'_>, class: ClassId, token: u8, is_static: bool) -> Option<Type> {
    use cap_format::export_file::ExportAccess;
    match class {
        ClassId::Own(index) => {
            let layout = &package.layouts[index];
            let fields = package.program.classes[index]
                .fields
                .iter()
                .zip(&layout.field_tokens);
            let mut found =
                fields.filter(|(field, known)| field.is_static() == is_static && **known == Some(token));
            found.next().map(|(field, _)| field.kind.clone())
        }
        ClassId::External { .. } => {
            let exported = package.program.external(class)?;
            let field = exported.fields.iter().find(|field| {
                field.token == token && field.access.contains(ExportAccess::STATIC) == is_static
            })?;
            Type::parse(&field.descriptor)
        }
    }
}

fn virtual_type(package: &Package<'_>, class: ClassId, token: u8) -> Option<MethodType> {
    match class {
        ClassId::Own(index) => {
            let layout = &package.layouts[index];
            let table = match token & PACKAGE_VISIBLE {
                0 => &layout.public_methods,
                _ => &layout.package_methods,
            };
            let slot = table.slots.get(usize::from(token & !PACKAGE_VISIBLE))?;
            Some(slot.0.kind.clone())
        }
        ClassId::External { .. } => {
            let exported = package.program.external(class)?;
            let method = exported
                .methods
                .iter()
                .find(|method| method.token == token && is_virtual(method))?;
            MethodType::parse(&method.descriptor)
        }
    }
}

fn class_descriptor(
    package: &Package<'_>,
    numbers: &Numbers<'_>,
    methods: &Methods,
    index: usize,
    types: &mut TypeTable<'_>,
) -> ClassDescriptor {
    let (class, layout) = (&package.program.classes[index], &package.layouts[index]);
    let mut fields: Vec<(usize, &Field)> = class
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.compile_time_constant().is_none())
        .collect();
    // Static fields by their place in the image, then instance fields by token.
    fields.sort_by_key(|(place, field)| match field.is_static() {
        true => (0, numbers.static_offset(index, *place)),
        false => (1, layout.field_tokens[*place].map_or(0, u16::from)),
    });
    let fields = fields
        .into_iter()
        .map(|(place, field)| {
            field_descriptor(numbers, index, place, field, layout.field_tokens[place], types)
        })
        .collect();
    let described = match class.is_interface() {
        true => interface_methods(layout, types),
        false => class_methods(package, methods, index, types),
    };
    // JCVM §6.14.1: an interface implements none.
    let implemented = layout.interfaces.iter().filter(|_| !class.is_interface());
    let interfaces = implemented.map(|(id, _)| numbers.class(*id)).collect();
    ClassDescriptor {
        token: layout.class_token.unwrap_or(NO_TOKEN),
        access: class_access(class),
        this_class: numbers.class(ClassId::Own(index)),
        interfaces,
        fields,
        methods: described,
    }
}

/// All methods of an interface, those above it included: their tokens begin at 0.
fn interface_methods(layout: &Layout, types: &mut TypeTable<'_>) -> Vec<MethodDescriptor> {
    let methods = layout.interface_methods.iter().enumerate();
    methods
        .map(|(token, method)| MethodDescriptor {
            token: u8::try_from(token).unwrap_or(NO_TOKEN),
            access: MethodAccess::PUBLIC | MethodAccess::ABSTRACT,
            type_offset: types.method_offset(&method.kind),
            ..MethodDescriptor::default()
        })
        .collect()
}

fn class_methods(
    package: &Package<'_>,
    methods: &Methods,
    index: usize,
    types: &mut TypeTable<'_>,
) -> Vec<MethodDescriptor> {
    let (class, layout) = (&package.program.classes[index], &package.layouts[index]);
    let mut described = Vec::new();
    for place in super::emitted(class) {
        let method = &class.methods[place];
        let size = methods.sizes[index][place];
        described.push(MethodDescriptor {
            token: layout.method_tokens[place].unwrap_or(NO_TOKEN),
            access: method_access(method),
            method_offset: methods.offsets[index][place],
            type_offset: types.method_offset(&method.kind),
            bytecode_count: size.code,
            handler_count: size.handlers,
            handler_index: size.first_handler,
        });
    }
    for (place, open) in layout.open_methods.iter().enumerate() {
        described.push(MethodDescriptor {
            token: open.token,
            access: MethodAccess::PUBLIC | MethodAccess::ABSTRACT,
            method_offset: methods.offsets[index][class.methods.len() + place],
            type_offset: types.method_offset(&open.signature.kind),
            ..MethodDescriptor::default()
        });
    }
    described
}

fn class_access(class: &Class) -> ClassAccess {
    let mut access = ClassAccess::default();
    for (mask, flag) in [
        (Access::PUBLIC, ClassAccess::PUBLIC),
        (Access::FINAL, ClassAccess::FINAL),
        (Access::INTERFACE, ClassAccess::INTERFACE),
        (Access::ABSTRACT, ClassAccess::ABSTRACT),
    ] {
        if class.access.has(mask) {
            access |= flag;
        }
    }
    access
}

fn field_descriptor(
    numbers: &Numbers<'_>,
    class: usize,
    place: usize,
    field: &Field,
    token: Option<u8>,
    types: &mut TypeTable<'_>,
) -> FieldDescriptor {
    let mut access = FieldAccess::default();
    for (mask, flag) in [
        (Access::PUBLIC, FieldAccess::PUBLIC),
        (Access::PRIVATE, FieldAccess::PRIVATE),
        (Access::PROTECTED, FieldAccess::PROTECTED),
        (Access::STATIC, FieldAccess::STATIC),
        (Access::FINAL, FieldAccess::FINAL),
    ] {
        if field.access.has(mask) {
            access |= flag;
        }
    }
    let token = token.unwrap_or(NO_TOKEN);
    let location = match field.is_static() {
        true => FieldLocation::Static(StaticRef::Internal {
            offset: numbers.static_offset(class, place),
        }),
        false => FieldLocation::Instance {
            class: numbers.class(ClassId::Own(class)),
            token,
        },
    };
    let field_type = match &field.kind {
        Type::Boolean => FieldType::Primitive(PrimitiveType::Boolean),
        Type::Byte => FieldType::Primitive(PrimitiveType::Byte),
        Type::Short => FieldType::Primitive(PrimitiveType::Short),
        Type::Int => FieldType::Primitive(PrimitiveType::Int),
        kind => FieldType::Reference(types.field_offset(kind)),
    };
    FieldDescriptor {
        token,
        access,
        location,
        field_type,
    }
}

fn method_access(method: &Method) -> MethodAccess {
    let mut access = MethodAccess::default();
    for (mask, flag) in [
        (Access::PUBLIC, MethodAccess::PUBLIC),
        (Access::PRIVATE, MethodAccess::PRIVATE),
        (Access::PROTECTED, MethodAccess::PROTECTED),
        (Access::STATIC, MethodAccess::STATIC),
        (Access::FINAL, MethodAccess::FINAL),
        (Access::ABSTRACT, MethodAccess::ABSTRACT),
    ] {
        if method.access.has(mask) {
            access |= flag;
        }
    }
    if method.is_constructor() {
        access |= MethodAccess::INIT;
    }
    access
}
