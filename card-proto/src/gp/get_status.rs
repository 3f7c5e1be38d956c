//! GET STATUS (GPCS §11.4) with the response in TLV format.

use crate::aid::Aid;
use crate::apdu::CommandApdu;
use crate::gp::{CLA_GP, GpError};
use crate::reader::{ReadError, Reader};
use crate::tlv::ber;

const INS_GET_STATUS: u8 = 0xF2;
/// P2 b2: response in TLV format; b1: get next occurrences (GPCS table 11-34).
const P2_FIRST: u8 = 0x02;
const P2_NEXT: u8 = 0x03;
/// Search criterion: any AID.
const ANY_AID: [u8; 2] = [0x4F, 0x00];
/// Longest AID, and so the longest prefix of one, in octets.
const MAX_AID: usize = 16;
const TAG_ENTRY: u32 = 0xE3;
const TAG_AID: u32 = 0x4F;
const TAG_LIFE_CYCLE: u32 = 0x9F70;
const TAG_PRIVILEGES: u32 = 0xC5;
const TAG_LOAD_FILE_AID: u32 = 0xC4;
const TAG_MODULE_AID: u32 = 0x84;

/// What GET STATUS asks for, the bits of P1 (GPCS table 11-33).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusSubset(pub u8);

impl StatusSubset {
    /// The Issuer Security Domain.
    pub const ISSUER_SECURITY_DOMAIN: Self = Self(0x80);
    /// Applications (services) and Supplementary Security Domains.
    pub const APPLICATIONS: Self = Self(0x40);
    /// Executable Load Files.
    pub const LOAD_FILES: Self = Self(0x20);
    /// Executable Load Files with their modules.
    pub const LOAD_FILES_AND_MODULES: Self = Self(0x10);

    /// Both subsets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The command `80 F2 P1 02` for the first, or `03` for the next occurrences after a status word 6310.
pub fn get_status(subset: StatusSubset, next: bool) -> CommandApdu {
    let p2 = if next { P2_NEXT } else { P2_FIRST };
    let command = CommandApdu::new(CLA_GP, INS_GET_STATUS, subset.0, p2).with_le(256);
    // Two octets always fit.
    command.clone().with_data(&ANY_AID).unwrap_or(command)
}

/// The same for entries whose AID begins with `prefix` (GPCS §11.4.2.3: search by partial AID).
///
/// # Errors
/// [`GpError::FieldLength`] above 16 octets.
pub fn get_status_of(subset: StatusSubset, prefix: &[u8], next: bool) -> Result<CommandApdu, GpError> {
    let too_long = GpError::FieldLength {
        field: "AID prefix",
        length: prefix.len(),
        limit: MAX_AID,
    };
    if prefix.len() > MAX_AID {
        return Err(too_long);
    }
    let mut criterion = Vec::new();
    ber::write(&mut criterion, TAG_AID, prefix);
    get_status(subset, next)
        .with_data(&criterion)
        .map_err(|_| too_long)
}

/// One entry of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryEntry {
    /// AID of the application or load file.
    pub aid: Aid,
    /// Life cycle state ([`crate::gp::life_cycle`]).
    pub life_cycle: u8,
    /// Privileges; empty when not given.
    pub privileges: Vec<u8>,
    /// AID of the Executable Load File of an application.
    pub load_file: Option<Aid>,
    /// AIDs of the modules of a load file.
    pub modules: Vec<Aid>,
}

impl RegistryEntry {
    /// Reads the response data field: `E3` entries up to its end; unknown objects in them are skipped.
    ///
    /// # Errors
    /// [`ReadError`] when lengths do not add up, or AID or life cycle state are missing.
    pub fn parse_all(data: &[u8]) -> Result<Vec<Self>, ReadError> {
        let mut reader = Reader::new(data);
        let mut entries = Vec::new();
        while !reader.is_empty() {
            let entry = ber::read_expected(&mut reader, TAG_ENTRY, "tag E3 of a registry entry")?;
            entries.push(Self::parse(&entry)?);
        }
        Ok(entries)
    }

    fn parse(entry: &ber::Tlv<'_>) -> Result<Self, ReadError> {
        let (mut aid, mut life_cycle) = (None, None);
        let (mut privileges, mut load_file, mut modules) = (Vec::new(), None, Vec::new());
        let mut reader = entry.reader();
        while !reader.is_empty() {
            let tlv = ber::read(&mut reader)?;
            match tlv.tag {
                TAG_AID => aid = Some(read_aid(&tlv)?),
                TAG_LIFE_CYCLE => life_cycle = Some(tlv.reader().u8()?),
                TAG_PRIVILEGES => privileges = tlv.value.to_vec(),
                TAG_LOAD_FILE_AID => load_file = Some(read_aid(&tlv)?),
                TAG_MODULE_AID => modules.push(read_aid(&tlv)?),
                _ => {}
            }
        }
        let missing = |what| entry.reader().reject(what, 0);
        Ok(Self {
            aid: aid.ok_or_else(|| missing("an AID (4F)"))?,
            life_cycle: life_cycle.ok_or_else(|| missing("a life cycle state (9F70)"))?,
            privileges,
            load_file,
            modules,
        })
    }

    /// The entry `E3`, as a card sends it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut value = Vec::new();
        ber::write(&mut value, TAG_AID, self.aid.as_bytes());
        ber::write(&mut value, TAG_LIFE_CYCLE, &[self.life_cycle]);
        if !self.privileges.is_empty() {
            ber::write(&mut value, TAG_PRIVILEGES, &self.privileges);
        }
        if let Some(load_file) = &self.load_file {
            ber::write(&mut value, TAG_LOAD_FILE_AID, load_file.as_bytes());
        }
        self.modules
            .iter()
            .for_each(|module| ber::write(&mut value, TAG_MODULE_AID, module.as_bytes()));
        let mut out = Vec::new();
        ber::write(&mut out, TAG_ENTRY, &value);
        out
    }
}

fn read_aid(tlv: &ber::Tlv<'_>) -> Result<Aid, ReadError> {
    let found = tlv.value.len() as u64;
    Aid::new(tlv.value).map_err(|_| tlv.reader().reject("an AID of 5 to 16 octets", found))
}
