//! Export files: known octets and round trips.

use cap_format::error::ErrorKind;
use cap_format::export_file::{
    ExportAccess, ExportFile, ExportedClass, ExportedField, ExportedMethod, ExportedPackage,
};
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::Aid;
use proptest::prelude::*;

use crate::{octets, strategies};

/// The export file of the library in `tests/vectors/cap/library-2.1.txt`, with a constant added.
pub(crate) fn library() -> ExportFile {
    let field = |token, access, name: &str, constant| ExportedField {
        token,
        access,
        name: name.to_owned(),
        descriptor: "S".to_owned(),
        constant,
    };
    let method = |token, access, name: &str, descriptor: &str| ExportedMethod {
        token,
        access,
        name: name.to_owned(),
        descriptor: descriptor.to_owned(),
    };
    let public_static = ExportAccess::PUBLIC | ExportAccess::STATIC;
    let class = ExportedClass {
        token: 0,
        access: ExportAccess::PUBLIC,
        name: "two/lib/Sums".to_owned(),
        superclasses: vec!["java/lang/Object".to_owned()],
        interfaces: vec![],
        fields: vec![
            field(0, public_static, "total", None),
            field(0xFF, public_static | ExportAccess::FINAL, "LEAST", Some(-1)),
        ],
        methods: vec![
            method(0, ExportAccess::PUBLIC, "<init>", "()V"),
            method(0, ExportAccess::PUBLIC, "equals", "(Ljava/lang/Object;)Z"),
            method(1, public_static, "add", "(SS)S"),
        ],
        cap22_inheritable_methods: 0,
    };
    ExportFile {
        format: FormatVersion::V2_1,
        package: ExportedPackage {
            library: true,
            name: "two/lib".to_owned(),
            info: PackageInfo {
                version: PackageVersion { major: 1, minor: 0 },
                aid: Aid::new(&octets("F06C696201")).unwrap(),
            },
        },
        referenced_packages: vec![],
        classes: vec![class],
    }
}

/// A text constant.
fn text(text: &str) -> String {
    format!("01 {:04X} {}", text.len(), hex::encode(text))
}

#[test]
fn constants_stand_in_the_order_of_first_use() {
    let pool = [
        text("total"),                 // 0
        text("S"),                     // 1
        text("LEAST"),                 // 2
        text("ConstantValue"),         // 3
        "03 FFFFFFFF".to_owned(),      // 4
        text("<init>"),                // 5
        text("()V"),                   // 6
        text("equals"),                // 7
        text("(Ljava/lang/Object;)Z"), // 8
        text("add"),                   // 9
        text("(SS)S"),                 // 10
        text("two/lib/Sums"),          // 11
        "07 000B".to_owned(),          // 12
        text("java/lang/Object"),      // 13
        "07 000D".to_owned(),          // 14
        text("two/lib"),               // 15
        "0D 01 000F 00 01 05 F06C696201".to_owned(),
    ];
    let body = "0010 01  00 0001 000C  0001 000E  00 \
        0002  00 0009 0000 0001 0000  FF 0019 0002 0001 0001 0003 00000002 0004 \
        0003  00 0001 0005 0006  00 0001 0007 0008  01 0009 0009 000A";
    let wanted = octets(&format!("00FACADE 01 02 0011 {} {body}", pool.join(" ")));
    assert_eq!(hex::encode(library().write().unwrap()), hex::encode(&wanted));
    assert_eq!(ExportFile::read(&wanted), Ok(library()));
}

#[test]
fn another_order_of_constants_means_the_same() {
    let file = octets("00FACADE 01 02 0003  0D 00 0002 00 01 05 F06C696201  01 0001 78  01 0001 61  0000 00");
    let read = ExportFile::read(&file).unwrap();
    assert_eq!((read.package.name.as_str(), read.package.library), ("a", false));
    assert_eq!(ExportFile::read(&read.write().unwrap()), Ok(read));
}

#[test]
fn classes_are_found_by_name() {
    assert_eq!(library().class("two/lib/Sums").map(|class| class.token), Some(0));
    assert_eq!(library().class("Sums"), None);
}

#[test]
fn indices_must_be_of_the_right_kind() {
    let rows = [
        (
            "0001  01 0001 61  0000 00",
            "the index of a package with a name, found 0x0",
        ),
        (
            "0001  0D 00 0000 00 01 05 F06C696201  0000 00",
            "the index of a package with a name",
        ),
        (
            "0002  01 0001 61  0D 02 0000 00 01 05 F06C696201  0001 00",
            "package flags 00 or 01 (library), found 0x2",
        ),
        ("0001  02 0000", "a constant with tag 1, 3, 7 or 13, found 0x2"),
    ];
    for (body, wanted) in rows {
        let error = ExportFile::read(&octets(&format!("00FACADE 01 02 {body}"))).unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn one_long_name_used_often_does_not_fill_the_memory() {
    let mut file = library();
    let method = file.classes[0].methods[0].clone();
    let name = "x".repeat(usize::from(u16::MAX));
    file.classes[0].methods = vec![ExportedMethod { name, ..method }; 150];
    let written = file.write().unwrap();
    assert!(written.len() < 100_000);
    let error = ExportFile::read(&written).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Limit { .. }), "{error}");
}

#[test]
fn names_and_chains_of_classes_have_an_end() {
    let kind = |file: &ExportFile| ExportFile::read(&file.write().unwrap()).map_err(|error| error.kind);
    let limit = |file: &ExportFile| matches!(kind(file), Err(ErrorKind::Limit { .. }));
    let mut file = library();
    file.classes[0].name = "x".repeat(1024);
    file.classes[0].superclasses = vec!["java/lang/Object".to_owned(); 255];
    assert!(kind(&file).is_ok());
    file.classes[0].superclasses.push("java/lang/Object".to_owned());
    assert!(limit(&file));
    let mut file = library();
    file.classes[0].name = "x".repeat(1025);
    assert!(limit(&file));
}

#[test]
fn what_a_format_lacks_is_not_written() {
    let mut file = library();
    file.referenced_packages.push(file.package.clone());
    assert!(matches!(
        file.write().unwrap_err().kind,
        ErrorKind::NotInFormat { .. }
    ));
    let mut file = library();
    file.classes[0].cap22_inheritable_methods = 1;
    assert!(matches!(
        file.write().unwrap_err().kind,
        ErrorKind::NotInFormat { .. }
    ));
}

proptest! {
    #[test]
    fn what_is_written_is_read(file in strategies::export_file()) {
        let written = file.write().unwrap();
        prop_assert_eq!(&ExportFile::read(&written), &Ok(file));
    }
}
