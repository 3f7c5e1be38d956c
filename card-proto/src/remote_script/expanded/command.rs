//! Command scripts: `AA L {22 L C-APDU}*` and `AE 80 {22 L C-APDU}* 00 00`.

use std::fmt;

use super::{
    BadFormat, INDEFINITE, TAG_COMMAND_APDU, TAG_COMMAND_SCRIPT, TAG_COMMAND_SCRIPT_INDEFINITE,
    at_end_of_contents, definite, indefinite, read_end_of_contents,
};
use crate::reader::{ReadError, Reader};
use crate::tlv::ber;

/// A command script. Immediate action, error action and script chaining (tags 81, 82, 83) are not spoken
/// here: they are unknown tags. `Debug` shows the number of commands only: they may hold keys.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CommandScript {
    /// The C-APDUs in their order.
    pub commands: Vec<Vec<u8>>,
}

impl fmt::Debug for CommandScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommandScript({} commands)", self.commands.len())
    }
}

/// Why octets are no command script: what a card that met it would answer, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScriptError {
    /// Number of commands before the place of the failure, which a card has executed by then.
    pub commands_before: u32,
    /// The value of the bad format TLV of the answer.
    pub bad_format: BadFormat,
    /// Where and what.
    pub cause: ReadError,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            commands_before,
            bad_format,
            cause,
        } = self;
        write!(
            f,
            "command script: {bad_format} after {commands_before} commands, {cause}"
        )
    }
}

impl std::error::Error for ScriptError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// A failure to read, with what a card says of it.
type Failure = (BadFormat, ReadError);

impl CommandScript {
    /// The script with a definite length (tag `AA`).
    pub fn encode_definite(&self) -> Vec<u8> {
        definite(TAG_COMMAND_SCRIPT, &self.body())
    }

    /// The script with an indefinite length (tag `AE`).
    pub fn encode_indefinite(&self) -> Vec<u8> {
        indefinite(TAG_COMMAND_SCRIPT_INDEFINITE, &self.body())
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        self.commands
            .iter()
            .for_each(|command| ber::write(&mut body, TAG_COMMAND_APDU, command));
        body
    }

    /// Reads a script of either coding, up to the end of `bytes`.
    ///
    /// # Errors
    /// [`ScriptError`] at the first TLV that is not a C-APDU or whose length does not add up.
    pub fn decode(bytes: &[u8]) -> Result<Self, ScriptError> {
        let mut script = Self::default();
        match script.read(bytes) {
            Ok(()) => Ok(script),
            Err((bad_format, cause)) => {
                let commands_before = u32::try_from(script.commands.len()).unwrap_or(u32::MAX);
                Err(ScriptError {
                    commands_before,
                    bad_format,
                    cause,
                })
            }
        }
    }

    /// Reads command after command into `self`, so that those before a failure are known.
    fn read(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let mut reader = Reader::new(bytes);
        let at_tag = reader.clone();
        match reader.u8().map_err(unknown_tag)? {
            TAG_COMMAND_SCRIPT => {
                let length = read_length(&mut reader)?;
                let mut body = reader.sub(length).map_err(wrong_length)?;
                reader.finish().map_err(wrong_length)?;
                while !body.is_empty() {
                    self.commands.push(read_command(&mut body)?);
                }
                Ok(())
            }
            TAG_COMMAND_SCRIPT_INDEFINITE => {
                reader
                    .expect(INDEFINITE, "length 80 of the indefinite coding")
                    .map_err(wrong_length)?;
                while !at_end_of_contents(&reader) {
                    self.commands.push(read_command(&mut reader)?);
                }
                read_end_of_contents(&mut reader).map_err(wrong_length)?;
                reader.finish().map_err(wrong_length)
            }
            tag => Err(unknown_tag(
                at_tag.reject("tag AA or AE of a command script", tag.into()),
            )),
        }
    }
}

fn read_command(reader: &mut Reader<'_>) -> Result<Vec<u8>, Failure> {
    let at_tag = reader.clone();
    let tag = ber::read_tag(reader).map_err(unknown_tag)?;
    if tag != TAG_COMMAND_APDU {
        return Err(unknown_tag(at_tag.reject("tag 22 of a C-APDU", tag.into())));
    }
    let length = read_length(reader)?;
    Ok(reader.take(length).map_err(wrong_length)?.to_vec())
}

fn read_length(reader: &mut Reader<'_>) -> Result<usize, Failure> {
    let bad_format = if reader.is_empty() {
        BadFormat::LengthNotFound
    } else {
        BadFormat::WrongLength
    };
    ber::read_length(reader).map_err(|error| (bad_format, error))
}

fn unknown_tag(error: ReadError) -> Failure {
    (BadFormat::UnknownTag, error)
}

fn wrong_length(error: ReadError) -> Failure {
    (BadFormat::WrongLength, error)
}
