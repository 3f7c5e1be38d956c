//! The Descriptor component: the types that the declarations say (JCVM §6.14).

use cap_format::component::descriptor::{
    ClassAccess, ClassDescriptor, DescriptorComponent, FieldAccess, FieldDescriptor, FieldLocation,
    FieldType, MethodAccess, MethodDescriptor, PrimitiveType,
};
use cap_format::reference::StaticRef;
use cap_format::type_descriptor::{TypeDescriptor, TypeDescriptors};

use super::method::BuiltMethod;
use crate::assembler::declarations::{FieldText, Flags};
use crate::assembler::pool::{Places, Pool};
use crate::assembler::text::{Line, Trouble};
use crate::assembler::world::ClassId;

/// The token of what has none.
const NO_TOKEN: u8 = 0xFF;

/// The types so far, each once.
pub(crate) struct TypeTable {
    /// Octets before the first one.
    begin: usize,
    pub(crate) types: TypeDescriptors,
}

impl TypeTable {
    pub(crate) fn new(begin: usize, types: TypeDescriptors) -> Self {
        Self { begin, types }
    }

    /// The offset of a type as class files write it.
    pub(crate) fn offset(&mut self, places: &Places<'_>, descriptor: &str) -> Result<u16, String> {
        let types = places.world.types(descriptor, &|id| places.class_ref(id))?;
        let wanted = TypeDescriptor(types);
        let known = self
            .types
            .offsets()
            .find(|(_, known)| **known == wanted)
            .map(|(offset, _)| offset);
        let offset = known.unwrap_or_else(|| self.types.octets());
        if known.is_none() {
            self.types.0.push(wanted);
        }
        u16::try_from(self.begin + offset).map_err(|error| error.to_string())
    }
}

pub(super) fn component(
    places: &Places<'_>,
    pool: &Pool,
    methods: &[BuiltMethod],
) -> Result<DescriptorComponent, Trouble> {
    let mut types = TypeTable::new(2 + 2 * pool.types.len(), TypeDescriptors::default());
    let trouble = |what: String| Trouble::of("the case", what);
    let mut constant_types = Vec::new();
    for kind in &pool.types {
        let kind = kind.as_ref().map(|kind| types.offset(places, kind));
        constant_types.push(kind.transpose().map_err(trouble)?);
    }
    let mut classes = Vec::new();
    for index in 0..places.world.source.types.len() {
        classes.push(class(places, methods, index, &mut types)?);
    }
    Ok(DescriptorComponent {
        classes,
        constant_types,
        types: types.types,
    })
}

fn class(
    places: &Places<'_>,
    methods: &[BuiltMethod],
    index: usize,
    types: &mut TypeTable,
) -> Result<ClassDescriptor, Trouble> {
    let (class, layout) = (places.world.own(index), &places.layouts[index]);
    let mut fields = Vec::new();
    for (place, field) in class.fields.iter().enumerate() {
        fields.push(self::field(places, (index, place), field, types)?);
    }
    let mut access = ClassAccess(class_flags(&class.flags));
    if class.is_interface {
        access |= ClassAccess::INTERFACE | ClassAccess::ABSTRACT;
    }
    let interfaces = layout.interfaces.iter().filter(|_| !class.is_interface);
    Ok(ClassDescriptor {
        token: layout.class_token.unwrap_or(NO_TOKEN),
        access,
        this_class: places.class_ref(ClassId::Own(index)),
        interfaces: interfaces.map(|(id, _)| places.class_ref(*id)).collect(),
        fields,
        methods: match class.is_interface {
            true => interface_methods(places, index, types)?,
            false => class_methods(places, methods, index, types)?,
        },
    })
}

fn class_flags(flags: &Flags) -> u8 {
    let table = [
        ("public", ClassAccess::PUBLIC),
        ("final", ClassAccess::FINAL),
        ("abstract", ClassAccess::ABSTRACT),
    ];
    table
        .into_iter()
        .filter(|(word, _)| flags.has(word))
        .fold(0, |all, (_, flag)| all | flag.0)
}

fn field(
    places: &Places<'_>,
    (index, place): (usize, usize),
    field: &FieldText,
    types: &mut TypeTable,
) -> Result<FieldDescriptor, Trouble> {
    let table = [
        ("public", FieldAccess::PUBLIC),
        ("private", FieldAccess::PRIVATE),
        ("protected", FieldAccess::PROTECTED),
        ("static", FieldAccess::STATIC),
        ("final", FieldAccess::FINAL),
    ];
    let set = table.into_iter().filter(|(word, _)| field.flags.has(word));
    let token = places.layouts[index].field_tokens[place].unwrap_or(NO_TOKEN);
    Ok(FieldDescriptor {
        token,
        access: set.map(|(_, flag)| flag).collect(),
        location: match places.statics[index][place] {
            Some(offset) => FieldLocation::Static(StaticRef::Internal { offset }),
            None => FieldLocation::Instance {
                class: places.class_ref(ClassId::Own(index)),
                token,
            },
        },
        field_type: field_type(places, &field.line, &field.kind, types)?,
    })
}

pub(crate) fn field_type(
    places: &Places<'_>,
    line: &Line,
    kind: &str,
    types: &mut TypeTable,
) -> Result<FieldType, Trouble> {
    Ok(match kind {
        "boolean" => FieldType::Primitive(PrimitiveType::Boolean),
        "byte" => FieldType::Primitive(PrimitiveType::Byte),
        "short" => FieldType::Primitive(PrimitiveType::Short),
        "int" => FieldType::Primitive(PrimitiveType::Int),
        kind => {
            let descriptor = places.world.descriptor(line, kind)?;
            FieldType::Reference(
                types
                    .offset(places, &descriptor)
                    .map_err(|what| line.trouble(what))?,
            )
        }
    })
}

/// All methods of an interface, those above it included.
fn interface_methods(
    places: &Places<'_>,
    index: usize,
    types: &mut TypeTable,
) -> Result<Vec<MethodDescriptor>, Trouble> {
    let line = &places.world.own(index).line;
    let methods = (0..).zip(&places.layouts[index].interface_methods);
    let described = methods.map(|(token, method)| {
        Ok(MethodDescriptor {
            token,
            access: MethodAccess::PUBLIC | MethodAccess::ABSTRACT,
            type_offset: types
                .offset(places, &method.descriptor)
                .map_err(|what| line.trouble(what))?,
            ..MethodDescriptor::default()
        })
    });
    described.collect()
}

fn class_methods(
    places: &Places<'_>,
    built: &[BuiltMethod],
    index: usize,
    types: &mut TypeTable,
) -> Result<Vec<MethodDescriptor>, Trouble> {
    let (class, layout) = (places.world.own(index), &places.layouts[index]);
    let mut first_handler = 0;
    let mut described = Vec::new();
    for method in built {
        let handlers = u16::try_from(method.handlers.len()).unwrap_or(u16::MAX);
        if let (of, place) = method.own
            && of == index
        {
            let text = &class.methods[place];
            let descriptor = &layout.signatures[place].descriptor;
            described.push(MethodDescriptor {
                token: layout.method_tokens[place].unwrap_or(NO_TOKEN),
                access: method_access(&text.flags, text.is_constructor()),
                method_offset: method.offset,
                type_offset: types
                    .offset(places, descriptor)
                    .map_err(|what| text.line.trouble(what))?,
                bytecode_count: u16::try_from(method.code.octets.len()).unwrap_or(u16::MAX),
                handler_count: handlers,
                handler_index: if handlers == 0 { 0 } else { first_handler },
            });
        }
        first_handler += handlers;
    }
    Ok(described)
}

fn method_access(flags: &Flags, is_constructor: bool) -> MethodAccess {
    let table = [
        ("public", MethodAccess::PUBLIC),
        ("private", MethodAccess::PRIVATE),
        ("protected", MethodAccess::PROTECTED),
        ("static", MethodAccess::STATIC),
        ("final", MethodAccess::FINAL),
        ("abstract", MethodAccess::ABSTRACT),
    ];
    let set = table.into_iter().filter(|(word, _)| flags.has(word));
    let access: MethodAccess = set.map(|(_, flag)| flag).collect();
    if is_constructor {
        access | MethodAccess::INIT
    } else {
        access
    }
}
