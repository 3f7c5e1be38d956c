//! The components of a package from its declarations, all consistent with each other.

use cap_format::cap::Cap;
use cap_format::component::applet::{Applet, AppletComponent};
use cap_format::component::class::{
    ClassComponent, ClassFlags, ClassInfo, ImplementedInterface, InterfaceInfo, MethodTable,
};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{ExceptionHandler, Method, MethodComponent, MethodFlags, MethodHeader};
use cap_format::component::static_field::{ArrayInit, ArrayInitType, StaticFieldComponent};
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::version::{FormatVersion, PackageInfo};

use super::code::{self, Code};
use super::declarations::{FieldText, MethodText, aid};
use super::exports::exported;
use super::layout::{Layout, OwnMethod, Table, is_reference};
use super::pool::{Entry, Places, Pool};
use super::text::Trouble;
use super::world::{ClassId, World};

/// Where everything of the package stands: what changes refer to.
pub(crate) struct Built<'a> {
    pub(crate) places: Places<'a>,
    pub(crate) pool: Pool,
    /// In the order of the Method component.
    pub(crate) methods: Vec<BuiltMethod>,
    pub(crate) cap: Cap,
}

pub(crate) struct BuiltMethod {
    pub(crate) own: OwnMethod,
    /// Offset of its header.
    pub(crate) offset: u16,
    pub(crate) code: Code,
    pub(crate) header: MethodHeader,
    pub(crate) handlers: Vec<Handler>,
}

/// A handler with offsets in the code of its method.
pub(crate) struct Handler {
    start: usize,
    end: usize,
    handler: usize,
    catch_type: u16,
}

pub(crate) fn build<'a>(world: &'a World<'a>, layouts: &'a [Layout]) -> Result<Built<'a>, Trouble> {
    let (static_fields, statics) = statics(world)?;
    let mut places = Places {
        world,
        layouts,
        classes: vec![0; layouts.len()],
        statics,
    };
    // The size of a class does not depend on the references in it.
    let sized = classes(&places, &[]);
    let offsets = sized
        .items(format(world))
        .map(|(offset, _)| u16::try_from(offset).unwrap_or(u16::MAX));
    for (index, offset) in class_order(world).zip(offsets) {
        places.classes[index] = offset;
    }
    let mut pool = Pool::default();
    for line in &world.source.constants {
        code::explicit(line, &places, &mut pool)?;
    }
    let methods = methods(&places, &mut pool)?;
    let place_of = |own: OwnMethod| place_of(&methods, own);
    let constants = pool.entries.iter().map(|entry| match entry {
        Entry::Is(constant) => *constant,
        Entry::Method(own) => Constant::StaticMethod(StaticRef::Internal {
            offset: place_of(*own),
        }),
    });
    let constant_pool = ConstantPoolComponent {
        constants: constants.collect(),
    };
    let exports = export(&places, &methods);
    let cap = Cap {
        header: header(world, exports.is_some())?,
        imports: ImportComponent {
            packages: world.imports.clone(),
        },
        applets: applets(world, &methods)?,
        classes: classes(&places, &methods),
        methods: method_component(&methods),
        static_fields,
        exports,
        descriptor: Some(super::descriptor::build(&places, &pool, &methods)?),
        constant_pool,
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    };
    Ok(Built {
        places,
        pool,
        methods,
        cap,
    })
}

pub(crate) fn format(world: &World<'_>) -> FormatVersion {
    match world.source.has_name {
        true => FormatVersion::V2_2,
        false => FormatVersion::V2_1,
    }
}

pub(crate) fn place_of(methods: &[BuiltMethod], own: OwnMethod) -> u16 {
    methods
        .iter()
        .find(|method| method.own == own)
        .map_or(0, |method| method.offset)
}

/// JCVM §6.9: interfaces before classes.
fn class_order(world: &World<'_>) -> impl Iterator<Item = usize> {
    let all = || world.source.types.iter().enumerate();
    let interfaces = all().filter(|(_, class)| class.is_interface);
    interfaces
        .chain(all().filter(|(_, class)| !class.is_interface))
        .map(|(index, _)| index)
}

fn header(world: &World<'_>, exports: bool) -> Result<HeaderComponent, Trouble> {
    let source = world.source;
    let (Some(aid), Some(version)) = (source.aid, source.version) else {
        return Err(Trouble::of("the case", "the line `package` is missing"));
    };
    let set = [
        (source.int, HeaderFlags::INT),
        (exports, HeaderFlags::EXPORT),
        (!source.applets.is_empty(), HeaderFlags::APPLET),
    ];
    let set = set.into_iter().filter(|(holds, _)| *holds);
    Ok(HeaderComponent {
        format: format(world),
        flags: set.fold(HeaderFlags::default(), |all, (_, flag)| all | flag),
        package: PackageInfo { version, aid },
        package_name: if source.has_name {
            source.name.clone()
        } else {
            String::new()
        },
    })
}

/// `applet AID CLASS`.
fn applets(world: &World<'_>, methods: &[BuiltMethod]) -> Result<Option<AppletComponent>, Trouble> {
    let mut applets = Vec::new();
    for line in &world.source.applets {
        let mut words = line.words();
        words.next();
        let digits = words.word("an AID")?;
        let class = words.word("a class")?;
        let Some(ClassId::Own(index)) = world.find(class) else {
            return Err(line.trouble(format!("no class {class}")));
        };
        let install = world
            .own(index)
            .methods
            .iter()
            .position(|method| method.name == "install");
        let install = install.ok_or_else(|| line.trouble("the class has no install"))?;
        applets.push(Applet {
            aid: aid(&words, digits)?,
            install_method_offset: place_of(methods, (index, install)),
        });
    }
    Ok((!applets.is_empty()).then_some(AppletComponent { applets }))
}

fn classes(places: &Places<'_>, methods: &[BuiltMethod]) -> ClassComponent {
    let mut component = ClassComponent::default();
    for index in class_order(places.world) {
        let layout = &places.layouts[index];
        let shareable = if layout.is_shareable {
            ClassFlags::SHAREABLE
        } else {
            ClassFlags::default()
        };
        if places.world.own(index).is_interface {
            component.interfaces.push(InterfaceInfo {
                flags: ClassFlags::INTERFACE | shareable,
                superinterfaces: layout
                    .interfaces
                    .iter()
                    .map(|(id, _)| places.class_ref(*id))
                    .collect(),
                remote_name: String::new(),
            });
            continue;
        }
        let interfaces = layout.interfaces.iter().map(|(id, tokens)| ImplementedInterface {
            interface: places.class_ref(*id),
            methods: tokens.clone(),
        });
        component.classes.push(ClassInfo {
            flags: shareable,
            super_class: places
                .world
                .superclass(ClassId::Own(index))
                .map(|above| places.class_ref(above)),
            declared_instance_size: layout.instance_size,
            first_reference_token: layout.first_reference,
            reference_count: layout.reference_count,
            public_methods: table(&layout.public, methods),
            package_methods: table(&layout.package, methods),
            interfaces: interfaces.collect(),
            remote: None,
            token_mapping: None,
        });
    }
    component
}

fn table(table: &Table, methods: &[BuiltMethod]) -> MethodTable {
    let own = table.slots.iter().skip(table.base);
    MethodTable {
        base: u8::try_from(table.base).unwrap_or(u8::MAX),
        methods: own
            .map(|(_, own)| own.map(|own| place_of(methods, own)))
            .collect(),
    }
}

/// The offsets of the static fields of each class.
type StaticPlaces = Vec<Vec<Option<u16>>>;

/// JCVM §6.11: arrays with values, other references, primitives that are zero, those that are not.
fn statics(world: &World<'_>) -> Result<(StaticFieldComponent, StaticPlaces), Trouble> {
    let mut component = StaticFieldComponent::default();
    let mut places: StaticPlaces = world
        .source
        .types
        .iter()
        .map(|class| vec![None; class.fields.len()])
        .collect();
    let mut next = 0;
    for (references, values) in [(true, true), (true, false), (false, false), (false, true)] {
        for (class, places) in world.source.types.iter().zip(&mut places) {
            for (field, place) in class.fields.iter().zip(places) {
                let fits = is_reference(&field.kind) == references && field.value.is_some() == values;
                if field.flags.has("static") && fits {
                    *place = Some(next);
                    next += add_static(&mut component, field)?;
                }
            }
        }
    }
    Ok((component, places))
}

/// The octets it takes.
fn add_static(component: &mut StaticFieldComponent, field: &FieldText) -> Result<u16, Trouble> {
    let octets = match field.kind.as_str() {
        "boolean" | "byte" => 1,
        "int" => 4,
        _ => 2,
    };
    match (&field.value, is_reference(&field.kind)) {
        (None, false) => component.default_value_count += octets,
        (Some(value), false) => component.non_default_values.extend(value),
        (None, true) => component.reference_count += 1,
        (Some(values), true) => {
            component.reference_count += 1;
            let element = match field.kind.as_str() {
                "boolean[]" => ArrayInitType::Boolean,
                "byte[]" => ArrayInitType::Byte,
                "short[]" => ArrayInitType::Short,
                "int[]" => ArrayInitType::Int,
                other => return Err(field.line.trouble(format!("{other} cannot have values"))),
            };
            component.array_inits.push(ArrayInit {
                element,
                values: values.clone(),
            });
        }
    }
    Ok(octets)
}

/// The methods with their code; offsets are known when all handlers are.
fn methods(places: &Places<'_>, pool: &mut Pool) -> Result<Vec<BuiltMethod>, Trouble> {
    let mut built = Vec::new();
    for (class, declared) in places
        .world
        .source
        .types
        .iter()
        .enumerate()
        .filter(|(_, class)| !class.is_interface)
    {
        for (place, method) in declared.methods.iter().enumerate() {
            built.push(self::method(places, pool, (class, place), method)?);
        }
    }
    let handlers: usize = built.iter().map(|method| method.handlers.len()).sum();
    let mut next = 1 + 8 * handlers;
    for method in &mut built {
        method.offset = u16::try_from(next).unwrap_or(u16::MAX);
        next += method.header.octets() + method.code.octets.len();
    }
    Ok(built)
}

fn method(
    places: &Places<'_>,
    pool: &mut Pool,
    own: OwnMethod,
    method: &MethodText,
) -> Result<BuiltMethod, Trouble> {
    let signature = &places.layouts[own.0].signatures[own.1];
    let types = places
        .world
        .types(&signature.descriptor, &|id| places.class_ref(id));
    let types = types.map_err(|what| method.line.trouble(what))?;
    let parameters = types.split_last().map_or(&[][..], |(_, parameters)| parameters);
    let words: u8 = parameters.iter().map(|kind| kind.words()).sum();
    let this = u8::from(!method.flags.has("static"));
    let mut header = MethodHeader {
        flags: MethodFlags::default(),
        max_stack: method.stack,
        nargs: method.arguments.unwrap_or(words + this),
        max_locals: method.locals,
    };
    if method.flags.has("abstract") {
        header = MethodHeader {
            flags: MethodFlags::ABSTRACT,
            max_stack: 0,
            max_locals: 0,
            ..header
        };
    }
    if [header.max_stack, header.nargs, header.max_locals]
        .into_iter()
        .any(|words| words > 15)
    {
        header.flags |= MethodFlags::EXTENDED;
    }
    let code = code::assemble(&method.body, places, pool)?;
    let handlers = method
        .handlers
        .iter()
        .map(|line| handler(line, &code, places, pool));
    Ok(BuiltMethod {
        own,
        offset: 0,
        header,
        handlers: handlers.collect::<Result<_, _>>()?,
        code,
    })
}

/// `catch TYPE LABEL to LABEL at LABEL`; `any` catches everything.
fn handler(
    line: &super::text::Line,
    code: &Code,
    places: &Places<'_>,
    pool: &mut Pool,
) -> Result<Handler, Trouble> {
    let mut words = line.words();
    words.next();
    let catch_type = match words.word("a class, or any")? {
        "any" => 0,
        word => match pool.named(word) {
            Some(index) => index,
            None => pool.index(places.class(line, word)?, None),
        },
    };
    let mut label = |before: &str| {
        words.take(before);
        let name = words.word("a label")?;
        let found = code.labels.iter().find(|(known, _)| known == name);
        found
            .map(|(_, offset)| *offset)
            .ok_or_else(|| line.trouble(format!("no label {name}")))
    };
    let (start, end, handler) = (label("from")?, label("to")?, label("at")?);
    words.end()?;
    Ok(Handler {
        start,
        end,
        handler,
        catch_type,
    })
}

fn method_component(methods: &[BuiltMethod]) -> MethodComponent {
    let mut component = MethodComponent::default();
    for method in methods {
        let begin = usize::from(method.offset) + method.header.octets();
        for (place, handler) in method.handlers.iter().enumerate() {
            let at = |offset: usize| u16::try_from(begin + offset).unwrap_or(u16::MAX);
            let later = method.handlers.iter().skip(place + 1);
            component.handlers.push(ExceptionHandler {
                start_offset: at(handler.start),
                active_length: u16::try_from(handler.end.saturating_sub(handler.start)).unwrap_or(u16::MAX),
                // JCVM §6.10.1: no handler that follows guards a part of the range.
                stop: !later
                    .into_iter()
                    .any(|later| later.start < handler.end && handler.start < later.end),
                handler_offset: at(handler.handler),
                catch_type_index: handler.catch_type,
            });
        }
        component.methods.push(Method {
            header: method.header,
            code: method.code.octets.clone(),
        });
    }
    component
}

fn export(places: &Places<'_>, methods: &[BuiltMethod]) -> Option<ExportComponent> {
    let class = |index: usize| {
        let (class, layout) = (places.world.own(index), &places.layouts[index]);
        let fields = places.statics[index].iter().zip(&layout.field_tokens);
        let direct = class.methods.iter().zip(&layout.method_tokens).enumerate();
        let direct = direct
            .filter(|(_, (method, token))| !method.is_virtual() && token.is_some() && !class.is_interface);
        ClassExport {
            class_offset: match places.class_ref(ClassId::Own(index)) {
                ClassRef::Internal { offset } => offset,
                ClassRef::External { .. } => 0,
            },
            static_fields: fields.filter_map(|(place, token)| token.and(*place)).collect(),
            static_methods: direct
                .map(|(place, _)| place_of(methods, (index, place)))
                .collect(),
        }
    };
    let classes: Vec<_> = exported(places.world, places.layouts)
        .into_iter()
        .map(class)
        .collect();
    (!classes.is_empty()).then_some(ExportComponent { classes })
}
