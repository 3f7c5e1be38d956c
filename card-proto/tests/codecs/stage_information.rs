use card_proto::aid::Aid;
use card_proto::stage_information::{
    FirstStageFailures, KeyInformation, LoadUnderWay, MemoryLeft, ScriptRecord, SecondStageFailures,
    StageVersion, StorageOne, StorageTwo,
};
use card_proto::status_word::StatusWord;
use proptest::prelude::*;

use crate::{bytes, octets};

#[test]
fn key_information_has_eight_octets_for_each_version() {
    let versions = KeyInformation::parse_all(&octets("01 88 10 0000000102 03 88 20 00000000FF")).unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!((versions[0].version, versions[0].key_length), (1, 16));
    assert_eq!((versions[1].version, versions[1].key_length), (3, 32));
    assert_eq!(versions[1].counter, [0, 0, 0, 0, 0xFF]);
    assert_eq!(KeyInformation::parse_all(&[]).unwrap(), []);
    for broken in [
        "01 88 10 00000001",
        "01 80 10 0000000102",
        "01 88 11 0000000102",
        "01 88 10 0000000102 03",
    ] {
        assert!(KeyInformation::parse_all(&octets(broken)).is_err(), "{broken}");
    }
}

#[test]
fn a_record_before_the_first_command_has_no_status_word() {
    let records = ScriptRecord::parse_all(&octets("0000000007 00 0000 0000000009 02 6A84")).unwrap();
    assert_eq!((records[0].executed, records[0].last), (0, None));
    assert_eq!(
        (records[1].executed, records[1].last),
        (2, Some(StatusWord::NOT_ENOUGH_MEMORY))
    );
    assert!(ScriptRecord::parse(&octets("0000000007 00 0000 00")).is_err());
}

#[test]
fn the_other_values_have_their_fields_in_order() {
    assert_eq!(
        StageVersion::parse(&octets("0200")).unwrap(),
        StageVersion { major: 2, minor: 0 }
    );
    let storage = StorageOne::parse(&octets("3C 32 2E 08 03")).unwrap();
    assert_eq!((storage.records_used, storage.slots_used), (50, 3));
    let storage = StorageTwo::parse(&octets("4000 3FC0 01 02")).unwrap();
    assert_eq!(
        (storage.free, storage.load_files, storage.services),
        (0x3FC0, 1, 2)
    );
    let failures = FirstStageFailures::parse(&octets("0001 0002 03 0A")).unwrap();
    assert_eq!(
        (
            failures.messages_refused,
            failures.authentications_refused,
            failures.pin_tries,
            failures.puk_tries
        ),
        (1, 2, 3, 10)
    );
    let failures = SecondStageFailures::parse(&octets("FFFF")).unwrap();
    assert_eq!(failures.packets_refused, u16::MAX);
    let memory = MemoryLeft::parse(&octets("7FFF 0100 0200")).unwrap();
    assert_eq!((memory.clear_on_reset, memory.clear_on_deselect), (256, 512));
    let load = LoadUnderWay::parse(&octets("05 F000000001 0123 04")).unwrap();
    assert_eq!((load.received, load.next_block), (0x0123, 4));
    for broken in [
        "",
        "04 F0000000 0123 04",
        "05 F000000001 0123",
        "05 F000000001 0123 04 00",
    ] {
        assert!(LoadUnderWay::parse(&octets(broken)).is_err(), "{broken}");
    }
}

/// What can be read from `bytes` as a `T` is written as the same octets.
fn same<T>(bytes: &[u8], parsed: Result<T, impl std::fmt::Debug>, write: impl Fn(&T) -> Vec<u8>) {
    if let Ok(value) = parsed {
        assert_eq!(write(&value), bytes);
    }
}

proptest! {
    #[test]
    fn what_is_read_is_written_alike(bytes in bytes(0..10)) {
        same(&bytes, StageVersion::parse(&bytes), StageVersion::to_bytes);
        same(&bytes, ScriptRecord::parse(&bytes), ScriptRecord::to_bytes);
        same(&bytes, StorageOne::parse(&bytes), StorageOne::to_bytes);
        same(&bytes, StorageTwo::parse(&bytes), StorageTwo::to_bytes);
        same(&bytes, FirstStageFailures::parse(&bytes), FirstStageFailures::to_bytes);
        same(&bytes, SecondStageFailures::parse(&bytes), SecondStageFailures::to_bytes);
        same(&bytes, MemoryLeft::parse(&bytes), MemoryLeft::to_bytes);
    }

    #[test]
    fn versions_come_back(versions in prop::collection::vec(
        (any::<u8>(), prop::sample::select(vec![16_u8, 24, 32]), any::<[u8; 5]>()), 0..4)) {
        let versions: Vec<_> = versions.into_iter()
            .map(|(version, key_length, counter)| KeyInformation { version, key_length, counter }).collect();
        let value: Vec<u8> = versions.iter().flat_map(KeyInformation::to_bytes).collect();
        prop_assert_eq!(KeyInformation::parse_all(&value).unwrap(), versions);
    }

    #[test]
    fn a_load_under_way_comes_back(aid in bytes(5..=16), received: u16, next_block: u8) {
        let load = LoadUnderWay { load_file: Aid::new(&aid).unwrap(), received, next_block };
        prop_assert_eq!(LoadUnderWay::parse(&load.to_bytes()).unwrap(), load);
    }
}
