//! Arbitrary octets never panic: cut short at every length, every octet changed, and at random.

use cap_format::bytecode::{decode, disassemble};
use cap_format::cap::{Cap, RawComponents};
use cap_format::component::Tag;
use cap_format::component::applet::AppletComponent;
use cap_format::component::class::ClassComponent;
use cap_format::component::constant_pool::ConstantPoolComponent;
use cap_format::component::descriptor::DescriptorComponent;
use cap_format::component::directory::DirectoryComponent;
use cap_format::component::export::ExportComponent;
use cap_format::component::header::HeaderComponent;
use cap_format::component::import::ImportComponent;
use cap_format::component::method::MethodComponent;
use cap_format::component::reference_location::ReferenceLocationComponent;
use cap_format::component::static_field::StaticFieldComponent;
use cap_format::component::static_resources::StaticResourcesComponent;
use cap_format::container::CapFile;
use cap_format::error::CapError;
use cap_format::export_file::ExportFile;
use cap_format::version::FormatVersion;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::export_file::library;
use crate::fixture::{counter, counter_cap};
use crate::vectors;

/// Every prefix of `bytes`, and `bytes` with each octet changed in turn.
fn neighbors(bytes: &[u8], visit: impl FnMut(&[u8])) {
    neighbors_by(&[0x01, 0x02, 0x08, 0x80, 0xFF], bytes, visit);
}

/// As [`neighbors`], each octet changed by these masks.
fn neighbors_by(masks: &[u8], bytes: &[u8], mut visit: impl FnMut(&[u8])) {
    for length in 0..bytes.len() {
        visit(&bytes[..length]);
    }
    let mut changed = bytes.to_vec();
    for index in 0..bytes.len() {
        for mask in masks {
            changed[index] ^= mask;
            visit(&changed);
            changed[index] ^= mask;
        }
    }
}

/// What is read, is written as the same octets.
fn writes_back<T>(
    bytes: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, CapError>,
    write: impl FnOnce(&T) -> Result<Vec<u8>, CapError>,
) {
    if let Ok(value) = read(bytes) {
        assert_eq!(write(&value).as_deref(), Ok(bytes));
    }
}

fn component(tag: Tag, info: &[u8], format: FormatVersion) {
    match tag {
        Tag::Header => writes_back(info, HeaderComponent::read, HeaderComponent::write),
        Tag::Directory => writes_back(
            info,
            |info| DirectoryComponent::read(info, format),
            |value| value.write(format),
        ),
        Tag::Applet => writes_back(info, AppletComponent::read, AppletComponent::write),
        Tag::Import => writes_back(info, ImportComponent::read, ImportComponent::write),
        Tag::ConstantPool => writes_back(info, ConstantPoolComponent::read, ConstantPoolComponent::write),
        Tag::Class => writes_back(
            info,
            |info| ClassComponent::read(info, format),
            |value| value.write(format),
        ),
        Tag::Method => {
            writes_back(
                info,
                |info| MethodComponent::read(info, &[1, 9, 26]),
                MethodComponent::write,
            );
            writes_back(
                info,
                |info| MethodComponent::read_without_descriptor(info, &[26]),
                MethodComponent::write,
            );
        }
        Tag::StaticField => writes_back(info, StaticFieldComponent::read, StaticFieldComponent::write),
        Tag::ReferenceLocation => writes_back(
            info,
            ReferenceLocationComponent::read,
            ReferenceLocationComponent::write,
        ),
        Tag::Export => writes_back(info, ExportComponent::read, ExportComponent::write),
        Tag::Descriptor => writes_back(info, DescriptorComponent::read, DescriptorComponent::write),
        Tag::StaticResources => writes_back(
            info,
            StaticResourcesComponent::read,
            StaticResourcesComponent::write,
        ),
        Tag::Debug => {}
    }
}

/// A CAP file that is read, is written as the same components.
fn cap(components: &RawComponents) {
    if let Ok(cap) = Cap::from_components(components) {
        assert_eq!(cap.to_components().as_ref(), Ok(components));
    }
}

/// The CAP files of the vectors, as components.
fn samples() -> Vec<RawComponents> {
    let vectors = vectors::all()
        .into_iter()
        .map(|(_, text)| vectors::components(&text));
    vectors.chain([counter_cap().to_components().unwrap()]).collect()
}

#[test]
fn components_cut_short_or_changed() {
    for sample in samples() {
        let format = HeaderComponent::read(&sample.defined[&Tag::Header])
            .unwrap()
            .format;
        for (tag, info) in &sample.defined {
            neighbors(info, |info| component(*tag, info, format));
        }
    }
}

#[test]
fn files_with_a_component_cut_short_or_changed() {
    for sample in samples() {
        for (tag, info) in &sample.defined {
            let mut changed = sample.clone();
            neighbors(info, |info| {
                changed.defined.insert(*tag, info.to_vec());
                cap(&changed);
            });
        }
    }
}

#[test]
fn load_files_cut_short_or_changed() {
    neighbors(&counter_cap().to_load_file().unwrap(), |file| {
        if let Ok(cap) = Cap::read(file) {
            assert_eq!(Cap::read(&cap.to_load_file().unwrap()), Ok(cap));
        }
    });
}

#[test]
fn archives_cut_short_or_changed() {
    neighbors_by(&[0x01, 0xFF], &counter().write().unwrap(), |archive| {
        if let Ok(file) = CapFile::read(archive)
            && let Ok(written) = file.write()
        {
            assert_eq!(CapFile::read(&written), Ok(file));
        }
    });
}

#[test]
fn export_files_cut_short_or_changed() {
    neighbors(&library().write().unwrap(), |bytes| {
        if let Ok(file) = ExportFile::read(bytes) {
            assert_eq!(ExportFile::read(&file.write().unwrap()), Ok(file));
        }
    });
}

/// The method component is all switches that branch into each other: followed once, then given up.
#[test]
fn overlapping_code_is_given_up_soon() {
    let mut info = vec![0, 0, 0];
    while info.len() < 65_000 {
        info.extend([0x73, 0x00, 0x01, 0x00, 0x00, 0x27, 0x10]);
        info.extend([0x00, 0x01].repeat(100));
    }
    let started = std::time::Instant::now();
    let _ = MethodComponent::read_without_descriptor(&info, &[]);
    assert!(started.elapsed().as_secs() < 5);
}

proptest! {
    #[test]
    fn random_components(tag in prop::sample::select(Tag::ALL), info in vec(any::<u8>(), 0..100), format in crate::strategies::format()) {
        component(tag, &info, format);
    }

    #[test]
    fn random_code_between_known_methods(info in vec(any::<u8>(), 1..200), starts in vec(0..200u16, 0..4)) {
        if let Ok(methods) = MethodComponent::read_without_descriptor(&info, &starts) {
            prop_assert_eq!(methods.write(), Ok(info));
        }
    }

    #[test]
    fn random_files(bytes in vec(any::<u8>(), 0..200)) {
        let _ = Cap::read(&bytes);
        let _ = ExportFile::read(&bytes);
        let _ = CapFile::read(&[b"PK\x03\x04", bytes.as_slice()].concat());
        let _ = decode(&bytes);
        let _ = disassemble(&bytes);
    }
}
