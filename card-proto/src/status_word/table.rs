//! The table. The first row that fits explains a value: single values stand before the ranges they are in.

use super::{Explanation, StatusWord};

/// One row: a value, or a first and a last value.
struct Row {
    first: u16,
    last: u16,
    explanation: Explanation,
}

const fn row(first: u16, last: u16, name: &'static str, section: &'static str, cause: &'static str) -> Row {
    Row {
        first,
        last,
        explanation: Explanation {
            name,
            section,
            likely_cause: cause,
        },
    }
}

/// Writes the named constants and the table from the same rows.
macro_rules! status_words {
    ($($constant:ident $value:literal $name:literal, $section:literal, $cause:literal;)*) => {
        impl StatusWord {
            $(
                #[doc = concat!($name, " (", $section, ").")]
                pub const $constant: Self = Self($value);
            )*
        }

        /// Rows of single values.
        const SINGLE: &[Row] = &[$(row($value, $value, $name, $section, $cause)),*];
    };
}

status_words! {
    OK 0x9000 "normal ending of the command", "ISO 7816-4 §5.6",
        "the command was done";
    PACKET_REFUSED 0x6200 "no information given", "ISO 7816-4 §5.6",
        "in answer to an OTA packet: the card refused it and says not why: unknown key set, wrong key, security \
         level too low or damaged packet; compare SPI, KIc, KID, TAR and keys with the card profile";
    DATA_MAY_BE_CORRUPTED 0x6281 "part of returned data may be corrupted", "ISO 7816-4 §5.6",
        "a memory fault on the card; read again and replace the card if it stays";
    END_OF_FILE_REACHED 0x6282 "end of file or record reached before Ne octets, or search without success",
        "ISO 7816-4 §5.6, TS 102 221 §10.2.1.2",
        "Le is larger than what there is; in answer to SEARCH RECORD: no record contains the string";
    SELECTED_FILE_DEACTIVATED 0x6283 "selected file deactivated", "ISO 7816-4 §5.6",
        "the application or security domain is locked, or the file is deactivated";
    MORE_DATA_AVAILABLE 0x6310 "more data available", "GPCS §11.4.3",
        "not everything fitted into the answer: ask for the next part";
    AUTHENTICATION_OF_HOST_FAILED 0x6300 "authentication of host cryptogram failed", "GPCS §11.1.3",
        "wrong key or PIN: do not repeat blindly, tries may be counted";
    MEMORY_FAILURE 0x6581 "memory failure", "ISO 7816-4 §5.6",
        "a write to persistent memory failed; it may be worn out";
    WRONG_LENGTH 0x6700 "wrong length", "ISO 7816-4 §5.6",
        "Lc or Le is not what the command asks for: check the length of the data field";
    LOGICAL_CHANNEL_NOT_SUPPORTED 0x6881 "logical channel not supported", "ISO 7816-4 §5.6",
        "the channel in CLA is not open";
    SECURE_MESSAGING_NOT_SUPPORTED 0x6882 "secure messaging not supported", "ISO 7816-4 §5.6",
        "CLA announces secure messaging where none is expected";
    LAST_COMMAND_OF_CHAIN_EXPECTED 0x6883 "last command of the chain expected", "ISO 7816-4 §5.6",
        "a chain of commands was interrupted";
    COMMAND_CHAINING_NOT_SUPPORTED 0x6884 "command chaining not supported", "ISO 7816-4 §5.6",
        "CLA announces chaining (b5); send the data in one command";
    SECURITY_STATUS_NOT_SATISFIED 0x6982 "security status not satisfied", "ISO 7816-4 §5.6",
        "a PIN or authentication is missing, or the object may never be read";
    AUTHENTICATION_METHOD_BLOCKED 0x6983 "authentication method blocked", "ISO 7816-4 §5.6",
        "the PIN or key has no tries left: UNBLOCK PIN with the PUK sets a new PIN, until the PUK has none left either";
    REFERENCED_DATA_NOT_USABLE 0x6984 "reference data not usable", "ISO 7816-4 §5.6",
        "the key or PIN is there but locked or not yet set";
    CONDITIONS_OF_USE_NOT_SATISFIED 0x6985 "conditions of use not satisfied", "ISO 7816-4 §5.6",
        "the command does not fit the state: nothing selected, a block out of order, or a life cycle that forbids it";
    COMMAND_NOT_ALLOWED 0x6986 "command not allowed (no current EF)", "ISO 7816-4 §5.6",
        "a file must be selected first";
    SELECT_FAILED 0x6999 "applet selection failed", "JCRE §4.5",
        "the application refused its selection";
    INCORRECT_DATA 0x6A80 "incorrect parameters in the command data field", "ISO 7816-4 §5.6",
        "a tag, a length or a value in the data is wrong; in a load: the load file is damaged or already there";
    FUNCTION_NOT_SUPPORTED 0x6A81 "function not supported", "ISO 7816-4 §5.6",
        "the card is locked or lacks this function";
    FILE_NOT_FOUND 0x6A82 "file or application not found", "ISO 7816-4 §5.6",
        "wrong AID or file identifier, or the application is not yet selectable";
    RECORD_NOT_FOUND 0x6A83 "record not found", "ISO 7816-4 §5.6",
        "the record number is 0 or above the number of records";
    NOT_ENOUGH_MEMORY 0x6A84 "not enough memory space", "ISO 7816-4 §5.6",
        "the file, the arena or the card is full: delete something first";
    NC_INCONSISTENT_WITH_TLV 0x6A85 "Nc inconsistent with TLV structure", "ISO 7816-4 §5.6",
        "a length inside the data does not add up";
    INCORRECT_P1_P2 0x6A86 "incorrect parameters P1-P2", "ISO 7816-4 §5.6",
        "P1 or P2 has a value the command does not know";
    NC_INCONSISTENT_WITH_P1_P2 0x6A87 "Nc inconsistent with parameters P1-P2", "ISO 7816-4 §5.6",
        "the data field does not fit P1 and P2";
    REFERENCED_DATA_NOT_FOUND 0x6A88 "referenced data or reference data not found", "ISO 7816-4 §5.6",
        "no object, key or slot of that number, or nothing of that kind is there";
    FILE_ALREADY_EXISTS 0x6A89 "file already exists", "ISO 7816-4 §5.6",
        "delete it first or take another name";
    WRONG_PARAMETERS 0x6B00 "wrong parameters P1-P2", "ISO 7816-4 §5.6",
        "an offset or parameter is outside what there is";
    INSTRUCTION_NOT_SUPPORTED 0x6D00 "instruction code not supported or invalid", "ISO 7816-4 §5.6",
        "the selected application does not know INS: was the right one selected?";
    CLASS_NOT_SUPPORTED 0x6E00 "class not supported", "ISO 7816-4 §5.6",
        "the selected application does not know CLA: was the right one selected?";
    NO_PRECISE_DIAGNOSIS 0x6F00 "no precise diagnosis", "ISO 7816-4 §5.6",
        "an exception that the applet did not catch";
    TOOLKIT_BUSY 0x9300 "SIM application toolkit is busy", "TS 102 221 §10.2.1.4",
        "a proactive command is under way: send the ENVELOPE again later";
    ALGORITHM_NOT_SUPPORTED 0x9484 "algorithm not supported", "GPCS §11.1.3",
        "the card lacks the cipher or key length, or PUT KEY brings a key that is not AES (88)";
    INVALID_KEY_CHECK_VALUE 0x9485 "invalid key check value", "GPCS §11.1.3",
        "the key was not deciphered right: PUT KEY needs it under the DEK of the version that secures its packet";
    AUTHENTICATION_ERROR_MAC 0x9862 "authentication error, incorrect MAC", "TS 102 221 §10.2.1.6",
        "the network's authentication vector does not belong to this card";
}

/// Ranges, looked at after the single values.
const RANGES: &[Row] = &[
    row(
        0x6100,
        0x61FF,
        "response octets still available",
        "ISO 7816-4 §5.6",
        "T=0: SW2 octets wait for GET RESPONSE; the transport should have fetched them",
    ),
    row(
        0x6202,
        0x6280,
        "triggering by the card",
        "ISO 7816-4 §5.6",
        "the card wants a query of SW2 octets",
    ),
    row(
        0x6200,
        0x62FF,
        "warning, persistent memory unchanged",
        "ISO 7816-4 §5.6",
        "the command was done with a reservation",
    ),
    row(
        0x63C0,
        0x63CF,
        "verification failed, tries left",
        "ISO 7816-4 §5.6",
        "wrong PIN or PUK, or a query without one; the last digit is the number of tries left: stop before it is 0",
    ),
    row(
        0x6300,
        0x63FF,
        "warning, persistent memory changed",
        "ISO 7816-4 §5.6",
        "the command was done with a reservation",
    ),
    row(
        0x6400,
        0x64FF,
        "execution error, persistent memory unchanged",
        "ISO 7816-4 §5.6",
        "the command failed and changed nothing",
    ),
    row(
        0x6500,
        0x65FF,
        "execution error, persistent memory changed",
        "ISO 7816-4 §5.6",
        "the command failed half-way: read the state before repeating",
    ),
    row(
        0x6600,
        0x66FF,
        "security-related issue",
        "ISO 7816-4 §5.6",
        "the card saw something it takes for an attack",
    ),
    row(
        0x6700,
        0x67FF,
        "wrong length",
        "ISO 7816-4 §5.6",
        "Lc or Le is not what the command asks for",
    ),
    row(
        0x6800,
        0x68FF,
        "function in CLA not supported",
        "ISO 7816-4 §5.6",
        "channel, secure messaging or chaining in CLA",
    ),
    row(
        0x6900,
        0x69FF,
        "command not allowed",
        "ISO 7816-4 §5.6",
        "the state or the security conditions forbid the command",
    ),
    row(
        0x6A00,
        0x6AFF,
        "wrong parameters",
        "ISO 7816-4 §5.6",
        "P1, P2 or the data field",
    ),
    row(
        0x6C00,
        0x6CFF,
        "wrong Le",
        "ISO 7816-4 §5.6",
        "T=0: SW2 is the exact length; the transport should have repeated the command with it",
    ),
    row(
        0x6F00,
        0x6FFF,
        "no precise diagnosis",
        "ISO 7816-4 §5.6",
        "an internal error of the card",
    ),
    row(
        0x9100,
        0x91FF,
        "normal ending, a proactive command waits",
        "TS 102 221 §10.2.1.1",
        "FETCH SW2 octets",
    ),
    row(
        0x9200,
        0x92FF,
        "normal ending, transfer session information",
        "TS 102 221 §10.2.1.1",
        "the command was done",
    ),
    row(
        0x9E00,
        0x9EFF,
        "SIM data download error, response waits",
        "TS 51.011 §9.4",
        "2G form: the packet was refused and SW2 octets of answer wait for GET RESPONSE",
    ),
    row(
        0x9F00,
        0x9FFF,
        "normal ending, response waits",
        "TS 51.011 §9.4",
        "2G form: SW2 octets wait for GET RESPONSE",
    ),
];

const UNKNOWN: Explanation = Explanation {
    name: "unknown status word",
    section: "none",
    likely_cause: "proprietary to the card or applet: see its documentation",
};

/// The explanation of `value`.
pub(super) fn explain(value: u16) -> Explanation {
    let fits = |row: &&Row| (row.first..=row.last).contains(&value);
    SINGLE
        .iter()
        .chain(RANGES)
        .find(fits)
        .map_or(UNKNOWN, |row| row.explanation)
}
