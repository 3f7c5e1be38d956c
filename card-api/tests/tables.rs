//! The tables agree with each other and with the rules for tokens (JCVM §4.3.7).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cap_format::export_file::{ExportAccess, ExportFile, ExportedClass, ExportedMethod};
use card_api::api::{Api, ApiSet, PackageChoice};

fn api() -> Api {
    Api::embedded().unwrap_or_else(|error| panic!("{error}"))
}

/// Packages that are on no Java Card platform and that others need; each in a version that all of them can live with.
const BESIDE: [&str; 6] = [
    "org.globalplatform@1.7",
    "org.globalplatform.securechannel@1.1",
    "uicc.access@1.2",
    "uicc.access.fileadministration@1.0",
    "uicc.toolkit@1.10",
    "sim.access@2.2",
];

/// Every version of every package, each with what it needs.
fn every_release(api: &Api, mut check: impl FnMut(&ApiSet, &ExportFile)) {
    for table in api.packages() {
        for version in table.versions() {
            let this = PackageChoice {
                name: table.name().to_owned(),
                version: *version,
            };
            let beside = BESIDE.iter().map(|text| text.parse::<PackageChoice>().unwrap());
            let mut packages: Vec<_> = beside.filter(|choice| choice.name != this.name).collect();
            packages.push(this);
            let set = choose_with_platform(api, table.name(), *version, &packages);
            check(&set, &set.export_file(set.package(table.name()).unwrap()));
        }
    }
}

/// With the platform that the package is of, or with a late one.
fn choose_with_platform(
    api: &Api,
    name: &str,
    version: cap_format::version::PackageVersion,
    packages: &[PackageChoice],
) -> ApiSet {
    let of = |platform: &&card_api::platform::Platform| {
        let is_java_card = platform.packages.iter().any(|(name, _)| name == "java/lang");
        is_java_card && platform.packages.contains(&(name.to_owned(), version))
    };
    match api.platforms().iter().find(of) {
        Some(platform) => api.choose(&[&platform.name], &[]),
        None => api.choose(&["3.0.5"], packages),
    }
    .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_table_of_the_folder_is_embedded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/api");
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let of_packages: BTreeSet<_> = names.filter(|name| name.ends_with(".api")).collect();
    let embedded = api()
        .packages()
        .map(|table| format!("{}.api", table.name().replace('/', ".")))
        .collect();
    assert_eq!(of_packages, embedded);
}

#[test]
fn tokens_are_consecutive() {
    every_release(&api(), |_, file| {
        let package = format!("{} {}", file.package.name, file.package.info.version);
        assert_consecutive(&package, file.classes.iter().map(|class| class.token));
        for class in &file.classes {
            let what = format!("{package}: {}", class.name);
            let of = |kind: fn(&ExportedMethod) -> bool| {
                let methods = class.methods.iter().filter(move |method| kind(method));
                methods.map(|method| method.token)
            };
            let fields = class.fields.iter().filter(|field| field.constant.is_none());
            assert_consecutive(&what, of(has_static_token));
            assert_consecutive(&what, of(|method| !has_static_token(method)));
            assert_consecutive(&what, fields.map(|field| field.token));
        }
    });
}

fn has_static_token(method: &ExportedMethod) -> bool {
    method.name == "<init>" || method.access.contains(ExportAccess::STATIC)
}

/// 0, 1, 2 and so on, each once.
fn assert_consecutive(what: &str, tokens: impl Iterator<Item = u8>) {
    let mut tokens: Vec<_> = tokens.collect();
    tokens.sort_unstable();
    let wanted: Vec<_> = (0..tokens.len())
        .map(|token| u8::try_from(token).unwrap())
        .collect();
    assert_eq!(tokens, wanted, "{what}");
}

/// A virtual method keeps the token of the method it overrides. Deviation: in Java Card 3.2 a class got a method whose token its
/// subclasses had already used.
#[test]
fn overriding_keeps_the_token() {
    let mut deviations = BTreeSet::new();
    every_release(&api(), |set, file| {
        let is_class = |class: &&ExportedClass| !class.access.contains(ExportAccess::INTERFACE);
        for class in file.classes.iter().filter(is_class) {
            let moved = overriding(set, class).into_iter();
            deviations.extend(
                moved
                    .filter(|(method, inherited)| method.token != inherited.token)
                    .map(|(method, _)| {
                        format!("{}.{} {}", class.name, method.name, file.package.info.version)
                    }),
            );
        }
    });
    let known = [
        "javacard/security/InitializedMessageDigest$OneShot.doIntermediateMessageDigest 1.8",
        "javacard/security/InitializedMessageDigest.doIntermediateMessageDigest 1.8",
        "javacard/security/MessageDigest$OneShot.doIntermediateMessageDigest 1.8",
    ];
    assert_eq!(deviations.iter().map(String::as_str).collect::<Vec<_>>(), known);
}

/// Each virtual method of the superclass with the method of the class that has its name and types.
fn overriding(set: &ApiSet, class: &ExportedClass) -> Vec<(ExportedMethod, ExportedMethod)> {
    let Some(superclass) = class.superclasses.last() else {
        return Vec::new();
    };
    let (package, _) = superclass.rsplit_once('/').unwrap();
    let file = set.export_file(set.package(package).unwrap());
    let inherited = file
        .classes
        .iter()
        .find(|class| class.name == *superclass)
        .unwrap();
    let same = |method: &ExportedMethod| {
        let is_same =
            |other: &&ExportedMethod| other.name == method.name && other.descriptor == method.descriptor;
        class.methods.iter().find(is_same).unwrap().clone()
    };
    let virtuals = inherited
        .methods
        .iter()
        .filter(|method| !has_static_token(method));
    virtuals.map(|method| (same(method), method.clone())).collect()
}

#[test]
fn every_platform_stands_alone_or_on_java_card() {
    let api = api();
    for platform in api.platforms() {
        let is_java_card = platform.packages.iter().any(|(name, _)| name == "java/lang");
        let below: &[&str] = if is_java_card { &[] } else { &["2.2.1", "uicc-7.9"] };
        let mut names: Vec<&str> = below.to_vec();
        names.retain(|name| !(platform.name.starts_with("uicc") && name.starts_with("uicc")));
        names.push(&platform.name);
        let set = api
            .choose(&names, &[])
            .unwrap_or_else(|error| panic!("{names:?}: {error}"));
        assert!(set.packages().count() >= platform.packages.len());
    }
}

#[test]
fn every_package_has_an_aid_of_its_own() {
    let api = api();
    let mut aids = BTreeMap::new();
    for table in api.packages() {
        let package = api.package(table.name(), table.versions()[0]).unwrap();
        assert_eq!(package.aid, table.aid());
        assert_eq!(aids.insert(package.aid.to_string(), package.name), None);
    }
    assert_eq!(aids["A0000000620101"], "javacard/framework");
}

/// What a version adds must not take anything away from an applet that was built for an earlier one of the same major version.
#[test]
fn a_later_version_keeps_every_token() {
    let api = api();
    let mut earlier: Option<ExportFile> = None;
    every_release(&api, |_, file| {
        let before = earlier.replace(file.clone());
        let is_successor = |before: &ExportFile| {
            before.package.name == file.package.name
                && before.package.info.version.major == file.package.info.version.major
        };
        for class in before
            .filter(is_successor)
            .map(|before| before.classes)
            .into_iter()
            .flatten()
        {
            let now = file
                .class(&class.name)
                .unwrap_or_else(|| panic!("{} is gone", class.name));
            assert_eq!(now.token, class.token, "{}", class.name);
            for method in &class.methods {
                let is_same = |other: &&ExportedMethod| {
                    other.name == method.name && other.descriptor == method.descriptor
                };
                let now = now.methods.iter().find(is_same).map(|method| method.token);
                assert_eq!(now, Some(method.token), "{}.{}", class.name, method.name);
            }
        }
    });
}

#[test]
fn export_files_can_be_read_back() {
    every_release(&api(), |_, file| {
        let bytes = file.write().unwrap();
        assert_eq!(ExportFile::read(&bytes).as_ref(), Ok(file));
    });
}

/// Values from JC API 2.2.1 and JCVM §4.3.7, written down by hand.
#[test]
fn an_export_file_lists_what_is_inherited() {
    let set = api().choose(&["2.2.1"], &[]).unwrap();
    let file = set.export_file(set.package("javacard/framework").unwrap());
    let class = file.class("javacard/framework/ISOException").unwrap();
    assert_eq!(
        class.superclasses,
        [
            "java/lang/Object",
            "java/lang/Throwable",
            "java/lang/Exception",
            "java/lang/RuntimeException",
            "javacard/framework/CardRuntimeException"
        ]
    );
    let methods: Vec<_> = class
        .methods
        .iter()
        .map(|method| (method.token, method.name.as_str(), method.descriptor.as_str()))
        .collect();
    assert_eq!(
        methods,
        [
            (0, "<init>", "(S)V"),
            (1, "throwIt", "(S)V"),
            (0, "equals", "(Ljava/lang/Object;)Z"),
            (1, "getReason", "()S"),
            (2, "setReason", "(S)V"),
        ]
    );
    let iso = file.class("javacard/framework/ISO7816").unwrap();
    assert_eq!(iso.fields[0].constant, Some(-0x7000));
    assert_eq!(
        (iso.fields[0].token, iso.fields[0].name.as_str()),
        (0xFF, "SW_NO_ERROR")
    );
}

#[test]
fn interfaces_count_on_from_their_superinterfaces() {
    let set = api().choose(&["3.0.5"], &[]).unwrap();
    let file = set.export_file(set.package("javacard/security").unwrap());
    let class = file.class("javacard/security/ECPrivateKey").unwrap();
    let token = |name: &str| {
        class
            .methods
            .iter()
            .find(|method| method.name == name)
            .unwrap()
            .token
    };
    assert_eq!(class.interfaces.len(), 3);
    // clearKey is the first of Key, setFieldFP the first of ECKey; copyDomainParametersFrom came to ECKey when 18 and 19 were taken.
    let tokens = [
        "clearKey",
        "setFieldFP",
        "setS",
        "getS",
        "copyDomainParametersFrom",
    ]
    .map(token);
    assert_eq!(tokens, [0, 4, 18, 19, 20]);
}

#[test]
fn choices_that_cannot_be_made() {
    let api = api();
    let choose = |platforms: &[&str], packages: &[&str]| {
        let packages: Result<Vec<PackageChoice>, _> = packages.iter().map(|text| text.parse()).collect();
        packages
            .and_then(|packages| api.choose(platforms, &packages))
            .unwrap_err()
            .to_string()
    };
    assert!(choose(&["2.2"], &[]).starts_with("there is no platform 2.2; known are 2.1.1, "));
    assert_eq!(
        choose(&[], &["javacard.framework"]),
        "`javacard.framework` is not of the form NAME@VERSION, for example javacard.framework@1.2"
    );
    assert_eq!(
        choose(&[], &["javacard.frame@1.0"]),
        "there is no table of the package javacard.frame"
    );
    assert_eq!(
        choose(&[], &["java.lang@1.1"]),
        "the table of java.lang has no version 1.1; it has 1.0"
    );
    assert_eq!(
        choose(&["2.2.1", "2.2.2"], &[]),
        "javacard.framework is wanted in version 1.2 and in version 1.3; name one of them as javacard.framework@VERSION"
    );
    assert_eq!(
        choose(&[], &["java.lang@1.0", "sim.access@2.2"]),
        "sim.access 2.2: sim.access.SIMView refers to javacard.framework.Shareable, which no chosen package has; add its package or a platform"
    );
}

#[test]
fn a_named_package_replaces_that_of_the_platform() {
    let choice = "javacardx.crypto@1.3".parse().unwrap();
    let set = api().choose(&["2.2.1"], &[choice]).unwrap();
    assert_eq!(
        set.package("javacardx/crypto").unwrap().to_string(),
        "javacardx.crypto 1.3"
    );
}
