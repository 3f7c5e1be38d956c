//! CV1xx: what reading finds.

use std::collections::BTreeMap;

use cap_format::component::{Tag, frame};
use cap_verify::{Environment, Rule, verify_file};

use crate::support::packages;

/// The octets after tag and size of the components of the package with the applet.
type Components = BTreeMap<Tag, Vec<u8>>;

/// The load file breaks `rule` after the change.
fn breaks(rule: Rule, change: impl FnOnce(&mut Components)) {
    let mut components = packages().counting.cap.to_components().unwrap().defined;
    change(&mut components);
    let in_order = Tag::LOAD_ORDER
        .iter()
        .filter_map(|tag| Some((tag, components.get(tag)?)));
    let octets: Vec<u8> = in_order
        .flat_map(|(tag, info)| frame(*tag, info).unwrap())
        .collect();
    let environment = Environment {
        exports: &packages().exports,
        ..Environment::default()
    };
    let findings = verify_file(&octets, &environment).expect_err("a finding");
    let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [rule], "{}", findings[0]);
}

fn set(components: &mut Components, tag: Tag, offset: usize, octet: u8) {
    components.get_mut(&tag).unwrap()[offset] = octet;
}

#[test]
fn a_file_is_an_archive_or_components_one_after_another() {
    for octets in [&b"PK\x03\x04"[..], b"no CAP file"] {
        let findings = verify_file(octets, &Environment::default()).expect_err("a finding");
        assert_eq!(findings[0].rule, Rule::Container);
    }
}

#[test]
fn components_are_there_and_end_where_they_end() {
    breaks(Rule::ComponentMissing, |all| drop(all.remove(&Tag::Method)));
    breaks(Rule::Extent, |all| all.get_mut(&Tag::Export).unwrap().push(0));
    breaks(Rule::Extent, |all| {
        all.get_mut(&Tag::ConstantPool).unwrap().pop();
    });
}

#[test]
fn values_are_those_that_the_format_has() {
    breaks(Rule::FieldValue, |all| set(all, Tag::ConstantPool, 2, 9));
    breaks(Rule::Format, |all| set(all, Tag::Header, 4, 9));
    breaks(Rule::AidLength, |all| set(all, Tag::Applet, 1, 0));
    breaks(Rule::StaticImage, |all| set(all, Tag::StaticField, 1, 99));
}

#[test]
fn the_directory_says_how_large_the_others_are() {
    breaks(Rule::DirectorySize, |all| set(all, Tag::Directory, 1, 99));
    breaks(Rule::DirectorySize, |all| {
        let applets = all[&Tag::Directory].len() - 2;
        set(all, Tag::Directory, applets, 9);
    });
}

#[test]
fn code_consists_of_the_methods_and_instructions_that_are_listed() {
    let method = packages().counting.cap.methods.methods_begin();
    breaks(Rule::Instruction, |all| set(all, Tag::Method, method + 2, 0xFE));
    breaks(Rule::ReferenceLocation, |all| {
        let list = all.get_mut(&Tag::ReferenceLocation).unwrap();
        // The first of the places of one octet, one octet farther.
        list[2] += 1;
    });
    breaks(Rule::MethodExtent, |all| {
        let mut descriptor = packages().counting.cap.descriptor.clone().unwrap();
        let methods = descriptor.classes.iter_mut().flat_map(|class| &mut class.methods);
        methods
            .filter(|method| method.bytecode_count > 0)
            .for_each(|method| method.bytecode_count += 1);
        all.insert(Tag::Descriptor, descriptor.write().unwrap());
    });
}
