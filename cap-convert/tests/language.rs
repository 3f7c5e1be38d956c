//! Whole packages: one of everything in the language, a library, an applet on that library.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking, and a machine cuts words off"
)]

mod support;

use cap_convert::{CodeStyle, Converted, PackageDescription};
use cap_format::cap::Cap;
use cap_format::component::constant_pool::Constant;
use cap_format::component::header::HeaderFlags;
use cap_format::component::method::CATCH_ALL;
use cap_format::export_file::ExportFile;
use tempfile::TempDir;

fn compile(folder: &str, class_path: &str) -> TempDir {
    let folder = support::cases("packages").join(folder);
    support::compile(&support::files(&folder, "java"), class_path, &[])
}

fn convert(classes: &TempDir, package: &PackageDescription, exports: &[ExportFile]) -> Converted {
    let converted = support::convert_folder(classes.path(), package, exports)
        .unwrap_or_else(|findings| panic!("{}", support::text(&findings)));
    // What was made can be written, and reads as the same.
    let components = converted.cap.to_components().unwrap();
    assert_eq!(Cap::from_components(&components).unwrap(), converted.cap);
    let export_file = converted.export_file.write().unwrap();
    assert_eq!(ExportFile::read(&export_file).unwrap(), converted.export_file);
    keep(&converted, &package.name);
    converted
}

/// Writes the result where a verifier beside the tests can take it, when `CAP_OUT` names a folder.
fn keep(converted: &Converted, name: &str) {
    let Some(out) = std::env::var_os("CAP_OUT") else {
        return;
    };
    let folder = std::path::Path::new(&out)
        .join(name.replace('.', "/"))
        .join("javacard");
    std::fs::create_dir_all(&folder).unwrap();
    let file = cap_format::container::CapFile {
        package_name: name.replace('.', "/"),
        applet_names: Vec::new(),
        cap: converted.cap.clone(),
    };
    std::fs::write(folder.join(format!("{name}.cap")), file.write().unwrap()).unwrap();
    std::fs::write(
        folder.join(format!("{name}.exp")),
        converted.export_file.write().unwrap(),
    )
    .unwrap();
}

fn language() -> PackageDescription {
    support::with_applet(support::library("language"), "LanguageApplet")
}

#[test]
fn one_of_everything() {
    let converted = convert(&compile("language", ""), &language(), &[]);
    let cap = &converted.cap;
    assert!(
        cap.header
            .flags
            .contains(HeaderFlags::APPLET | HeaderFlags::EXPORT)
    );
    assert!(!cap.header.flags.contains(HeaderFlags::INT));
    // Of an applet package only the shareable interface is exported.
    let exported: Vec<&str> = converted
        .export_file
        .classes
        .iter()
        .map(|class| class.name.as_str())
        .collect();
    assert_eq!(exported, ["language/Counter"]);
    // GREETING, numbers, flags and zeros are arrays; nothing and unset are null.
    let statics = &cap.static_fields;
    let lengths: Vec<usize> = statics
        .array_inits
        .iter()
        .map(|array| array.values.len())
        .collect();
    assert_eq!((lengths, statics.reference_count), (vec![6, 10, 3, 3], 6));
    // later, unready and depth begin as 0; started, small, ready and negative do not.
    assert_eq!(statics.default_value_count, 2 + 1 + 2);
    assert_eq!(statics.non_default_values, [0, 5, 0xFD, 1, 0x80, 0]);
}

#[test]
fn the_same_classes_in_any_order_give_the_same_octets() {
    let classes = compile("language", "");
    let a = convert(&classes, &language(), &[]);
    let b = convert(&classes, &language(), &[]);
    assert_eq!(a.cap.to_components().unwrap(), b.cap.to_components().unwrap());
}

#[test]
fn classic_style_is_longer_and_means_the_same() {
    let classes = compile("language", "");
    let smallest = convert(&classes, &language(), &[]);
    let package = PackageDescription {
        style: CodeStyle::Classic,
        ..language()
    };
    let classic = convert(&classes, &package, &[]);
    let octets = |converted: &Converted| {
        converted
            .cap
            .methods
            .methods
            .iter()
            .map(|method| method.code.len())
            .sum::<usize>()
    };
    assert!(octets(&smallest) < octets(&classic));
    assert!(smallest.cap.constant_pool.constants.len() <= classic.cap.constant_pool.constants.len());
}

/// The tables of subclasses reach from the first method that they override to the end: those that are overridden come last, of all
/// those that more classes override.
#[test]
fn overridden_methods_take_the_last_tokens() {
    let classes = compile("tables", "");
    let made = convert(&classes, &support::library("tables"), &[]);
    let tables: Vec<_> = made
        .cap
        .classes
        .classes
        .iter()
        .map(|class| {
            let [public, hidden] = [&class.public_methods, &class.package_methods];
            (public.methods.len(), hidden.base, hidden.methods.len())
        })
        .collect();
    // Meter: equals and two of its own; reset, keep, widen, step. Down overrides step alone, Up widen too.
    assert_eq!(tables, [(2, 0, 4), (1, 3, 1), (1, 2, 2)]);
}

/// JCVM §5.7, §6.13: an export file names public classes only, and a token is a place in the Export component.
#[test]
fn what_is_not_public_is_not_exported() {
    let classes = compile("hidden", "");
    let made = convert(&classes, &support::library("hidden"), &[]);
    let shown = made.export_file.class("hidden/Shown").unwrap();
    assert_eq!(shown.superclasses, ["java/lang/Object", "hidden/Root"]);
    assert!(shown.interfaces.is_empty());
    assert!(shown.methods.iter().any(|method| method.name == "secret"));

    let classes = compile("service", "");
    let package = support::with_applet(support::library("service"), "PurseApplet");
    let made = convert(&classes, &package, &[]);
    let exported = made.export_file.classes.iter();
    let exported: Vec<_> = exported.map(|class| (class.name.as_str(), class.token)).collect();
    assert_eq!(exported, [("service/Purse", 0)]);
    assert_eq!(made.cap.exports.map(|exports| exports.classes.len()), Some(1));
}

#[test]
fn an_applet_on_a_library() {
    let library = compile("library", "");
    let made = convert(&library, &support::library("library"), &[]);
    let names: Vec<(&str, u8)> = made
        .export_file
        .classes
        .iter()
        .map(|class| (class.name.as_str(), class.token))
        .collect();
    assert_eq!(
        names,
        [("library/Task", 0), ("library/TaskList", 1), ("library/Base", 2)]
    );
    let base = made.export_file.class("library/Base").unwrap();
    let virtuals: Vec<(&str, u8)> = base
        .methods
        .iter()
        .filter(|method| !["<init>", "twice", "fail"].contains(&method.name.as_str()))
        .map(|method| (method.name.as_str(), method.token))
        .collect();
    assert_eq!(
        virtuals,
        [("equals", 0), ("hook", 1), ("isBase", 2), ("value", 3)]
    );
    let constant = base.fields.iter().find(|field| field.name == "VERSION").unwrap();
    assert_eq!((constant.token, constant.constant), (0xFF, Some(0x0102)));

    let user = compile("user", library.path().to_str().unwrap());
    let package = support::with_applet(support::library("user"), "UserApplet");
    let converted = convert(&user, &package, std::slice::from_ref(&made.export_file));
    let imported = &converted.cap.imports.packages;
    assert!(
        imported
            .iter()
            .any(|package| package.aid == made.cap.header.package.aid)
    );
}

/// A handler with the catch type 0 is called for every exception (JCVM §6.10.1): no class that is caught may have that index.
#[test]
fn handlers_of_one_class_are_not_called_for_all() {
    let package = support::with_applet(support::library("handlers"), "Handlers");
    let converted = convert(&compile("handlers", ""), &package, &[]);
    let constants = &converted.cap.constant_pool.constants;
    let caught: Vec<Option<&Constant>> = converted
        .cap
        .methods
        .handlers
        .iter()
        .map(|handler| match handler.catch_type_index {
            CATCH_ALL => None,
            index => Some(&constants[usize::from(index)]),
        })
        .collect();
    let [
        Some(Constant::Class(first)),
        Some(Constant::Class(second)),
        rest @ ..,
    ] = &caught[..]
    else {
        panic!("{caught:?}");
    };
    assert_ne!(first, second);
    assert!(!rest.is_empty() && rest.iter().all(Option::is_none), "{rest:?}");
}

/// Since Java 11 nested classes use private members without a method between; the card has no nests.
#[test]
fn private_members_of_nest_mates() {
    let folder = support::cases("packages").join("language");
    let out = TempDir::new().unwrap();
    // The form of class files of Java 11 and later needs the JDK's own `java.lang`.
    let stubs = support::api().1.path();
    let framework = TempDir::new().unwrap();
    for class in support::files(&stubs.join("javacard"), "class") {
        let to = framework.path().join(class.strip_prefix(stubs).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(class, to).unwrap();
    }
    let status = std::process::Command::new("javac")
        .args([
            "--release",
            "17",
            "-g",
            "-nowarn",
            "-proc:none",
            "-encoding",
            "UTF-8",
            "-d",
        ])
        .arg(out.path())
        .arg("-cp")
        .arg(framework.path())
        .args(support::files(&folder, "java"))
        .status()
        .unwrap();
    assert!(status.success());
    let package = PackageDescription {
        name: "language".to_owned(),
        ..language()
    };
    let converted = convert(&out, &package, &[]);
    let methods = converted.cap.descriptor.unwrap().classes;
    assert!(methods.len() > 10);
}

/// More instance fields than an index of one octet counts, read and assigned in all forms.
#[test]
fn more_fields_than_short_indexes() {
    let sources = TempDir::new().unwrap();
    let mut class =
        String::from("package many;\n/** Many fields. */\nclass Last { short value; Object object;\n");
    class += "  short use(Last other) { value = (short) (value + 1); object = other; other.value = 3; other.object = this; return other.value; }\n}\n";
    for number in 0..3 {
        let fields: String = (0..100).map(|field| format!("  byte f{field};\n")).collect();
        let sum: Vec<String> = (0..100).map(|field| format!("f{field}")).collect();
        class += &format!(
            "class Many{number} {{\n{fields}  short sum() {{ return (short) ({}); }}\n}}\n",
            sum.join(" + ")
        );
    }
    // Classes are in the order of their names: those with many fields use up the short indexes first.
    let source = sources.path().join("Last.java");
    std::fs::write(
        &source,
        class
            .replace("Last", "Zlast")
            .replace("class Many0", "class A")
            .replace("class Many1", "class B"),
    )
    .unwrap();
    std::fs::rename(&source, sources.path().join("Zlast.java")).unwrap();
    let classes = support::compile(&support::files(sources.path(), "java"), "", &[]);
    let converted = convert(&classes, &support::library("many"), &[]);
    let used: Vec<String> = converted
        .cap
        .methods
        .methods
        .iter()
        .flat_map(|method| cap_format::bytecode::decode(&method.code).unwrap())
        .map(|(_, instruction)| instruction.opcode.mnemonic().to_owned())
        .collect();
    for mnemonic in [
        "getfield_b_this",
        "getfield_b_w",
        "getfield_s_w",
        "putfield_s_w",
        "putfield_a_w",
        "swap_x",
    ] {
        assert!(used.iter().any(|known| known == mnemonic), "{mnemonic}");
    }
}
