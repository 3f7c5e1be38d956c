//! Everything known → the components of a CAP file and an export file.

mod classes;
mod descriptor;
mod exports;
mod imports;
mod methods;
mod statics;
mod types;

use cap_format::cap::Cap;
use cap_format::component::applet::{Applet, AppletComponent};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::export_file::ExportFile;
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::version::{FormatVersion, PackageInfo};
use card_proto::aid::Aid;

use crate::class_model::{Class, MethodType, Type};
use crate::finding::Rule;
use crate::hierarchy::{ClassId, Program};
use crate::input::{PackageDescription, with_dots, with_slashes};
use crate::pool::Pool;
use crate::remote::RemoteClass;
use crate::report::{Place, Report};
use crate::resolve::{PoolKey, StaticKey};
use crate::select::Body;
use crate::static_init::Initial;
use crate::tokens::Layout;

/// A package whose code is selected.
pub(crate) struct Package<'a> {
    pub(crate) program: &'a Program<'a>,
    pub(crate) layouts: &'a [Layout],
    pub(crate) description: &'a PackageDescription,
    /// The code of each method by class and place; `None` without code.
    pub(crate) bodies: Vec<Vec<Option<Body>>>,
    /// Initial values of static fields by class and place.
    pub(crate) initial: Vec<std::collections::HashMap<usize, Initial>>,
    /// What each class offers outside of the card.
    pub(crate) remote: Vec<Option<RemoteClass>>,
    pub(crate) uses_int: bool,
}

impl Package<'_> {
    /// The format of the CAP file: 2.1 has no remote classes (JCVM §6.9).
    fn format(&self) -> FormatVersion {
        let is_remote = self.layouts.iter().any(|layout| layout.is_remote);
        let needed = if is_remote {
            FormatVersion::V2_2
        } else {
            FormatVersion::V2_1
        };
        self.description.format.max(needed)
    }
}

/// The result of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The CAP file.
    pub cap: Cap,
    /// What other packages need to import it.
    pub export_file: ExportFile,
}

/// Builds all components. Limits of the format that are passed are reported.
pub(crate) fn emit(package: &Package<'_>, report: &mut Report) -> Option<Converted> {
    let classes = package.program.classes.iter().zip(&package.bodies);
    let bodies =
        classes.flat_map(|(class, bodies)| emitted(class).filter_map(|place| bodies[place].as_ref()));
    let pool = Pool::of(bodies);
    if pool.keys.len() > usize::from(u16::MAX) {
        let construct = format!("{} constants", pool.keys.len());
        report.add(Rule::Limit, Place::PACKAGE, construct, "divide the package");
        return None;
    }
    let mut numbers = Numbers {
        program: package.program,
        imports: imports::Imports::of(package, &pool),
        class_offsets: Vec::new(),
        method_offsets: Vec::new(),
        static_offsets: Vec::new(),
    };
    numbers.class_offsets = classes::offsets(package);
    let (static_fields, static_offsets) = statics::build(package, report);
    numbers.static_offsets = static_offsets;
    let methods = methods::build(package, &pool, report)?;
    numbers.method_offsets = methods.offsets.clone();
    let classes = classes::build(package, &numbers);
    let descriptor = descriptor::build(package, &pool, &numbers, &methods, report);
    let constants = pool.keys.iter().map(|key| numbers.constant(*key)).collect();
    let exports = exports::component(package, &numbers);
    let applets = applets(package, &numbers, report);
    let mut flags = HeaderFlags::default();
    for (is_set, flag) in [
        (package.uses_int, HeaderFlags::INT),
        (exports.is_some(), HeaderFlags::EXPORT),
        (applets.is_some(), HeaderFlags::APPLET),
    ] {
        if is_set {
            flags |= flag;
        }
    }
    let name = with_slashes(&package.description.name);
    let has_name = package.format() != FormatVersion::V2_1;
    let cap = Cap {
        header: HeaderComponent {
            format: package.format(),
            flags,
            package: PackageInfo {
                version: package.description.version,
                aid: package.description.aid,
            },
            package_name: if has_name { name } else { String::new() },
        },
        imports: numbers.imports.component(package.program),
        applets,
        classes,
        methods: methods.component,
        static_fields,
        exports,
        constant_pool: ConstantPoolComponent { constants },
        descriptor: Some(descriptor),
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    };
    Some(Converted {
        cap,
        export_file: exports::file(package),
    })
}

/// The methods of a class in the order of the Method component: those with code, then the abstract ones. `<clinit>` is none of
/// them.
fn emitted(class: &Class) -> impl Iterator<Item = usize> {
    let places = |is_abstract: bool| {
        let methods = class.methods.iter().enumerate();
        methods
            .filter(move |(_, method)| method.is_abstract() == is_abstract && !method.is_class_initializer())
    };
    places(false).chain(places(true)).map(|(place, _)| place)
}

/// What the symbols of the package are in numbers.
struct Numbers<'a> {
    program: &'a Program<'a>,
    imports: imports::Imports,
    /// Offset of each class in the Class component.
    class_offsets: Vec<u16>,
    /// Offset of each method in the Method component, by class and place; 0 without one.
    method_offsets: Vec<Vec<u16>>,
    /// Offset of each static field in the image, by class and place.
    static_offsets: Vec<Vec<Option<u16>>>,
}

impl Numbers<'_> {
    fn class(&self, id: ClassId) -> ClassRef {
        match id {
            ClassId::Own(index) => ClassRef::Internal {
                offset: self.class_offsets[index],
            },
            ClassId::External { package, .. } => ClassRef::External {
                package: self.imports.token(package),
                class: self.class_token(id),
            },
        }
    }

    fn class_token(&self, id: ClassId) -> u8 {
        self.program.external(id).map_or(u8::MAX, |class| class.token)
    }

    fn static_member(&self, key: StaticKey, offset: impl Fn(usize, usize) -> u16) -> StaticRef {
        match key {
            StaticKey::Own { class, member } => StaticRef::Internal {
                offset: offset(class, member),
            },
            StaticKey::External { class, token } => match class {
                ClassId::External { package, .. } => StaticRef::External {
                    package: self.imports.token(package),
                    class: self.class_token(class),
                    token,
                },
                ClassId::Own(_) => StaticRef::Internal { offset: 0 },
            },
        }
    }

    fn method_offset(&self, class: usize, member: usize) -> u16 {
        self.method_offsets[class][member]
    }

    fn static_offset(&self, class: usize, member: usize) -> u16 {
        self.static_offsets[class][member].unwrap_or(0)
    }

    fn constant(&self, key: PoolKey) -> Constant {
        match key {
            PoolKey::Class(class) => Constant::Class(self.class(class)),
            PoolKey::InstanceField { class, token } => Constant::InstanceField {
                class: self.class(class),
                token,
            },
            PoolKey::VirtualMethod { class, token } => Constant::VirtualMethod {
                class: self.class(class),
                token,
            },
            PoolKey::SuperMethod { class, token } => Constant::SuperMethod {
                class: self.class(ClassId::Own(class)),
                token,
            },
            PoolKey::StaticField(key) => Constant::StaticField(
                self.static_member(key, |class, member| self.static_offset(class, member)),
            ),
            PoolKey::StaticMethod(key) => Constant::StaticMethod(
                self.static_member(key, |class, member| self.method_offset(class, member)),
            ),
        }
    }
}

/// JCVM §6.6: each applet with its `install(byte[], short, byte)`.
fn applets(package: &Package<'_>, numbers: &Numbers<'_>, report: &mut Report) -> Option<AppletComponent> {
    let install = MethodType {
        parameters: vec![Type::Array(Box::new(Type::Byte)), Type::Short, Type::Byte],
        result: None,
    };
    let mut applets = Vec::new();
    for applet in &package.description.applets {
        let name = with_slashes(&applet.class);
        let Some(ClassId::Own(index)) = package.program.find(&name) else {
            let construct = format!(
                "the applet class {} is not in the package",
                with_dots(&applet.class)
            );
            report.add(
                Rule::Description,
                Place::PACKAGE,
                construct,
                "name a class of the package",
            );
            continue;
        };
        let class = &package.program.classes[index];
        // JCVM §4.2: applets and their package have one registered identifier.
        let identifier = |aid: &Aid| aid.as_bytes().get(..5).map(<[u8]>::to_vec);
        if identifier(&applet.aid) != identifier(&package.description.aid) {
            report.add(
                Rule::Description,
                Place::class(class),
                format!(
                    "the AID {} of the applet, which does not begin as that of the package",
                    applet.aid
                ),
                "give both the same first five octets",
            );
        }
        let method = class
            .method("install", &install)
            .filter(|place| is_install(class, *place));
        let is_applet = package
            .program
            .extends(ClassId::Own(index), "javacard/framework/Applet");
        match method {
            Some(method) if is_applet => applets.push(Applet {
                aid: applet.aid,
                install_method_offset: numbers.method_offset(index, method),
            }),
            _ => report.add(
                Rule::Description,
                Place::class(class),
                "an applet class without `public static void install(byte[], short, byte)`, or one that does not extend Applet",
                "extend javacard.framework.Applet and declare install",
            ),
        }
    }
    check_selection(package, report);
    (!applets.is_empty()).then_some(AppletComponent { applets })
}

/// JCRE §4.3: the applets of a package are all multiselectable, or none is.
fn check_selection(package: &Package<'_>, report: &mut Report) {
    let program = package.program;
    let applets = package.description.applets.iter();
    let applets = applets.filter_map(|applet| program.find(&with_slashes(&applet.class)));
    let (multi, single): (Vec<ClassId>, Vec<ClassId>) =
        applets.partition(|applet| program.implements(*applet, "javacard/framework/MultiSelectable"));
    let Some(other) = multi.first() else {
        return;
    };
    for class in single.into_iter().filter_map(|applet| program.own(applet)) {
        let other = with_dots(program.name(*other));
        report.add(
            Rule::Description,
            Place::class(class),
            format!("an applet that does not implement javacard.framework.MultiSelectable, as {other} does"),
            "implement it in all applets of the package, or in none (JCRE §4.3)",
        );
    }
}

fn is_install(class: &Class, method: usize) -> bool {
    let method = &class.methods[method];
    method.is_static() && method.access.has(crate::class_model::Access::PUBLIC)
}
