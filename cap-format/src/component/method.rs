//! Method: the code of all methods and their exception handlers (JCVM §6.10).
//!
//! The component does not say where a method ends: the offsets in the other components, best those of the Descriptor, tell.

pub(crate) mod boundaries;

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault, Part};
use crate::flags::flags;
use crate::writer::Writer;

flags! {
    /// The upper half of the first octet of a method (JCVM §6.10.2). The other two bits must be zero.
    MethodFlags(u8) {
        /// The header has four octets.
        EXTENDED = 0x8, "extended";
        /// The method has no code.
        ABSTRACT = 0x4, "abstract";
    }
}

/// `exception_handler_info` (JCVM §6.10.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExceptionHandler {
    /// Offset of the first guarded instruction in the Method component.
    pub start_offset: u16,
    /// Octets of the guarded range, at most `7FFF`.
    pub active_length: u16,
    /// True when no handler that follows guards a part of the range.
    pub stop: bool,
    /// Offset of the first instruction of the handler in the Method component.
    pub handler_offset: u16,
    /// Index in the ConstantPool of the class that is caught; [`CATCH_ALL`] for `finally`.
    pub catch_type_index: u16,
}

/// The header of a method (JCVM §6.10.2). Compact (two octets) without [`MethodFlags::EXTENDED`]: each number at most 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct MethodHeader {
    /// The form of the header, and whether code follows.
    pub flags: MethodFlags,
    /// Words of the operand stack.
    pub max_stack: u8,
    /// Words of the arguments, `this` included.
    pub nargs: u8,
    /// Words of the local variables without the arguments.
    pub max_locals: u8,
}

/// `method_info`: a header and the code behind it (JCVM §6.10.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Method {
    /// The header.
    pub header: MethodHeader,
    /// The instructions as octets; [`bytecode`](crate::bytecode) takes them apart. Empty for an abstract method.
    pub code: Vec<u8>,
}

/// The Method component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MethodComponent {
    /// The handlers of all methods, those of one method together.
    pub handlers: Vec<ExceptionHandler>,
    /// The methods, in the order of the file.
    pub methods: Vec<Method>,
}

/// The catch type that stands for every exception.
pub const CATCH_ALL: u16 = 0;
/// Octets of a handler.
const HANDLER_OCTETS: usize = 8;
/// The bit of `active_length` that says that no other handler follows for the range.
const STOP_BIT: u16 = 0x8000;
/// The largest number a compact header can hold.
const MAX_COMPACT: u8 = 15;

impl MethodComponent {
    /// All methods, each with the offset of its header in the component.
    pub fn offsets(&self) -> impl Iterator<Item = (usize, &Method)> {
        self.methods.iter().scan(self.methods_begin(), |next, method| {
            let offset = *next;
            *next += method.octets();
            Some((offset, method))
        })
    }

    /// The method whose header stands at this offset in the component.
    pub fn at(&self, offset: u16) -> Option<&Method> {
        self.offsets()
            .find_map(|(begin, method)| (begin == usize::from(offset)).then_some(method))
    }

    /// The offset in the component where the first method begins, after the handlers.
    pub fn methods_begin(&self) -> usize {
        1 + HANDLER_OCTETS * self.handlers.len()
    }

    /// Reads the component. `starts` are the offsets of methods in it, in any order and as often as they occur; everything up to
    /// the next one belongs to a method.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, a start lies among the handlers or outside, or octets before the first method are left
    /// over.
    pub fn read(info: &[u8], starts: &[u16]) -> Result<Self, CapError> {
        read_whole(Tag::Method, info, |reader| {
            let handlers = read_handlers(reader)?;
            let methods = read_methods(reader, starts)?;
            Ok(Self { handlers, methods })
        })
    }

    /// Reads the component when `starts` may lack methods that nothing refers to: they are found by following the code.
    ///
    /// # Errors
    /// As [`MethodComponent::read`].
    pub fn read_without_descriptor(info: &[u8], starts: &[u16]) -> Result<Self, CapError> {
        let all =
            boundaries::completed(info, starts).map_err(|fault| fault.of(Part::Component(Tag::Method)))?;
        Self::read(info, &all)
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when there are too many handlers or a number does not fit into the form of a header.
    pub fn write(&self) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Method, |out| {
            out.count8(self.handlers.len(), "exception handlers")?;
            self.handlers.iter().try_for_each(|handler| handler.write(out))?;
            self.methods.iter().try_for_each(|method| method.write(out))
        })
    }
}

/// The handlers alone, which need no knowledge of the methods.
fn read_handlers(reader: &mut Reader<'_>) -> Result<Vec<ExceptionHandler>, Fault> {
    let count = reader.u8()?;
    (0..count).map(|_| ExceptionHandler::read(reader)).collect()
}

fn read_methods(reader: &mut Reader<'_>, starts: &[u16]) -> Result<Vec<Method>, Fault> {
    let end = reader.offset() + reader.remaining();
    let mut starts: Vec<usize> = starts.iter().map(|start| usize::from(*start)).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([end]);
    let mut methods = Vec::with_capacity(starts.len());
    for (start, end) in starts.iter().zip(ends) {
        if *start != reader.offset() {
            return Err(reader
                .reject(
                    "the beginning of a method as another component states it",
                    *start as u64,
                )
                .into());
        }
        let length = end.saturating_sub(*start);
        methods.push(Method::read(&mut reader.sub(length)?)?);
    }
    Ok(methods)
}

impl ExceptionHandler {
    /// Where in the component the catch type of the handler with this index stands.
    pub(crate) fn catch_type_offset(index: usize) -> usize {
        1 + HANDLER_OCTETS * index + 6
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let start_offset = reader.u16()?;
        let range = reader.u16()?;
        Ok(Self {
            start_offset,
            active_length: range & !STOP_BIT,
            stop: range & STOP_BIT != 0,
            handler_offset: reader.u16()?,
            catch_type_index: reader.u16()?,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        let (length, limit) = (self.active_length, !STOP_BIT);
        out.checked(
            length.into(),
            "octets guarded by an exception handler",
            limit.into(),
        )?;
        out.u16(self.start_offset);
        out.u16(length | if self.stop { STOP_BIT } else { 0 });
        out.u16(self.handler_offset);
        out.u16(self.catch_type_index);
        Ok(())
    }
}

impl MethodHeader {
    /// Octets of the header.
    pub fn octets(&self) -> usize {
        if self.flags.contains(MethodFlags::EXTENDED) {
            4
        } else {
            2
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let first = reader.u8()?;
        let flags = MethodFlags(first >> 4);
        let known = MethodFlags::EXTENDED | MethodFlags::ABSTRACT;
        if !known.contains(flags) {
            return Err(before
                .reject("method flags 8 (extended) and 4 (abstract)", flags.0.into())
                .into());
        }
        let low = first & 0x0F;
        if !flags.contains(MethodFlags::EXTENDED) {
            let second = reader.u8()?;
            return Ok(Self {
                flags,
                max_stack: low,
                nargs: second >> 4,
                max_locals: second & 0x0F,
            });
        }
        if low != 0 {
            return Err(before.reject("0 in the unused half octet", low.into()).into());
        }
        Ok(Self {
            flags,
            max_stack: reader.u8()?,
            nargs: reader.u8()?,
            max_locals: reader.u8()?,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        let known = MethodFlags::EXTENDED | MethodFlags::ABSTRACT;
        if !known.contains(self.flags) {
            let (wanted, found) = ("method flags 8 (extended) and 4 (abstract)", self.flags.0.into());
            return Err(out.fault(ErrorKind::Value { wanted, found }));
        }
        let numbers = [self.max_stack, self.nargs, self.max_locals];
        if self.flags.contains(MethodFlags::EXTENDED) {
            out.u8(self.flags.0 << 4);
            out.bytes(&numbers);
            return Ok(());
        }
        for number in numbers {
            out.checked(
                number.into(),
                "words in a compact method header",
                MAX_COMPACT.into(),
            )?;
        }
        out.u8(self.flags.0 << 4 | self.max_stack);
        out.u8(self.nargs << 4 | self.max_locals);
        Ok(())
    }
}

impl Method {
    /// Octets of header and code.
    pub fn octets(&self) -> usize {
        self.header.octets() + self.code.len()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let header = MethodHeader::read(reader)?;
        // JCVM §6.10.2: an abstract method has no code.
        if header.flags.contains(MethodFlags::ABSTRACT) {
            reader.clone().finish()?;
        }
        Ok(Self {
            header,
            code: reader.take_rest().to_vec(),
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        self.header.write(out)?;
        if self.header.flags.contains(MethodFlags::ABSTRACT) {
            out.checked(self.code.len(), "octets of code of an abstract method", 0)?;
        }
        out.bytes(&self.code);
        Ok(())
    }
}
