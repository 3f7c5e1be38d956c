//! Response status codes (TS 102 225 §5.2, table 5; TS 31.115 §4.4).

use std::fmt;

/// How a command packet fared.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponseStatus(pub u8);

/// What is known of a response status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusExplanation {
    /// Name in the words of the standard.
    pub name: &'static str,
    /// What most often brings it about, and what to do.
    pub likely_cause: &'static str,
}

/// Writes the named constants and the table from the same rows.
macro_rules! response_statuses {
    ($($constant:ident $value:literal $name:literal, $cause:literal;)*) => {
        impl ResponseStatus {
            $(
                #[doc = concat!("`", stringify!($value), "`: ", $name, ".")]
                pub const $constant: Self = Self($value);
            )*

            /// What the status means.
            pub fn explain(self) -> StatusExplanation {
                match self.0 {
                    $($value => StatusExplanation { name: $name, likely_cause: $cause },)*
                    _ => StatusExplanation {
                        name: "reserved status",
                        likely_cause: "the card speaks a later version of the standard, or the packet is damaged",
                    },
                }
            }
        }
    };
}

response_statuses! {
    OK 0x00 "PoR OK",
        "the packet was accepted; the additional data says what the commands in it did";
    CHECK_FAILED 0x01 "RC/CC/DS failed",
        "the card computed another checksum: wrong KID key, key version or algorithm, or a damaged packet";
    COUNTER_LOW 0x02 "CNTR low",
        "an equal or later counter was accepted before: a repeat of a delivered packet, or the sender's counter fell behind";
    COUNTER_HIGH 0x03 "CNTR high",
        "the card wants the counter exactly one higher: packets are missing in between";
    COUNTER_BLOCKED 0x04 "CNTR blocked",
        "the card's counter is at its end: the key set must be replaced";
    CIPHERING_ERROR 0x05 "ciphering error",
        "wrong KIc key, key version or algorithm";
    UNIDENTIFIED_SECURITY_ERROR 0x06 "unidentified security error",
        "the packet was authentic but its content is not what the application expects";
    INSUFFICIENT_MEMORY 0x07 "insufficient memory to process incoming message",
        "the packet is longer than the card can take: send smaller ones";
    MORE_TIME 0x08 "more time",
        "the card is still working: wait for a further response";
    TAR_UNKNOWN 0x09 "TAR unknown",
        "no application has this TAR: not installed, not selectable, or another card";
    INSUFFICIENT_SECURITY_LEVEL 0x0A "insufficient security level",
        "SPI is below the application's minimum security level: cipher, sign and count";
    ACTUAL_RESPONSE_BY_SUBMIT 0x0B "actual response data to be sent using SMS-SUBMIT",
        "the response is too long for the delivery report: wait for the short message";
    ACTUAL_RESPONSE_BY_USSD 0x0C "actual response data to be sent using a ProcessUnstructuredSS-Request",
        "the response comes by USSD";
}

impl ResponseStatus {
    /// True for `00`.
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }
}

impl fmt::Display for ResponseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X} ({})", self.0, self.explain().name)
    }
}

impl fmt::Debug for ResponseStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResponseStatus({:02X})", self.0)
    }
}
