use serde_json::Value;

use cap_format::bytecode::{Opcode, Operands};

use crate::wallet::{Code, wallet};
use crate::{Folder, cap, check};

#[test]
fn octets_are_told_by_everything() {
    let folder = Folder::new();
    let file = folder.file("wallet.cap", &wallet().archive().unwrap());
    let answer = cap("size", &[&file], &[]);
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    check(&answer.stdout, "size.txt");
}

#[test]
fn tables_have_all_octets_of_their_components() {
    let folder = Folder::new();
    let wallet = wallet();
    let components = wallet.cap().unwrap().to_components().unwrap();
    let file = folder.file("wallet.cap", &wallet.archive().unwrap());
    let answer = cap("size", &[&file], &["--json"]);
    let sizes: Value = serde_json::from_str(&answer.stdout).unwrap();
    let table = |name: &str| {
        let tables = sizes["tables"].as_array().unwrap();
        let table = tables.iter().find(|table| table["table"] == name).unwrap();
        usize::try_from(table["octets"].as_u64().unwrap()).unwrap()
    };
    let info = |tag| components.defined.get(&tag).map_or(0, Vec::len);
    use cap_format::component::Tag;
    // The count of handlers, of constants, of classes and constants stands before them.
    assert_eq!(table("methods") + 1, info(Tag::Method));
    assert_eq!(table("instructions") + 1, info(Tag::Method));
    assert_eq!(table("kinds of instructions") + 1, info(Tag::Method));
    assert_eq!(table("constant pool") + 2, info(Tag::ConstantPool));
    assert_eq!(table("classes") + 1, info(Tag::Method) + info(Tag::Class));
    assert_eq!(table("descriptor") + 3, info(Tag::Descriptor));
}

#[test]
fn two_files_show_what_grows() {
    let folder = Folder::new();
    let first = folder.file("first.cap", &wallet().archive().unwrap());
    let mut grown = wallet();
    grown.methods.reverse();
    let code = &mut grown.method("Wallet", "check").code;
    code.insert(0, Code::Is(Opcode::Nop, Operands::None));
    let second = folder.file("second.cap", &grown.archive().unwrap());
    let answer = cap("size", &[&first, &second], &[]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    check(&answer.stdout, "size-change.txt");
    let answer = cap("size", &[&first, &second], &["--json"]);
    let change: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(change["schema"], "cap-size-change/1");
    let answer = cap("size", &[&first, &first], &[]);
    assert!(
        answer.stdout.ends_with("all sizes are the same\n"),
        "{}",
        answer.stdout
    );
}
