//! The bytes a card and a terminal exchange. Pure: no dependencies, no I/O, no clock.
//!
//! Arbitrary octets never panic; a failure to read says where it happened, what was wanted and what was
//! found.
//!
//! - [`reader`] the cursor every parser uses; [`tlv`] BER-TLV (ISO 7816-4) and COMPREHENSION-TLV (TS 101 220)
//! - [`apdu`], [`cla`], [`status_word`], [`aid`] ISO/IEC 7816-3 and -4; [`transport`] the trait a card hides
//!   behind
//! - [`gp`] GlobalPlatform commands (GPCS 2.3.1 ch. 11)
//! - [`sms`] short messages and concatenation (3GPP TS 23.040); [`default_alphabet`] TS 23.038
//! - [`cat`] ENVELOPE and proactive commands (ETSI TS 102 223, 3GPP TS 31.111)
//! - [`remote_script`] secured data of OTA packets (ETSI TS 102 226)
//! - [`uicc`] phonebook records, PIN commands, language preferences (3GPP TS 31.102, ETSI TS 102 221)
//! - [`stage_information`] what Twofold's two stages tell about themselves
//!
//! ```
//! use card_proto::cat::envelope::SmsPpDownload;
//! use card_proto::sms::{concat, tpdu::{Address, SmsDeliver, TimeStamp}, user_data::Reference};
//!
//! let packet = [0x00, 0x03, 0x01, 0x02, 0x03];
//! for user_data in concat::segment_command_packet(&packet, Reference::Ref8(1))? {
//!     let time = TimeStamp::new([26, 11, 22], [9, 0, 0], 0);
//!     let deliver = SmsDeliver::data_download(Address::new("+4917")?, time, &user_data);
//!     let envelope = SmsPpDownload { sc_address: None, tpdu: deliver.to_bytes()? };
//!     assert_eq!(envelope.to_command()?.to_bytes()[..4], [0x80, 0xC2, 0x00, 0x00]);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod aid;
pub mod apdu;
pub mod cat;
pub mod cla;
pub mod default_alphabet;
pub mod gp;
pub mod reader;
pub mod remote_script;
pub mod sms;
pub mod stage_information;
pub mod status_word;
pub mod tlv;
pub mod transport;
pub mod uicc;
