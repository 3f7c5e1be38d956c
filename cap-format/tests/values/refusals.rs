//! What is refused, and the words of the refusal: the part, the place, what was wanted, what was found.

use cap_format::cap::{Cap, RawComponents};
use cap_format::component::Tag;
use cap_format::component::applet::AppletComponent;
use cap_format::component::class::{ClassComponent, ClassInfo, InterfaceInfo};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::descriptor::DescriptorComponent;
use cap_format::component::header::HeaderComponent;
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{Method, MethodComponent, MethodFlags};
use cap_format::component::reference_location::ReferenceLocationComponent;
use cap_format::component::static_field::StaticFieldComponent;
use cap_format::error::CapError;
use cap_format::reference::ClassRef;
use cap_format::version::FormatVersion;

use crate::fixture::counter_cap;
use crate::octets;

type Read = fn(&[u8]) -> Option<CapError>;

#[test]
fn malformed_components_are_refused_where_the_fault_stands() {
    let rows: &[(Read, &str, &str)] = &[
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFEE",
            "Header component, offset 0: wanted the magic number DECAFFED, found 0xDECAFFEE",
        ),
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFED 0402",
            "Header component, offset 4: wanted format version 2.1, 2.2 or 2.3, found 0x204",
        ),
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFED 0302 08",
            "Header component, offset 6: wanted a compact CAP file, found 0x8",
        ),
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFED 0102 00 0001 04 01020304",
            "Header component, offset 9: AID of 4 octets; ISO 7816-4 allows 5 to 16",
        ),
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFED 0202 00 0001 05 0102030405 01 FF",
            "Header component, offset 15: a name is not UTF-8 or has control characters",
        ),
        (
            |info| HeaderComponent::read(info).err(),
            "DECAFFED 0102 00 0001 05 0102030405 00",
            "Header component, offset 15: 1 octets are left over",
        ),
        (
            |info| ImportComponent::read(info).err(),
            "81",
            "Import component, offset 0: wanted at most 128 imported packages, found 0x81",
        ),
        (
            |info| AppletComponent::read(info).err(),
            "01 05 0102030405 00",
            "Applet component, offset 7: wanted 2 more octets, 1 are left",
        ),
        (
            |info| ConstantPoolComponent::read(info).err(),
            "FFFF 01",
            "ConstantPool component, offset 0: wanted 262140 more octets, 1 are left",
        ),
        (
            |info| ConstantPoolComponent::read(info).err(),
            "0001 07 000000",
            "ConstantPool component, offset 2: wanted a constant with tag 1 to 6, found 0x7",
        ),
        (
            |info| ConstantPoolComponent::read(info).err(),
            "0001 01 8000 01",
            "ConstantPool component, offset 5: wanted 00 after a class reference, found 0x1",
        ),
        (
            |info| ConstantPoolComponent::read(info).err(),
            "0001 06 010000",
            "ConstantPool component, offset 3: wanted 00 (internal) or 80 to FF (external), found 0x1",
        ),
        (
            |info| ClassComponent::read(info, FormatVersion::V2_1).err(),
            "00 8000 00FF00 00000000 80",
            "Class component, offset 10: wanted a class: interfaces stand before classes, found 0x80",
        ),
        (
            |info| StaticFieldComponent::read(info).err(),
            "0003 0001 0000 0000 0000",
            "StaticField component, offset 0: the size of the static field image is stated as 3, but the file has 2",
        ),
        (
            |info| StaticFieldComponent::read(info).err(),
            "0000 0000 0001",
            "StaticField component, offset 2: wanted at least as many references as initialized arrays, found 0x0",
        ),
        (
            |info| StaticFieldComponent::read(info).err(),
            "0002 0001 0001 06 0000",
            "StaticField component, offset 6: wanted an array of type 2, 3, 4 or 5, found 0x6",
        ),
        (
            |info| ReferenceLocationComponent::read(info).err(),
            "0002 0500 0000",
            "RefLocation component, offset 3: wanted an offset above the one before, found 0x0",
        ),
        (
            |info| ReferenceLocationComponent::read(info).err(),
            "0001 FF 0000",
            "RefLocation component, offset 3: wanted 1 more octets, 0 are left",
        ),
        (
            |info| DescriptorComponent::read(info).err(),
            "00 0000 01 70",
            "Descriptor component, offset 3: wanted types of 1, 2, 3, 4, 5, 6+4, A, B, C, D, E+4, found 0x7",
        ),
        (
            |info| DescriptorComponent::read(info).err(),
            "00 0000 03 6800",
            "Descriptor component, offset 3: wanted types of 1, 2, 3, 4, 5, 6+4, A, B, C, D, E+4, found 0x6",
        ),
        (
            |info| DescriptorComponent::read(info).err(),
            "00 0000 01 11",
            "Descriptor component, offset 3: wanted 0 in the unused half octet, found 0x1",
        ),
        (
            |info| DescriptorComponent::read(info).err(),
            "01 00000000000001 0000 0000000000 8006",
            "Descriptor component, offset 15: wanted a field type of 8002 to 8005 or an offset, found 0x8006",
        ),
        (
            |info| MethodComponent::read(info, &[1]).err(),
            "00 20 00 7A",
            "Method component, offset 1: wanted method flags 8 (extended) and 4 (abstract), found 0x2",
        ),
        (
            |info| MethodComponent::read(info, &[1]).err(),
            "00 81 00 00 00 7A",
            "Method component, offset 1: wanted 0 in the unused half octet, found 0x1",
        ),
        (
            |info| MethodComponent::read(info, &[1]).err(),
            "00 40 10 7A",
            "Method component, offset 3: 1 octets are left over",
        ),
        (
            |info| MethodComponent::read(info, &[2]).err(),
            "00 00 10 7A",
            "Method component, offset 1: wanted the beginning of a method as another component states it, found 0x2",
        ),
        (
            |info| MethodComponent::read(info, &[]).err(),
            "00 00 10 7A",
            "Method component, offset 1: 3 octets are left over",
        ),
        (
            |info| MethodComponent::read(info, &[1, 9]).err(),
            "00 00 10 7A",
            "Method component, offset 1: wanted 8 more octets, 3 are left",
        ),
    ];
    for (read, info, wanted) in rows {
        let error = read(&octets(info)).unwrap_or_else(|| panic!("{info} is read"));
        assert_eq!(error.to_string(), *wanted, "{info}");
    }
}

/// The components of the fixture, one of them changed.
fn changed(tag: Tag, change: impl FnOnce(&mut Vec<u8>)) -> RawComponents {
    let mut components = counter_cap().to_components().unwrap();
    change(components.defined.get_mut(&tag).unwrap());
    components
}

#[test]
fn components_that_contradict_each_other_are_refused() {
    type Change = fn(&mut Vec<u8>);
    let rows: [(Tag, Change, &str); 8] = [
        (
            Tag::Directory,
            |info| info[1] += 1,
            "Directory component, offset 0: the size of the Header component is stated as 18, but the file has 17",
        ),
        (
            Tag::Directory,
            |info| info[27] = 4,
            "Directory component, offset 0: the size of initialized arrays is stated as 4, but the file has 3",
        ),
        (
            Tag::Directory,
            |info| info[29] = 0,
            "Directory component, offset 0: the count of applets is stated as 0, but the file has 1",
        ),
        (
            Tag::ReferenceLocation,
            |info| info[2] -= 1,
            "RefLocation component, offset 0: the operand at offset 19 of the Method component is listed, but no constant pool index stands there",
        ),
        (
            Tag::ReferenceLocation,
            |info| *info = vec![0; 4],
            "RefLocation component, offset 0: the operand at offset 20 of the Method component is a constant pool index that is not listed",
        ),
        (
            Tag::Method,
            |info| info[11] = 0xFF,
            "Method component, offset 11: opcode FF is no instruction of a CAP file",
        ),
        (
            Tag::Applet,
            |info| info[11] += 1,
            "Method component, offset 27: wanted 1 more octets, 0 are left",
        ),
        (
            Tag::Method,
            |info| info.push(0x7A),
            "Method component, offset 111: the length of the code of a method is stated as 1, but the file has 2",
        ),
    ];
    for (tag, change, wanted) in rows {
        let error = Cap::from_components(&changed(tag, change)).unwrap_err();
        assert_eq!(error.to_string(), wanted, "{tag:?}");
    }
}

#[test]
fn load_files_are_refused_where_the_fault_stands() {
    let file = counter_cap().to_load_file().unwrap();
    let twice = [file.as_slice(), &file].concat();
    let rows = [
        (
            octets("0E 0000"),
            "load file, offset 0: wanted the tag of a component, 1 to D or, once each, 80 to FF, found 0xE",
        ),
        (
            octets("0D 00100001"),
            "load file, offset 0: 1048577 octets of a component, the most is 1048576",
        ),
        (
            octets("01 0002 00"),
            "load file, offset 3: wanted 2 more octets, 1 are left",
        ),
        (
            octets("80 0000 80 0000"),
            "load file, offset 3: wanted the tag of a component, 1 to D or, once each, 80 to FF, found 0x80",
        ),
        (
            octets(""),
            "Header component, offset 0: the Header component is missing",
        ),
    ];
    for (bytes, wanted) in rows {
        assert_eq!(Cap::read(&bytes).unwrap_err().to_string(), wanted);
    }
    let wanted = format!("load file, offset {}: a second Header component", file.len());
    assert_eq!(Cap::read(&twice).unwrap_err().to_string(), wanted);
}

/// A value that no file can hold.
#[test]
fn what_does_not_fit_is_not_written() {
    type Change = fn(&mut Cap);
    let refusal = |change: Change| {
        let mut cap = counter_cap();
        change(&mut cap);
        cap.to_components().unwrap_err().to_string()
    };
    let rows: [(Change, &str); 10] = [
        (
            |cap| cap.imports.packages = vec![cap.header.package; 129],
            "Import component, offset 0: 129 imported packages, the most is 128",
        ),
        (
            |cap| cap.methods.methods[0].header.max_stack = 16,
            "Method component, offset 9: 16 words in a compact method header, the most is 15",
        ),
        (
            |cap| cap.methods.methods[0].header.flags |= MethodFlags::ABSTRACT,
            "Method component, offset 11: 15 octets of code of an abstract method, the most is 0",
        ),
        (
            |cap| cap.methods.handlers[0].active_length = 0x8000,
            "Method component, offset 1: 32768 octets guarded by an exception handler, the most is 32767",
        ),
        (
            |cap| {
                cap.methods.methods = vec![
                    Method {
                        code: vec![0; 40000],
                        ..Method::default()
                    };
                    2
                ]
            },
            "Method component, offset 80013: 80013 octets of a component, the most is 65535",
        ),
        (
            |cap| cap.classes.interfaces = vec![InterfaceInfo::default()],
            "Class component, offset 0: wanted the flag `interface` of interfaces only, and four flags, found 0x0",
        ),
        (
            |cap| cap.classes.classes[0].super_class = Some(ClassRef::from_u16(0xFFFF)),
            "Class component, offset 4: wanted a class reference other than FFFF, which means none, found 0xFFFF",
        ),
        (
            |cap| {
                cap.classes.classes = vec![ClassInfo {
                    first_reference_token: Some(0xFF),
                    ..ClassInfo::default()
                }]
            },
            "Class component, offset 7: wanted a token of a reference field below FF, which means none, found 0xFF",
        ),
        (
            |cap| cap.constant_pool.constants = vec![Constant::Class(ClassRef::Internal { offset: 0x8000 })],
            "ConstantPool component, offset 3: 32768 as offset of a class, the most is 32767",
        ),
        (
            |cap| cap.debug = Some(vec![0]),
            "Directory component, offset 22: format 2.1 has no size of a Debug component",
        ),
    ];
    for (change, wanted) in rows {
        assert_eq!(refusal(change), wanted);
    }
}
