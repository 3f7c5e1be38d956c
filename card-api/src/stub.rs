//! Stub class files: what javac needs to know of an API, and no code.

use crate::api::ApiSet;
use crate::class_file::{Attribute, ClassInfo, MemberInfo, access};
use crate::package::{Class, Constant, Field, Method, Package, Visibility};

/// The options with which javac sees the stubs and nothing else, before its output folder and the sources; `class_path` is where the
/// classes of other packages of the program are, and may be empty; `encoding` is that of the sources.
///
/// The form of class files is that of Java 8, the oldest one that JDK 17 to 25 can all write: with it, unlike with `--release`,
/// javac takes `java.lang` from the boot class path. The rest keeps it from looking elsewhere: the extensions folder, `CLASSPATH`,
/// annotation processors.
pub fn javac_options<'a>(stubs: &'a str, class_path: &'a str, encoding: &'a str) -> [&'a str; 14] {
    [
        "-source",
        "8",
        "-target",
        "8",
        "-Xlint:-options",
        "-bootclasspath",
        stubs,
        "-extdirs",
        "",
        "-classpath",
        class_path,
        "-proc:none",
        "-encoding",
        encoding,
    ]
}

/// A class file and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubFile {
    /// The class, for example `javacard/framework/AID`.
    pub class: String,
    /// The octets of the class file.
    pub bytes: Vec<u8>,
}

impl StubFile {
    fn new(info: &ClassInfo<'_>) -> Self {
        Self {
            class: info.name.to_owned(),
            bytes: info.to_bytes(),
        }
    }
}

impl ApiSet {
    /// All class files that javac needs: those of every package, and [`compiler_stubs`].
    pub fn class_files(&self) -> Vec<StubFile> {
        let of_packages = self.packages().flat_map(|package| self.stubs(package));
        of_packages.chain(compiler_stubs()).collect()
    }

    /// The class files of a package: public and protected members with their signatures, constants and checked exceptions. A class
    /// whose constructors are all hidden has a private one, so that no other class can be derived from it or make instances.
    pub fn stubs(&self, package: &Package) -> Vec<StubFile> {
        package
            .classes
            .iter()
            .map(|class| self.stub(package, class))
            .collect()
    }

    fn stub(&self, package: &Package, class: &Class) -> StubFile {
        let head = &class.head;
        let object = head.is_interface().then_some("java/lang/Object");
        let constants = class.constants.iter().map(constant);
        let methods = class.methods.iter().filter(|method| !method.is_hidden);
        let mut info = ClassInfo {
            access: class_access(class),
            name: &class.name,
            superclass: head.superclass.as_deref().or(object),
            interfaces: head.interfaces.iter().map(String::as_str).collect(),
            fields: constants.chain(class.fields.iter().map(field)).collect(),
            methods: methods.map(|row| method(class, row)).collect(),
            nested: self.nested(package, class),
        };
        if !head.is_interface() && !class.methods.iter().any(Method::is_constructor) {
            info.methods.push(HIDDEN_CONSTRUCTOR);
        }
        StubFile::new(&info)
    }

    /// The class itself when it is nested, and its nested classes.
    fn nested<'a>(&self, package: &'a Package, class: &Class) -> Vec<(u16, &'a str)> {
        let related = |other: &&Class| {
            let outer = other.name.rsplit_once('$').map(|(outer, _)| outer);
            outer.is_some_and(|outer| outer == class.name || other.name == class.name)
        };
        let nested = package.classes.iter().filter(related);
        nested
            .map(|class| {
                let flags = class_access(class) & !access::SUPER | access::STATIC;
                (flags, class.name.as_str())
            })
            .collect()
    }
}

const HIDDEN_CONSTRUCTOR: MemberInfo<'_> = MemberInfo {
    access: access::PRIVATE,
    name: "<init>",
    descriptor: "()V",
    attribute: Attribute::CodeAndExceptions(&[]),
};

fn class_access(class: &Class) -> u16 {
    let head = &class.head;
    let kind = match head.is_interface() {
        true => access::INTERFACE,
        false => access::SUPER,
    };
    access::PUBLIC | kind | flag(head.is_final, access::FINAL) | flag(head.is_abstract, access::ABSTRACT)
}

fn constant(constant: &Constant) -> MemberInfo<'_> {
    MemberInfo {
        access: access::PUBLIC | access::STATIC | access::FINAL,
        name: &constant.name,
        descriptor: &constant.descriptor,
        attribute: Attribute::ConstantValue(constant.value),
    }
}

fn field(field: &Field) -> MemberInfo<'_> {
    MemberInfo {
        access: visibility(field.visibility)
            | flag(field.is_static, access::STATIC)
            | flag(field.is_final, access::FINAL),
        name: &field.name,
        descriptor: &field.descriptor,
        attribute: Attribute::None,
    }
}

fn method<'a>(class: &Class, method: &'a Method) -> MemberInfo<'a> {
    let is_abstract = class.head.is_interface() || method.is_abstract;
    MemberInfo {
        access: visibility(method.visibility)
            | flag(method.is_static, access::STATIC)
            | flag(method.is_final, access::FINAL)
            | flag(is_abstract, access::ABSTRACT),
        name: &method.name,
        descriptor: &method.descriptor,
        attribute: match is_abstract {
            true => Attribute::Exceptions(&method.throws),
            false => Attribute::CodeAndExceptions(&method.throws),
        },
    }
}

fn visibility(visibility: Visibility) -> u16 {
    match visibility {
        Visibility::Public => access::PUBLIC,
        Visibility::Protected => access::PROTECTED,
    }
}

fn flag(holds: bool, flag: u16) -> u16 {
    if holds { flag } else { 0 }
}

/// Classes that javac asks for and that no card has. They have hardly any members, so that a program cannot do much with them; what
/// javac makes of the rest, for example of a lambda expression, the converter refuses.
pub fn compiler_stubs() -> Vec<StubFile> {
    COMPILER_CLASSES
        .iter()
        .map(|class| StubFile::new(&class.info()))
        .collect()
}

/// A row of [`COMPILER_CLASSES`]: flags, name, supertypes, and methods by flags, name and descriptor.
struct CompilerClass(u16, &'static str, &'static [&'static str], &'static [Row]);
type Row = (u16, &'static str, &'static str);

const OBJECT: &str = "java/lang/Object";
const FINAL: u16 = access::PUBLIC | access::SUPER | access::FINAL;
const CLASS: u16 = access::PUBLIC | access::SUPER;
const INTERFACE: u16 = access::PUBLIC | access::INTERFACE | access::ABSTRACT;
const ANNOTATION: u16 = INTERFACE | access::ANNOTATION;
const ANNOTATION_TYPES: &[&str] = &[OBJECT, "java/lang/annotation/Annotation"];

const METAFACTORY: &str = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;\
    Ljava/lang/invoke/MethodType;Ljava/lang/invoke/MethodHandle;Ljava/lang/invoke/MethodType;)Ljava/lang/invoke/CallSite;";

#[rustfmt::skip]
const COMPILER_CLASSES: &[CompilerClass] = &[
    // Types that javac looks at in ordinary programs: of constants, arrays, conditional expressions, `throws` and @Override.
    CompilerClass(FINAL, "java/lang/String", &[OBJECT], &[]),
    CompilerClass(INTERFACE, "java/lang/Cloneable", &[OBJECT], &[]),
    CompilerClass(INTERFACE, "java/io/Serializable", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Boolean", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Byte", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Character", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Short", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Integer", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Long", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Float", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Double", &[OBJECT], &[]),
    CompilerClass(FINAL, "java/lang/Void", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/Error", &["java/lang/Throwable"], &[]),
    CompilerClass(INTERFACE, "java/lang/annotation/Annotation", &[OBJECT], &[]),
    CompilerClass(ANNOTATION, "java/lang/Override", ANNOTATION_TYPES, &[]),
    CompilerClass(ANNOTATION, "java/lang/Deprecated", ANNOTATION_TYPES, &[]),
    CompilerClass(ANNOTATION, "java/lang/SuppressWarnings", ANNOTATION_TYPES, &[
        (access::PUBLIC | access::ABSTRACT, "value", "()[Ljava/lang/String;"),
    ]),
    // Without these javac does not report an error for an assertion or a lambda expression: it breaks down.
    CompilerClass(FINAL, "java/lang/Class", &[OBJECT], &[
        (access::PUBLIC, "desiredAssertionStatus", "()Z"),
    ]),
    CompilerClass(CLASS, "java/lang/AssertionError", &["java/lang/Error"], &[
        (access::PUBLIC, "<init>", "()V"),
        (access::PUBLIC, "<init>", "(Ljava/lang/Object;)V"),
    ]),
    CompilerClass(CLASS, "java/lang/invoke/MethodHandles", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/invoke/MethodHandles$Lookup", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/invoke/MethodHandle", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/invoke/MethodType", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/invoke/CallSite", &[OBJECT], &[]),
    CompilerClass(CLASS, "java/lang/invoke/LambdaMetafactory", &[OBJECT], &[
        (access::PUBLIC | access::STATIC, "metafactory", METAFACTORY),
    ]),
];

/// The constants of [`COMPILER_CLASSES`]: class, name, descriptor, value. javac puts the value in their place, so that no class file
/// names the class.
const COMPILER_CONSTANTS: &[(&str, &str, &str, i32)] = &[
    ("java/lang/Byte", "MIN_VALUE", "B", -0x80),
    ("java/lang/Byte", "MAX_VALUE", "B", 0x7F),
    ("java/lang/Short", "MIN_VALUE", "S", -0x8000),
    ("java/lang/Short", "MAX_VALUE", "S", 0x7FFF),
    ("java/lang/Integer", "MIN_VALUE", "I", i32::MIN),
    ("java/lang/Integer", "MAX_VALUE", "I", i32::MAX),
];

impl CompilerClass {
    fn info(&self) -> ClassInfo<'static> {
        let Self(access, name, supertypes, methods) = *self;
        ClassInfo {
            access,
            name,
            superclass: supertypes.first().copied(),
            interfaces: supertypes.iter().skip(1).copied().collect(),
            fields: compiler_constants(name),
            methods: methods.iter().copied().map(compiler_method).collect(),
            nested: Vec::new(),
        }
    }
}

fn compiler_constants(class: &str) -> Vec<MemberInfo<'static>> {
    let constants = COMPILER_CONSTANTS.iter().filter(|(owner, ..)| *owner == class);
    let member = |(_, name, descriptor, value): &(&str, &'static str, &'static str, i32)| MemberInfo {
        access: access::PUBLIC | access::STATIC | access::FINAL,
        name,
        descriptor,
        attribute: Attribute::ConstantValue(*value),
    };
    constants.map(member).collect()
}

fn compiler_method((access, name, descriptor): Row) -> MemberInfo<'static> {
    MemberInfo {
        access,
        name,
        descriptor,
        attribute: match access & access::ABSTRACT {
            0 => Attribute::CodeAndExceptions(&[]),
            _ => Attribute::Exceptions(&[]),
        },
    }
}
