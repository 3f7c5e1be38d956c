//! The only place that calls cipher crates. Every cipher here runs with an initial vector of zeros: TS 102
//! 225 §5.1.2 and §5.1.3 want it so, the counter in the first block makes packets differ.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, BlockSizeUser,
    InnerIvInit, Iv, KeyInit,
};
use cmac::{Cmac, Mac, digest::InnerInit};
use crc::{CRC_16_IBM_SDLC, CRC_32_ISO_HDLC, Crc};
use des::{TdesEde2, TdesEde3};
use subtle::ConstantTimeEq;

/// Block length of AES in octets.
pub(crate) const AES_BLOCK: usize = 16;
/// Block length of DES in octets.
pub(crate) const DES_BLOCK: usize = 8;

/// CRC-16/X.25: polynomial 1021 reflected, start and final XOR FFFF.
static CRC_16: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_SDLC);
/// CRC-32 of ISO/IEC 13239.
static CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// A key made ready for its cipher; cleared on drop by the cipher crates.
#[derive(Clone)]
pub(crate) enum Schedule {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
    Des3Two(TdesEde2),
    Des3Three(TdesEde3),
}

/// Does the same for every cipher of a [`Schedule`].
macro_rules! with_cipher {
    ($schedule:expr, $cipher:ident => $body:expr) => {
        match $schedule {
            Schedule::Aes128($cipher) => $body,
            Schedule::Aes192($cipher) => $body,
            Schedule::Aes256($cipher) => $body,
            Schedule::Des3Two($cipher) => $body,
            Schedule::Des3Three($cipher) => $body,
        }
    };
}

impl Schedule {
    /// AES by the length of the key: 16, 24 or 32 octets; `None` for another.
    pub(crate) fn aes(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::Aes128),
            24 => Aes192::new_from_slice(key).ok().map(Self::Aes192),
            32 => Aes256::new_from_slice(key).ok().map(Self::Aes256),
            _ => None,
        }
    }

    /// Triple DES by the length of the key: 16 octets (two keys) or 24 (three); `None` for another.
    pub(crate) fn triple_des(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => TdesEde2::new_from_slice(key).ok().map(Self::Des3Two),
            24 => TdesEde3::new_from_slice(key).ok().map(Self::Des3Three),
            _ => None,
        }
    }

    /// Block length of the cipher in octets.
    pub(crate) fn block_size(&self) -> usize {
        match self {
            Self::Aes128(_) | Self::Aes192(_) | Self::Aes256(_) => AES_BLOCK,
            Self::Des3Two(_) | Self::Des3Three(_) => DES_BLOCK,
        }
    }

    /// Enciphers in place, CBC with zero IV. A part block at the end would stay as it is: callers pad before.
    pub(crate) fn encrypt_cbc(&self, data: &mut [u8]) {
        with_cipher!(self, cipher => encrypt_cbc(cipher, data));
    }

    /// Deciphers in place, CBC with zero IV. A part block at the end would stay as it is: callers check
    /// before.
    pub(crate) fn decrypt_cbc(&self, data: &mut [u8]) {
        with_cipher!(self, cipher => decrypt_cbc(cipher, data));
    }

    /// AES-CMAC (NIST SP 800-38B) over the parts, one after the other; `None` when the cipher is not AES.
    pub(crate) fn cmac(&self, parts: &[&[u8]]) -> Option<[u8; AES_BLOCK]> {
        match self {
            Self::Aes128(cipher) => Some(mac(Cmac::inner_init(cipher), parts)),
            Self::Aes192(cipher) => Some(mac(Cmac::inner_init(cipher), parts)),
            Self::Aes256(cipher) => Some(mac(Cmac::inner_init(cipher), parts)),
            Self::Des3Two(_) | Self::Des3Three(_) => None,
        }
    }

    /// The cryptographic checksum of TS 102 225 §5.1.3 in its full length of 8 octets: the first 8 octets of
    /// AES-CMAC, or the last block of triple DES in CBC mode over the parts padded with zeros.
    pub(crate) fn checksum(&self, parts: &[&[u8]]) -> [u8; 8] {
        match self {
            Self::Aes128(cipher) => first_8(mac(Cmac::inner_init(cipher), parts)),
            Self::Aes192(cipher) => first_8(mac(Cmac::inner_init(cipher), parts)),
            Self::Aes256(cipher) => first_8(mac(Cmac::inner_init(cipher), parts)),
            Self::Des3Two(cipher) => cbc_mac(cipher, parts),
            Self::Des3Three(cipher) => cbc_mac(cipher, parts),
        }
    }
}

fn encrypt_cbc<C: BlockCipherEncrypt>(cipher: &C, data: &mut [u8]) {
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(data);
    cbc::Encryptor::inner_iv_init(cipher, &Iv::<cbc::Encryptor<&C>>::default()).encrypt_blocks(blocks);
}

fn decrypt_cbc<C: BlockCipherDecrypt>(cipher: &C, data: &mut [u8]) {
    let (blocks, _) = Block::<C>::slice_as_chunks_mut(data);
    cbc::Decryptor::inner_iv_init(cipher, &Iv::<cbc::Decryptor<&C>>::default()).decrypt_blocks(blocks);
}

fn mac<M: Mac<OutputSize = cbc::cipher::consts::U16>>(mut mac: M, parts: &[&[u8]]) -> [u8; AES_BLOCK] {
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn first_8(mac: [u8; AES_BLOCK]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = mac;
    [a, b, c, d, e, f, g, h]
}

/// CBC-MAC over the parts as one string of octets, padded with zeros to whole blocks.
fn cbc_mac<C>(cipher: &C, parts: &[&[u8]]) -> [u8; DES_BLOCK]
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = cbc::cipher::consts::U8>,
{
    let mut state = Block::<C>::default();
    let mut filled = 0;
    for octet in parts.iter().copied().flatten() {
        state[filled] ^= octet;
        filled += 1;
        if filled == DES_BLOCK {
            cipher.encrypt_block(&mut state);
            filled = 0;
        }
    }
    if filled > 0 {
        cipher.encrypt_block(&mut state);
    }
    state.into()
}

/// CRC-16 (X.25) over the parts, as TS 102 225 §5.1.3 has it for the redundancy check of two octets.
pub(crate) fn crc_16(parts: &[&[u8]]) -> [u8; 2] {
    let mut digest = CRC_16.digest();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().to_be_bytes()
}

/// CRC-32 over the parts, as TS 102 225 §5.1.3 has it for the redundancy check of four octets.
pub(crate) fn crc_32(parts: &[&[u8]]) -> [u8; 4] {
    let mut digest = CRC_32.digest();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().to_be_bytes()
}

/// Compares a checksum with the one received, in time that does not depend on where they differ.
pub(crate) fn verify_mac(computed: &[u8], received: &[u8]) -> bool {
    computed.ct_eq(received).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catalogued check values of both polynomials, and those of TS 102 225 users for `01 02 03 04 05`.
    #[test]
    fn redundancy_checks_have_their_check_values() {
        assert_eq!(crc_16(&[b"123456789"]), [0x90, 0x6E]);
        assert_eq!(crc_32(&[b"123456789"]), [0xCB, 0xF4, 0x39, 0x26]);
        assert_eq!(crc_16(&[&[1, 2], &[3, 4, 5]]), [0x22, 0xEC]);
        assert_eq!(crc_32(&[&[1, 2], &[3, 4, 5]]), [0x47, 0x0B, 0x99, 0xF4]);
    }

    #[test]
    fn where_the_parts_are_cut_makes_no_difference() {
        let keys = [Schedule::aes(&[1; 24]), Schedule::triple_des(b"0123456789abcdef")];
        for key in keys.into_iter().flatten() {
            let message: Vec<u8> = (0..50).collect();
            for cut in 0..message.len() {
                let (one, two) = message.split_at(cut);
                assert_eq!(key.checksum(&[one, two]), key.checksum(&[&message]));
            }
        }
    }

    /// TS 102 225 §5.1.3: the last block of CBC over the message padded with zeros.
    #[test]
    fn the_triple_des_checksum_is_the_last_cbc_block() {
        let Some(key) = Schedule::triple_des(b"0123456789abcdef") else {
            panic!("a key of 16 octets")
        };
        let mut padded = [[7; 13].as_slice(), &[0; 3]].concat();
        key.encrypt_cbc(&mut padded);
        assert_eq!(key.checksum(&[&[7; 13]]), padded[8..]);
    }

    #[test]
    fn comparison_looks_at_length_and_content() {
        assert!(verify_mac(&[1, 2], &[1, 2]));
        assert!(!verify_mac(&[1, 2], &[1, 3]) && !verify_mac(&[1, 2], &[1]));
    }
}
