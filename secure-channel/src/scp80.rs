//! SCP80: command and response packets (ETSI TS 102 225), in the dialect of SMS (3GPP TS 31.115).

pub mod command_packet;
pub mod counter;
mod error;
pub mod kic;
mod load_file_mac;
pub mod nested;
mod protection;
pub mod response_packet;
pub mod spi;
mod tar;

pub use command_packet::{CommandHeader, CommandPacket, decode_command, encode_command};
pub use counter::Counter;
pub use error::Scp80Error;
pub use kic::{Kic, Kid};
pub use load_file_mac::{cmac, load_file_mac};
pub use protection::{CcLength, MacVerified};
pub use response_packet::{
    Response, ResponseDialect, ResponsePacket, ResponseStatus, decode_response, encode_response,
};
pub use spi::{CounterMode, Integrity, PorMode, PorTransport, Spi};
pub use tar::{Tar, TarError};
