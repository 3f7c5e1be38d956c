//! CAP files as a whole: what is computed, what is checked, and what a load file is.

use cap_format::cap::{Cap, CustomComponent};
use cap_format::component::Tag;
use cap_format::component::class::TokenMapping;
use cap_format::component::directory::{CustomComponentInfo, DirectoryComponent};
use cap_format::component::reference_location::ReferenceLocationComponent;
use cap_format::component::static_resources::StaticResourcesComponent;
use cap_format::container::CapFile;
use cap_format::load_file;
use cap_format::reference::ClassRef;
use cap_format::version::FormatVersion;
use card_proto::aid::Aid;
use card_proto::gp::load::data_block;

use proptest::prelude::*;

use crate::fixture::{counter, counter_cap};
use crate::{octets, strategies};

#[test]
fn components_are_read_as_they_are_written() {
    let cap = counter_cap();
    assert_eq!(Cap::from_components(&cap.to_components().unwrap()), Ok(cap));
}

#[test]
fn methods_stand_where_the_other_components_say() {
    let offsets: Vec<usize> = counter_cap()
        .methods
        .offsets()
        .map(|(offset, _)| offset)
        .collect();
    assert_eq!(offsets, [9, 26, 37, 49, 111]);
    assert!(counter_cap().methods.at(26).is_some());
    assert!(counter_cap().methods.at(27).is_none());
}

/// JCVM §6.12: the catch type of the handler is among the indices of two octets.
#[test]
fn reference_location_follows_from_the_code() {
    let located = ReferenceLocationComponent::of(&counter_cap().methods).unwrap();
    assert_eq!(located.byte_indices, [20, 41, 47, 109]);
    assert_eq!(
        located.byte2_indices,
        [7, 13, 23, 29, 33, 53, 74, 79, 85, 92, 101]
    );
}

#[test]
fn the_directory_follows_from_the_others() {
    let cap = counter_cap();
    let components = cap.to_components().unwrap();
    let directory = cap.directory().unwrap();
    for (tag, info) in &components.defined {
        assert_eq!(
            usize::try_from(directory.size(*tag)).unwrap(),
            info.len(),
            "{tag:?}"
        );
    }
    assert_eq!(
        (
            directory.image_size,
            directory.array_init_count,
            directory.array_init_size
        ),
        (4, 1, 3)
    );
    assert_eq!((directory.import_count, directory.applet_count), (2, 1));
    let read = DirectoryComponent::read(&components.defined[&Tag::Directory], FormatVersion::V2_1);
    assert_eq!(read, Ok(directory));
}

#[test]
fn a_load_file_has_the_components_in_the_order_of_loading() {
    let cap = counter_cap();
    let file = cap.to_load_file_with_descriptor().unwrap();
    assert_eq!(Cap::read(&file), Ok(cap.clone()));
    let mut tags = Vec::new();
    let mut rest = file.as_slice();
    while let [tag, high, low, behind @ ..] = rest {
        tags.push(*tag);
        rest = &behind[usize::from(u16::from_be_bytes([*high, *low]))..];
    }
    assert_eq!(tags, [1, 2, 4, 3, 6, 7, 8, 10, 5, 9, 11]);
    let length = u16::try_from(file.len()).unwrap().to_be_bytes();
    assert_eq!(data_block(&file)[..4], [0xC4, 0x82, length[0], length[1]]);
}

/// The method that nothing refers to is found between two others and at the end.
#[test]
fn a_load_file_without_descriptor_has_the_same_methods() {
    let cap = counter_cap();
    let read = Cap::read(&cap.to_load_file().unwrap()).unwrap();
    assert_eq!(read.methods, cap.methods);
    let without = Cap {
        descriptor: None,
        ..cap
    };
    assert_eq!(read, without);
    let again = Cap::read(&without.to_load_file().unwrap());
    assert_eq!(again, Ok(without));
}

#[test]
fn every_format_is_read_as_it_is_written() {
    for format in FormatVersion::ALL {
        let mut cap = counter_cap();
        cap.header.format = format;
        if format > FormatVersion::V2_1 {
            cap.debug = Some(vec![0, 0, 0]);
            shift_classes(&mut cap);
        }
        if format == FormatVersion::V2_3 {
            let mapping = TokenMapping {
                public_tokens: (0..9).collect(),
                cap22_inheritable_methods: 9,
            };
            cap.classes.classes[0].token_mapping = Some(mapping);
            cap.static_resources = Some(StaticResourcesComponent::default());
        }
        let components = cap.to_components().unwrap();
        assert_eq!(Cap::from_components(&components), Ok(cap), "{format}");
    }
}

/// From format 2.2 on, the length of the signature pool stands before the first class.
fn shift_classes(cap: &mut Cap) {
    let shift = |class: ClassRef| match class {
        ClassRef::Internal { offset } => ClassRef::Internal { offset: offset + 2 },
        external => external,
    };
    for class in cap
        .descriptor
        .iter_mut()
        .flat_map(|descriptor| &mut descriptor.classes)
    {
        class.this_class = shift(class.this_class);
    }
    for interface in &mut cap.classes.classes[0].interfaces {
        interface.interface = shift(interface.interface);
    }
}

#[test]
fn custom_components_are_kept() {
    let mut file = counter();
    let custom = CustomComponent {
        tag: 0x80,
        aid: Aid::new(&octets("F054574F01")).unwrap(),
        name: "Extra".to_owned(),
        info: vec![1, 2, 3],
    };
    file.cap.custom_components.push(custom.clone());
    let listed = file.cap.directory().unwrap().custom_components;
    let (tag, aid) = (custom.tag, custom.aid);
    assert_eq!(listed, [CustomComponentInfo { tag, size: 3, aid }]);
    assert_eq!(CapFile::read(&file.write().unwrap()), Ok(file.clone()));
    // A card does not take them.
    let without = Cap {
        custom_components: Vec::new(),
        ..file.cap.clone()
    };
    assert_eq!(
        load_file::read(&file.cap.to_load_file_with_descriptor().unwrap()),
        Ok(without)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_read_as_it_is_written(cap in strategies::cap()) {
        let components = cap.to_components().unwrap();
        prop_assert_eq!(&Cap::from_components(&components), &Ok(cap.clone()));
        let names = cap.applets.iter().flat_map(|component| &component.applets).map(|applet| applet.aid.to_string());
        let file = CapFile {
            package_name: "com/example/any".to_owned(),
            applet_names: names.collect(),
            cap,
        };
        prop_assert_eq!(&CapFile::read(&file.write().unwrap()), &Ok(file));
    }

    #[test]
    fn any_load_file_is_read_without_what_it_leaves_out(cap in strategies::cap()) {
        let loaded = Cap {
            debug: None,
            custom_components: Vec::new(),
            ..cap.clone()
        };
        prop_assert_eq!(Cap::read(&cap.to_load_file_with_descriptor().unwrap()), Ok(loaded));
    }
}
