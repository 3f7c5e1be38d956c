//! The names of the commands that cards of this project are spoken to with.

/// Interindustry classes have b8 of CLA 0, the others 1 (ISO 7816-4 §5.4.1).
const PROPRIETARY: u8 = 0x80;

/// CLA without the channel, INS, P1 where it tells commands apart, name.
#[rustfmt::skip]
const INSTRUCTIONS: &[(u8, u8, Option<u8>, &str)] = &[
    (0x00, 0x0C, None,       "ERASE RECORD"),
    (0x00, 0x20, None,       "VERIFY PIN"),
    (0x00, 0x24, None,       "CHANGE PIN"),
    (0x00, 0x2C, None,       "UNBLOCK PIN"),
    (0x00, 0x88, None,       "INTERNAL AUTHENTICATE"),
    (0x00, 0xA2, None,       "SEARCH RECORD"),
    (0x00, 0xA4, None,       "SELECT"),
    (0x00, 0xB2, None,       "READ RECORD"),
    (0x00, 0xC0, None,       "GET RESPONSE"),
    (0x00, 0xDC, None,       "UPDATE RECORD"),
    (0x00, 0xE2, None,       "APPEND RECORD"),
    (0x80, 0xA4, None,       "selection of a service"),
    (0x80, 0xC0, None,       "GET RESPONSE"),
    (0x80, 0xC2, None,       "ENVELOPE"),
    (0x80, 0xCA, None,       "GET DATA"),
    (0x80, 0xCB, None,       "GET DATA from an offset"),
    (0x80, 0xD0, None,       "ENVELOPE under the proprietary INS"),
    (0x80, 0xD8, None,       "PUT KEY"),
    (0x80, 0xE2, None,       "STORE DATA"),
    (0x80, 0xE4, None,       "DELETE"),
    (0x80, 0xE6, Some(0x02), "INSTALL [for load]"),
    (0x80, 0xE6, Some(0x04), "INSTALL [for install]"),
    (0x80, 0xE6, Some(0x08), "INSTALL [for make selectable]"),
    (0x80, 0xE6, Some(0x0C), "INSTALL [for install and make selectable]"),
    (0x80, 0xE6, Some(0x20), "INSTALL [for personalization]"),
    (0x80, 0xE6, Some(0x40), "INSTALL [for registry update]"),
    (0x80, 0xE6, None,       "INSTALL"),
    (0x80, 0xE8, Some(0x80), "LOAD, last block"),
    (0x80, 0xE8, None,       "LOAD"),
    (0x80, 0xF0, None,       "SET STATUS"),
    (0x80, 0xF2, None,       "GET STATUS"),
];

/// The name of a command; «unknown command» where the project knows none.
pub fn name(cla: u8, ins: u8, p1: u8) -> &'static str {
    let fits = |row: &&(u8, u8, Option<u8>, &str)| {
        row.0 == cla & PROPRIETARY && row.1 == ins && row.2.is_none_or(|expected| expected == p1)
    };
    INSTRUCTIONS
        .iter()
        .find(fits)
        .map_or("unknown command", |row| row.3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_and_class_tell_commands_apart() {
        for (cla, ins, p1, expected) in [
            (0x80, 0xE6, 0x0C, "INSTALL [for install and make selectable]"),
            (0x80, 0xE6, 0x77, "INSTALL"),
            (0x00, 0xE2, 0x00, "APPEND RECORD"),
            (0x84, 0xE2, 0x80, "STORE DATA"),
            (0x00, 0xC2, 0x00, "unknown command"),
        ] {
            assert_eq!(name(cla, ins, p1), expected);
        }
    }
}
