//! Life cycle states (GPCS §11.1.1).

/// Life cycle states of applications; states `0F` and above with b3b2b1 = 111 are the application's own.
pub mod application {
    /// Installed, not selectable (GPCS table 11-4).
    pub const INSTALLED: u8 = 0x03;
    /// Selectable.
    pub const SELECTABLE: u8 = 0x07;
    /// Personalized: for security domains (GPCS table 11-5), and for services of the second stage.
    pub const PERSONALIZED: u8 = 0x0F;
    /// Locked: b8 is set, the other bits are those of before.
    pub const LOCKED: u8 = 0x80;
}

/// Life cycle state of an Executable Load File (GPCS table 11-3).
pub const LOAD_FILE_LOADED: u8 = 0x01;

/// Name of an application's life cycle state.
pub fn application_state_name(state: u8) -> &'static str {
    use application::{INSTALLED, LOCKED, PERSONALIZED, SELECTABLE};
    match state {
        INSTALLED => "INSTALLED",
        SELECTABLE => "SELECTABLE",
        PERSONALIZED => "PERSONALIZED",
        _ if state & LOCKED != 0 => "LOCKED",
        _ if state & 0x07 == 0x07 => "application specific",
        _ => "reserved",
    }
}
