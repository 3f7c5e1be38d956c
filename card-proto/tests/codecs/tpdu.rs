use card_proto::sms::address::{Address, AddressError};
use card_proto::sms::tpdu::{
    FCS_DATA_DOWNLOAD_ERROR, MAX_USER_DATA_ACK, MAX_USER_DATA_ERROR, SmsDeliver, SmsDeliverReport, SmsSubmit,
    TimeStamp, TpUserData, TpduError, ValidityPeriod,
};
use card_proto::sms::user_data::{Concatenation, InformationElement, Reference, UserData};
use proptest::prelude::*;

use crate::{bytes, octets};

#[test]
fn a_data_download_message_has_the_octets_of_the_standard() {
    let time = TimeStamp::new([26, 11, 22], [9, 5, 0], 4);
    let deliver = SmsDeliver::data_download(Address::new("12345678").unwrap(), time, &octets("027000 0011"));
    let expected = octets("44 08 81 21436587 7F F6 62112290500040 05 027000 0011");
    assert_eq!(deliver.to_bytes().unwrap(), expected);
    assert!(deliver.is_data_download());
    assert_eq!(SmsDeliver::parse(&expected).unwrap(), deliver);
    assert_eq!((time.date(), time.time()), (Some([26, 11, 22]), Some([9, 5, 0])));
}

#[test]
fn a_negative_time_zone_sets_its_sign() {
    assert_eq!(TimeStamp::new([0; 3], [0; 3], -20).0[6], 0x0A);
    assert_eq!(TimeStamp([0xFF; 7]).date(), None);
}

#[test]
fn a_submit_of_a_card_is_read() {
    let submit = SmsSubmit::secured_packet(Address::new("+4917").unwrap(), &octets("027100 00"));
    let expected = octets("41 00 04 91 9471 7F F6 04 027100 00");
    assert_eq!(submit.to_bytes().unwrap(), expected);
    assert_eq!(SmsSubmit::parse(&expected).unwrap(), submit);
    assert!(SmsDeliver::parse(&expected).is_err() && SmsSubmit::parse(&octets("44")).is_err());
}

#[test]
fn delivery_reports_have_their_own_limits() {
    let report = SmsDeliverReport::acknowledge(0x7F, 0xF6, &octets("027100"));
    assert_eq!(report.to_bytes().unwrap(), octets("00 07 7F F6 03 027100"));
    assert_eq!(
        SmsDeliverReport::parse_ack(&octets("00 07 7F F6 03 027100")).unwrap(),
        report
    );
    assert!(
        SmsDeliverReport::acknowledge(0x7F, 0xF6, &[0; MAX_USER_DATA_ACK])
            .to_bytes()
            .is_ok()
    );
    assert!(
        SmsDeliverReport::acknowledge(0x7F, 0xF6, &[0; MAX_USER_DATA_ACK + 1])
            .to_bytes()
            .is_err()
    );

    let data = vec![0; MAX_USER_DATA_ERROR + 1];
    let mut error = SmsDeliverReport::acknowledge(0x7F, 0xF6, &data);
    error.failure_cause = Some(FCS_DATA_DOWNLOAD_ERROR);
    assert_eq!(
        error.to_bytes(),
        Err(TpduError::UserDataTooLong {
            length: 159,
            limit: 158
        })
    );
    error.user_data = None;
    assert_eq!(error.to_bytes().unwrap(), octets("00 D5 03 7F F6"));
    assert_eq!(
        SmsDeliverReport::parse_error(&octets("00 D5 03 7F F6")).unwrap(),
        error
    );
}

#[test]
fn septets_are_counted_as_septets() {
    // "hellohello": 10 septets in 9 octets, TP-DCS 00.
    let text = octets("04 04 91 9471 00 00 62112290500040 0A E8329BFD4697D9EC37");
    let deliver = SmsDeliver::parse(&text).unwrap();
    assert_eq!(
        (deliver.user_data.septets, deliver.user_data.octets.len()),
        (Some(10), 9)
    );
    assert_eq!(deliver.to_bytes().unwrap(), text);
    let mut wrong = deliver;
    wrong.user_data.septets = Some(20);
    assert_eq!(
        wrong.to_bytes(),
        Err(TpduError::SeptetsDoNotFit {
            septets: 20,
            length: 9
        })
    );
}

#[test]
fn alphanumeric_originators_are_text() {
    // "Info": four septets take seven semi-octets.
    let tpdu = octets("04 07 D0 49B7F9 0D 00 04 62112290500040 00");
    let deliver = SmsDeliver::parse(&tpdu).unwrap();
    assert_eq!(deliver.originating_address.digits(), "Info");
    assert_eq!(deliver.to_bytes().unwrap(), tpdu);
}

#[test]
fn addresses_say_what_they_cannot_hold() {
    assert_eq!(
        Address::new("12x"),
        Err(AddressError::Character { character: 'x' })
    );
    assert_eq!(
        Address::new(&"1".repeat(21)),
        Err(AddressError::TooLong {
            length: 21,
            limit: 20
        })
    );
    assert_eq!(Address::new("+491").unwrap().to_string(), "+491");
    assert!(SmsDeliver::parse(&octets("04 15 91 9471")).is_err());
}

#[test]
fn a_user_data_header_is_taken_apart() {
    let user_data = UserData::parse(&octets("07 0003 5A 03 01 7000 0118")).unwrap();
    assert!(user_data.has(0x70) && !user_data.has(0x71));
    assert_eq!(user_data.payload, [0x01, 0x18]);
    let reference = Reference::Ref8(0x5A);
    assert_eq!(
        user_data.concatenation(),
        Some(Concatenation {
            reference,
            total: 3,
            sequence: 1
        })
    );
    for broken in ["", "03 0003", "02 0003", "05 0004 5A 03 01"] {
        assert!(UserData::parse(&octets(broken)).is_err(), "{broken}");
    }
    // TS 23.040 §9.2.3.24.1: senseless elements are ignored.
    for senseless in [
        "05 0003 5A 00 00",
        "05 0003 5A 03 00",
        "05 0003 5A 03 04",
        "04 0002 5A 03",
    ] {
        assert_eq!(
            UserData::parse(&octets(senseless)).unwrap().concatenation(),
            None,
            "{senseless}"
        );
    }
}

fn address() -> impl Strategy<Value = Address> {
    "\\+?[0-9*#abc]{0,20}".prop_map(|text| Address::new(&text).unwrap())
}

fn user_data() -> impl Strategy<Value = TpUserData> {
    (any::<bool>(), bytes(0..=140)).prop_map(|(has_header, octets)| TpUserData {
        has_header,
        septets: None,
        octets,
    })
}

fn validity_period() -> impl Strategy<Value = ValidityPeriod> {
    prop_oneof![
        Just(ValidityPeriod::Absent),
        any::<u8>().prop_map(ValidityPeriod::Relative),
        any::<[u8; 7]>().prop_map(ValidityPeriod::Enhanced),
        any::<[u8; 7]>().prop_map(ValidityPeriod::Absolute),
    ]
}

prop_compose! {
    fn deliver()(
        flags: [bool; 4], originating_address in address(), protocol_identifier: u8, stamp: [u8; 7],
        user_data in user_data(),
    ) -> SmsDeliver {
        let [more_messages, loop_prevention, status_report_indication, reply_path] = flags;
        SmsDeliver {
            more_messages, loop_prevention, status_report_indication, reply_path, originating_address,
            protocol_identifier, data_coding_scheme: 0x04, time_stamp: TimeStamp(stamp), user_data,
        }
    }
}

prop_compose! {
    fn submit()(
        flags: [bool; 3], message_reference: u8, destination_address in address(), protocol_identifier: u8,
        validity_period in validity_period(), user_data in user_data(),
    ) -> SmsSubmit {
        let [reject_duplicates, status_report_request, reply_path] = flags;
        SmsSubmit {
            reject_duplicates, status_report_request, reply_path, message_reference, destination_address,
            protocol_identifier, data_coding_scheme: 0xF6, validity_period, user_data,
        }
    }
}

proptest! {
    #[test]
    fn deliver_comes_back(deliver in deliver()) {
        prop_assert_eq!(SmsDeliver::parse(&deliver.to_bytes().unwrap()).unwrap(), deliver);
    }

    #[test]
    fn submit_comes_back(submit in submit()) {
        prop_assert_eq!(SmsSubmit::parse(&submit.to_bytes().unwrap()).unwrap(), submit);
    }

    #[test]
    fn user_data_comes_back(
        elements in prop::collection::vec((any::<u8>(), bytes(0..20)), 0..5),
        payload in bytes(0..30),
    ) {
        let element = |(identifier, data)| InformationElement { identifier, data };
        let elements = elements.into_iter().map(element).collect();
        let user_data = UserData { elements, payload };
        prop_assert_eq!(UserData::parse(&user_data.to_bytes().unwrap()).unwrap(), user_data);
    }

    #[test]
    fn address_tlv_comes_back(address in address()) {
        let value = address.to_tlv_value();
        let read = Address::from_tlv_value(card_proto::reader::Reader::new(&value)).unwrap();
        prop_assert_eq!(read, address);
    }
}
