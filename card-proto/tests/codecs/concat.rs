use card_proto::sms::address::Address;
use card_proto::sms::concat::{
    Reassembled, Reassembly, ReassemblyError, SegmentError, capacity, segment_command_packet, segment_count,
    segment_response_packet,
};
use card_proto::sms::user_data::{Reference, UserData};
use proptest::prelude::*;

use crate::{bytes, octets};

const REF8: Reference = Reference::Ref8(0x5A);
const REF16: Reference = Reference::Ref16(0x1234);

fn segments(packet: &[u8], reference: Reference) -> Vec<UserData> {
    let list = segment_command_packet(packet, reference).unwrap();
    assert!(list.iter().all(|segment| segment.len() <= 140));
    list.iter()
        .map(|segment| UserData::parse(segment).unwrap())
        .collect()
}

fn originator() -> Address {
    Address::new("+4917").unwrap()
}

#[test]
fn headers_are_those_of_the_standard() {
    assert_eq!(segment_command_packet(&[9], REF8).unwrap(), [octets("027000 09")]);
    assert_eq!(
        segment_response_packet(&[9], REF8).unwrap(),
        [octets("027100 09")]
    );
    let heads = |reference, length: usize| -> Vec<Vec<u8>> {
        let list = segment_command_packet(&[9; 200], reference).unwrap();
        list.iter().map(|segment| segment[..length].to_vec()).collect()
    };
    assert_eq!(
        heads(REF8, 6),
        [octets("07 0003 5A 02 01"), octets("05 0003 5A 02 02")]
    );
    assert_eq!(
        heads(REF16, 7),
        [octets("08 0804 1234 02 01"), octets("06 0804 1234 02 02")]
    );
    let first = &segment_command_packet(&[9; 200], REF8).unwrap()[0];
    assert_eq!(first[6..9], octets("7000 09"));
}

#[test]
fn capacity_is_132_and_134_for_each_more() {
    assert_eq!(
        (capacity(1, REF8), capacity(2, REF8), capacity(255, REF8)),
        (137, 132 + 134, 34_168)
    );
    assert_eq!((capacity(1, REF16), capacity(2, REF16)), (137, 131 + 133));
    for (length, count) in [
        (0, 1),
        (137, 1),
        (138, 2),
        (266, 2),
        (267, 3),
        (34_168, 255),
        (34_169, 256),
    ] {
        assert_eq!(segment_count(length, REF8), count, "{length}");
    }
}

#[test]
fn the_largest_packet_fits_and_one_octet_more_does_not() {
    let list = segments(&vec![1; 34_168], REF8);
    assert_eq!(list.len(), 255);
    let error = segment_command_packet(&vec![1; 34_169], REF8).unwrap_err();
    assert_eq!(
        error,
        SegmentError {
            length: 34_169,
            limit: 34_168
        }
    );
}

#[test]
fn a_message_of_one_segment_needs_no_collecting() {
    let mut reassembly = Reassembly::new(1, 7);
    let alone = UserData::parse(&octets("027000 0102")).unwrap();
    assert_eq!(
        reassembly.accept(&originator(), alone),
        Ok(Some(Reassembled::CommandPacket(vec![1, 2])))
    );
    let response = UserData::parse(&octets("027100 0102")).unwrap();
    assert_eq!(
        reassembly.accept(&originator(), response),
        Ok(Some(Reassembled::ResponsePacket(vec![1, 2])))
    );
    let text = UserData::parse(&octets("00 0102")).unwrap();
    assert_eq!(
        reassembly.accept(&originator(), text),
        Err(ReassemblyError::NotASecuredPacket)
    );
}

#[test]
fn a_lying_total_drops_the_message() {
    let mut reassembly = Reassembly::new(2, 7);
    let list = segments(&[7; 300], REF8);
    assert_eq!(reassembly.accept(&originator(), list[0].clone()), Ok(None));
    let mut liar = list[1].clone();
    liar.elements[0].data[1] = 4;
    let error = reassembly.accept(&originator(), liar).unwrap_err();
    assert_eq!(error, ReassemblyError::TotalChanged { earlier: 3, now: 4 });
    assert_eq!(reassembly.pending(), 0);
}

#[test]
fn a_segment_that_changes_drops_the_message() {
    let mut reassembly = Reassembly::new(2, 7);
    let list = segments(&[7; 300], REF8);
    assert_eq!(reassembly.accept(&originator(), list[0].clone()), Ok(None));
    let mut other = list[0].clone();
    other.payload[0] ^= 1;
    let error = reassembly.accept(&originator(), other).unwrap_err();
    assert_eq!(error, ReassemblyError::ContentChanged { sequence: 1 });
    assert_eq!(reassembly.pending(), 0);
}

#[test]
fn the_bounds_hold() {
    let mut reassembly = Reassembly::new(2, 3);
    let long = segments(&[7; 500], REF8);
    let error = reassembly.accept(&originator(), long[0].clone()).unwrap_err();
    assert_eq!(error, ReassemblyError::TooManySegments { total: 4, limit: 3 });
    let of = |reference: u8| segments(&[reference; 300], Reference::Ref8(reference));
    for reference in 1..=3 {
        assert_eq!(
            reassembly.accept(&originator(), of(reference)[0].clone()),
            Ok(None)
        );
        assert!(reassembly.pending() <= 2);
    }
    // Message 1 was evicted by message 3: its other segments alone make nothing.
    for segment in &of(1)[1..] {
        assert_eq!(reassembly.accept(&originator(), segment.clone()), Ok(None));
    }
    // They began a new message, which evicted message 2; message 3 is still there.
    let whole: Vec<_> = of(3)[1..]
        .iter()
        .map(|segment| reassembly.accept(&originator(), segment.clone()))
        .collect();
    assert_eq!(
        whole,
        [Ok(None), Ok(Some(Reassembled::CommandPacket(vec![3; 300])))]
    );
}

#[test]
fn originator_and_width_of_the_reference_tell_messages_apart() {
    let mut reassembly = Reassembly::new(4, 7);
    let (narrow, wide) = (
        segments(&[1; 200], Reference::Ref8(5)),
        segments(&[2; 200], Reference::Ref16(5)),
    );
    let other = Address::new("+4918").unwrap();
    assert_eq!(reassembly.accept(&originator(), narrow[0].clone()), Ok(None));
    assert_eq!(reassembly.accept(&originator(), wide[1].clone()), Ok(None));
    assert_eq!(reassembly.accept(&other, narrow[1].clone()), Ok(None));
    assert_eq!(reassembly.pending(), 3);
    let whole = reassembly.accept(&originator(), narrow[1].clone());
    assert_eq!(whole, Ok(Some(Reassembled::CommandPacket(vec![1; 200]))));
}

proptest! {
    #[test]
    fn packets_come_back_in_any_order_with_duplicates(
        packet in bytes(138..930),
        wide: bool,
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let list = segments(&packet, if wide { REF16 } else { REF8 });
        let mut reassembly = Reassembly::new(1, 8);
        let all = order.iter().map(|index| index.index(list.len())).chain(0..list.len());
        let mut whole = None;
        for index in all {
            whole = reassembly.accept(&originator(), list[index].clone()).unwrap();
            if whole.is_some() {
                break;
            }
        }
        prop_assert_eq!(whole, Some(Reassembled::CommandPacket(packet)));
    }

    #[test]
    fn arbitrary_segments_stay_within_the_bounds(
        list in prop::collection::vec((any::<u8>(), 0_u8..9, 0_u8..9, bytes(0..3)), 0..60),
    ) {
        let mut reassembly = Reassembly::new(3, 7);
        for (reference, total, sequence, payload) in list {
            let head = [7, 0, 3, reference % 8, total, sequence, 0x70, 0];
            let user_data = UserData::parse(&[&head[..], &payload].concat()).unwrap();
            let _ = reassembly.accept(&originator(), user_data);
            prop_assert!(reassembly.pending() <= 3);
        }
    }
}
