//! Card application toolkit: what terminal and card say beside the files (ETSI TS 102 223, 3GPP TS 31.111).

pub mod envelope;
pub mod proactive;

/// COMPREHENSION-TLV tags without the comprehension bit (TS 101 220 §7.2, TS 102 223 §9.3).
pub mod tag {
    /// Command details.
    pub const COMMAND_DETAILS: u16 = 0x01;
    /// Device identities.
    pub const DEVICE_IDENTITIES: u16 = 0x02;
    /// Result.
    pub const RESULT: u16 = 0x03;
    /// Alpha identifier.
    pub const ALPHA_IDENTIFIER: u16 = 0x05;
    /// Address.
    pub const ADDRESS: u16 = 0x06;
    /// SMS TPDU.
    pub const SMS_TPDU: u16 = 0x0B;
}

/// Device identities (TS 102 223 §8.7).
pub mod device {
    /// UICC.
    pub const UICC: u8 = 0x81;
    /// Terminal.
    pub const TERMINAL: u8 = 0x82;
    /// Network.
    pub const NETWORK: u8 = 0x83;
}
