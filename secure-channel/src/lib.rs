//! Keys and SCP80 command and response packets, both ends, without I/O, clock or randomness.
//!
//! - [`key`] keys: cleared on drop, never printed; single DES is refused
//! - [`pin`] PINs, the same; [`put_key`] keys enciphered on their way into a card
//! - [`scp80`] ETSI TS 102 225 in the SMS dialect of 3GPP TS 31.115: command and response packets, SPI, KIc
//!   and KID, counters, packets inside packets
//! - `primitives` (private) the only file that calls cipher crates: AES and triple DES in CBC mode, AES-CMAC
//!   (NIST SP 800-38B), triple DES CBC-MAC, CRC-16 and CRC-32
//!
//! ```
//! use secure_channel::key::{Key, KeySet, KeyVersionNumber};
//! use secure_channel::scp80::{
//!     CcLength, CommandHeader, Counter, Kic, Kid, Spi, Tar, decode_command, encode_command,
//! };
//!
//! let key = || Key::aes_from_hex("000102030405060708090A0B0C0D0E0F");
//! let keys = KeySet { kvn: KeyVersionNumber::new(1)?, kic: key()?, kid: key()?, dek: key()? };
//! let header = CommandHeader {
//!     spi: Spi::SECURED,
//!     kic: Kic::for_key(keys.kvn, &keys.kic),
//!     kid: Kid::for_key(keys.kvn, &keys.kid),
//!     tar: Tar([0xBF, 0xFF, 0x10]),
//!     counter: Counter::new(1)?,
//! };
//! let packet = encode_command(&header, &keys, CcLength::Eight, b"secured data")?;
//! let opened = decode_command(&packet, &keys)?;
//! assert!(opened.mac.is_some() && opened.data == b"secured data");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod key;
pub mod pin;
mod primitives;
pub mod put_key;
pub mod scp80;
