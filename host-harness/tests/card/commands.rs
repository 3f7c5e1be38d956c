//! Commands of both stages as the codecs build them, and their answers as the codecs read them.

use card_proto::aid::Aid;
use card_proto::apdu::{CommandApdu, ResponseApdu};
use card_proto::gp::delete::{Delete, DeleteKeyVersion, DeleteScope};
use card_proto::gp::install::InstallForLoad;
use card_proto::gp::load::load_commands;
use card_proto::gp::put_key::PutKeyResponse;
use card_proto::remote_script::expanded::{CommandScript, ResponseScript};
use card_proto::sms::address::Address;
use card_proto::sms::concat::segment_command_packet;
use card_proto::sms::tpdu::{SmsDeliver, TimeStamp};
use card_proto::sms::user_data::Reference;
use card_proto::stage_information::{
    FirstStageFailures, KeyInformation, LoadUnderWay, MemoryLeft, ScriptRecord, SecondStageFailures,
    StageVersion, StorageOne, StorageTwo, TAG_FAILURES, TAG_KEY_INFORMATION, TAG_LOAD, TAG_MEMORY,
    TAG_RECORDS, TAG_STORAGE, TAG_VERSION,
};
use card_proto::status_word::StatusWord;
use card_proto::transport::CardTransport;
use card_proto::uicc::pin::{
    KeyReference, change_pin, encode_pin, unblock_pin, unblock_pin_query, verify_pin, verify_pin_query,
};
use card_proto::uicc::search_record::{SearchDirection, SearchRecord};
use host_harness::jcardsim::{JcardsimCard, Via, install_specs};
use host_harness::profile::{CardProfile, StageProfile};
use host_harness::project::Project;
use host_harness::terminal::Terminal;
use secure_channel::key::{Key, KeySet, KeyVersionNumber};
use secure_channel::put_key::{check_value, put_key};
use secure_channel::scp80::response_packet::ResponseDialect;
use secure_channel::scp80::{
    CcLength, CommandHeader, Counter, Kic, Kid, decode_response, encode_command, load_file_mac,
};

struct World {
    card: JcardsimCard,
    profile: CardProfile,
}

impl World {
    fn new(via: &Via) -> Self {
        let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml")).unwrap();
        let mut card = JcardsimCard::start(via).unwrap();
        for spec in install_specs(&profile, [Counter::default(); 2]) {
            card.install(&spec).unwrap();
        }
        Self { card, profile }
    }

    fn send(&mut self, command: &CommandApdu) -> ResponseApdu {
        ResponseApdu::parse(&self.card.transmit(&command.to_bytes()).unwrap()).unwrap()
    }

    fn select(&mut self, aid: &Aid) {
        let select = CommandApdu::new(0, 0xA4, 4, 0).with_data(aid.as_bytes()).unwrap();
        assert_eq!(self.send(&select).sw, StatusWord::OK);
    }

    /// GET DATA of the selected stage.
    fn get_data(&mut self, tag: u16) -> Vec<u8> {
        let response = self.send(&get_data(tag).with_le(256));
        assert_eq!(response.sw, StatusWord::OK, "{tag:04X}");
        response.data
    }

    /// The answer to a script that is sent to `stage` under `keys`; `None` when the packet was refused.
    fn script(
        &mut self,
        stage: &StageProfile,
        keys: &KeySet,
        counter: u64,
        commands: &[CommandApdu],
    ) -> Option<ResponseScript> {
        let header = CommandHeader {
            spi: self.profile.spi,
            kic: Kic::for_key(keys.kvn, &keys.kic),
            kid: Kid::for_key(keys.kvn, &keys.kid),
            tar: stage.tar,
            counter: Counter::new(counter).unwrap(),
        };
        let commands = commands.iter().map(CommandApdu::to_bytes).collect();
        let script = CommandScript { commands }.encode_definite();
        let packet = encode_command(&header, keys, CcLength::Eight, &script).unwrap();
        self.select(&self.profile.first_stage.aid.clone());
        let mut answer = None;
        for user_data in segment_command_packet(&packet, Reference::Ref8(1)).unwrap() {
            let from = Address::new("+99900").unwrap();
            let time_stamp = TimeStamp::new([26, 1, 2], [3, 4, 5], 0);
            let deliver = SmsDeliver::data_download(from, time_stamp, &user_data);
            let tpdu = deliver.to_bytes().unwrap();
            let outcome = Terminal::new(&mut self.card).deliver(&tpdu, None).unwrap();
            answer = outcome.user_data().map(<[u8]>::to_vec);
        }
        let dialect = ResponseDialect::WithUdh;
        let response = decode_response(&answer?, &header, keys, CcLength::Eight, dialect).unwrap();
        let response = response.authenticated().unwrap();
        assert!(response.status.is_ok(), "{}", response.status);
        Some(ResponseScript::decode(&response.data).unwrap())
    }
}

fn get_data(tag: u16) -> CommandApdu {
    let [p1, p2] = tag.to_be_bytes();
    CommandApdu::new(0x80, 0xCA, p1, p2)
}

fn status_words(script: &ResponseScript) -> Vec<u16> {
    script.responses.iter().map(|response| response.sw.0).collect()
}

/// A new key version is put under the old one, which it then deletes.
pub(crate) fn key_versions_change_over(via: &Via) {
    let mut world = World::new(via);
    let stage = world.profile.first_stage.clone();
    let key = |octet| Key::aes(&[octet; 32]).unwrap();
    let new = KeySet {
        kvn: KeyVersionNumber::new(3).unwrap(),
        kic: key(0xA1),
        kid: key(0xA2),
        dek: key(0xA3),
    };
    let put = put_key(&new, None, Some(Counter::new(100).unwrap()), &stage.keys.dek).unwrap();
    let commands = [put.to_command().unwrap(), get_data(TAG_KEY_INFORMATION)];
    let answer = world.script(&stage, &stage.keys, 1, &commands).unwrap();
    assert_eq!(status_words(&answer), [0x9000, 0x9000]);
    let expected = PutKeyResponse {
        version: 3,
        check_values: [&new.kic, &new.kid, &new.dek].map(|key| check_value(key).unwrap()),
    };
    assert_eq!(
        PutKeyResponse::parse(&answer.responses[0].data).unwrap(),
        expected
    );
    let version = |version, key_length, counter| KeyInformation {
        version,
        key_length,
        counter: [0, 0, 0, 0, counter],
    };
    assert_eq!(
        KeyInformation::parse_all(&answer.responses[1].data).unwrap(),
        [version(1, 16, 1), version(3, 32, 100)]
    );

    let delete = DeleteKeyVersion { version: 1 }.to_command().unwrap();
    let answer = world.script(&stage, &new, 101, &[delete]).unwrap();
    assert_eq!(status_words(&answer), [0x9000]);
    assert!(
        world
            .script(&stage, &stage.keys, 2, &[get_data(TAG_VERSION)])
            .is_none()
    );

    let versions = KeyInformation::parse_all(&world.get_data(TAG_KEY_INFORMATION)).unwrap();
    assert_eq!(versions, [version(3, 32, 101)]);
    let records = ScriptRecord::parse_all(&world.get_data(TAG_RECORDS)).unwrap();
    assert_eq!(
        (records[0].counter, records[0].executed, records[0].last),
        ([0, 0, 0, 0, 101], 1, Some(StatusWord::OK))
    );
    let failures = FirstStageFailures::parse(&world.get_data(TAG_FAILURES)).unwrap();
    assert_eq!((failures.messages_refused, failures.pin_tries), (1, 3));
}

/// The PIN of storage 1: wrong, right, changed, unblocked; a search behind it.
pub(crate) fn pins_open_storage_1(via: &Via) {
    let mut world = World::new(via);
    let stage = world.profile.first_stage.clone();
    world.select(&stage.aid);
    let (reference, parameters) = (KeyReference::APPLICATION_1, world.profile.first_stage_pin.clone());
    let (pin, puk) = (parameters.pin.expose_secret(), parameters.puk.expose_secret());
    let (other, third) = (encode_pin("99999").unwrap(), encode_pin("24680").unwrap());
    let search = SearchRecord {
        from: 1,
        direction: SearchDirection::Forward,
        string: vec![0xFF; 10],
    };
    let steps = [
        (verify_pin_query(reference), 0x63C3),
        (search.to_command().unwrap(), 0x6982),
        (verify_pin(reference, &other).unwrap(), 0x63C2),
        (verify_pin(reference, pin).unwrap(), 0x9000),
        (search.to_command().unwrap(), 0x9000),
        (change_pin(reference, pin, &other).unwrap(), 0x9000),
        (verify_pin(reference, pin).unwrap(), 0x63C2),
        (unblock_pin_query(reference), 0x63CA),
        (unblock_pin(reference, puk, &third).unwrap(), 0x9000),
        (verify_pin_query(reference), 0x9000),
    ];
    for (number, (command, expected)) in steps.into_iter().enumerate() {
        let response = world.send(&command);
        assert_eq!(response.sw.0, expected, "step {number}");
        if command.ins() == 0xA2 && response.sw == StatusWord::OK {
            assert_eq!(response.data, (1..=60).collect::<Vec<u8>>());
        }
    }
}

/// A load is interrupted by a reset, told of, and deleted; everything the stages tell can be read.
pub(crate) fn stages_tell_of_themselves(via: &Via) {
    let mut world = World::new(via);
    let stage = world.profile.second_stage.clone();
    let load_file = Aid::new(&[0xF0, 1, 2, 3, 4]).unwrap();
    let file = [7; 300];
    let mut commands = vec![
        InstallForLoad {
            load_file,
            security_domain: None,
            hash: load_file_mac(&stage.keys.kid, &file).unwrap().to_vec(),
            size: Some(300),
        }
        .to_command()
        .unwrap(),
    ];
    commands.extend(load_commands(&file, 100).unwrap().into_iter().take(2));
    let answer = world.script(&stage, &stage.keys, 1, &commands).unwrap();
    assert_eq!(status_words(&answer), [0x9000; 3]);
    world.card.reset().unwrap();
    world.select(&stage.aid);
    let load = LoadUnderWay::parse(&world.get_data(TAG_LOAD)).unwrap();
    assert_eq!(
        load,
        LoadUnderWay {
            load_file,
            received: 200,
            next_block: 2
        }
    );
    let scope = DeleteScope::Object;
    let delete = Delete {
        aid: load_file,
        scope,
    }
    .to_command()
    .unwrap();
    let answer = world.script(&stage, &stage.keys, 2, &[delete]).unwrap();
    assert_eq!(status_words(&answer), [0x9000]);

    world.select(&stage.aid);
    assert_eq!(
        world.send(&get_data(TAG_LOAD)).sw,
        StatusWord::REFERENCED_DATA_NOT_FOUND
    );
    let storage = StorageTwo::parse(&world.get_data(TAG_STORAGE)).unwrap();
    assert_eq!((storage.arena, storage.load_files), (16_384, 0));
    SecondStageFailures::parse(&world.get_data(TAG_FAILURES)).unwrap();
    world.select(&world.profile.first_stage.aid.clone());
    let storage = StorageOne::parse(&world.get_data(TAG_STORAGE)).unwrap();
    assert_eq!((storage.records, storage.records_used, storage.slots), (60, 0, 8));
    MemoryLeft::parse(&world.get_data(TAG_MEMORY)).unwrap();
    let version = StageVersion::parse(&world.get_data(TAG_VERSION)).unwrap();
    assert_eq!((version.major, version.minor), (2, 0));
}
