//! Tag-length-value structures: BER-TLV ([`ber`]) and COMPREHENSION-TLV ([`comprehension`]).

pub mod ber;
pub mod comprehension;
