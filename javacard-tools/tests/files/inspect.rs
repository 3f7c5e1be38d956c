use cap_format::bytecode::{Opcode, Operands};
use cap_format::component::constant_pool::Constant;
use cap_format::component::descriptor::FieldLocation;
use cap_format::component::header::HeaderFlags;
use cap_format::component::{Tag, frame};
use cap_format::container::CapFile;
use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass, ExportedMethod, ExportedPackage};
use cap_format::reference::ClassRef;
use cap_format::version::{FormatVersion, PackageVersion};
use serde_json::Value;

use crate::wallet::{Code, FRAMEWORK, Symbol, wallet};
use crate::{Folder, cap, check};

#[test]
fn the_listing_reads_as_expected() {
    let folder = Folder::new();
    let file = folder.file("wallet.cap", &wallet().archive().unwrap());
    let answer = cap("inspect", &[&file], &[]);
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    check(&answer.stdout, "inspect.txt");
}

#[test]
fn json_has_the_same() {
    let folder = Folder::new();
    let file = folder.file("wallet.cap", &wallet().archive().unwrap());
    let answer = cap("inspect", &[&file], &["--json"]);
    check(&answer.stdout, "inspect.json");
    let listing: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(listing["schema"], "cap-inspect/1");
    assert_eq!(listing["imports"][1]["package"], "javacard.framework");
    assert_eq!(listing["api"]["families"][0]["by_imports"], "2.2.1");
}

#[test]
fn sections_and_methods_are_selected() {
    let folder = Folder::new();
    let file = folder.file("wallet.cap", &wallet().archive().unwrap());
    let answer = cap("inspect", &[&file], &["--only", "applets,constants"]);
    assert!(answer.stdout.starts_with("Applets\n"), "{}", answer.stdout);
    assert!(answer.stdout.contains("Constant pool\n"), "{}", answer.stdout);
    assert!(!answer.stdout.contains("Methods"), "{}", answer.stdout);
    let answer = cap("inspect", &[&file], &["--method", "Wallet.process"]);
    assert!(
        answer
            .stdout
            .contains("invokevirtual javacard.framework.APDU.getBuffer()"),
        "{}",
        answer.stdout
    );
    assert!(!answer.stdout.contains("Wallet.install"), "{}", answer.stdout);
    let answer = cap("inspect", &[&file], &["--method", "debit"]);
    assert_eq!(answer.status, 1);
    assert!(
        answer.stderr.contains("no method of") && answer.stderr.contains("`debit`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_load_file_without_a_descriptor_is_listed_too() {
    let folder = Folder::new();
    let load_file = wallet().cap().unwrap().to_load_file().unwrap();
    let file = folder.file("wallet.ijc", &load_file);
    let answer = cap("inspect", &[&file], &[]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    assert!(answer.stdout.contains("without Descriptor"), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("process(javacard.framework.APDU)"),
        "{}",
        answer.stdout
    );
    assert!(
        answer.stdout.contains("catch javacard.framework.ISOException"),
        "{}",
        answer.stdout
    );
}

/// The components of the wallet with one of them changed, as a load file.
fn with_component(tag: Tag, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut components = wallet().cap().unwrap().to_components().unwrap();
    change(components.defined.get_mut(&tag).unwrap());
    let frames = components
        .defined
        .iter()
        .map(|(tag, info)| frame(*tag, info).unwrap());
    frames.flatten().collect()
}

#[test]
fn a_broken_component_is_told_and_the_others_are_shown() {
    let folder = Folder::new();
    let broken = with_component(Tag::StaticField, |info| info[4] = 9);
    let file = folder.file("broken.cap", &broken);
    let answer = cap("inspect", &[&file], &[]);
    assert_eq!(answer.status, 1);
    let first = answer.stdout.lines().next().unwrap();
    assert!(
        first.starts_with("BROKEN: StaticField component, offset 2: "),
        "{first}"
    );
    assert!(
        answer
            .stdout
            .contains("invokevirtual javacard.framework.APDU.getBuffer()"),
        "{}",
        answer.stdout
    );
    let answer = cap("inspect", &[&file], &["--json", "--only", "header"]);
    let listing: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(listing["problems"][0]["component"], "StaticField component");
    assert_eq!(listing["problems"][0]["offset"], 2);
    assert_eq!(listing["header"]["aid"], "F00000000101");
}

#[test]
fn all_broken_components_are_told() {
    let folder = Folder::new();
    let mut components = wallet().cap().unwrap().to_components().unwrap();
    for tag in [Tag::Header, Tag::StaticField, Tag::ConstantPool] {
        components.defined.get_mut(&tag).unwrap().truncate(3);
    }
    let frames = components
        .defined
        .iter()
        .map(|(tag, info)| frame(*tag, info).unwrap());
    let file = folder.file("broken.cap", &frames.flatten().collect::<Vec<u8>>());
    let answer = cap("inspect", &[&file], &[]);
    assert_eq!(answer.status, 1);
    for component in ["Header", "StaticField", "ConstantPool"] {
        let words = format!("BROKEN: {component} component, offset ");
        assert!(answer.stdout.contains(&words), "{}", answer.stdout);
    }
}

#[test]
fn wrong_code_is_shown_up_to_where_it_is_wrong() {
    let folder = Folder::new();
    // The last octet of the component is the `sreturn` of Wallet.purse.
    let broken = with_component(Tag::Method, |info| *info.last_mut().unwrap() = 0xFE);
    let file = folder.file("broken.cap", &broken);
    let answer = cap("inspect", &[&file], &["--only", "methods"]);
    assert_eq!(answer.status, 1);
    assert!(
        answer.stdout.contains("opcode FE is no instruction"),
        "{}",
        answer.stdout
    );
    assert!(
        answer.stdout.contains("invokeinterface class_0000.method_0()"),
        "{}",
        answer.stdout
    );
}

#[test]
fn every_shorter_file_and_every_flipped_octet_ends_in_order() {
    let folder = Folder::new();
    let whole = wallet().cap().unwrap().to_load_file_with_descriptor().unwrap();
    for length in (0..whole.len()).step_by(61) {
        let file = folder.file("short.cap", &whole[..length]);
        assert!(
            matches!(cap("inspect", &[&file], &[]).status, 0 | 1),
            "{length} octets"
        );
    }
    for place in (0..whole.len()).step_by(37) {
        let mut octets = whole.clone();
        octets[place] ^= 0xFF;
        let file = folder.file("flipped.cap", &octets);
        assert!(
            matches!(cap("inspect", &[&file], &[]).status, 0 | 1),
            "octet {place}"
        );
        assert!(
            matches!(cap("diff", &[&file, &file], &[]).status, 0 | 2),
            "octet {place}"
        );
    }
}

#[test]
fn export_files_tell_names() {
    let folder = Folder::new();
    let wallet = wallet();
    let export_file = ExportFile {
        format: FormatVersion::V2_1,
        package: ExportedPackage {
            library: false,
            name: "example/wallet".to_owned(),
            info: wallet.cap().unwrap().header.package,
        },
        referenced_packages: Vec::new(),
        classes: vec![ExportedClass {
            token: 0,
            access: ExportAccess::PUBLIC
                | ExportAccess::INTERFACE
                | ExportAccess::ABSTRACT
                | ExportAccess::SHAREABLE,
            name: "example/wallet/Balance".to_owned(),
            superclasses: vec!["java/lang/Object".to_owned()],
            interfaces: vec!["javacard/framework/Shareable".to_owned()],
            fields: Vec::new(),
            methods: vec![ExportedMethod {
                token: 0,
                access: ExportAccess::PUBLIC | ExportAccess::ABSTRACT,
                name: "balance".to_owned(),
                descriptor: "()S".to_owned(),
            }],
            cap22_inheritable_methods: 0,
        }],
    };
    let file = folder.file("wallet.cap", &wallet.archive().unwrap());
    let exports = folder.file("wallet.exp", &export_file.write().unwrap());
    let by_folder = exports.parent().unwrap().to_str().unwrap();
    for options in [
        ["--export", exports.to_str().unwrap()],
        ["--export-path", by_folder],
    ] {
        let answer = cap("inspect", &[&file], &options);
        assert_eq!(answer.status, 0, "{}", answer.stderr);
        assert!(
            answer.stdout.contains("invokeinterface Balance.balance()"),
            "{}",
            answer.stdout
        );
        // The method that implements it has its name.
        assert!(
            answer.stdout.contains("public short class_0003.balance()"),
            "{}",
            answer.stdout
        );
    }
}

#[test]
fn what_is_no_cap_file_is_refused() {
    let folder = Folder::new();
    let file = folder.file("text.cap", b"hello");
    let answer = cap("inspect", &[&file], &[]);
    assert_eq!((answer.status, answer.stdout.as_str()), (1, ""));
    assert!(
        answer.stderr.contains("text.cap: load file, offset "),
        "{}",
        answer.stderr
    );
    let answer = cap("inspect", &[std::path::Path::new("absent.cap")], &[]);
    assert!(
        answer.stderr.contains("cannot read absent.cap"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_a_lower_platform_lacks_is_named() {
    let folder = Folder::new();
    let mut wallet = wallet();
    wallet.imports[1].1 = PackageVersion { major: 1, minor: 6 };
    let reselecting = Symbol::StaticOutside(FRAMEWORK, 3, 2);
    wallet
        .method("Wallet", "purse")
        .code
        .insert(0, Code::To(Opcode::Invokestatic, reselecting));
    wallet
        .method("Wallet", "purse")
        .code
        .insert(1, Code::Is(Opcode::Pop, Operands::None));
    let file = folder.file("wallet.cap", &wallet.archive().unwrap());
    let answer = cap("inspect", &[&file], &["--only", "imports,api", "--json"]);
    let listing: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(listing["imports"][1]["needs"], "1.5");
    let family = &listing["api"]["families"][0];
    assert_eq!(
        (&family["by_imports"], &family["by_use"]),
        (&"3.0.5".into(), &"3.0.4".into())
    );
    assert_eq!(
        family["lacking_below"][0],
        "javacard.framework.Applet.reSelectingApplet()"
    );
    assert_eq!(family["lacking_below"].as_array().unwrap().len(), 1);
}

#[test]
fn int_and_recursion_are_told() {
    let folder = Folder::new();
    let mut wallet = wallet();
    wallet.flags |= HeaderFlags::INT;
    let check = &mut wallet.method("Wallet", "check").code;
    check.insert(0, Code::Is(Opcode::Iconst0, Operands::None));
    check.insert(1, Code::Is(Opcode::Pop2, Operands::None));
    check.insert(2, Code::Is(Opcode::Aload0, Operands::None));
    check.insert(
        3,
        Code::To(Opcode::Invokespecial, Symbol::Method("Wallet", "check")),
    );
    check.insert(4, Code::Is(Opcode::Pop, Operands::None));
    let file = folder.file("wallet.cap", &wallet.archive().unwrap());
    let answer = cap("inspect", &[&file], &["--only", "header,memory"]);
    assert!(
        answer
            .stdout
            .contains("needs a card with int: 1 instructions, in Wallet.method_0054()"),
        "{}",
        answer.stdout
    );
    let words = "recursive, so that more may be needed: Wallet.method_0054()";
    assert!(answer.stdout.contains(words), "{}", answer.stdout);
}

/// A Debug component that names the class Purse, its field and its methods, and a constant whose value is a place.
fn debug() -> Vec<u8> {
    let strings = [
        "example/wallet",
        "example/wallet/Purse",
        "java/lang/Object",
        "Purse.java",
        "amount",
        "S",
        "LIMIT",
        "add",
        "(S)S",
    ];
    let mut info = Vec::new();
    let u2 = |info: &mut Vec<u8>, values: &[u16]| {
        values.iter().for_each(|value| info.extend(value.to_be_bytes()));
    };
    u2(&mut info, &[u16::try_from(strings.len()).unwrap()]);
    for string in strings {
        u2(&mut info, &[u16::try_from(string.len()).unwrap()]);
        info.extend(string.as_bytes());
    }
    // One class at the offset of Purse: behind the signature pool of format 2.2 and the interface.
    u2(&mut info, &[0, 1, 1, 0, 5, 2, 3]);
    info.push(0);
    u2(&mut info, &[2, 1]);
    // The field `amount` with the token 0, the constant `LIMIT` with the value 0.
    u2(&mut info, &[4, 5, 0x0002, 0, 0, 6, 5, 0x0018, 0, 0]);
    // `add` at its offset, with one line.
    u2(&mut info, &[7, 8, 0x0001, 0x0010]);
    info.push(2);
    u2(&mut info, &[10, 0, 1, 0, 9, 33]);
    info
}

#[test]
fn debug_components_tell_names_and_lines() {
    let folder = Folder::new();
    let mut cap_file = wallet().cap().unwrap();
    cap_file.header.format = FormatVersion::V2_2;
    let shift = |class: &mut ClassRef| {
        if let ClassRef::Internal { offset } = class {
            *offset += 2;
        }
    };
    for class in &mut cap_file.classes.classes {
        class
            .interfaces
            .iter_mut()
            .for_each(|of| shift(&mut of.interface));
    }
    for constant in &mut cap_file.constant_pool.constants {
        match constant {
            Constant::Class(class) | Constant::InstanceField { class, .. } => shift(class),
            _ => {}
        }
    }
    cap_file.exports.as_mut().unwrap().classes[0].class_offset += 2;
    for class in &mut cap_file.descriptor.as_mut().unwrap().classes {
        shift(&mut class.this_class);
        class.interfaces.iter_mut().for_each(shift);
        for field in &mut class.fields {
            if let FieldLocation::Instance { class, .. } = &mut field.location {
                shift(class);
            }
        }
    }
    cap_file.debug = Some(debug());
    let file = CapFile {
        package_name: "example/wallet".to_owned(),
        applet_names: Vec::new(),
        cap: cap_file,
    };
    let file = folder.file("wallet.cap", &file.write().unwrap());
    let answer = cap("inspect", &[&file], &["--method", "Purse.add"]);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    assert!(
        answer.stdout.contains("public short Purse.add(short)"),
        "{}",
        answer.stdout
    );
    assert!(
        answer.stdout.contains("getfield_s_this Purse.amount"),
        "{}",
        answer.stdout
    );
    assert!(answer.stdout.contains("line 33"), "{}", answer.stdout);
}
