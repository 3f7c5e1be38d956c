//! Every parser of foreign bytes, as a function of bytes that must not panic and whose values write back what was read.
//!
//! The first octet of an input chooses the parser (its index in [`PARSERS`]), the rest is its input; one target therefore fuzzes
//! them all, and a file of `corpus/` is one input. `tests/replay.rs` replays the corpus as ordinary tests; to fuzz:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run parsers --features libfuzzer --fuzz-dir fuzz fuzz/corpus`.

pub mod mutants;

use std::sync::OnceLock;

use cap_convert::{ClassFile, CodeStyle, Input, IntSupport, PackageDescription, convert};
use cap_format::{
    bytecode,
    cap::Cap,
    component::{
        Tag, applet::AppletComponent, class::ClassComponent, constant_pool::ConstantPoolComponent,
        debug::DebugComponent, descriptor::DescriptorComponent, directory::DirectoryComponent,
        export::ExportComponent, header::HeaderComponent, import::ImportComponent, method::MethodComponent,
        reference_location::ReferenceLocationComponent, static_field::StaticFieldComponent,
        static_resources::StaticResourcesComponent,
    },
    container::CapFile,
    error::CapError,
    export_file::ExportFile,
    load_file,
    version::{FormatVersion, PackageVersion},
};
use cap_verify::Environment;
use card_api::api::Api;
use card_proto::{
    aid::Aid,
    apdu::{CommandApdu, ResponseApdu},
    cat::{
        envelope::SmsPpDownload,
        proactive::{ProactiveCommand, TerminalResponse},
    },
    gp::{
        get_status::RegistryEntry,
        put_key::{PutKey, PutKeyResponse},
        store_data::Dgi,
    },
    remote_script::{
        compact::{CompactResponse, decode_commands},
        expanded::{CommandScript, ResponseScript},
    },
    sms::{
        concat::Reassembly,
        tpdu::{Address, SmsDeliver, SmsDeliverReport, SmsSubmit},
        user_data::UserData,
    },
    stage_information::{
        FirstStageFailures, KeyInformation, LoadUnderWay, MemoryLeft, ScriptRecord, SecondStageFailures,
        StageVersion, StorageOne, StorageTwo,
    },
    tlv::ber,
    uicc::{adn::AdnRecord, language_preferences::LanguagePreferences, pin::PinObject},
};
use secure_channel::{
    key::{Key, KeySet, KeyVersionNumber},
    scp80::{
        CcLength, CommandHeader, Counter, Kic, Kid, ResponseDialect, Spi, Tar, decode_command,
        decode_response, nested,
    },
};

/// A parser under test, and its name for the corpus.
pub type Parser = (&'static str, fn(&[u8]));

/// All parsers; the order is that of the corpus, so new ones go to the end.
pub const PARSERS: &[Parser] = &[
    ("command-apdu", command_apdu),
    ("response-apdu", |bytes| drop(ResponseApdu::parse(bytes))),
    ("aid", |bytes| {
        let _ = Aid::new(bytes);
    }),
    ("ber-tlv", |bytes| drop(ber::read_all(bytes))),
    ("sms-deliver", sms_deliver),
    ("sms-submit", sms_submit),
    ("sms-deliver-report", |bytes| {
        drop(SmsDeliverReport::parse_ack(bytes));
        drop(SmsDeliverReport::parse_error(bytes));
    }),
    ("user-data", user_data),
    ("reassembly", reassembly),
    ("envelope", envelope),
    ("proactive-command", proactive_command),
    ("terminal-response", |bytes| drop(TerminalResponse::parse(bytes))),
    ("command-script", command_script),
    ("response-script", response_script),
    ("compact-script", |bytes| {
        drop(decode_commands(
            bytes,
            card_proto::remote_script::compact::direction,
        ));
        drop(CompactResponse::parse(bytes));
    }),
    ("get-status", |bytes| drop(RegistryEntry::parse_all(bytes))),
    ("dgi", |bytes| drop(Dgi::parse_all(bytes))),
    ("adn-record", adn_record),
    ("command-packet", command_packet),
    ("response-packet", response_packet),
    ("nested", |bytes| {
        let _ = nested::unwrap(bytes);
        let _ = nested::unwrap_response(bytes);
    }),
    ("put-key", put_key),
    ("stage-information", stage_information),
    ("language-preferences", |bytes| {
        writes_back(bytes, LanguagePreferences::parse, LanguagePreferences::to_bytes);
    }),
    ("pin-object", |bytes| {
        writes_back(bytes, PinObject::parse, |object| object.to_bytes().to_vec());
    }),
    ("cap-component", cap_component),
    ("cap-archive", cap_archive),
    ("cap-load-file", cap_load_file),
    ("export-file", export_file),
    ("bytecode", |bytes| {
        drop(bytecode::disassemble(bytes));
        component_writes_back(bytes, bytecode::decode, |code| {
            bytecode::encode(code.iter().map(|(_, instruction)| instruction))
        });
    }),
    ("class-file", class_file),
    ("cap-verify", verified),
];

/// Runs the parser that the first octet chooses on the rest.
pub fn run(input: &[u8]) {
    if let Some((choice, bytes)) = input.split_first()
        && let Some((_, parser)) = PARSERS.get(usize::from(*choice))
    {
        parser(bytes);
    }
}

fn command_apdu(bytes: &[u8]) {
    if let Ok(command) = CommandApdu::parse(bytes) {
        assert_eq!(CommandApdu::parse(&command.to_bytes()), Ok(command));
    }
}

/// What `parse` reads, `write` gives back as the same octets.
fn writes_back<T, E>(
    bytes: &[u8],
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
    write: impl FnOnce(&T) -> Vec<u8>,
) {
    if let Ok(value) = parse(bytes) {
        assert_eq!(write(&value), bytes);
    }
}

/// The first octet is P1.
fn put_key(bytes: &[u8]) {
    writes_back(bytes, PutKeyResponse::parse, PutKeyResponse::to_bytes);
    let Some((p1, data)) = bytes.split_first() else {
        return;
    };
    if let Ok(put_key) = PutKey::parse(*p1, data)
        && let Ok(command) = put_key.to_command()
    {
        assert_eq!(PutKey::parse(*p1, command.data()), Ok(put_key));
    }
}

fn stage_information(bytes: &[u8]) {
    writes_back(bytes, StageVersion::parse, StageVersion::to_bytes);
    writes_back(bytes, KeyInformation::parse_all, |versions| {
        versions.iter().flat_map(KeyInformation::to_bytes).collect()
    });
    writes_back(bytes, ScriptRecord::parse_all, |records| {
        records.iter().flat_map(ScriptRecord::to_bytes).collect()
    });
    writes_back(bytes, StorageOne::parse, StorageOne::to_bytes);
    writes_back(bytes, StorageTwo::parse, StorageTwo::to_bytes);
    writes_back(bytes, FirstStageFailures::parse, FirstStageFailures::to_bytes);
    writes_back(bytes, SecondStageFailures::parse, SecondStageFailures::to_bytes);
    writes_back(bytes, MemoryLeft::parse, MemoryLeft::to_bytes);
    writes_back(bytes, LoadUnderWay::parse, LoadUnderWay::to_bytes);
}

fn sms_deliver(bytes: &[u8]) {
    if let Ok(deliver) = SmsDeliver::parse(bytes) {
        drop(deliver.user_data.parse());
        if let Ok(written) = deliver.to_bytes() {
            assert_eq!(SmsDeliver::parse(&written), Ok(deliver));
        }
    }
}

fn sms_submit(bytes: &[u8]) {
    if let Ok(submit) = SmsSubmit::parse(bytes)
        && let Ok(written) = submit.to_bytes()
    {
        assert_eq!(SmsSubmit::parse(&written), Ok(submit));
    }
}

fn user_data(bytes: &[u8]) {
    if let Ok(user_data) = UserData::parse(bytes) {
        let _ = user_data.concatenation();
        if let Ok(written) = user_data.to_bytes() {
            assert_eq!(UserData::parse(&written), Ok(user_data));
        }
    }
}

/// User data of several messages, each behind an octet of length: nothing may pile up.
fn reassembly(bytes: &[u8]) {
    let Ok(originator) = Address::new("+447700900123") else {
        return;
    };
    let mut reassembly = Reassembly::new(2, 7);
    let mut rest = bytes;
    while let Some((length, tail)) = rest.split_first() {
        let (part, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        if let Ok(user_data) = UserData::parse(part) {
            drop(reassembly.accept(&originator, user_data));
        }
        assert!(
            reassembly.pending() <= 2,
            "more messages are pending than allowed"
        );
        rest = tail;
    }
}

fn envelope(bytes: &[u8]) {
    if let Ok(download) = SmsPpDownload::parse(bytes) {
        assert_eq!(SmsPpDownload::parse(&download.to_bytes()), Ok(download));
    }
}

fn proactive_command(bytes: &[u8]) {
    if let Ok(command) = ProactiveCommand::parse(bytes) {
        drop(command.to_bytes());
    }
}

fn command_script(bytes: &[u8]) {
    if let Ok(script) = CommandScript::decode(bytes) {
        assert_eq!(
            CommandScript::decode(&script.encode_definite()).ok(),
            Some(script.clone())
        );
        assert_eq!(
            CommandScript::decode(&script.encode_indefinite()).ok(),
            Some(script)
        );
    }
}

fn response_script(bytes: &[u8]) {
    if let Ok(script) = ResponseScript::decode(bytes) {
        assert_eq!(
            ResponseScript::decode(&script.encode_definite()).ok(),
            Some(script)
        );
    }
}

fn adn_record(bytes: &[u8]) {
    if let Ok(Some(record)) = AdnRecord::decode(bytes) {
        drop(record.encode(bytes.len()));
    }
}

fn keys() -> Option<KeySet> {
    let key = |octet| Key::aes(&[octet; 16]).ok();
    Some(KeySet {
        kvn: KeyVersionNumber::new(1).ok()?,
        kic: key(0x11)?,
        kid: key(0x22)?,
        dek: key(0x33)?,
    })
}

fn command_packet(bytes: &[u8]) {
    if let Some(keys) = keys() {
        drop(decode_command(bytes, &keys));
    }
}

/// The first octet is SPI2 of the command the response belongs to.
fn response_packet(bytes: &[u8]) {
    let (Some(keys), Some((spi2, bytes))) = (keys(), bytes.split_first()) else {
        return;
    };
    let header = CommandHeader {
        spi: Spi::from_bytes([0x16, *spi2]),
        kic: Kic(0x12),
        kid: Kid(0x12),
        tar: Tar([0xBF, 0xFF, 0x10]),
        counter: Counter::MAX,
    };
    for dialect in [
        ResponseDialect::WithUdh,
        ResponseDialect::WithLengths,
        ResponseDialect::Normal,
    ] {
        drop(decode_response(bytes, &header, &keys, CcLength::Eight, dialect));
    }
}

/// As [`writes_back`], for readers and writers that refuse with a [`CapError`].
fn component_writes_back<T>(
    bytes: &[u8],
    read: impl FnOnce(&[u8]) -> Result<T, CapError>,
    write: impl FnOnce(&T) -> Result<Vec<u8>, CapError>,
) {
    if let Ok(value) = read(bytes) {
        assert_eq!(write(&value).as_deref(), Ok(bytes));
    }
}

/// The first octet is the tag, the second one the index of the format version.
fn cap_component(bytes: &[u8]) {
    let [tag, format, info @ ..] = bytes else {
        return;
    };
    let (Some(tag), Some(format)) = (
        Tag::from_u8(*tag),
        FormatVersion::ALL.get(usize::from(*format)).copied(),
    ) else {
        return;
    };
    match tag {
        Tag::Header => component_writes_back(info, HeaderComponent::read, HeaderComponent::write),
        Tag::Directory => component_writes_back(
            info,
            |info| DirectoryComponent::read(info, format),
            |value| value.write(format),
        ),
        Tag::Applet => component_writes_back(info, AppletComponent::read, AppletComponent::write),
        Tag::Import => component_writes_back(info, ImportComponent::read, ImportComponent::write),
        Tag::ConstantPool => {
            component_writes_back(info, ConstantPoolComponent::read, ConstantPoolComponent::write);
        }
        Tag::Class => component_writes_back(
            info,
            |info| ClassComponent::read(info, format),
            |value| value.write(format),
        ),
        Tag::Method => component_writes_back(
            info,
            |info| MethodComponent::read_without_descriptor(info, &[]),
            MethodComponent::write,
        ),
        Tag::StaticField => {
            component_writes_back(info, StaticFieldComponent::read, StaticFieldComponent::write);
        }
        Tag::ReferenceLocation => component_writes_back(
            info,
            ReferenceLocationComponent::read,
            ReferenceLocationComponent::write,
        ),
        Tag::Export => component_writes_back(info, ExportComponent::read, ExportComponent::write),
        Tag::Descriptor => component_writes_back(info, DescriptorComponent::read, DescriptorComponent::write),
        Tag::StaticResources => component_writes_back(
            info,
            StaticResourcesComponent::read,
            StaticResourcesComponent::write,
        ),
        // Never written.
        Tag::Debug => drop(DebugComponent::read(info)),
    }
}

/// What is read means the same once it is written; names that a manifest cannot hold are refused.
fn cap_archive(bytes: &[u8]) {
    if let Ok(file) = CapFile::read(bytes)
        && let Ok(written) = file.write()
    {
        assert_eq!(CapFile::read(&written), Ok(file));
    }
}

fn cap_load_file(bytes: &[u8]) {
    if let Ok(cap) = load_file::read(bytes) {
        let written = cap.to_load_file_with_descriptor();
        let mut loaded: Cap = cap;
        loaded.debug = None;
        loaded.custom_components.clear();
        assert_eq!(written.and_then(|written| load_file::read(&written)), Ok(loaded));
    }
}

fn export_file(bytes: &[u8]) {
    if let Ok(file) = ExportFile::read(bytes) {
        assert_eq!(
            file.write().and_then(|written| ExportFile::read(&written)),
            Ok(file)
        );
    }
}

/// A class as a package of its own: what converts can be written, and reads as the same.
/// The export files of a card.
fn exports() -> &'static [ExportFile] {
    static EXPORTS: OnceLock<Vec<ExportFile>> = OnceLock::new();
    EXPORTS.get_or_init(|| {
        let set = Api::embedded().map(|api| api.choose(&["2.2.1"], &[]));
        set.map(|set| set.map(|set| set.export_files().collect()).unwrap_or_default())
            .unwrap_or_default()
    })
}

/// What is accepted is what was read.
fn verified(bytes: &[u8]) {
    let environment = Environment {
        exports: exports(),
        ..Environment::default()
    };
    if let Ok(verified) = cap_verify::verify_file(bytes, &environment) {
        assert_eq!(Cap::read(bytes).as_ref(), Ok(verified.cap()));
    }
}

fn class_file(bytes: &[u8]) {
    let Ok(aid) = Aid::new(&[0xF0, 0, 0, 0, 1]) else {
        return;
    };
    for int in [IntSupport::Refused, IntSupport::Allowed] {
        let package = PackageDescription {
            name: "exact".to_owned(),
            aid,
            version: PackageVersion { major: 1, minor: 0 },
            applets: Vec::new(),
            format: FormatVersion::V2_1,
            int,
            style: CodeStyle::Smallest,
            imports: Vec::new(),
        };
        let classes = [ClassFile { name: "fuzz", bytes }];
        let input = Input {
            classes: &classes,
            package: &package,
            exports: exports(),
        };
        if let Ok(converted) = convert(&input) {
            let read = converted
                .cap
                .to_components()
                .and_then(|components| Cap::from_components(&components));
            assert_eq!(read.as_ref(), Ok(&converted.cap));
        }
    }
}
