//! What can be wrong with a packet.

use card_proto::reader::ReadError;

use crate::key::KeyType;
use crate::scp80::Tar;
use crate::scp80::counter::Counter;

/// Why a packet cannot be encoded or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Scp80Error {
    /// The octets are no packet.
    #[error("malformed packet: {0}")]
    Malformed(#[from] ReadError),
    /// KIc or KID names an algorithm that is refused or unknown.
    #[error(
        "{field} {value:02X} names an algorithm that is not supported (single DES is refused): TS 102 225 §5.1"
    )]
    UnsupportedAlgorithm {
        /// `KIc` or `KID`.
        field: &'static str,
        /// Its value.
        value: u8,
    },
    /// KIc or KID names another algorithm than the key is for.
    #[error(
        "{field} {value:02X} does not fit the key, which is {key_type}: correct {field} or the card profile"
    )]
    KeyTypeMismatch {
        /// `KIc` or `KID`.
        field: &'static str,
        /// Its value.
        value: u8,
        /// Type of the key at hand.
        key_type: KeyType,
    },
    /// KIc or KID names another key version than the key set at hand has.
    #[error("{field} {value:02X} names key version {}, the key set has {kvn}", value >> 4)]
    KeyVersionMismatch {
        /// `KIc` or `KID`.
        field: &'static str,
        /// Its value.
        value: u8,
        /// Key version of the set at hand.
        kvn: u8,
    },
    /// SPI asks for a digital signature.
    #[error("SPI asks for a digital signature, for which TS 102 225 defines no algorithm")]
    DigitalSignature,
    /// A triple DES checksum has 8 octets.
    #[error("a triple DES checksum of 4 octets is not supported: it has 8")]
    ShortChecksum,
    /// The packet would be longer than its length field can say.
    #[error("{length} octets of data do not fit one packet: send several")]
    TooLong {
        /// Octets of data.
        length: usize,
    },
    /// The cryptographic checksum is wrong: wrong key, damaged or forged.
    #[error("MAC mismatch")]
    MacMismatch,
    /// The redundancy check is wrong: damaged.
    #[error("redundancy check mismatch")]
    RedundancyCheckMismatch,
    /// The response is that to another command.
    #[error("the response is for TAR {tar} and counter {counter}, not for this command")]
    OtherCommand {
        /// TAR of the response.
        tar: Tar,
        /// Counter of the response.
        counter: Counter,
    },
}
