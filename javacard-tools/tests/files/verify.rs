use std::path::Path;

use cap_format::bytecode::Opcode;
use cap_format::cap::Cap;
use cap_format::component::class::{ClassComponent, ClassInfo, MethodTable};
use cap_format::component::constant_pool::ConstantPoolComponent;
use cap_format::component::descriptor::{
    ClassAccess, ClassDescriptor, DescriptorComponent, MethodAccess, MethodDescriptor,
};
use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::{HeaderComponent, HeaderFlags};
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{Method, MethodComponent};
use cap_format::component::static_field::StaticFieldComponent;
use cap_format::container::CapFile;
use cap_format::reference::ClassRef;
use cap_format::type_descriptor::{Type, TypeDescriptor, TypeDescriptors};
use cap_format::version::{FormatVersion, PackageInfo, PackageVersion};
use card_proto::aid::Aid;
use serde_json::Value;

use crate::wallet::LANG;
use crate::{Answer, Folder, cap};

/// The smallest package with code: a public class with one static method.
fn smallest() -> Cap {
    let aid = |octets: &[u8]| Aid::new(octets).unwrap();
    let version = PackageVersion { major: 1, minor: 0 };
    Cap {
        header: HeaderComponent {
            format: FormatVersion::V2_1,
            flags: HeaderFlags::EXPORT,
            package: PackageInfo {
                version,
                aid: aid(&[0xF0, 0, 0, 0, 9]),
            },
            package_name: String::new(),
        },
        imports: ImportComponent {
            packages: vec![PackageInfo {
                version,
                aid: aid(LANG),
            }],
        },
        applets: None,
        classes: ClassComponent {
            classes: vec![ClassInfo {
                super_class: Some(ClassRef::External { package: 0, class: 0 }),
                // Behind `equals` of java.lang.Object.
                public_methods: MethodTable {
                    base: 1,
                    methods: Vec::new(),
                },
                ..ClassInfo::default()
            }],
            ..ClassComponent::default()
        },
        methods: MethodComponent {
            methods: vec![Method {
                code: vec![Opcode::Return.octet()],
                ..Method::default()
            }],
            ..MethodComponent::default()
        },
        static_fields: StaticFieldComponent::default(),
        exports: Some(ExportComponent {
            classes: vec![ClassExport {
                class_offset: 0,
                static_fields: Vec::new(),
                static_methods: vec![1],
            }],
        }),
        constant_pool: ConstantPoolComponent::default(),
        descriptor: Some(DescriptorComponent {
            classes: vec![ClassDescriptor {
                token: 0,
                access: ClassAccess::PUBLIC,
                this_class: ClassRef::Internal { offset: 0 },
                interfaces: Vec::new(),
                fields: Vec::new(),
                methods: vec![MethodDescriptor {
                    access: MethodAccess::PUBLIC | MethodAccess::STATIC,
                    method_offset: 1,
                    type_offset: 2,
                    bytecode_count: 1,
                    ..MethodDescriptor::default()
                }],
            }],
            constant_types: Vec::new(),
            types: TypeDescriptors(vec![TypeDescriptor(vec![Type::Void])]),
        }),
        debug: None,
        static_resources: None,
        custom_components: Vec::new(),
    }
}

fn good() -> Vec<u8> {
    let file = CapFile {
        package_name: "example/tiny".to_owned(),
        applet_names: Vec::new(),
        cap: smallest(),
    };
    file.write().unwrap()
}

/// A load file of a format that there is not.
fn broken() -> Vec<u8> {
    let mut load_file = smallest().to_load_file_with_descriptor().unwrap();
    // The minor version, behind tag, size and magic number of the Header component.
    load_file[3 + 4] = 9;
    load_file
}

fn verify(files: &[&Path], options: &[&str]) -> Answer {
    cap("verify", files, options)
}

#[test]
fn an_accepted_file_says_what_was_verified() {
    let folder = Folder::new();
    let file = folder.file("wallet.cap", &good());
    let answer = verify(&[&file], &[]);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    assert!(
        answer
            .stdout
            .contains("wallet.cap: accepted: example.tiny 1.0, 1 class, 1 method, 1 instruction"),
        "{}",
        answer.stdout
    );
    assert_eq!(answer.stdout.lines().count(), 1);
}

#[test]
fn a_refused_file_says_rule_place_and_section() {
    let folder = Folder::new();
    let file = folder.file("broken.cap", &broken());
    let answer = verify(&[&file], &[]);
    assert_eq!(answer.status, 1, "{}", answer.stderr);
    for part in [
        ": CV1",
        "Header component at 0004",
        "found: ",
        "wanted: ",
        "  JCVM ",
        "more: cap explain CV1",
    ] {
        assert!(answer.stdout.contains(part), "no `{part}` in\n{}", answer.stdout);
    }
}

#[test]
fn several_files_end_with_a_summary() {
    let folder = Folder::new();
    let good = folder.file("good.cap", &good());
    let bad = folder.file("bad.cap", &broken());
    let answer = verify(&[&good, &bad, &good], &[]);
    assert_eq!(answer.status, 1);
    let last = answer.stdout.lines().last().unwrap();
    assert_eq!(last, "3 files: 2 accepted, 1 refused with 1 finding");
}

#[test]
fn a_file_that_cannot_be_read_is_trouble() {
    let folder = Folder::new();
    let good = folder.file("good.cap", &good());
    let answer = verify(&[Path::new("nowhere.cap"), &good], &[]);
    assert_eq!(answer.status, 2);
    assert!(
        answer.stderr.starts_with("cap: cannot read nowhere.cap: "),
        "{}",
        answer.stderr
    );
    assert!(
        answer
            .stdout
            .ends_with("2 files: 1 accepted, 1 could not be read\n"),
        "{}",
        answer.stdout
    );
}

#[test]
fn json_has_a_row_for_each_finding() {
    let folder = Folder::new();
    let good = folder.file("good.cap", &good());
    let bad = folder.file("bad.cap", &broken());
    let answer = verify(&[&good, &bad], &["--json"]);
    assert_eq!(answer.status, 1);
    let json: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(json["schema"], "cap-verify/1");
    assert_eq!(json["accepted"], false);
    let [good, bad] = json["files"].as_array().unwrap().as_slice() else {
        panic!("{json}")
    };
    assert_eq!(
        (&good["accepted"], &good["verified"]["classes"]),
        (&true.into(), &1.into())
    );
    assert_eq!(good["findings"].as_array().map(Vec::len), Some(0));
    let finding = &bad["findings"][0];
    assert_eq!(
        (&finding["component"], &finding["offset"]),
        (&"Header".into(), &4.into())
    );
    assert!(finding["rule"].as_str().unwrap().starts_with("CV1"), "{finding}");
}

/// The parts of SARIF 2.1.0 that it demands, and that every index leads to what it is of.
#[test]
fn sarif_names_rules_and_octets() {
    let folder = Folder::new();
    let bad = folder.file("bad file.cap", &broken());
    let answer = verify(&[&bad], &["--sarif"]);
    assert_eq!(answer.status, 1);
    let log: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    let rule =
        &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(rule["help"]["text"].is_string() && result["message"]["text"].is_string());
    let place = &result["locations"][0]["physicalLocation"];
    let artifact = usize::try_from(place["artifactLocation"]["index"].as_u64().unwrap()).unwrap();
    assert_eq!(
        run["artifacts"][artifact]["location"]["uri"],
        place["artifactLocation"]["uri"]
    );
    assert!(
        place["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .ends_with("bad%20file.cap")
    );
    // Tag and size, then the fifth octet of the Header.
    assert_eq!(place["region"]["byteOffset"], 3 + 4);
}

#[test]
fn a_platform_must_be_known() {
    let folder = Folder::new();
    let good = folder.file("good.cap", &good());
    let answer = verify(&[&good], &["--platform", "2.2.1"]);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    let answer = verify(&[&good], &["--platform", "9.9"]);
    assert_eq!(answer.status, 2);
    assert!(
        answer.stderr.contains("hint: `cap stubs --list`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn every_rule_is_explained() {
    let list = cap("explain", &[], &[]).stdout;
    let rules = cap_verify::Rule::ALL.iter().map(|rule| rule.code());
    let of_converter = cap_convert::Rule::ALL.iter().map(|rule| rule.code());
    for code in rules.chain(of_converter) {
        assert!(list.contains(&format!("  {code}  ")), "{code} is not listed");
        let answer = cap("explain", &[], &[&code.to_lowercase()]);
        assert_eq!(answer.status, 0, "{}", answer.stderr);
        assert!(
            answer.stdout.starts_with(&format!("{code}: ")),
            "{}",
            answer.stdout
        );
    }
    let answer = cap("explain", &[], &["CV999"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (1, ""));
    assert!(answer.stderr.contains("hint: `cap explain` lists all"));
}
