//! Files and commands of a UICC as seen on the interface (ETSI TS 102 221, 3GPP TS 31.102).

pub mod adn;
pub mod alpha_identifier;
pub mod language_preferences;
pub mod pin;
pub mod search_record;
