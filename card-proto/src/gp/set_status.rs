//! SET STATUS (GPCS §11.10) of an application: lock and unlock.

use crate::aid::Aid;
use crate::apdu::CommandApdu;
use crate::gp::life_cycle::application::LOCKED;
use crate::gp::{CLA_GP, GpError};

const INS_SET_STATUS: u8 = 0xF0;
/// P1 (GPCS §11.10.2.1): an application.
const P1_APPLICATION: u8 = 0x40;

/// What becomes of the application. P2 has b8 only: the other bits are the receiver's to keep (GPCS §11.10.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusChange {
    /// To LOCKED, from any state.
    Lock,
    /// Back to the state before the lock.
    Unlock,
}

/// SET STATUS of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStatus {
    /// AID of the application.
    pub application: Aid,
    /// What becomes of it.
    pub change: StatusChange,
}

impl SetStatus {
    /// The command `80 F0 40 80|00`.
    ///
    /// # Errors
    /// None that an AID could bring about; the signature is that of its siblings.
    pub fn to_command(&self) -> Result<CommandApdu, GpError> {
        let p2 = match self.change {
            StatusChange::Lock => LOCKED,
            StatusChange::Unlock => 0,
        };
        let aid = self.application.as_bytes();
        CommandApdu::new(CLA_GP, INS_SET_STATUS, P1_APPLICATION, p2)
            .with_data(aid)
            .map_err(|_| GpError::FieldLength {
                field: "SET STATUS data field",
                length: aid.len(),
                limit: 255,
            })
    }
}
