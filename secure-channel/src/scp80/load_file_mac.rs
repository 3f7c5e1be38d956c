//! AES-CMAC with a key of a key set, outside packets.

use card_proto::gp::load;

use crate::key::{Key, KeyError};

/// AES-CMAC (NIST SP 800-38B) over `message`, 16 octets: what INTERNAL AUTHENTICATE answers to a challenge.
///
/// # Errors
/// [`KeyError::NotAes`] for a triple DES key.
pub fn cmac(key: &Key, message: &[u8]) -> Result<[u8; 16], KeyError> {
    key.schedule().cmac(&[message]).ok_or(KeyError::NotAes {
        found: key.key_type(),
    })
}

/// The checksum that INSTALL [for load] carries in place of a hash: AES-CMAC under KID of the type-2 set over
/// the load file data block TLV `C4`, BER length, `load_file`.
///
/// It cannot be taken for the checksum of a packet: a CPL of C4xx does not occur.
///
/// # Errors
/// [`KeyError::NotAes`] for a triple DES key.
pub fn load_file_mac(kid: &Key, load_file: &[u8]) -> Result<[u8; 16], KeyError> {
    cmac(kid, &load::data_block(load_file))
}
