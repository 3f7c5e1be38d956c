//! Command scripts in the expanded format and the response to them (`applets/stage-link/README.md`; TS 102 226 §5.2).

use super::message::ber;

/// Bad format codes (TS 102 226 §5.2.2).
const UNKNOWN_TAG: u8 = 0x01;
const WRONG_LENGTH: u8 = 0x02;
const LENGTH_NOT_FOUND: u8 = 0x03;
/// AB L 80 01 n; tag and length of an R-APDU; a Bad format object.
const HEADER: usize = 5;
const TLV: usize = 2;
const BAD_FORMAT: usize = 3;

/// The commands of a script, as far as it is well coded, and the code of what is wrong behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The C-APDUs.
    pub commands: Vec<Vec<u8>>,
    /// What is wrong behind them.
    pub bad_format: Option<u8>,
}

impl Script {
    /// Reads secured data; `None` when it is no script.
    pub fn read(data: &[u8]) -> Option<Self> {
        let mut script = Self {
            commands: Vec::new(),
            bad_format: None,
        };
        script.bad_format = match data {
            [0xAA, rest @ ..] => match length(rest) {
                Ok((body, [])) => script.read_commands(body, false),
                Ok(_) => Some(WRONG_LENGTH),
                Err(code) => Some(code),
            },
            [0xAE, 0x80, body @ ..] => script.read_commands(body, true),
            [0xAE, ..] => Some(LENGTH_NOT_FOUND),
            _ => return None,
        };
        Some(script)
    }

    fn read_commands(&mut self, body: &[u8], indefinite: bool) -> Option<u8> {
        let mut rest = body;
        loop {
            match rest {
                // Without its end-of-contents octets, or with something behind them, the length is wrong.
                [] => return indefinite.then_some(WRONG_LENGTH),
                [0, 0, behind @ ..] if indefinite => return (!behind.is_empty()).then_some(WRONG_LENGTH),
                [0x22, command @ ..] => match length(command) {
                    Ok((command, behind)) => {
                        self.commands.push(command.to_vec());
                        rest = behind;
                    }
                    Err(code) => return Some(code),
                },
                _ => return Some(UNKNOWN_TAG),
            }
        }
    }
}

fn length(octets: &[u8]) -> Result<(&[u8], &[u8]), u8> {
    ber(octets).map_err(|cut_off| if cut_off { WRONG_LENGTH } else { LENGTH_NOT_FOUND })
}

/// The response to a script, as it grows.
#[derive(Debug)]
pub struct Response {
    room: usize,
    executed: u8,
    parts: Vec<Vec<u8>>,
    cut: bool,
}

impl Response {
    /// A response of at most `room` octets.
    pub fn new(room: usize) -> Self {
        Self {
            room,
            executed: 0,
            parts: Vec::new(),
            cut: false,
        }
    }

    fn length(&self) -> usize {
        HEADER + self.parts.iter().map(Vec::len).sum::<usize>()
    }

    /// Octets that the next R-APDU may take.
    pub fn left(&self) -> usize {
        self.room.saturating_sub(self.length() + TLV)
    }

    /// Counts a command, and keeps its R-APDU if all before it were kept and it fits.
    pub fn add(&mut self, answer: &[u8]) {
        self.executed = self.executed.wrapping_add(1);
        self.cut |= self.length() + TLV + answer.len() > self.room;
        if !self.cut {
            let length = u8::try_from(answer.len()).unwrap_or_default();
            self.parts.push([[0x23, length].as_slice(), answer].concat());
        }
    }

    /// The whole, with the Bad format object where the script was badly coded.
    pub fn finish(mut self, bad_format: Option<u8>) -> Vec<u8> {
        if let Some(code) = bad_format {
            if self.length() + BAD_FORMAT > self.room {
                self.parts.pop();
            }
            self.parts.push(vec![0x90, 0x01, code]);
        }
        let length = u8::try_from(self.length() - TLV).unwrap_or_default();
        let head = [0xAB, length, 0x80, 0x01, self.executed];
        [head.as_slice(), &self.parts.concat()].concat()
    }
}

/// A C-APDU taken apart (ISO/IEC 7816-3 §12.1.3, short forms).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command<'a> {
    /// CLA INS P1 P2.
    pub header: [u8; 4],
    /// The data field.
    pub data: &'a [u8],
    /// Ne, if there is an Le.
    pub ne: Option<usize>,
}

impl<'a> Command<'a> {
    /// Reads a command; `None` when its length does not agree with Lc and Le.
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        let (&header, body) = octets.split_first_chunk()?;
        let (data, le) = match body {
            [] => (body, None),
            [le] => ([].as_slice(), Some(*le)),
            // Lc 00 counts as no Lc at all.
            [0, ..] => return None,
            [lc, rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(*lc))?;
                match le {
                    [] => (data, None),
                    [le] => (data, Some(*le)),
                    _ => return None,
                }
            }
        };
        let ne = le.map(|le| if le == 0 { 256 } else { usize::from(le) });
        Some(Self { header, data, ne })
    }
}
