//! The components of a package from its declarations, all consistent with each other (JCVM ch. 6).

mod class;
pub(crate) mod debug;
pub(crate) mod descriptor;
mod export;
mod method;
mod remote;
mod static_field;

use cap_format::cap::Cap;
use cap_format::component::applet::{Applet, AppletComponent};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::reference::StaticRef;
use cap_format::version::{FormatVersion, PackageInfo};

use super::code;
use super::declarations::aid;
use super::layout::Layout;
use super::pool::{Entry, Places, Pool};
use super::text::Trouble;
use super::world::{ClassId, World};
pub(crate) use method::BuiltMethod;
use method::place_of;

/// Where everything of the package stands: what changes refer to.
pub(crate) struct Built<'a> {
    pub(crate) places: Places<'a>,
    pub(crate) pool: Pool,
    /// In the order of the Method component.
    pub(crate) methods: Vec<BuiltMethod>,
    pub(crate) cap: Cap,
    /// What becomes the Debug component.
    pub(crate) debug: Option<debug::Debug>,
}

pub(crate) fn build<'a>(world: &'a World<'a>, layouts: &'a [Layout]) -> Result<Built<'a>, Trouble> {
    let (static_fields, statics) = static_field::component(world)?;
    let places = Places {
        classes: class_offsets(world, layouts)?,
        world,
        layouts,
        statics,
    };
    let mut pool = Pool::default();
    for line in &world.source.constants {
        code::explicit(line, &places, &mut pool)?;
    }
    let methods = method::methods(&places, &mut pool)?;
    let exports = export::component(&places, &methods);
    let cap = Cap {
        header: header(world, exports.is_some())?,
        imports: ImportComponent {
            packages: world.imports.clone(),
        },
        applets: applets(world, &methods)?,
        classes: class::component(&places, &methods)?,
        methods: method::component(&methods),
        static_fields,
        exports,
        descriptor: Some(descriptor::component(&places, &pool, &methods)?),
        constant_pool: constant_pool(&pool, &methods),
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    };
    Ok(Built {
        debug: debug::component(&places, &methods)?,
        places,
        pool,
        methods,
        cap,
    })
}

/// The offset of each class in the Class component, by place in the source: its size does not depend on the references in it.
fn class_offsets(world: &World<'_>, layouts: &[Layout]) -> Result<Vec<u16>, Trouble> {
    let mut places = Places {
        world,
        layouts,
        classes: vec![0; layouts.len()],
        statics: Vec::new(),
    };
    let sized = class::component(&places, &[])?;
    let offsets = sized.items(format(world)).map(|(offset, _)| offset);
    for (index, offset) in class::order(world).zip(offsets) {
        places.classes[index] = u16::try_from(offset).unwrap_or(u16::MAX);
    }
    Ok(places.classes)
}

/// JCVM §6.8.
fn constant_pool(pool: &Pool, methods: &[BuiltMethod]) -> ConstantPoolComponent {
    let constants = pool.entries.iter().map(|entry| match entry {
        Entry::Is(constant) => *constant,
        Entry::Method(own) => Constant::StaticMethod(StaticRef::Internal {
            offset: place_of(methods, *own),
        }),
    });
    ConstantPoolComponent {
        constants: constants.collect(),
    }
}

/// The format of the package; 2.1 has no Debug component.
pub(crate) fn format(world: &World<'_>) -> FormatVersion {
    let least = match world.source.debug {
        true => FormatVersion::V2_2,
        false => FormatVersion::V2_1,
    };
    world.source.format.unwrap_or(least)
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
        flags: set.map(|(_, flag)| flag).collect(),
        package: PackageInfo { version, aid },
        package_name: match format(world) {
            FormatVersion::V2_1 => String::new(),
            _ => source.name.clone(),
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
