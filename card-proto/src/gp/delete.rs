//! DELETE (GPCS §11.2) of an application, an Executable Load File or a key version.

use crate::aid::Aid;
use crate::apdu::CommandApdu;
use crate::gp::{CLA_GP, GpError};
use crate::tlv::ber;

const INS_DELETE: u8 = 0xE4;
/// P2 (GPCS §11.2.2.2).
const P2_OBJECT: u8 = 0x00;
const P2_WITH_RELATED: u8 = 0x80;
const TAG_AID: u32 = 0x4F;
/// Key version number (GPCS §11.2.2.3.2).
const TAG_KEY_VERSION: u32 = 0xD2;

/// What goes with the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteScope {
    /// Nothing: a load file with applications of it is not deleted.
    Object,
    /// All that belongs to it: a load file goes with its applications.
    WithRelated,
}

/// DELETE of what has this AID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// AID of the application or load file.
    pub aid: Aid,
    /// What goes with it.
    pub scope: DeleteScope,
}

impl Delete {
    /// The command `80 E4 00 00|80`.
    ///
    /// # Errors
    /// None that an AID could bring about; the signature is that of its siblings.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let p2 = match self.scope {
            DeleteScope::Object => P2_OBJECT,
            DeleteScope::WithRelated => P2_WITH_RELATED,
        };
        delete(p2, TAG_AID, self.aid.as_bytes())
    }
}

/// DELETE of all keys of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteKeyVersion {
    /// Key version number. The version whose packet carries the command cannot be deleted.
    pub version: u8,
}

impl DeleteKeyVersion {
    /// The command `80 E4 00 00` with `D2 01`.
    ///
    /// # Errors
    /// None that one octet could bring about; the signature is that of its siblings.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        delete(P2_OBJECT, TAG_KEY_VERSION, &[self.version])
    }
}

fn delete(p2: u8, tag: u32, value: &[u8]) -> Result<CommandApdu, GpError> {
    let mut data = Vec::new();
    ber::write(&mut data, tag, value);
    CommandApdu::new(CLA_GP, INS_DELETE, 0, p2)
        .with_data(&data)
        .map_err(|_| GpError::FieldLength {
            field: "DELETE data field",
            length: data.len(),
            limit: 255,
        })
}
