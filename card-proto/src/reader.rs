//! A cursor over octets: the only place that takes a slice apart.

use std::fmt;

/// What a parser wanted at the place where it stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// So many more octets.
    Octets(usize),
    /// A field with the properties the text names, in the words of the standard.
    Field(&'static str),
    /// Nothing more: the structure was complete.
    End,
}

/// What stood there instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Only so many octets were left.
    Octets(usize),
    /// This value (an octet, a tag, a length).
    Value(u64),
}

/// A failure to read: where, what was wanted, what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadError {
    /// Offset in octets from the beginning of the outermost structure.
    pub offset: usize,
    /// What the parser wanted at `offset`.
    pub wanted: Wanted,
    /// What stood at `offset`.
    pub found: Found,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at offset {}: wanted ", self.offset)?;
        match self.wanted {
            Wanted::Octets(count) => write!(f, "{count} more octets")?,
            Wanted::Field(text) => f.write_str(text)?,
            Wanted::End => f.write_str("the end")?,
        }
        match self.found {
            Found::Octets(count) => write!(f, ", found {count} octets"),
            Found::Value(value) => write!(f, ", found {value:02X}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// A cursor over borrowed octets.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first octet of `bytes`, at offset 0.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    /// Starts at the first octet of `bytes`, which stands at `offset` of a larger structure.
    #[inline]
    pub fn at(bytes: &'a [u8], offset: usize) -> Self {
        Self { rest: bytes, offset }
    }

    /// Offset of the next octet, from the beginning of the outermost structure.
    #[inline]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Number of octets not yet read.
    #[inline]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// True when every octet was read.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next octet, without reading it.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Reads `count` octets.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], ReadError> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                self.offset += count;
                Ok(taken)
            }
            None => Err(self.fail(Wanted::Octets(count), Found::Octets(self.rest.len()))),
        }
    }

    /// Reads all that is left.
    pub fn take_rest(&mut self) -> &'a [u8] {
        let rest = std::mem::take(&mut self.rest);
        self.offset += rest.len();
        rest
    }

    /// A reader over the next `count` octets, which this one skips; offsets stay those of the whole.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn sub(&mut self, count: usize) -> Result<Reader<'a>, ReadError> {
        let offset = self.offset;
        Ok(Reader::at(self.take(count)?, offset))
    }

    /// Reads exactly `N` octets.
    ///
    /// # Errors
    /// When fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Reads one octet.
    ///
    /// # Errors
    /// At the end.
    #[inline]
    pub fn u8(&mut self) -> Result<u8, ReadError> {
        Ok(u8::from_be_bytes(self.array()?))
    }

    /// Reads two octets, most significant first.
    ///
    /// # Errors
    /// When fewer are left.
    #[inline]
    pub fn u16(&mut self) -> Result<u16, ReadError> {
        Ok(u16::from_be_bytes(self.array()?))
    }

    /// Reads one octet that must have the value `octet`; `what` names it for the error.
    ///
    /// # Errors
    /// At the end, or when another value stands there (the offset is that of the octet).
    pub fn expect(&mut self, octet: u8, what: &'static str) -> Result<(), ReadError> {
        let before = self.clone();
        let found = self.u8()?;
        if found == octet {
            Ok(())
        } else {
            Err(before.reject(what, found.into()))
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When octets are left over.
    pub fn finish(self) -> Result<(), ReadError> {
        if self.is_empty() {
            return Ok(());
        }
        Err(self.fail(Wanted::End, Found::Octets(self.rest.len())))
    }

    /// The error that the field at this place has a value the standard does not allow.
    pub fn reject(&self, wanted: &'static str, found: u64) -> ReadError {
        self.fail(Wanted::Field(wanted), Found::Value(found))
    }

    fn fail(&self, wanted: Wanted, found: Found) -> ReadError {
        ReadError {
            offset: self.offset,
            wanted,
            found,
        }
    }
}
