use std::num::NonZeroU8;

use card_proto::aid::{Aid, AidError};
use card_proto::apdu::CommandApdu;
use card_proto::gp::GpError;
use card_proto::gp::delete::{Delete, DeleteKeyVersion, DeleteScope};
use card_proto::gp::get_status::{RegistryEntry, StatusSubset, get_status, get_status_of};
use card_proto::gp::install::{
    InstallForInstall, InstallForLoad, InstallForPersonalization, InstallForRegistryUpdate, InstallPurpose,
};
use card_proto::gp::life_cycle::application_state_name;
use card_proto::gp::load::{data_block, load_commands};
use card_proto::gp::put_key::{EncipheredKey, PutKey, PutKeyResponse};
use card_proto::gp::set_status::{SetStatus, StatusChange};
use card_proto::gp::store_data::{Dgi, groupings, store_data_command, store_data_commands};
use proptest::prelude::*;

use crate::{bytes, octets};

fn aid(text: &str) -> Aid {
    Aid::new(&octets(text)).unwrap()
}

#[test]
fn an_aid_has_5_to_16_octets() {
    assert_eq!(Aid::new(&[0; 4]), Err(AidError { length: 4 }));
    assert_eq!(Aid::new(&[0; 17]), Err(AidError { length: 17 }));
    let instance = aid("F054574F464F4C44 1001 0000 BFFF10 00");
    assert_eq!(instance.to_string(), "F054574F464F4C4410010000BFFF1000");
    assert_eq!(
        (instance.tar(), aid("A000000003").tar()),
        (Some([0xBF, 0xFF, 0x10]), None)
    );
    assert_eq!(format!("{:?}", aid("A000000003")), "Aid(A000000003)");
}

#[test]
fn install_for_load() {
    let mut install = InstallForLoad {
        load_file: aid("F000000001"),
        security_domain: None,
        hash: vec![0xAB; 16],
        size: Some(300),
    };
    let expected = octets(&format!(
        "80E60200 20 05F000000001 00 10{} 06 EF04C602012C 00",
        "AB".repeat(16)
    ));
    assert_eq!(install.to_command().unwrap().to_bytes(), expected);
    install.size = None;
    install.security_domain = Some(aid("A000000003"));
    install.hash.clear();
    let expected = octets("80E60200 0F 05F000000001 05A000000003 00 00 00");
    assert_eq!(install.to_command().unwrap().to_bytes(), expected);
    install.hash = vec![0; 256];
    let error = install.to_command().unwrap_err();
    assert_eq!(
        error,
        GpError::FieldLength {
            field: "load file data block hash",
            length: 256,
            limit: 255
        }
    );
}

#[test]
fn install_for_install_and_make_selectable() {
    let mut install = InstallForInstall {
        purpose: InstallPurpose::InstallAndMakeSelectable,
        load_file: aid("F000000001"),
        module: aid("F000000002"),
        instance: aid("F000000003"),
        privileges: vec![0],
        application_parameters: Vec::new(),
    };
    let data = "18 05F000000001 05F000000002 05F000000003 0100 02C900 00";
    assert_eq!(
        install.to_command().unwrap().to_bytes(),
        octets(&format!("80E60C00 {data}"))
    );
    install.purpose = InstallPurpose::Install;
    assert_eq!(install.to_command().unwrap().p1(), 0x04);
    install.purpose = InstallPurpose::MakeSelectable;
    assert_eq!(install.to_command().unwrap().p1(), 0x08);
    assert!(!format!("{install:?}").contains('['));
    install.application_parameters = vec![0; 240];
    assert!(install.to_command().is_err());
}

#[test]
fn install_for_personalization() {
    let install = InstallForPersonalization {
        application: aid("F000000003"),
    };
    assert_eq!(
        install.to_command().unwrap().to_bytes(),
        octets("80E62000 0B 00 00 05F000000003 00 00 00")
    );
}

#[test]
fn install_for_registry_update() {
    let install = InstallForRegistryUpdate {
        load_file: aid("F000000001"),
        module: aid("F000000002"),
        application: aid("F000000003"),
        privileges: vec![0],
    };
    assert_eq!(
        install.to_command().unwrap().to_bytes(),
        octets("80E64000 16 05F000000001 05F000000002 05F000000003 0100 00 00")
    );
}

#[test]
fn delete_takes_related_objects_along_or_not() {
    let mut delete = Delete {
        aid: aid("F000000001"),
        scope: DeleteScope::Object,
    };
    let command = |delete: &Delete| delete.to_command().unwrap().to_bytes();
    assert_eq!(command(&delete), octets("80E40000 07 4F05F000000001"));
    delete.scope = DeleteScope::WithRelated;
    assert_eq!(command(&delete), octets("80E40080 07 4F05F000000001"));
    let key_version = DeleteKeyVersion { version: 3 };
    assert_eq!(
        key_version.to_command().unwrap().to_bytes(),
        octets("80E40000 03 D20103")
    );
}

#[test]
fn set_status_locks_and_unlocks() {
    let command = |change| {
        let application = aid("F000000003");
        SetStatus { application, change }.to_command().unwrap().to_bytes()
    };
    assert_eq!(command(StatusChange::Lock), octets("80F04080 05 F000000003"));
    assert_eq!(command(StatusChange::Unlock), octets("80F04000 05 F000000003"));
    for locked in [0x83, 0x87, 0x8F] {
        assert_eq!(application_state_name(locked), "LOCKED");
    }
}

fn enciphered(length: u8) -> EncipheredKey {
    EncipheredKey {
        length,
        ciphertext: vec![length; if length == 16 { 16 } else { 32 }],
        check_value: [1, 2, 3],
    }
}

#[test]
fn put_key_carries_the_keys_of_a_version() {
    let mut put_key = PutKey {
        replaces: None,
        version: 3,
        keys: [enciphered(16), enciphered(16), enciphered(16)],
        counter: None,
    };
    let key = format!("88 11 10 {} 03 010203", "10".repeat(16));
    assert_eq!(
        put_key.to_command().unwrap().to_bytes(),
        octets(&format!("80D80081 46 03 {key}{key}{key}"))
    );
    put_key.replaces = NonZeroU8::new(1);
    put_key.counter = Some([0, 0, 0, 1, 2]);
    assert_eq!(
        put_key.to_command().unwrap().to_bytes(),
        octets(&format!("80D80181 4D 03 {key}{key}{key} 82050000000102"))
    );
    assert_eq!(format!("{:?}", put_key.keys[0]), "EncipheredKey(16 octets)");
    put_key.keys[1].ciphertext = vec![0; 200];
    assert!(put_key.to_command().is_err());
    put_key.keys[1].ciphertext = vec![0; 255];
    assert!(put_key.to_command().is_err());
}

#[test]
fn put_key_data_is_read_strictly() {
    let key = format!("88 11 10 {} 03 010203", "10".repeat(16));
    let good = format!("03 {key}{key}{key}");
    assert!(PutKey::parse(0, &octets(&good)).is_ok());
    for broken in [
        String::new(),
        format!("03 {key}{key}"),
        format!("03 {key}{key}80{}", &key[2..]),
        format!("03 {key}{key}88 00 03 010203"),
        format!("{good}00"),
        format!("{good}820400000001"),
        format!("{good}82060000000000 01"),
        format!("{good}82050000000001 00"),
        good.replace("03 010203", "02 0102"),
    ] {
        assert!(PutKey::parse(0, &octets(&broken)).is_err(), "{broken}");
    }
    let response = PutKeyResponse::parse(&octets("03 010203 040506 070809")).unwrap();
    assert_eq!((response.version, response.check_values[2]), (3, [7, 8, 9]));
    assert!(PutKeyResponse::parse(&octets("03 010203 040506 0708")).is_err());
    assert!(PutKeyResponse::parse(&octets("03 010203 040506 070809 00")).is_err());
}

#[test]
fn a_load_file_goes_in_numbered_blocks() {
    assert_eq!(data_block(&[7; 200])[..3], octets("C481C8"));
    let commands = load_commands(&[7; 200], 100).unwrap();
    let head = |c: &CommandApdu| (c.ins(), c.p1(), c.p2(), c.data().len());
    let heads: Vec<_> = commands.iter().map(head).collect();
    assert_eq!(heads, [(0xE8, 0, 0, 100), (0xE8, 0, 1, 100), (0xE8, 0x80, 2, 3)]);
    let joined: Vec<u8> = commands
        .iter()
        .flat_map(|command| command.data().to_vec())
        .collect();
    assert_eq!(joined, data_block(&[7; 200]));
    assert_eq!(load_commands(&[0; 300], 0), Err(GpError::BlockSize { size: 0 }));
    assert_eq!(
        load_commands(&[0; 300], 1),
        Err(GpError::TooManyBlocks { blocks: 304 })
    );
}

#[test]
fn data_groupings_take_a_long_length_from_255_on() {
    let short = Dgi {
        identifier: 0x0101,
        value: vec![1; 254],
    };
    let long = Dgi {
        identifier: 0x0101,
        value: vec![1; 255],
    };
    assert_eq!(short.to_bytes().unwrap()[..3], octets("0101FE"));
    assert_eq!(long.to_bytes().unwrap()[..5], octets("0101FF00FF"));
    let all = groupings(&[short.clone(), long.clone()]).unwrap();
    assert_eq!(Dgi::parse_all(&all).unwrap(), [short, long.clone()]);
    assert_eq!(format!("{long:?}"), "Dgi(0101, 255 octets)");
    assert!(
        Dgi {
            identifier: 0,
            value: vec![0; 65_536]
        }
        .to_bytes()
        .is_err()
    );
    assert!(Dgi::parse_all(&octets("010102AA")).is_err());
}

#[test]
fn store_data_is_numbered_and_ends_with_p1_80() {
    let commands = store_data_commands(&[5; 250], 200).unwrap();
    let heads: Vec<(u8, u8)> = commands
        .iter()
        .map(|command| (command.p1(), command.p2()))
        .collect();
    assert_eq!(heads, [(0x00, 0), (0x80, 1)]);
    assert_eq!(
        store_data_command(&[1, 2]).unwrap().to_bytes(),
        octets("80E28000 02 0102")
    );
    assert!(store_data_command(&[0; 256]).is_err());
}

#[test]
fn get_status_asks_and_reads_entries() {
    let both = StatusSubset::APPLICATIONS.and(StatusSubset::LOAD_FILES);
    assert_eq!(get_status(both, false).to_bytes(), octets("80F26002 02 4F00 00"));
    assert_eq!(
        get_status(StatusSubset::LOAD_FILES, true).to_bytes(),
        octets("80F22003 02 4F00 00")
    );
    let services = |prefix: &[u8]| get_status_of(StatusSubset::APPLICATIONS, prefix, false);
    assert_eq!(
        services(&octets("F05457")).unwrap().to_bytes(),
        octets("80F24002 05 4F03F05457 00")
    );
    assert_eq!(
        services(&[]).unwrap(),
        get_status(StatusSubset::APPLICATIONS, false)
    );
    assert!(services(&[0; 16]).is_ok() && services(&[0; 17]).is_err());
    let bytes = octets("E3 12 4F05F000000003 9F70010F C405F000000001 E3 0B 4F05F000000001 9F700101");
    let entries = RegistryEntry::parse_all(&bytes).unwrap();
    assert_eq!(entries[0].load_file, Some(aid("F000000001")));
    assert_eq!(
        (entries[0].life_cycle, application_state_name(0x0F)),
        (0x0F, "PERSONALIZED")
    );
    assert_eq!((entries[1].aid, entries[1].life_cycle), (aid("F000000001"), 0x01));
    assert_eq!(
        entries
            .iter()
            .flat_map(RegistryEntry::to_bytes)
            .collect::<Vec<_>>(),
        bytes
    );
    for broken in [
        "E2 00",
        "E3 00",
        "E3 07 4F05F000000001",
        "E3 0A 4F04F0000000 9F700101",
    ] {
        assert!(RegistryEntry::parse_all(&octets(broken)).is_err(), "{broken}");
    }
}

fn any_aid() -> impl Strategy<Value = Aid> {
    bytes(5..=16).prop_map(|octets| Aid::new(&octets).unwrap())
}

fn any_enciphered_key() -> impl Strategy<Value = EncipheredKey> {
    (any::<u8>(), bytes(0..60), any::<[u8; 3]>()).prop_map(|(length, ciphertext, check_value)| {
        EncipheredKey {
            length,
            ciphertext,
            check_value,
        }
    })
}

proptest! {
    #[test]
    fn put_key_comes_back(
        p1: u8, version: u8, keys in [any_enciphered_key(), any_enciphered_key(), any_enciphered_key()],
        counter in prop::option::of(any::<[u8; 5]>()),
    ) {
        let put_key = PutKey { replaces: NonZeroU8::new(p1), version, keys, counter };
        let command = put_key.to_command().unwrap();
        prop_assert_eq!(PutKey::parse(command.p1(), command.data()).unwrap(), put_key);
    }

    #[test]
    fn put_key_responses_come_back(version: u8, check_values: [[u8; 3]; 3]) {
        let response = PutKeyResponse { version, check_values };
        prop_assert_eq!(PutKeyResponse::parse(&response.to_bytes()).unwrap(), response);
    }

    #[test]
    fn entries_come_back(
        aid in any_aid(), life_cycle: u8, privileges in bytes(0..4),
        load_file in prop::option::of(any_aid()), modules in prop::collection::vec(any_aid(), 0..3),
    ) {
        let entry = RegistryEntry { aid, life_cycle, privileges, load_file, modules };
        prop_assert_eq!(RegistryEntry::parse_all(&entry.to_bytes()).unwrap(), [entry]);
    }

    #[test]
    fn groupings_come_back(list in prop::collection::vec((any::<u16>(), bytes(0..400)), 0..4)) {
        let list: Vec<Dgi> = list.into_iter().map(|(identifier, value)| Dgi { identifier, value }).collect();
        prop_assert_eq!(Dgi::parse_all(&groupings(&list).unwrap()).unwrap(), list);
    }
}
