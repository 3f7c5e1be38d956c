//! What the applets get at their installation: the other stage's AID, sizes, the first counter, keys, a PIN.
//!
//! The application data is a sequence of BER-TLVs in a fixed order; the README of each applet has the table.

use card_proto::aid::Aid;
use card_proto::tlv::ber;
use secure_channel::pin::Pin;
use secure_channel::scp80::Counter;
use zeroize::Zeroizing;

/// Length of KIc, KID and DEK of AES-128, one after the other, in octets.
pub const KEYS_LENGTH: usize = 48;
/// The length argument of `Applet.install` is a signed byte.
const INSTALL_DATA_MAX: usize = 127;

const TAG_PEER: u32 = 0x80;
const TAG_SIZES: u32 = 0x81;
const TAG_COUNTER: u32 = 0x82;
const TAG_KEYS: u32 = 0x83;
const TAG_PIN: u32 = 0x84;
/// PIN, PUK, tries of both.
const PIN_OBJECT_LENGTH: usize = 18;

/// GPCS §11.1.2: no privileges.
const NO_PRIVILEGES: u8 = 0x00;

/// Install parameters of the first stage.
#[derive(Clone)]
pub struct FirstStageParameters {
    /// Instance AID of the second stage.
    pub second_stage: Aid,
    /// Most segments of a concatenated message.
    pub max_segments: u8,
    /// Records of the phonebook.
    pub records: u8,
    /// Length of a phonebook record (EF_ADN, TS 31.102 §4.4.2.3) in octets.
    pub record_length: u8,
    /// Slots for authentication values.
    pub slots: u8,
    /// The last counter value that counts as used.
    pub counter: Counter,
    /// KIc, KID and DEK of key version 1.
    pub keys: Zeroizing<[u8; KEYS_LENGTH]>,
    /// The PIN of its storage.
    pub pin: PinParameters,
}

/// A PIN as it is set at the installation.
#[derive(Debug, Clone)]
pub struct PinParameters {
    /// The PIN.
    pub pin: Pin,
    /// The PUK, which unblocks the PIN.
    pub puk: Pin,
    /// Tries of the PIN, 1 to 15.
    pub pin_tries: u8,
    /// Tries of the PUK, 1 to 15.
    pub puk_tries: u8,
}

impl PinParameters {
    /// PIN, PUK, tries of the PIN, tries of the PUK.
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(PIN_OBJECT_LENGTH));
        out.extend_from_slice(self.pin.expose_secret());
        out.extend_from_slice(self.puk.expose_secret());
        out.extend_from_slice(&[self.pin_tries, self.puk_tries]);
        out
    }
}

impl FirstStageParameters {
    /// The usual sizes: 7 segments, 60 records of 46 octets, 8 slots; counter 0.
    pub fn new(second_stage: Aid, keys: Zeroizing<[u8; KEYS_LENGTH]>, pin: PinParameters) -> Self {
        Self {
            second_stage,
            max_segments: 7,
            records: 60,
            record_length: 46,
            slots: 8,
            counter: Counter::default(),
            keys,
            pin,
        }
    }

    /// The application data.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let sizes = [self.max_segments, self.records, self.record_length, self.slots];
        let mut out = application_data(&self.second_stage, &sizes, self.counter, &*self.keys);
        ber::write(&mut out, TAG_PIN, &self.pin.to_bytes());
        out
    }
}

/// Install parameters of the second stage.
#[derive(Clone)]
pub struct SecondStageParameters {
    /// Instance AID of the first stage.
    pub first_stage: Aid,
    /// Longest command packet in octets.
    pub max_packet_length: u16,
    /// Size of the arena for load files, services and their objects, in octets.
    pub arena: u16,
    /// The last counter value that counts as used.
    pub counter: Counter,
    /// KIc, KID and DEK of key version 2.
    pub keys: Zeroizing<[u8; KEYS_LENGTH]>,
}

impl SecondStageParameters {
    /// The usual sizes: packets of 936 octets, an arena of 16 KiB; counter 0.
    pub fn new(first_stage: Aid, keys: Zeroizing<[u8; KEYS_LENGTH]>) -> Self {
        Self {
            first_stage,
            max_packet_length: 936,
            arena: 16_384,
            counter: Counter::default(),
            keys,
        }
    }

    /// The application data.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let sizes = [self.max_packet_length.to_be_bytes(), self.arena.to_be_bytes()].concat();
        application_data(&self.first_stage, &sizes, self.counter, &*self.keys)
    }
}

fn application_data(peer: &Aid, sizes: &[u8], counter: Counter, keys: &[u8]) -> Zeroizing<Vec<u8>> {
    // Enough room from the start: a vector that grows leaves a copy of the secrets behind.
    let mut out = Zeroizing::new(Vec::with_capacity(INSTALL_DATA_MAX));
    ber::write(&mut out, TAG_PEER, peer.as_bytes());
    ber::write(&mut out, TAG_SIZES, sizes);
    ber::write(&mut out, TAG_COUNTER, &counter.to_bytes());
    ber::write(&mut out, TAG_KEYS, keys);
    out
}

/// The array that `Applet.install` gets (GPCS §9.3.6): instance AID, privileges, application data, each with
/// its length in one octet before it.
///
/// # Errors
/// [`InstallDataError`] above 127 octets in all.
pub fn install_data(instance: &Aid, application_data: &[u8]) -> Result<Zeroizing<Vec<u8>>, InstallDataError> {
    let mut out = Zeroizing::new(Vec::with_capacity(INSTALL_DATA_MAX));
    let length = 1 + instance.as_bytes().len() + 2 + 1 + application_data.len();
    if length > INSTALL_DATA_MAX {
        return Err(InstallDataError { length });
    }
    for field in [instance.as_bytes(), &[NO_PRIVILEGES], application_data] {
        // Shorter than the whole, so it fits.
        out.push(u8::try_from(field.len()).map_err(|_| InstallDataError { length })?);
        out.extend_from_slice(field);
    }
    Ok(out)
}

/// The install data is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "install data of {length} octets, at most {INSTALL_DATA_MAX} are possible: shorten the application data"
)]
pub struct InstallDataError {
    /// Its length in octets.
    pub length: usize,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn instance() -> Aid {
        Aid::new(&hex::decode("F054574F464F4C4410010000BFFF1000").unwrap()).unwrap()
    }

    fn keys() -> Zeroizing<[u8; KEYS_LENGTH]> {
        Zeroizing::new([0x11; KEYS_LENGTH])
    }

    fn first_stage() -> FirstStageParameters {
        let pin = PinParameters {
            pin: Pin::from_digits("1234").unwrap(),
            puk: Pin::puk_from_digits("12345678").unwrap(),
            pin_tries: 3,
            puk_tries: 10,
        };
        FirstStageParameters::new(instance(), keys(), pin)
    }

    #[test]
    fn first_stage_has_its_objects_in_order() {
        let mut parameters = first_stage();
        parameters.counter = Counter::from_bytes([0, 0, 0, 1, 2]);
        let expected = format!(
            "8010F054574F464F4C4410010000BFFF1000 8104073C2E08 82050000000102 8330{} \
             841231323334FFFFFFFF 3132333435363738 030A",
            "11".repeat(KEYS_LENGTH)
        );
        assert_eq!(
            hex::encode_upper(&*parameters.to_bytes()),
            expected.replace(' ', "")
        );
    }

    #[test]
    fn second_stage_has_its_sizes_in_two_octets() {
        let bytes = SecondStageParameters::new(instance(), keys()).to_bytes();
        assert_eq!(bytes[18..24], [0x81, 4, 0x03, 0xA8, 0x40, 0x00]);
    }

    #[test]
    fn a_pin_is_not_shown() {
        let shown = format!("{:?}", first_stage().pin);
        assert!(!shown.contains("31") && !shown.contains("49"), "{shown}");
    }

    #[test]
    fn the_whole_fits_into_install() {
        let data = install_data(&instance(), &first_stage().to_bytes()).unwrap();
        assert_eq!(
            data[..20],
            hex::decode("10F054574F464F4C4410010000BFFF1000010065").unwrap()[..]
        );
        // 101 octets of application data; nothing had to grow, which would leave secrets behind.
        assert_eq!((data.len(), data.capacity()), (121, INSTALL_DATA_MAX));
        assert_eq!(first_stage().to_bytes().capacity(), INSTALL_DATA_MAX);
        assert_eq!(
            install_data(&instance(), &[0; 108]),
            Err(InstallDataError { length: 128 })
        );
    }
}
