//! The reader of tables: what it takes, and what it says of each mistake.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use cap_format::version::PackageVersion;
use card_api::package::{Kind, Visibility};
use card_api::platform::Platform;
use card_api::table::PackageTable;
use proptest::prelude::{any, proptest};

const HEAD: &str = "# A comment.\npackage a.b A00000006201FF\nversions 1.0 1.2 1.10\n\nimport c.d.Far\n";

fn version(major: u8, minor: u8) -> PackageVersion {
    PackageVersion { major, minor }
}

/// The error of a table with these rows.
fn refusal(rows: &str) -> String {
    let text = format!("{HEAD}{rows}");
    PackageTable::parse("a.b.api", &text).unwrap_err().to_string()
}

/// The rows stand from line 6 on.
fn check(rows: &str, wanted: &str) {
    assert_eq!(refusal(rows), format!("a.b.api, {wanted}"), "{rows}");
}

#[test]
fn a_class_in_three_versions() {
    let text = format!(
        "{HEAD}
class 0 final Near extends Far implements One until 1.0
class 0 Near extends Far implements One, d.e.Two since 1.2
    const short TAG = 0xFFFE
    const byte LIMIT = -128 since 1.10
    0 static final Near ONLY
    0 protected Near(byte[], short)
    0 final Object make(Near.Part[][], int) throws Far, Exception until 1.2
    1 hidden boolean is()

interface 1 One
    0 void run()

class 2 abstract Near.Part since 1.2
"
    );
    let table = PackageTable::parse("a.b.api", &text).unwrap();
    assert_eq!((table.head().name(), table.head().versions().len()), ("a/b", 3));
    assert_eq!(table.at(version(1, 3)), None);

    let first = table.at(version(1, 0)).unwrap();
    assert_eq!(first.to_string(), "a.b 1.0");
    assert_eq!(first.aid.to_string(), "A00000006201FF");
    assert_eq!(first.classes.len(), 2);
    let near = &first.classes[0];
    assert!(near.head.is_final && near.head.interfaces == ["a/b/One"]);
    assert_eq!(near.head.superclass.as_deref(), Some("c/d/Far"));
    assert_eq!((near.constants.len(), near.constants[0].value), (1, -2));

    let last = table.at(version(1, 10)).unwrap();
    assert_eq!(last.classes.len(), 3);
    let near = &last.classes[0];
    assert!(!near.head.is_final && near.head.interfaces == ["a/b/One", "d/e/Two"]);
    assert_eq!(
        (near.constants[1].descriptor.as_str(), near.constants[1].value),
        ("B", -128)
    );
    assert_eq!(near.fields[0].descriptor, "La/b/Near;");
    let names: Vec<_> = near.methods.iter().map(|method| method.name.as_str()).collect();
    assert_eq!(names, ["<init>", "is"]);
    assert_eq!(near.methods[0].visibility, Visibility::Protected);
    assert!(near.methods[1].is_hidden);

    let make = &table.at(version(1, 2)).unwrap().classes[0].methods[1];
    assert_eq!(make.descriptor, "([[La/b/Near$Part;I)Ljava/lang/Object;");
    assert_eq!(make.throws, ["c/d/Far", "java/lang/Exception"]);
    let one = &last.classes[1];
    assert!(one.head.kind == Kind::Interface && one.methods[0].is_abstract);
    assert_eq!(
        (one.head.superclass.as_deref(), one.head.is_abstract),
        (None, true)
    );
}

#[test]
fn the_first_two_lines() {
    let refusal = |text: &str| PackageTable::parse("t", text).unwrap_err().to_string();
    assert_eq!(
        refusal("# nothing\n"),
        "t, line 1: the table has no line `package`"
    );
    assert_eq!(refusal("class 0 A"), "t, line 1: wanted package, found `class`");
    assert_eq!(
        refusal("package a A000"),
        "t, line 1: `A000` is no AID: AID of 2 octets; ISO 7816-4 allows 5 to 16"
    );
    assert_eq!(
        refusal("package a A0000000621"),
        "t, line 1: wanted an AID in hexadecimal digits, found `A0000000621`"
    );
    let package = "package a A000000062\n";
    assert_eq!(refusal(package), "t, line 1: the table has no line `versions`");
    let version_line = |text: &str| refusal(&format!("{package}{text}"));
    assert_eq!(
        version_line("versions 1.2 1.1"),
        "t, line 2: 1.1 must be later than 1.2"
    );
    assert_eq!(
        version_line("versions 1"),
        "t, line 2: wanted a version such as 1.2, found `1`"
    );
}

#[test]
fn words_that_do_not_belong() {
    check(
        "struct 0 A",
        "line 6: wanted import, class, interface or the indented row of a member, found `struct`",
    );
    check("class A", "line 6: wanted a token from 0 to 254, found `A`");
    check("class 255 A", "line 6: wanted a token from 0 to 254, found `255`");
    check("class 0 1A", "line 6: wanted the name of a class, found `1A`");
    check(
        "class 0 A extends",
        "line 6: wanted the superclass, found the end of the line",
    );
    check(
        "class 0 A extends Far here",
        "line 6: nothing may follow here, found `here`",
    );
    check(
        "interface 0 final A",
        "line 6: nothing may follow here, found `A`",
    );
    check(
        "import Near",
        "line 6: wanted a class with its package, found `Near`",
    );
    check("    0 void f()", "line 6: the table has no line `class`");
}

#[test]
fn members_that_do_not_read_like_java() {
    let member =
        |row: &str, wanted: &str| check(&format!("class 0 A\n    {row}"), &format!("line 7: {wanted}"));
    let ty = "wanted a type such as short, byte[] or AID, found ";
    member("0", &format!("{ty}the end of the line"));
    member("0 void[] f()", &format!("{ty}`void[]`"));
    member("0 byte[ f()", &format!("{ty}`byte[`"));
    member("0 void f(short,)", &format!("{ty}`)`"));
    member("0 void f(short", "wanted ), found the end of the line");
    member(
        "0 void f() throws",
        "wanted the name of a class, found the end of the line",
    );
    member("0 void", "wanted the name of a member, found the end of the line");
    member(
        "0 final static byte[] f()",
        "wanted the name of a member, found `byte[]`",
    );
    member("const byte A = 256", "256 is no value of type byte");
    member("const byte A = 0x100", "0x100 is no value of type byte");
    member("const boolean A = 2", "2 is no value of type boolean");
    member("const short A", "wanted =, found the end of the line");
    member("const Object A = 1", "1 is no value of type Object");
}

#[test]
fn versions_that_cannot_be() {
    check(
        "class 0 A since 1.1",
        "line 6: version 1.1 is not among the versions of this table",
    );
    check(
        "class 0 A since 1.10 until 1.2",
        "line 6: 1.2 must be later than 1.10",
    );
    check(
        "class 0 A until 1.2 since 1.2",
        "line 6: nothing may follow here, found `since 1.2`",
    );
}

#[test]
fn rows_that_contradict_each_other() {
    let twice = |what: &str| format!("{what} has another row for the same version");
    check("class 0 A\nclass 0 B", &format!("line 7: {}", twice("a/b/B")));
    check("class 0 A\nclass 1 A", &format!("line 7: {}", twice("a/b/A")));
    check(
        "class 0 A until 1.0\n    0 A()\nclass 0 A since 1.2",
        &format!("line 8: {}", twice("a/b/A")),
    );
    check("class 0 Far", &format!("line 6: {}", twice("the name Far")));
    check(
        "class 0 A\n    0 void f(short)\n    1 void f(short) until 1.0",
        &format!("line 8: {}", twice("f(S)V")),
    );
    check(
        "class 0 A\n    const byte X = 1 until 1.2\n    const byte X = 2 since 1.2",
        &format!("line 8: {}", twice("X")),
    );
}

#[test]
fn a_table_of_platforms() {
    let text = "platforms  2.1 2.2\na.b  1.0 1.1\nc  - 1.0\n\nplatforms  more\nc 1.1\n";
    let platforms = Platform::parse("p", text).unwrap();
    let names: Vec<_> = platforms.iter().map(|platform| platform.name.as_str()).collect();
    assert_eq!(names, ["2.1", "2.2", "more"]);
    assert_eq!(platforms[0].packages, [("a/b".to_owned(), version(1, 0))]);
    assert_eq!(platforms[1].packages[1], ("c".to_owned(), version(1, 0)));

    let refusal = |text: &str| Platform::parse("p", text).unwrap_err().to_string();
    assert_eq!(
        refusal("platforms a b\nc 1.0"),
        "p, line 2: 1 versions for 2 platforms"
    );
    assert_eq!(refusal("c 1.0"), "p, line 1: 1 versions for 0 platforms");
    assert_eq!(
        refusal("platforms a\nc 1.0\nc 1.1"),
        "p, line 3: c has another row for the same version"
    );
    assert_eq!(
        refusal("platforms a a"),
        "p, line 1: a has another row for the same version"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), rows in "[a-z0-9 \\n.,()=\\[\\]x-]{0,200}") {
        let _ = PackageTable::parse("t", &text);
        let _ = PackageTable::parse("t", &format!("{HEAD}class 0 A\n    {rows}"));
        let _ = Platform::parse("t", &rows);
    }
}
