//! A package made for the tests, and methods in it.
//!
//! Classes: `A` with subclass `B` (the class of a method unless it says otherwise) with subclass `BB`; `Abstract`; interfaces `I`,
//! `J` and `K extends I`; `C` and `D` implement `I` and `J`, `E` implements `K`. `Foreign` is of another package, `Child` of this
//! one is its subclass, `Sibling` another one. A member is `CLASS.NAME`.

use std::collections::{BTreeSet, HashMap};

use cap_format::cap::Cap;
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::Aid;

use crate::model::{Callee, Constant, Element, Field, MethodKind, Model, Signature, ValueType, Visibility};
use crate::types::{Origin, TypeId, TypeInfo, Types};

/// Name, superclass, interfaces; of an interface no superclass.
const TYPES: &[(&str, &str, &[&str])] = &[
    ("Object", "", &[]),
    ("Throwable", "Object", &[]),
    ("Exception", "Throwable", &[]),
    ("I", "", &[]),
    ("J", "", &[]),
    ("K", "", &["I"]),
    ("A", "Object", &[]),
    ("B", "A", &[]),
    ("BB", "B", &[]),
    ("Abstract", "Object", &[]),
    ("C", "Object", &["I", "J"]),
    ("D", "Object", &["J", "I"]),
    ("E", "Object", &["K", "I"]),
    ("Foreign", "Object", &[]),
    ("Child", "Foreign", &[]),
    ("Sibling", "Foreign", &[]),
];

/// Name, type, words about it.
const FIELDS: &[(&str, &str, &str)] = &[
    ("A.next", "A", ""),
    ("A.any", "Object", ""),
    ("A.i", "I", ""),
    ("A.short", "short", ""),
    ("A.byte", "byte", ""),
    ("A.flag", "boolean", ""),
    ("A.int", "int", ""),
    ("A.bytes", "byte[]", ""),
    ("A.list", "A[]", ""),
    ("A.fixed", "short", "final"),
    ("A.secret", "short", "private"),
    ("B.own", "A", ""),
    ("B.fixed", "short", "final"),
    ("B.secret", "short", "private"),
    ("Foreign.guarded", "short", "foreign protected"),
    ("Foreign.hidden", "short", "foreign package"),
    ("A.static_a", "A", "static"),
    ("A.static_i", "I", "static"),
    ("A.static_s", "short", "static"),
    ("A.static_b", "byte", "static"),
    ("A.static_int", "int", "static"),
    ("A.static_fixed", "short", "static final"),
    ("Foreign.static_guarded", "short", "static foreign protected"),
];

/// Name, result, parameters, words about it.
const METHODS: &[(&str, &str, &str, &str)] = &[
    ("Object.<init>", "void", "", "constructor"),
    ("Exception.<init>", "void", "", "constructor"),
    ("A.<init>", "void", "", "constructor"),
    ("B.<init>", "void", "", "constructor"),
    ("BB.<init>", "void", "", "constructor"),
    ("C.<init>", "void", "short", "constructor"),
    ("D.<init>", "void", "", "constructor"),
    ("Abstract.<init>", "void", "", "constructor"),
    ("Foreign.<init>", "void", "", "constructor foreign protected"),
    ("Child.<init>", "void", "", "constructor"),
    ("Object.equals", "boolean", "Object", "virtual"),
    ("A.run", "void", "", "virtual"),
    ("A.mix", "int", "A short int byte[]", "virtual"),
    ("A.take", "void", "I", "virtual"),
    ("C.run", "void", "", "virtual"),
    ("I.virtual", "void", "", "virtual"),
    ("Foreign.guard", "void", "", "virtual foreign protected"),
    ("A.hide", "void", "", "instance private"),
    ("B.hide", "void", "", "instance private"),
    ("B.super.run", "void", "", "super"),
    ("A.super.run", "void", "", "super"),
    ("B.super.abstract", "void", "", "super abstract"),
    ("A.static", "short", "short", "static"),
    ("A.static_secret", "void", "", "static private"),
    ("A.make", "A", "", "static"),
    ("A.throwable", "Throwable", "", "static"),
    ("A.number", "int", "", "static"),
    ("A.take_i", "void", "I", "static"),
    ("A.take_j", "void", "J", "static"),
    ("A.take_int", "void", "int", "static"),
    ("Foreign.static_guard", "void", "", "static foreign protected"),
];

/// Interface, token, result, parameters.
const INTERFACE_METHODS: &[(&str, u8, &str, &str)] = &[
    ("I", 0, "short", "short"),
    ("J", 0, "void", ""),
    ("K", 0, "short", "short"),
    ("J", 1, "int", "int A"),
];

pub(super) fn id(name: &str) -> TypeId {
    let index = TYPES.iter().position(|(known, ..)| *known == name);
    TypeId(u16::try_from(index.unwrap_or_else(|| panic!("no type {name}"))).unwrap())
}

fn types() -> Types {
    let mut types = Types::default();
    for (index, (name, superclass, interfaces)) in TYPES.iter().enumerate() {
        let mut superclasses = Vec::new();
        let mut all: BTreeSet<TypeId> = interfaces.iter().map(|name| id(name)).collect();
        if !superclass.is_empty() {
            superclasses.push(id(superclass));
            superclasses.extend(&types.get(id(superclass)).superclasses);
            all.extend(types.get(id(superclass)).interfaces.iter());
        }
        let interface = superclass.is_empty() && *name != "Object";
        if interface {
            superclasses.push(id("Object"));
        }
        let is_foreign = matches!(*name, "Object" | "Throwable" | "Exception" | "Foreign");
        types.add(TypeInfo {
            origin: match is_foreign {
                true => Origin::Exported {
                    file: 0,
                    class: index,
                },
                false => Origin::Own {
                    offset: u16::try_from(index).unwrap(),
                },
            },
            name: (*name).to_owned(),
            interface,
            is_abstract: interface || *name == "Abstract",
            is_final: false,
            public: true,
            shareable: false,
            superclasses,
            interfaces: all.into_iter().collect(),
        });
    }
    types
}

fn value(name: &str) -> ValueType {
    match name {
        "boolean" => ValueType::Boolean,
        "byte" => ValueType::Byte,
        "short" => ValueType::Short,
        "int" => ValueType::Int,
        "boolean[]" => ValueType::Array(Element::Boolean),
        "byte[]" => ValueType::Array(Element::Byte),
        "short[]" => ValueType::Array(Element::Short),
        "int[]" => ValueType::Array(Element::Int),
        name => match name.strip_suffix("[]") {
            Some(name) => ValueType::Array(Element::Object(id(name))),
            None => ValueType::Object(id(name)),
        },
    }
}

pub(super) fn signature(parameters: &str, result: &str) -> Signature {
    Signature {
        parameters: parameters.split_whitespace().map(value).collect(),
        result: (result != "void").then(|| value(result)),
    }
}

fn visibility(words: &str) -> Visibility {
    match words.split(' ').next_back() {
        Some("private") => Visibility::Private,
        Some("protected") => Visibility::Protected,
        Some("package") => Visibility::Package,
        _ => Visibility::Public,
    }
}

fn callee(name: &str, signature: Signature, words: &str) -> Callee {
    let class = id(name.split('.').next().unwrap());
    let kind = match words.split(' ').next() {
        Some("static") => MethodKind::Static,
        Some("constructor") => MethodKind::Constructor,
        Some("instance") => MethodKind::Private,
        _ => MethodKind::Virtual,
    };
    Callee {
        class,
        declared_in: class,
        kind,
        signature,
        visibility: visibility(words),
        is_abstract: words.contains("abstract"),
        own: !words.contains("foreign"),
    }
}

/// All constants with their names. The first one has none: as the type of a handler, 0 stands for every exception.
pub(super) fn constants() -> Vec<(&'static str, Constant)> {
    let first = std::iter::once(("", Constant::Class(id("Object"))));
    let classes = TYPES.iter().map(|(name, ..)| (*name, Constant::Class(id(name))));
    let fields = FIELDS.iter().map(|(name, of, words)| {
        let field = Field {
            class: id(name.split('.').next().unwrap()),
            value: value(of),
            visibility: visibility(words),
            is_final: words.contains("final"),
            own: !words.contains("foreign"),
        };
        match words.contains("static") {
            true => (*name, Constant::StaticField(field)),
            false => (*name, Constant::InstanceField(field)),
        }
    });
    let methods = METHODS.iter().map(|(name, result, parameters, words)| {
        let callee = callee(name, signature(parameters, result), words);
        let constant = match words.split(' ').next() {
            Some("virtual") => Constant::VirtualMethod(callee),
            Some("super") => Constant::SuperMethod(callee),
            _ => Constant::StaticMethod(callee),
        };
        (*name, constant)
    });
    first.chain(classes).chain(fields).chain(methods).collect()
}

/// A file with nothing in it.
pub(super) fn empty_cap(flags: HeaderFlags) -> Cap {
    let version = PackageVersion { major: 1, minor: 0 };
    Cap {
        header: HeaderComponent {
            format: FormatVersion::V2_1,
            flags,
            package: PackageInfo {
                version,
                aid: Aid::new(&[0xA0, 0, 0, 0, 1, 1]).unwrap(),
            },
            package_name: String::new(),
        },
        imports: Default::default(),
        applets: None,
        classes: Default::default(),
        methods: Default::default(),
        static_fields: Default::default(),
        exports: None,
        constant_pool: Default::default(),
        descriptor: None,
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    }
}

/// The world as a model.
pub(super) fn model(cap: &Cap) -> Model<'_> {
    let interface_methods = INTERFACE_METHODS.iter().map(|(name, token, result, parameters)| {
        (
            (id(name), *token),
            callee(name, signature(parameters, result), "virtual abstract"),
        )
    });
    Model {
        cap,
        types: types(),
        constants: constants().into_iter().map(|(_, constant)| constant).collect(),
        interface_methods: interface_methods.collect::<HashMap<_, _>>(),
        methods: Vec::new(),
        object: id("Object"),
        throwable: Some(id("Throwable")),
    }
}
