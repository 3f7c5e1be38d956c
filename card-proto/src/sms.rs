//! Short messages (3GPP TS 23.040): TPDUs, user data, concatenation.

pub mod address;
pub mod concat;
pub mod tpdu;
pub mod user_data;

/// TP-PID "(U)SIM Data download" (TS 23.040 §9.2.3.9).
pub const PID_USIM_DATA_DOWNLOAD: u8 = 0x7F;
/// TP-DCS: 8-bit data, class 2, (U)SIM-specific message (TS 23.038 §4).
pub const DCS_CLASS_2_8_BIT: u8 = 0xF6;
/// Most octets of TP-UD in SMS-DELIVER and SMS-SUBMIT (TS 23.040 §9.2.3.24).
pub const MAX_USER_DATA: usize = 140;
