//! The files of `tests/vectors/`, both ways: encoding gives the octets, decoding gives the values.
#![expect(
    clippy::unwrap_used,
    reason = "a vector that cannot be read is a failure of the test"
)]

use std::path::PathBuf;

use card_proto::gp::put_key::EncipheredKey;
use card_proto::sms::concat::segment_command_packet;
use card_proto::sms::user_data::Reference;
use secure_channel::key::{Key, KeySet, KeyType, KeyVersionNumber};
use secure_channel::put_key::{decipher_key, encipher_key};
use secure_channel::scp80::{
    self, CcLength, CommandHeader, Counter, Integrity, Kic, Kid, Response, ResponseDialect, ResponsePacket,
    ResponseStatus, Spi, Tar, decode_command, decode_response, encode_command, encode_response, nested,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Octets, written in the files as hexadecimal text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Hex(Vec<u8>);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Hex {
    fn array<const N: usize>(&self) -> [u8; N] {
        self.0.as_slice().try_into().unwrap()
    }
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vectors")
        .join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[derive(Deserialize)]
struct PacketFile {
    packets: Vec<PacketVector>,
    double_wrapped: Vec<DoubleWrapped>,
}

#[derive(Deserialize)]
struct PacketVector {
    alg: String,
    spi: Hex,
    kic: Hex,
    kid: Hex,
    tar: Hex,
    cntr: Hex,
    cc_len: usize,
    kic_key: Hex,
    kid_key: Hex,
    data: Hex,
    command_packet: Hex,
    por_status: Option<Hex>,
    #[serde(default)]
    por_data: Hex,
    response_with_udh: Option<Hex>,
}

impl PacketVector {
    fn header(&self) -> CommandHeader {
        CommandHeader {
            spi: Spi::from_bytes(self.spi.array()),
            kic: Kic(self.kic.array::<1>()[0]),
            kid: Kid(self.kid.array::<1>()[0]),
            tar: Tar(self.tar.array()),
            counter: Counter::from_bytes(self.cntr.array()),
        }
    }

    fn keys(&self) -> KeySet {
        let key = |octets: &Hex| match self.alg.as_str() {
            "3des-2key" => Key::from_bytes(KeyType::Des3Two, &octets.0).unwrap(),
            "3des-3key" => Key::from_bytes(KeyType::Des3Three, &octets.0).unwrap(),
            _ => Key::aes(&octets.0).unwrap(),
        };
        let kvn = KeyVersionNumber::new(self.kic.array::<1>()[0] >> 4).unwrap();
        KeySet {
            kvn,
            kic: key(&self.kic_key),
            kid: key(&self.kid_key),
            dek: key(&self.kid_key),
        }
    }

    fn cc_length(&self) -> CcLength {
        if self.header().spi.integrity() == Integrity::CryptographicChecksum && self.cc_len == 4 {
            CcLength::Four
        } else {
            CcLength::Eight
        }
    }
}

#[test]
fn packets_encode_and_decode_as_the_vectors_say() {
    let file: PacketFile = read("scp80/packets.json");
    assert!(file.packets.len() >= 170);
    for vector in &file.packets {
        let (header, keys, cc_length) = (vector.header(), vector.keys(), vector.cc_length());
        let packet = encode_command(&header, &keys, cc_length, &vector.data.0).unwrap();
        assert_eq!(packet, vector.command_packet.0, "{header:?} {}", vector.alg);
        let decoded = decode_command(&packet, &keys).unwrap();
        assert_eq!((decoded.header, &decoded.data), (header, &vector.data.0));
        let is_authenticated = header.spi.integrity() == Integrity::CryptographicChecksum;
        assert_eq!(
            decoded.mac.map(|mac| mac.cc_length()),
            is_authenticated.then_some(cc_length)
        );
        if let Some(expected) = &vector.response_with_udh {
            check_response(vector, &expected.0);
        }
    }
}

fn check_response(vector: &PacketVector, expected: &[u8]) {
    let (header, keys, cc_length) = (vector.header(), vector.keys(), vector.cc_length());
    let response = ResponsePacket {
        tar: header.tar,
        counter: header.counter,
        status: ResponseStatus(vector.por_status.as_ref().unwrap().array::<1>()[0]),
        data: vector.por_data.0.clone(),
    };
    let dialect = ResponseDialect::WithUdh;
    let bytes = encode_response(&response, &header, &keys, cc_length, dialect).unwrap();
    assert_eq!(bytes, expected, "{header:?} {}", vector.alg);
    for form in [expected, &expected[3..]] {
        let decoded = decode_response(form, &header, &keys, cc_length, dialect).unwrap();
        let claim = match decoded {
            Response::Authenticated(packet, _) => {
                assert_eq!(header.spi.por_integrity(), Integrity::CryptographicChecksum);
                packet
            }
            Response::Unauthenticated(hint) => {
                assert_ne!(header.spi.por_integrity(), Integrity::CryptographicChecksum);
                hint.claim
            }
        };
        assert_eq!(claim, response);
    }
}

#[derive(Deserialize)]
struct DoubleWrapped {
    spi: Hex,
    type1_kic: Hex,
    type1_kid: Hex,
    type2_kic: Hex,
    type2_kid: Hex,
    cntr1: Hex,
    cntr2: Hex,
    apdus: Vec<Hex>,
    script: Hex,
    inner: Hex,
    outer: Hex,
    inner_response_data: Hex,
    inner_response: Hex,
    outer_response_with_udh: Hex,
}

fn stage(number: u8, spi: &Hex, kic: &Hex, kid: &Hex, counter: &Hex) -> (CommandHeader, KeySet) {
    let kvn = KeyVersionNumber::new(number).unwrap();
    let (kic, kid) = (Key::aes(&kic.0).unwrap(), Key::aes(&kid.0).unwrap());
    let header = CommandHeader {
        spi: Spi::from_bytes(spi.array()),
        kic: Kic::for_key(kvn, &kic),
        kid: Kid::for_key(kvn, &kid),
        tar: Tar([0xBF, 0xFF, number << 4]),
        counter: Counter::from_bytes(counter.array()),
    };
    let dek = kid.clone();
    (header, KeySet { kvn, kic, kid, dek })
}

#[test]
fn double_wrapped_packets_go_in_and_out_of_each_other() {
    use card_proto::remote_script::expanded::{CommandScript, ResponseScript};

    let file: PacketFile = read("scp80/packets.json");
    let (cc, dialect) = (CcLength::Eight, ResponseDialect::WithUdh);
    for v in &file.double_wrapped {
        let (header1, keys1) = stage(1, &v.spi, &v.type1_kic, &v.type1_kid, &v.cntr1);
        let (header2, keys2) = stage(2, &v.spi, &v.type2_kic, &v.type2_kid, &v.cntr2);
        let script = CommandScript {
            commands: v.apdus.iter().map(|apdu| apdu.0.clone()).collect(),
        };
        assert_eq!(script.encode_definite(), v.script.0);
        assert_eq!(CommandScript::decode(&v.script.0).unwrap(), script);
        let inner = encode_command(&header2, &keys2, cc, &v.script.0).unwrap();
        assert_eq!(inner, v.inner.0);
        let outer = encode_command(&header1, &keys1, cc, &nested::wrap(&inner)).unwrap();
        assert_eq!(outer, v.outer.0);

        let opened = decode_command(&v.outer.0, &keys1).unwrap();
        let opened = decode_command(nested::unwrap(&opened.data).unwrap(), &keys2).unwrap();
        assert_eq!((opened.header, opened.data), (header2, v.script.0.clone()));

        let inner_response = answer(&header2, v.inner_response_data.0.clone());
        let bytes = encode_response(&inner_response, &header2, &keys2, cc, dialect).unwrap();
        assert_eq!(&bytes[3..], v.inner_response.0);
        let outer_response = answer(&header1, nested::wrap_response(&v.inner_response.0));
        let bytes = encode_response(&outer_response, &header1, &keys1, cc, dialect).unwrap();
        assert_eq!(bytes, v.outer_response_with_udh.0);

        let opened = decode_response(&bytes, &header1, &keys1, cc, dialect)
            .unwrap()
            .authenticated()
            .unwrap();
        let inner = nested::unwrap_response(&opened.data).unwrap().unwrap();
        let opened = decode_response(inner, &header2, &keys2, cc, dialect)
            .unwrap()
            .authenticated()
            .unwrap();
        assert_eq!(opened, inner_response);
        let script = ResponseScript::decode(&opened.data).unwrap();
        assert_eq!(usize::try_from(script.executed).unwrap(), v.apdus.len());
        assert_eq!(script.encode_definite(), v.inner_response_data.0);
    }
    assert!(file.double_wrapped.len() >= 12);
}

fn answer(header: &CommandHeader, data: Vec<u8>) -> ResponsePacket {
    ResponsePacket {
        tar: header.tar,
        counter: header.counter,
        status: ResponseStatus::OK,
        data,
    }
}

#[derive(Deserialize)]
struct ConcatFile {
    concat: ConcatVector,
}

#[derive(Deserialize)]
struct ConcatVector {
    packet: Hex,
    spi: Hex,
    kic: Hex,
    kid: Hex,
    tar: Hex,
    cntr: u64,
    data: Hex,
    kic_key: Hex,
    kid_key: Hex,
    segments: Vec<Hex>,
}

#[test]
fn a_long_packet_is_built_and_cut_as_the_vector_says() {
    let ConcatFile { concat: v } = read("sms/concat.json");
    let (kic, kid) = (Key::aes(&v.kic_key.0).unwrap(), Key::aes(&v.kid_key.0).unwrap());
    let dek = kid.clone();
    let keys = KeySet {
        kvn: KeyVersionNumber::new(1).unwrap(),
        kic,
        kid,
        dek,
    };
    let header = CommandHeader {
        spi: Spi::from_bytes(v.spi.array()),
        kic: Kic(v.kic.array::<1>()[0]),
        kid: Kid(v.kid.array::<1>()[0]),
        tar: Tar(v.tar.array()),
        counter: Counter::new(v.cntr).unwrap(),
    };
    let packet = encode_command(&header, &keys, CcLength::Eight, &v.data.0).unwrap();
    assert_eq!(packet, v.packet.0);
    assert_eq!(decode_command(&packet, &keys).unwrap().data, v.data.0);
    let segments = segment_command_packet(&packet, Reference::Ref8(v.segments[0].0[3])).unwrap();
    assert_eq!(
        segments,
        v.segments
            .iter()
            .map(|segment| segment.0.clone())
            .collect::<Vec<_>>()
    );
}

#[derive(Deserialize)]
struct CmacFile {
    vectors: Vec<CmacVector>,
}

#[derive(Deserialize)]
struct CmacVector {
    key: Hex,
    message: Hex,
    mac: Hex,
}

#[test]
fn cmac_is_that_of_the_published_examples() {
    let file: CmacFile = read("cmac/sp800-38b.json");
    assert_eq!(file.vectors.len(), 12);
    for vector in &file.vectors {
        let key = Key::aes(&vector.key.0).unwrap();
        assert_eq!(
            scp80::cmac(&key, &vector.message.0).unwrap(),
            vector.mac.array::<16>()
        );
    }
}

#[derive(Deserialize)]
struct EncipheredFile {
    vectors: Vec<EncipheredVector>,
}

#[derive(Deserialize)]
struct EncipheredVector {
    dek: Hex,
    key: Hex,
    ciphertext: Hex,
    check_value: Hex,
}

#[test]
fn enciphered_keys_are_those_of_another_implementation() {
    let file: EncipheredFile = read("put-key/enciphered.json");
    assert_eq!(file.vectors.len(), 8);
    for vector in &file.vectors {
        let (key, dek) = (Key::aes(&vector.key.0).unwrap(), Key::aes(&vector.dek.0).unwrap());
        let expected = EncipheredKey {
            length: u8::try_from(vector.key.0.len()).unwrap(),
            ciphertext: vector.ciphertext.0.clone(),
            check_value: vector.check_value.array(),
        };
        assert!(encipher_key(&key, &dek).unwrap() == expected);
        assert_eq!(
            decipher_key(&expected, &dek).unwrap().expose_secret(),
            vector.key.0
        );
    }
}
