use std::path::PathBuf;

use cap_format::bytecode::{Opcode, Operands};
use cap_format::component::constant_pool::Constant;
use cap_format::component::descriptor::{ClassAccess, FieldAccess, MethodAccess, PrimitiveType};
use cap_format::component::header::HeaderFlags;
use cap_format::reference::ClassRef;
use cap_format::type_descriptor::Type;
use cap_format::version::PackageVersion;
use serde_json::Value;

use crate::wallet::{ClassName, Code, FRAMEWORK, FieldSymbol, OBJECT, Symbol, Wallet, wallet};
use crate::{Answer, Folder, cap, check};

fn files(folder: &Folder, change: impl FnOnce(&mut Wallet)) -> [PathBuf; 2] {
    let mut second = wallet();
    change(&mut second);
    [
        folder.file("first.cap", &wallet().archive().unwrap()),
        folder.file("second.cap", &second.archive().unwrap()),
    ]
}

/// Compares the wallet with a changed one, in both directions.
fn diff(change: impl FnOnce(&mut Wallet)) -> Answer {
    let folder = Folder::new();
    let [first, second] = files(&folder, change);
    let back = cap("diff", &[&second, &first], &[]);
    let answer = cap("diff", &[&first, &second], &[]);
    assert_eq!(answer.status, back.status, "{}\n{}", answer.stdout, back.stdout);
    answer
}

/// The change makes no difference.
fn equal(change: impl FnOnce(&mut Wallet)) {
    let answer = diff(change);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    assert_eq!(answer.stdout, "equal: both files mean the same\n");
}

/// The change is the only difference, in these words.
fn differs(change: impl FnOnce(&mut Wallet), words: &str) {
    let answer = diff(change);
    assert_eq!(answer.status, 1, "{}{}", answer.stdout, answer.stderr);
    let lines: Vec<_> = answer
        .stdout
        .lines()
        .filter(|line| !line.starts_with("    "))
        .collect();
    assert_eq!(lines, [words, "1 difference"], "{}", answer.stdout);
}

/// The changed lines of code.
fn changed_lines(answer: &Answer) -> Vec<String> {
    let lines = answer.stdout.lines().filter_map(|line| line.strip_prefix("    "));
    let lines = lines.filter(|line| line.starts_with(['+', '-']));
    lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn a_file_is_equal_to_itself() {
    equal(|_| {});
}

#[test]
fn numbers_of_constants_make_no_difference() {
    equal(|wallet| wallet.reverse_constants = true);
    equal(|wallet| {
        let unused = Constant::Class(ClassRef::External { package: 1, class: 4 });
        wallet.unused_constants = vec![unused; 3];
    });
}

/// The forms of field access without `this`, which have wide forms.
fn without_this(wallet: &mut Wallet) {
    for method in &mut wallet.methods {
        let unfold = |code: Code| match code {
            Code::To(opcode, symbol) if opcode.mnemonic().ends_with("_this") => {
                let short = opcode.mnemonic().trim_end_matches("_this");
                let short = Opcode::ALL.iter().find(|opcode| opcode.mnemonic() == short);
                let load = Code::Is(Opcode::Aload0, Operands::None);
                vec![load, Code::To(*short.unwrap(), symbol)]
            }
            other => vec![other],
        };
        method.code = method.code.drain(..).flat_map(unfold).collect();
    }
}

#[test]
fn a_wide_form_that_follows_from_numbers_makes_no_difference() {
    let (mut first, mut second) = (wallet(), wallet());
    without_this(&mut first);
    without_this(&mut second);
    // An index above 255 does not fit the short form.
    second.unused_constants = vec![Constant::Class(ClassRef::External { package: 1, class: 4 }); 300];
    for code in second.methods.iter_mut().flat_map(|method| &mut method.code) {
        if let Code::To(opcode, _) = code
            && let Some(wide) = opcode.wide()
        {
            *opcode = wide;
        }
    }
    let folder = Folder::new();
    let first = folder.file("first.cap", &first.archive().unwrap());
    let second = folder.file("second.cap", &second.archive().unwrap());
    let answer = cap("diff", &[&first, &second], &[]);
    assert_eq!(
        (answer.status, answer.stdout.as_str()),
        (0, "equal: both files mean the same\n")
    );
}

#[test]
fn the_order_of_methods_makes_no_difference() {
    equal(|wallet| wallet.methods.reverse());
    equal(|wallet| wallet.methods.rotate_left(3));
}

#[test]
fn the_order_of_classes_and_imports_makes_no_difference() {
    equal(|wallet| wallet.classes.reverse());
    equal(|wallet| wallet.imports.reverse());
    equal(|wallet| {
        wallet.classes.reverse();
        wallet.imports.reverse();
        wallet.methods.reverse();
        wallet.reverse_constants = true;
    });
}

#[test]
fn the_order_of_private_fields_makes_no_difference() {
    equal(|wallet| wallet.fields.reverse());
}

#[test]
fn numbers_of_methods_that_no_other_package_sees_make_no_difference() {
    equal(|wallet| {
        wallet.method("Purse", "add").token = Some(2);
        wallet.method("Purse", "balance").token = Some(1);
        wallet.classes[0].interfaces[0].1 = vec![1];
    });
}

#[test]
fn a_load_file_is_equal_to_its_archive() {
    let folder = Folder::new();
    let archive = folder.file("wallet.cap", &wallet().archive().unwrap());
    let load_file = wallet().cap().unwrap().to_load_file().unwrap();
    let load_file = folder.file("wallet.ijc", &load_file);
    let answer = cap("diff", &[&archive, &load_file], &[]);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    assert!(
        answer
            .stdout
            .starts_with("note: the second file has no Descriptor"),
        "{}",
        answer.stdout
    );
}

#[test]
fn header_imports_and_applets() {
    differs(|wallet| wallet.version.minor = 1, "package version 1.0 → 1.1");
    differs(
        |wallet| wallet.aid[5] = 9,
        "package AID F00000000101 → F00000000109",
    );
    differs(
        |wallet| wallet.flags |= HeaderFlags::INT,
        "flags export, applet → int, export, applet",
    );
    differs(
        |wallet| wallet.imports[1].1 = PackageVersion { major: 1, minor: 3 },
        "import javacard.framework: version 1.2 → 1.3",
    );
    differs(
        |wallet| {
            let more: &'static [u8] = &[0xA0, 0, 0, 0, 0x62, 0x02, 0x01];
            wallet.imports.push((more, PackageVersion { major: 1, minor: 1 }));
        },
        "import javacardx.crypto: 1.1, only in the second",
    );
    let answer = diff(|wallet| wallet.applet[6] = 9);
    assert_eq!(
        answer.stdout,
        "applet F0000000010101: only in the first\napplet F0000000010109: only in the second\n2 differences\n"
    );
}

#[test]
fn classes() {
    differs(
        |wallet| wallet.classes[0].access = ClassAccess::FINAL,
        "class class_0003: flags shareable → final shareable",
    );
    differs(
        |wallet| wallet.classes[0].superclass = ClassName::Outside(FRAMEWORK, 4),
        "class class_0003: superclass java.lang.Object → javacard.framework.CardException",
    );
    differs(
        |wallet| wallet.classes[1].references = Some((1, 1)),
        "class Wallet: fields that hold references none → Wallet.field_1",
    );
    let answer = diff(|wallet| {
        wallet.classes[0].interfaces.pop();
    });
    assert!(
        answer
            .stdout
            .contains("class class_0003: interfaces class_0000, javacard.framework.Shareable → class_0000\n"),
        "{}",
        answer.stdout
    );
    let answer = diff(|wallet| {
        wallet.classes.push(crate::wallet::ClassSymbol {
            name: "Extra",
            superclass: OBJECT,
            access: ClassAccess(0),
            interfaces: vec![],
            references: None,
        });
    });
    assert!(
        answer.stdout.contains(": only in the second\n1 difference\n"),
        "{}",
        answer.stdout
    );
}

#[test]
fn names_of_applets() {
    differs(
        |wallet| wallet.applet_names = vec!["example.wallet.Purse2".to_owned()],
        "class Wallet: name Wallet → Purse2",
    );
}

#[test]
fn an_interface_that_another_method_implements() {
    let answer = diff(|wallet| wallet.classes[0].interfaces[0].1 = vec![1]);
    assert_eq!(answer.status, 1);
    assert!(
        answer.stdout.contains("class class_0003: implementations "),
        "{}",
        answer.stdout
    );
}

#[test]
fn fields() {
    differs(
        |wallet| wallet.fields[0].access = FieldAccess::PROTECTED,
        "field class_0003.field_0: flags private → protected",
    );
    differs(
        |wallet| wallet.fields[0].primitive = PrimitiveType::Byte,
        "field class_0003.field_0: type short → byte",
    );
    differs(
        |wallet| wallet.limit = 41,
        "field Wallet.static_0002: initial value 40 → 41",
    );
    differs(
        |wallet| wallet.table[1] = 9,
        "field Wallet.static_0000: initial value byte[3] {1, 2, 3} → byte[3] {1, 9, 3}",
    );
    let answer = diff(|wallet| {
        wallet.fields.push(FieldSymbol {
            class: "Wallet",
            name: "extra",
            access: FieldAccess::PRIVATE,
            primitive: PrimitiveType::Short,
        });
    });
    assert_eq!(
        answer.stdout,
        "class Wallet: words of fields 2 → 3\nfield Wallet.new_field_2: only in the second\n2 differences\n"
    );
}

#[test]
fn methods() {
    differs(
        |wallet| wallet.method("Wallet", "check").access = MethodAccess::PRIVATE | MethodAccess::FINAL,
        "method Wallet.method_0054(): flags private → private final",
    );
    differs(
        |wallet| wallet.method("Wallet", "check").stack = 4,
        "method Wallet.method_0054(): stack words 3 → 4",
    );
    differs(
        |wallet| wallet.method("Wallet", "check").locals = 1,
        "method Wallet.method_0054(): local words 0 → 1",
    );
    differs(
        |wallet| wallet.method("Wallet", "check").types = vec![Type::Byte],
        "method Wallet.method_0054(): types short () → byte ()",
    );
    let answer = diff(|wallet| {
        let mut extra = wallet.method("Wallet", "check").clone();
        extra.name = "extra";
        wallet.methods.push(extra);
    });
    let lines: Vec<_> = answer.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", answer.stdout);
    assert!(
        lines[0].ends_with("only in the second, 20 octets"),
        "{}",
        answer.stdout
    );
}

#[test]
fn code() {
    let changed = |change: fn(&mut Vec<Code>)| {
        let answer = diff(|wallet| change(&mut wallet.method("Wallet", "process").code));
        assert_eq!(answer.status, 1, "{}", answer.stdout);
        changed_lines(&answer)
    };
    assert_eq!(
        changed(|code| code[8] = Code::Is(Opcode::Sspush, Operands::Immediate(0x6A82))),
        ["- sspush 27264", "+ sspush 27266"]
    );
    // Another method outside, another one inside, another field.
    assert_eq!(
        changed(|code| code[1] = Code::To(Opcode::Invokevirtual, Symbol::Virtual(crate::wallet::APDU, 7))),
        [
            "- invokevirtual javacard.framework.APDU.getBuffer()",
            "+ invokevirtual javacard.framework.APDU.setOutgoing()"
        ]
    );
    assert_eq!(
        changed(|code| code[11] = Code::To(Opcode::Invokespecial, Symbol::Method("Wallet", "purse"))),
        [
            "- invokespecial Wallet.method_0054()",
            "+ invokespecial Wallet.method_0068()"
        ]
    );
    // A branch that leads elsewhere.
    assert_eq!(
        changed(|code| code[7] = Code::Is(Opcode::IfScmplt, Operands::Branch(5))),
        ["- if_scmplt L3", "+ if_scmplt L2"]
    );
}

#[test]
fn handlers() {
    let changed = |change: fn(&mut crate::wallet::Catch)| {
        let answer = diff(|wallet| change(&mut wallet.method("Wallet", "process").catches[0]));
        assert_eq!(answer.status, 1, "{}", answer.stdout);
        changed_lines(&answer)
    };
    let lines = changed(|catch| catch.class = Some(ClassName::Outside(FRAMEWORK, 4)));
    assert!(
        lines[0].starts_with("- catch javacard.framework.ISOException from"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("+ catch javacard.framework.CardException from"),
        "{lines:?}"
    );
    let lines = changed(|catch| catch.class = None);
    assert!(lines[1].starts_with("+ catch (all) from"), "{lines:?}");
    assert_eq!(changed(|catch| catch.end = 12).len(), 2);
    assert_eq!(changed(|catch| catch.start = 1).len(), 2);
    assert_eq!(changed(|catch| catch.handler = 15).len(), 2);
}

#[test]
fn code_that_is_moved_by_an_insertion_is_no_change() {
    let folder = Folder::new();
    let [first, second] = files(&folder, |wallet| {
        wallet.methods.reverse();
        let code = &mut wallet.method("Wallet", "process").code;
        code.insert(3, Code::Is(Opcode::Nop, Operands::None));
        let catch = &mut wallet.method("Wallet", "process").catches[0];
        (catch.end, catch.handler) = (14, 15);
    });
    let answer = cap("diff", &[&first, &second], &[]);
    check(&answer.stdout, "diff-insertion.txt");
    let answer = cap("diff", &[&first, &second], &["--json"]);
    check(&answer.stdout, "diff-insertion.json");
}

#[test]
fn bytes_are_told_apart_from_meaning() {
    let folder = Folder::new();
    let [first, second] = files(&folder, |wallet| wallet.reverse_constants = true);
    let answer = cap("diff", &[&first, &second], &["--bytes", "--json"]);
    assert_eq!(answer.status, 0);
    let comparison: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(comparison["equal"], true);
    let components = comparison["components"].as_array().unwrap();
    let identical = |name: &str| {
        let component = components.iter().find(|component| component["component"] == name);
        component.unwrap()["identical"].as_bool().unwrap()
    };
    assert!(identical("Header") && identical("Class"));
    assert!(!identical("ConstantPool") && !identical("Method"));
}

#[test]
fn a_broken_file_is_an_error_and_no_difference() {
    let folder = Folder::new();
    let [first, _] = files(&folder, |_| {});
    let broken = folder.file("broken.cap", b"PK\x03\x04");
    let answer = cap("diff", &[&first, &broken], &[]);
    assert_eq!((answer.status, answer.stdout.as_str()), (2, ""));
    assert!(answer.stderr.contains("broken.cap"), "{}", answer.stderr);
}

/// Adds `count` private methods that are all the same.
fn add_copies(wallet: &mut Wallet, count: usize) {
    for _ in 0..count {
        let mut copy = wallet.method("Wallet", "check").clone();
        copy.name = "copy";
        copy.code = vec![
            Code::Is(Opcode::Sconst0, Operands::None),
            Code::Is(Opcode::Sreturn, Operands::None),
        ];
        wallet.methods.push(copy);
    }
}

#[test]
fn what_cannot_be_told_apart_is_matched_one_to_one() {
    let folder = Folder::new();
    let (mut first, mut second) = (wallet(), wallet());
    add_copies(&mut first, 1000);
    add_copies(&mut second, 1000);
    let copy = second
        .methods
        .iter_mut()
        .rfind(|method| method.name == "copy")
        .unwrap();
    copy.code[0] = Code::Is(Opcode::Sconst1, Operands::None);
    second.methods.reverse();
    let first = folder.file("first.cap", &first.archive().unwrap());
    let second = folder.file("second.cap", &second.archive().unwrap());
    let answer = cap("diff", &[&first, &second], &[]);
    assert_eq!(answer.status, 1);
    assert!(answer.stdout.ends_with("\n1 difference\n"), "{}", answer.stdout);
    assert_eq!(changed_lines(&answer), ["- sconst_0", "+ sconst_1"]);
}

/// Two private methods of the wallet that differ only in which of two others they call.
fn add_twins(wallet: &mut Wallet) {
    for (name, callee) in [("left", "check"), ("right", "purse")] {
        let mut twin = wallet.method("Wallet", "check").clone();
        twin.name = name;
        twin.code = vec![
            Code::Is(Opcode::Aload0, Operands::None),
            Code::To(Opcode::Invokespecial, Symbol::Method("Wallet", callee)),
            Code::Is(Opcode::Sreturn, Operands::None),
        ];
        wallet.methods.push(twin);
    }
}

#[test]
fn what_is_called_tells_callers_apart() {
    let folder = Folder::new();
    let (mut first, mut second, mut crossed) = (wallet(), wallet(), wallet());
    for wallet in [&mut first, &mut second, &mut crossed] {
        add_twins(wallet);
    }
    second.methods.reverse();
    // Both call the same one.
    crossed.method("Wallet", "right").code[1] =
        Code::To(Opcode::Invokespecial, Symbol::Method("Wallet", "check"));
    let files = [("first", first), ("second", second), ("crossed", crossed)];
    let [first, second, crossed] = files.map(|(name, wallet)| folder.file(name, &wallet.archive().unwrap()));
    let answer = cap("diff", &[&first, &second], &[]);
    assert_eq!(answer.status, 0, "{}", answer.stdout);
    let answer = cap("diff", &[&first, &crossed], &[]);
    assert_eq!(answer.status, 1, "{}", answer.stdout);
    assert_eq!(changed_lines(&answer).len(), 2, "{}", answer.stdout);
}
