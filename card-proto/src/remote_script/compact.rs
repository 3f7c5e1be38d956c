//! The compact format (TS 102 226 §5.1): concatenated APDUs; the answer holds the last response only.

use crate::reader::{ReadError, Reader};
use crate::status_word::StatusWord;

/// Which way the data of a command goes; P3 is Lc or Le accordingly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Data goes to the card: P3 octets follow (none when P3 is 00).
    Incoming,
    /// Data comes from the card: nothing follows P3.
    Outgoing,
}

/// The direction of the commands TS 102 226 §8.2 and TS 102 221 §10.1.2 know: GET RESPONSE, READ BINARY, READ
/// RECORD, FETCH, STATUS of an interindustry or 2G class, and GET DATA are outgoing, all others incoming.
pub fn direction(cla: u8, ins: u8) -> Direction {
    match (cla & 0xF0, ins) {
        (_, 0xC0 | 0xB0 | 0xB2 | 0x12 | 0xCA) | (0x00 | 0xA0, 0xF2) => Direction::Outgoing,
        _ => Direction::Incoming,
    }
}

/// Joins commands to a compact script. Each is CLA INS P1 P2 P3 and data, without Le of a case 4 command
/// (append GET RESPONSE `00 C0 00 00 00` to get its data).
pub fn encode_commands(commands: &[Vec<u8>]) -> Vec<u8> {
    commands.concat()
}

/// Takes a compact script apart, with `direction` saying what P3 is.
///
/// # Errors
/// [`ReadError`] when the last command is cut short.
pub fn decode_commands(
    script: &[u8],
    direction: impl Fn(u8, u8) -> Direction,
) -> Result<Vec<Vec<u8>>, ReadError> {
    let mut reader = Reader::new(script);
    let mut commands = Vec::new();
    while !reader.is_empty() {
        let header: [u8; 5] = reader.array()?;
        let [cla, ins, _, _, p3] = header;
        let mut command = header.to_vec();
        if direction(cla, ins) == Direction::Incoming {
            command.extend_from_slice(reader.take(p3.into())?);
        }
        commands.push(command);
    }
    Ok(commands)
}

/// The answer to a compact script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompactResponse {
    /// Number of commands executed.
    pub executed: u8,
    /// Status word of the last one.
    pub last_sw: StatusWord,
    /// Response data of the last one, if it is an outgoing one.
    pub last_data: Vec<u8>,
}

impl CompactResponse {
    /// Number, status word, data.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![self.executed];
        out.extend(self.last_sw.0.to_be_bytes());
        out.extend_from_slice(&self.last_data);
        out
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`ReadError`] below three octets.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes);
        Ok(Self {
            executed: reader.u8()?,
            last_sw: StatusWord(reader.u16()?),
            last_data: reader.take_rest().to_vec(),
        })
    }
}
