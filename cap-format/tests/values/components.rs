//! Each component: what is written is read as the same value, and known octets are what the specification says.

use cap_format::component::applet::AppletComponent;
use cap_format::component::class::{ClassComponent, ClassFlags, ClassItem, RemoteMethod};
use cap_format::component::constant_pool::{Constant, ConstantPoolComponent};
use cap_format::component::descriptor::DescriptorComponent;
use cap_format::component::directory::DirectoryComponent;
use cap_format::component::export::ExportComponent;
use cap_format::component::header::HeaderComponent;
use cap_format::component::import::ImportComponent;
use cap_format::component::method::{MethodComponent, MethodFlags};
use cap_format::component::reference_location::ReferenceLocationComponent;
use cap_format::component::static_field::StaticFieldComponent;
use cap_format::component::static_resources::StaticResourcesComponent;
use cap_format::component::{Tag, frame};
use cap_format::reference::{ClassRef, StaticRef};
use cap_format::type_descriptor::Type;
use cap_format::version::FormatVersion;
use proptest::prelude::*;

use crate::{octets, strategies};

/// The offsets of the methods of a component.
fn starts(methods: &MethodComponent) -> Vec<u16> {
    methods
        .offsets()
        .map(|(offset, _)| u16::try_from(offset).unwrap())
        .collect()
}

proptest! {
    #[test]
    fn header(value in strategies::header()) {
        prop_assert_eq!(HeaderComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn directory((format, value) in strategies::directory()) {
        prop_assert_eq!(DirectoryComponent::read(&value.write(format).unwrap(), format), Ok(value));
    }

    #[test]
    fn applets(value in strategies::applets()) {
        prop_assert_eq!(AppletComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn imports(value in strategies::imports()) {
        prop_assert_eq!(ImportComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn constant_pool(value in strategies::constant_pool()) {
        prop_assert_eq!(ConstantPoolComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn classes((format, value) in strategies::classes()) {
        prop_assert_eq!(ClassComponent::read(&value.write(format).unwrap(), format), Ok(value));
    }

    #[test]
    fn offsets_of_classes_are_where_they_are_written((format, value) in strategies::classes()) {
        let info = value.write(format).unwrap();
        let mut end = info.len();
        let items: Vec<_> = value.items(format).collect();
        for (offset, item) in items.into_iter().rev() {
            prop_assert_eq!(offset + item.octets(), end);
            end = offset;
            prop_assert_eq!(value.at(format, u16::try_from(offset).unwrap()), Some(item));
            let flags = match item {
                ClassItem::Interface(interface) => interface.flags,
                ClassItem::Class(class) => class.flags,
            };
            prop_assert_eq!(info[offset] >> 4, flags.0);
        }
    }

    #[test]
    fn methods(value in strategies::methods()) {
        prop_assert_eq!(MethodComponent::read(&value.write().unwrap(), &starts(&value)), Ok(value));
    }

    #[test]
    fn static_fields(value in strategies::static_fields()) {
        prop_assert_eq!(StaticFieldComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn reference_location(value in strategies::reference_location()) {
        prop_assert_eq!(ReferenceLocationComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn located_indices_are_those_of_the_instructions(methods in strategies::methods_of_instructions()) {
        let located = ReferenceLocationComponent::of(&methods).unwrap();
        prop_assert_eq!(ReferenceLocationComponent::read(&located.write().unwrap()), Ok(located.clone()));
        let info = methods.write().unwrap();
        let at = |offset: usize| usize::from(info[offset]);
        let mut found: Vec<usize> = located.byte_indices.iter().map(|offset| at(usize::from(*offset))).collect();
        found.extend(located.byte2_indices.iter().map(|offset| {
            let offset = usize::from(*offset);
            at(offset) << 8 | at(offset + 1)
        }));
        let catches = methods.handlers.iter().map(|handler| handler.catch_type_index).filter(|index| *index != 0);
        let code = methods.methods.iter().flat_map(|method| cap_format::bytecode::decode(&method.code).unwrap());
        let operands = code.filter_map(|(_, instruction)| instruction.constant());
        let mut wanted: Vec<usize> = catches.chain(operands).map(usize::from).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn exports(value in strategies::exports()) {
        prop_assert_eq!(ExportComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn descriptor(value in strategies::descriptor()) {
        prop_assert_eq!(DescriptorComponent::read(&value.write().unwrap()), Ok(value));
    }

    #[test]
    fn types_are_found_by_their_offsets(value in strategies::descriptor()) {
        for (offset, descriptor) in value.types.offsets() {
            let offset = u16::try_from(value.types_begin() + offset).unwrap();
            prop_assert_eq!(value.type_at(offset), Some(descriptor));
        }
        prop_assert_eq!(value.type_at(0), None);
    }

    #[test]
    fn static_resources(value in strategies::static_resources()) {
        prop_assert_eq!(StaticResourcesComponent::read(&value.write().unwrap()), Ok(value));
    }
}

#[test]
fn class_references_are_told_apart_by_the_highest_bit() {
    for value in 0..=0xFFFF {
        assert_eq!(ClassRef::from_u16(value).to_u16(), Some(value));
    }
    assert_eq!(ClassRef::from_u16(0x7FFF), ClassRef::Internal { offset: 0x7FFF });
    let external = ClassRef::External { package: 1, class: 2 };
    assert_eq!(ClassRef::from_u16(0x8102), external);
}

#[test]
fn constants_are_read_as_the_specification_writes_them() {
    let info = octets("0006 01 8003 00  02 0012 01  03 8103 82  04 0012 05  05 00 0010  06 81 02 03");
    let external = ClassRef::External { package: 0, class: 3 };
    let internal = ClassRef::Internal { offset: 0x12 };
    let method = StaticRef::External {
        package: 1,
        class: 2,
        token: 3,
    };
    let constants = vec![
        Constant::Class(external),
        Constant::InstanceField {
            class: internal,
            token: 1,
        },
        Constant::VirtualMethod {
            class: ClassRef::External { package: 1, class: 3 },
            token: 0x82,
        },
        Constant::SuperMethod {
            class: internal,
            token: 5,
        },
        Constant::StaticField(StaticRef::Internal { offset: 0x10 }),
        Constant::StaticMethod(method),
    ];
    let component = ConstantPoolComponent { constants };
    assert_eq!(ConstantPoolComponent::read(&info), Ok(component.clone()));
    assert_eq!(component.write(), Ok(info));
}

/// JCVM §6.12: a delta of 255 moves on without an entry.
#[test]
fn far_offsets_are_written_with_deltas_of_255() {
    let rows: [(&[u16], &str); 5] = [
        (&[], "0000"),
        (&[0, 1], "0002 00 01"),
        (&[254, 508], "0002 FE FE"),
        (&[255], "0002 FF 00"),
        (&[2, 600], "0004 02 FFFF 58"),
    ];
    for (offsets, text) in rows {
        let component = ReferenceLocationComponent {
            byte_indices: offsets.to_vec(),
            byte2_indices: Vec::new(),
        };
        let info = octets(&format!("{text} 0000"));
        assert_eq!(component.write(), Ok(info.clone()), "{text}");
        assert_eq!(ReferenceLocationComponent::read(&info), Ok(component), "{text}");
    }
}

#[test]
fn method_headers_have_two_or_four_octets() {
    let rows = [
        ("0310 7A", 0, 3, 1, 0),
        ("80 FF 01 10 7A", 8, 0xFF, 1, 16),
        ("0F12 7A", 0, 15, 1, 2),
    ];
    for (text, flags, max_stack, nargs, max_locals) in rows {
        let info = octets(&format!("00 {text}"));
        let component = MethodComponent::read(&info, &[1]).unwrap();
        let header = component.methods[0].header;
        assert_eq!(header.flags, MethodFlags(flags));
        assert_eq!(
            [header.max_stack, header.nargs, header.max_locals],
            [max_stack, nargs, max_locals]
        );
        assert_eq!(component.write(), Ok(info));
    }
}

#[test]
fn types_are_written_in_half_octets() {
    let info = octets("00 0001 FFFF 03 B4 10 08 6 8102 C 4 1");
    let component = DescriptorComponent::read(&info).unwrap();
    assert_eq!(component.types.0[0].0, [Type::ByteArray, Type::Short, Type::Void]);
    let apdu = Type::Reference(ClassRef::External { package: 1, class: 2 });
    assert_eq!(
        component.types.0[1].0,
        [apdu, Type::ShortArray, Type::Short, Type::Void]
    );
    assert_eq!(component.write(), Ok(info));
    let words: Vec<u8> = component.types.0[1].0.iter().map(|kind| kind.words()).collect();
    assert_eq!(words, [1, 1, 1, 0]);
}

#[test]
fn remote_classes_have_names_and_hashes() {
    let info = octets(
        "0003 03B440  A1 8100 01 72  22 8205 01 FF 00 01 01 00 00 0008  8100 00  0005 01 01  \
         01 9AAB 0000 01 00 01 69 01 0005",
    );
    let component = ClassComponent::read(&info, FormatVersion::V2_2).unwrap();
    assert_eq!(
        component.signature_pool.0[0].0,
        [Type::ByteArray, Type::Short, Type::Short]
    );
    assert_eq!(component.interfaces[0].remote_name, "r");
    let class = &component.classes[0];
    assert_eq!(class.flags, ClassFlags::REMOTE);
    assert_eq!(class.public_methods.get(1), Some(Some(8)));
    assert_eq!(class.public_methods.get(0), None);
    let remote = class.remote.as_ref().unwrap();
    let hash = RemoteMethod {
        hash: 0x9AAB,
        signature_offset: 0,
        token: 1,
    };
    assert_eq!(
        (remote.methods.as_slice(), remote.class_name.as_str()),
        ([hash].as_slice(), "i")
    );
    let offsets: Vec<usize> = component
        .items(FormatVersion::V2_2)
        .map(|(offset, _)| offset)
        .collect();
    assert_eq!(offsets, [5, 10]);
    assert_eq!(component.write(FormatVersion::V2_2), Ok(info));
}

#[test]
fn what_a_format_lacks_is_not_written() {
    let header = HeaderComponent::read(&octets("DECAFFED 02 02 00 0001 05 F054574F01 03 612F62")).unwrap();
    assert_eq!(header.package_name, "a/b");
    let old = HeaderComponent {
        format: FormatVersion::V2_1,
        ..header
    };
    let text = old.write().unwrap_err().to_string();
    assert_eq!(
        text,
        "Header component, offset 15: format 2.1 has no package name in its header"
    );
}

#[test]
fn components_stand_behind_tag_and_size() {
    assert_eq!(frame(Tag::Import, &[0]), Ok(octets("04 0001 00")));
    assert_eq!(
        frame(Tag::StaticResources, &[0, 0]),
        Ok(octets("0D 00000002 0000"))
    );
    assert!(frame(Tag::Method, &[0; 0x10000]).is_err());
    for tag in Tag::ALL {
        assert_eq!(Tag::from_u8(tag.octet()), Some(*tag));
    }
    let mut order = Tag::LOAD_ORDER.to_vec();
    order.push(Tag::Debug);
    order.sort_unstable();
    assert_eq!(order, Tag::ALL);
}
