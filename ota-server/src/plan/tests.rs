#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;

use card_proto::apdu::CommandApdu;
use proptest::prelude::*;

use super::*;
use crate::item::{Access, DataObject, Service};

fn profile(max_segments: u8) -> CardProfile {
    CardProfile {
        max_segments,
        ..CardProfile::new("8949000000000000011", "491700000001")
    }
}

fn plan_of(toml: &str, segments: u8) -> Result<Plan, PlanError> {
    let items = DataItem::parse_toml(toml, Path::new("t.toml")).unwrap();
    plan(&items[0], &profile(segments), |_| vec![0xAA; 16])
}

fn service(load_file: usize, object: usize, wrap: Wrap) -> DataItem {
    let octets = |n: usize| Octets((0..n).map(|i| i.to_be_bytes()[7]).collect());
    let content = ItemContent::Service(Service {
        wrap,
        load_file_aid: octets(10),
        load_file: octets(load_file),
        module_aid: octets(11),
        instance_aid: octets(13),
        privileges: 0,
        objects: vec![DataObject {
            tag: 0xDF20,
            access: Access::Pin,
            value: octets(object),
        }],
        pin: None,
    });
    DataItem {
        name: "s".into(),
        content,
    }
}

#[test]
fn capacities_follow_from_the_packet_sizes() {
    // One SMS: 137 octets of packet, 98 of secured data (AES, 8 octets of CC), 4 for the template.
    assert_eq!(
        Route::FirstStage.capacity(1),
        Capacity {
            octets: 94,
            commands: 23
        }
    );
    // Seven segments: 936 octets of packet, 898 of secured data; nested 866.
    assert_eq!(
        Route::FirstStage.capacity(7),
        Capacity {
            octets: 894,
            commands: 23
        }
    );
    assert_eq!(
        Route::Double.capacity(7),
        Capacity {
            octets: 862,
            commands: 15
        }
    );
    assert_eq!(
        Route::Double.capacity(0),
        Capacity {
            octets: 0,
            commands: 15
        }
    );
}

#[test]
fn an_entry_is_appended_unless_a_record_is_named() {
    let append = plan_of("[[phonebook]]\nname='p'\nentries=[{name='Ann',number='12'}]", 7).unwrap();
    assert!(
        append.commands[0]
            .apdu
            .0
            .starts_with(&[0x00, 0xE2, 0x00, 0x00, 46])
    );
    let update = plan_of(
        "[[phonebook]]\nname='p'\nstart_record=3\nentries=[{name='A',number='1'},{name='B',number='2'}]",
        7,
    )
    .unwrap();
    assert!(
        update.commands[1]
            .apdu
            .0
            .starts_with(&[0x00, 0xDC, 0x04, 0x04, 46])
    );
}

#[test]
fn an_authentication_value_is_a_data_grouping_of_slot_and_value() {
    let plan = plan_of(
        "[[authentication]]\nname='a'\nvalues=[{slot=2,value='000102030405060708090a0b0c0d0e0f'}]",
        1,
    )
    .unwrap();
    assert_eq!(
        hex::encode(&plan.commands[0].apdu.0),
        "80e2800014010111020001020304050607".to_owned() + "08090a0b0c0d0e0f"
    );
}

#[test]
fn languages_are_a_data_grouping_of_their_codes() {
    let plan = plan_of("[[languages]]\nname='l'\npreferred=['pl','en','fr']", 1).unwrap();
    assert_eq!(plan.route, Route::FirstStage);
    let apdus: Vec<String> = plan
        .commands
        .iter()
        .map(|command| hex::encode(&command.apdu.0))
        .collect();
    assert_eq!(apdus, ["80e28000095f2d06706c656e6672"]);
}

#[test]
fn the_pin_of_a_service_is_its_first_object_and_never_readable() {
    let plan = plan_of(
        "[[service]]\nname='s'\nmodule_aid='a000000001'\ninstance_aid='a000000002'\npin='1234'\n\
         load_file={aid='a000000003',hex='00'}\nobjects=[{tag='0101',access='pin',hex='aa'}]",
        7,
    )
    .unwrap();
    let last = plan.commands.last().unwrap();
    assert_eq!(
        hex::encode(&last.apdu.0),
        "80e2800013".to_owned() + "df100b02" + "030331323334ffffffff" + "01010201aa"
    );
    assert!(!plan.commands.iter().any(|command| command.words.contains("1234")));
}

#[test]
fn a_number_that_cannot_be_coded_is_refused_with_its_entry() {
    let error = plan_of("[[phonebook]]\nname='p'\nentries=[{name='Ann',number='x'}]", 7)
        .unwrap_err()
        .to_string();
    assert!(error.contains("entry 1") && error.contains("Ann"), "{error}");
}

#[test]
fn no_script_exceeds_the_answers_a_proof_of_receipt_holds() {
    let entries: String = (0..60)
        .map(|n| format!("{{name='N{n}',number='{n}'}},"))
        .collect();
    let plan = plan_of(&format!("[[phonebook]]\nname='p'\nentries=[{entries}]"), 255).unwrap();
    assert_eq!(next_script(&plan, 0, plan.route.capacity(255)), 23);
    assert_eq!(next_script(&plan, 46, plan.route.capacity(255)), 14);
    assert_eq!(next_script(&plan, 60, plan.route.capacity(255)), 0);
}

#[test]
fn a_load_file_that_needs_more_than_256_blocks_is_refused() {
    let error = plan(&service(30_000, 1, Wrap::Double), &profile(1), |_| vec![0; 16]).unwrap_err();
    assert!(
        matches!(
            error,
            PlanError::TooManyBlocks { .. } | PlanError::TooSmall { .. }
        ),
        "{error}"
    );
}

proptest! {
    /// Blocks in order give the data back, numbers run from 0, only the last has P1 = 80, every script fits.
    #[test]
    fn blocks_carry_the_load_file_and_the_objects(
        load in 1_usize..6000, object in 1_usize..3000, segments in 2_u8..12, double: bool,
    ) {
        let wrap = if double { Wrap::Double } else { Wrap::Single };
        let item = service(load, object, wrap);
        let Ok(plan) = plan(&item, &profile(segments), |_| vec![0; 16]) else { return Ok(()); };
        for (ins, start) in [(0xE8, 0xC4), (0xE2, 0xDF)] {
            let blocks: Vec<_> = plan.commands.iter()
                .map(|command| CommandApdu::parse(&command.apdu.0).unwrap())
                .filter(|command| command.ins() == ins).collect();
            let data: Vec<u8> = blocks.iter().flat_map(|block| block.data().to_vec()).collect();
            prop_assert_eq!(data[0], start);
            prop_assert!(blocks.iter().enumerate().all(|(n, block)| usize::from(block.p2()) == n));
            let last_only = blocks.iter().rev().enumerate().all(|(n, block)| (block.p1() == 0x80) == (n == 0));
            prop_assert!(last_only);
        }
        let capacity = plan.route.capacity(segments);
        let mut at = 0;
        while at < plan.commands.len() {
            let count = next_script(&plan, at, capacity);
            prop_assert!(count > 0 && count <= capacity.commands);
            prop_assert!(encode_script(&plan, at, count).len() <= capacity.octets + TEMPLATE);
            at += count;
        }
    }
}
