//! The other side of [`Reader`](card_proto::reader::Reader): octets appended, counts checked.

use crate::error::{ErrorKind, Fault};

/// A structure being written.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Octets written so far.
    pub(crate) fn offset(&self) -> usize {
        self.out.len()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.out.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.bytes(&value.to_be_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes(&value.to_be_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn u16s(&mut self, values: &[u16]) {
        values.iter().for_each(|value| self.u16(*value));
    }

    /// A count in one octet.
    pub(crate) fn count8(&mut self, count: usize, what: &'static str) -> Result<(), Fault> {
        self.checked(count, what, u8::MAX.into())?;
        self.u8(u8::try_from(count).unwrap_or(u8::MAX));
        Ok(())
    }

    /// A count in two octets.
    pub(crate) fn count16(&mut self, count: usize, what: &'static str) -> Result<(), Fault> {
        self.checked(count, what, u16::MAX.into())?;
        self.u16(u16::try_from(count).unwrap_or(u16::MAX));
        Ok(())
    }

    /// A count in four octets.
    pub(crate) fn count32(&mut self, count: usize, what: &'static str) -> Result<(), Fault> {
        self.checked(count, what, u32::MAX as usize)?;
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Refuses more than `limit` of `what`.
    pub(crate) fn checked(&self, found: usize, what: &'static str, limit: usize) -> Result<(), Fault> {
        if found <= limit {
            return Ok(());
        }
        Err(self.fault(ErrorKind::Limit { what, found, limit }))
    }

    /// An error at this place.
    pub(crate) fn fault(&self, kind: ErrorKind) -> Fault {
        Fault::new(self.offset(), kind)
    }
}
