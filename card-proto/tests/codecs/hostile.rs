//! Arbitrary octets never panic, whichever parser meets them.

use card_proto::apdu::{CommandApdu, ResponseApdu};
use card_proto::cat::envelope::SmsPpDownload;
use card_proto::cat::proactive::{ProactiveCommand, TerminalResponse};
use card_proto::default_alphabet;
use card_proto::gp::get_status::RegistryEntry;
use card_proto::gp::put_key::{PutKey, PutKeyResponse};
use card_proto::gp::store_data::Dgi;
use card_proto::reader::Reader;
use card_proto::remote_script::compact::{CompactResponse, decode_commands, direction};
use card_proto::remote_script::expanded::{CommandScript, ResponseScript};
use card_proto::sms::tpdu::{SmsDeliver, SmsDeliverReport, SmsSubmit};
use card_proto::sms::user_data::UserData;
use card_proto::stage_information::{
    FirstStageFailures, KeyInformation, LoadUnderWay, MemoryLeft, ScriptRecord, SecondStageFailures,
    StageVersion, StorageOne, StorageTwo,
};
use card_proto::tlv::{ber, comprehension};
use card_proto::uicc::adn::AdnRecord;
use card_proto::uicc::language_preferences::LanguagePreferences;
use card_proto::uicc::pin::PinObject;
use proptest::prelude::*;

use crate::bytes;

fn every_parser(bytes: &[u8]) {
    let _ = CommandApdu::parse(bytes);
    let _ = ResponseApdu::parse(bytes);
    let _ = SmsPpDownload::parse(bytes);
    let _ = ProactiveCommand::parse(bytes);
    let _ = TerminalResponse::parse(bytes);
    let _ = default_alphabet::decode(&default_alphabet::unpack(bytes, bytes.len()));
    let _ = RegistryEntry::parse_all(bytes);
    let _ = Dgi::parse_all(bytes);
    let _ = CompactResponse::parse(bytes);
    let _ = decode_commands(bytes, direction);
    let _ = CommandScript::decode(bytes);
    let _ = ResponseScript::decode(bytes);
    let _ =
        SmsDeliver::parse(bytes).map(|deliver| (deliver.to_bytes(), deliver.originating_address.digits()));
    let _ = SmsSubmit::parse(bytes).map(|submit| (submit.to_bytes(), submit.destination_address.to_string()));
    let _ = SmsDeliverReport::parse_ack(bytes);
    let _ = SmsDeliverReport::parse_error(bytes);
    let _ = UserData::parse(bytes).map(|user_data| (user_data.concatenation(), user_data.to_bytes()));
    let _ = ber::read_all(bytes);
    let _ = comprehension::read_all(Reader::new(bytes));
    let _ = AdnRecord::decode(bytes);
    let _ = LanguagePreferences::parse(bytes);
    let _ = PinObject::parse(bytes);
    let _ = PutKey::parse(0, bytes);
    let _ = PutKeyResponse::parse(bytes);
    stage_information(bytes);
}

fn stage_information(bytes: &[u8]) {
    let _ = StageVersion::parse(bytes);
    let _ = KeyInformation::parse_all(bytes);
    let _ = ScriptRecord::parse(bytes);
    let _ = ScriptRecord::parse_all(bytes);
    let _ = StorageOne::parse(bytes);
    let _ = StorageTwo::parse(bytes);
    let _ = FirstStageFailures::parse(bytes);
    let _ = SecondStageFailures::parse(bytes);
    let _ = MemoryLeft::parse(bytes);
    let _ = LoadUnderWay::parse(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_octets(bytes in bytes(0..300)) {
        every_parser(&bytes);
    }

    #[test]
    fn octets_that_begin_like_something(
        head in prop::sample::select(vec![
            "AA", "AE80", "AB", "AF80", "D1", "D0", "E3", "8103011300", "44", "01", "0005", "0101FF",
            "8182", "07000305",
        ]),
        tail in prop::collection::vec(
            prop_oneof![any::<u8>(), 0_u8..6, Just(0x22), Just(0x80), Just(0xFF)],
            0..60,
        ),
    ) {
        every_parser(&[crate::octets(head), tail].concat());
    }

    /// What was read as a TPDU, and written again, is read as the same: the values lose nothing.
    #[test]
    fn a_tpdu_that_is_read_is_written_and_read_alike(bytes in bytes(12..60)) {
        if let Ok(deliver) = SmsDeliver::parse(&bytes) {
            prop_assert_eq!(SmsDeliver::parse(&deliver.to_bytes().unwrap()).unwrap(), deliver);
        }
        if let Ok(submit) = SmsSubmit::parse(&bytes) {
            prop_assert_eq!(SmsSubmit::parse(&submit.to_bytes().unwrap()).unwrap(), submit);
        }
    }
}
