//! AES keys of the model, and what the applets do with them.

use secure_channel::key::Key;

use crate::forge;

/// Octets of a cipher block.
pub const BLOCK: usize = 16;

/// An AES key of 16, 24 or 32 octets.
#[derive(Clone)]
pub struct AesKey(Key);

impl AesKey {
    /// A key from its octets; `None` for another length.
    pub fn new(octets: &[u8]) -> Option<Self> {
        Key::aes(octets).ok().map(Self)
    }

    /// The key as the packet builder takes it.
    pub fn key(&self) -> &Key {
        &self.0
    }

    /// Its octets.
    pub fn octets(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// AES-CMAC (NIST SP 800-38B §6.2).
    pub fn cmac(&self, message: &[u8]) -> [u8; BLOCK] {
        forge::cmac(&self.0, message).unwrap_or_default()
    }

    /// AES-CBC, IV 0; the octets are whole blocks.
    pub fn encrypt_cbc(&self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        forge::encrypt_cbc(&self.0, &mut octets).map_or_else(|_| Vec::new(), |()| octets)
    }

    /// The way back from [`AesKey::encrypt_cbc`].
    pub fn decrypt_cbc(&self, octets: &[u8]) -> Vec<u8> {
        let mut octets = octets.to_vec();
        forge::decrypt_cbc(&self.0, &mut octets).map_or_else(|_| Vec::new(), |()| octets)
    }

    /// Key check value of Amendment D §7.2: the first three octets of a block of `01` under the key.
    pub fn kcv(&self) -> [u8; 3] {
        forge::key_check_value(&self.0).unwrap_or_default()
    }
}

impl PartialEq for AesKey {
    fn eq(&self, other: &Self) -> bool {
        self.octets() == other.octets()
    }
}

impl Eq for AesKey {}

impl std::fmt::Debug for AesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
