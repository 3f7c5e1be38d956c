//! Remote command scripts (ETSI TS 102 226 §5): the secured data of OTA packets.
//!
//! The TAR decides the format: [`expanded`] (§5.2, TLV) or [`compact`] (§5.1, bare APDUs).

pub mod compact;
pub mod expanded;
