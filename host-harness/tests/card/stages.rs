//! One secured message through the terminal to the first stage and its proof of receipt back.

use card_proto::remote_script::expanded::CommandScript;
use card_proto::sms::address::Address;
use card_proto::sms::concat::segment_command_packet;
use card_proto::sms::tpdu::{SmsDeliver, TimeStamp};
use card_proto::sms::user_data::Reference;
use card_proto::transport::CardTransport;
use host_harness::jcardsim::{JcardsimCard, Via, install_specs};
use host_harness::profile::CardProfile;
use host_harness::project::Project;
use host_harness::terminal::{DeliveryOutcome, Terminal};
use secure_channel::scp80::response_packet::ResponseDialect;
use secure_channel::scp80::{CcLength, CommandHeader, Counter, Kic, Kid, decode_response, encode_command};

/// A fresh card with both stages takes a script of two segments, and refuses its repetition.
pub(crate) fn a_secured_message(via: &Via) {
    let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap();
    let mut card = JcardsimCard::start(via).unwrap();
    for spec in install_specs(&profile, [Counter::default(); 2]) {
        card.install(&spec).unwrap();
    }
    let aid = profile.first_stage.aid;
    let select = [&[0, 0xA4, 4, 0, 16], aid.as_bytes()].concat();
    assert_eq!(card.transmit(&select).unwrap(), [0x90, 0x00]);

    let keys = &profile.first_stage.keys;
    let header = CommandHeader {
        spi: profile.spi,
        kic: Kic::for_key(keys.kvn, &keys.kic),
        kid: Kid::for_key(keys.kvn, &keys.kid),
        tar: profile.first_stage.tar,
        counter: Counter::new(1).unwrap(),
    };
    // GET DATA of the version; a number of them makes the packet long enough for two messages.
    let script = CommandScript {
        commands: vec![vec![0x80, 0xCA, 0xDF, 0x01, 0x00]; 20],
    };
    let packet = encode_command(&header, keys, CcLength::Eight, &script.encode_definite()).unwrap();
    let messages = segment_command_packet(&packet, Reference::Ref8(9)).unwrap();
    assert_eq!(messages.len(), 2);

    for (round, expected) in [(1, 0x00), (2, 0x02)] {
        let outcomes: Vec<_> = messages
            .iter()
            .map(|message| deliver(&mut card, message))
            .collect();
        assert_eq!(outcomes[0].user_data(), None);
        let answer = outcomes[1].user_data().unwrap();
        assert!(
            answer.len() <= 128,
            "TS 31.111 allows 128 octets, not {}",
            answer.len()
        );
        let response =
            decode_response(answer, &header, keys, CcLength::Eight, ResponseDialect::WithUdh).unwrap();
        assert_eq!(
            response.authenticated().unwrap().status.0,
            expected,
            "round {round}"
        );
    }
}

fn deliver(card: &mut JcardsimCard, user_data: &[u8]) -> DeliveryOutcome {
    let from = Address::new("+99900").unwrap();
    let time_stamp = TimeStamp::new([26, 1, 2], [3, 4, 5], 0);
    let tpdu = SmsDeliver::data_download(from, time_stamp, user_data)
        .to_bytes()
        .unwrap();
    Terminal::new(card).deliver(&tpdu, None).unwrap()
}
