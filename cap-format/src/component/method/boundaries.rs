//! Where methods begin that no other component mentions: a load file may come without its Descriptor.
//!
//! A method ends where the last instruction ends that its code can reach. What stands between there and the next known method is
//! taken as methods when it consists of such, and as unreachable code otherwise.

use std::collections::BTreeSet;

use card_proto::reader::Reader;

use crate::bytecode::decode::decode_one;
use crate::bytecode::{Flow, Instruction};
use crate::component::method::{ExceptionHandler, MethodFlags, MethodHeader, read_handlers};
use crate::error::Fault;

/// `known` offsets of methods in the component `info`, and those of the methods between them.
pub(crate) fn completed(info: &[u8], known: &[u16]) -> Result<Vec<u16>, Fault> {
    let mut reader = Reader::new(info);
    let handlers = read_handlers(&mut reader)?;
    let mut starts: BTreeSet<usize> = known.iter().map(|start| usize::from(*start)).collect();
    let ends: Vec<usize> = starts.iter().copied().chain([info.len()]).collect();
    let mut begin = reader.offset();
    for end in ends {
        let methods = Methods {
            info: info.get(..end).unwrap_or_default(),
            handlers: &handlers,
        };
        // Before the first known method there may be others; behind a known one, its own code comes first.
        let next = if starts.contains(&begin) {
            methods.end_of(begin)
        } else {
            Some(begin)
        };
        starts.extend(next.and_then(|next| methods.chain(next)).unwrap_or_default());
        begin = end;
    }
    Ok(starts
        .into_iter()
        .filter_map(|start| u16::try_from(start).ok())
        .collect())
}

/// A Method component up to the next known method.
struct Methods<'a> {
    info: &'a [u8],
    handlers: &'a [ExceptionHandler],
}

impl<'a> Methods<'a> {
    /// The beginnings of methods that fill everything from `begin` on; `None` when they do not.
    fn chain(&self, mut begin: usize) -> Option<Vec<usize>> {
        let mut starts = Vec::new();
        while begin < self.info.len() {
            starts.push(begin);
            begin = self.end_of(begin)?;
        }
        Some(starts)
    }

    /// Where the method ends that begins at `begin`; `None` when no method can stand there.
    fn end_of(&self, begin: usize) -> Option<usize> {
        let mut reader = self.reader(begin)?;
        let header = MethodHeader::read(&mut reader).ok()?;
        if header.flags.contains(MethodFlags::ABSTRACT) {
            return Some(reader.offset());
        }
        let code = reader.offset();
        let (mut end, mut octets) = (code, 0);
        let (mut seen, mut left) = (BTreeSet::new(), vec![code]);
        while let Some(offset) = left.pop() {
            if !seen.insert(offset) {
                continue;
            }
            let mut reader = self.reader(offset).filter(|_| offset >= code)?;
            let instruction = decode_one(&mut reader).ok()?;
            end = end.max(reader.offset());
            // Instructions that overlap are no code; following them could take long.
            octets += reader.offset() - offset;
            if octets > self.info.len() - code {
                return None;
            }
            left.extend(self.followers(offset, reader.offset(), &instruction)?);
        }
        Some(end)
    }

    /// The offsets to which control may go from an instruction.
    fn followers(&self, offset: usize, next: usize, instruction: &Instruction) -> Option<Vec<usize>> {
        let target = |branch: i16| offset.checked_add_signed(branch.into());
        let mut followers = instruction.branches().map(target).collect::<Option<Vec<_>>>()?;
        if matches!(
            instruction.opcode.flow(),
            Flow::Next | Flow::Conditional | Flow::Subroutine
        ) {
            followers.push(next);
        }
        let guards = |handler: &&ExceptionHandler| usize::from(handler.start_offset) == offset;
        let handlers = self.handlers.iter().filter(guards);
        followers.extend(handlers.map(|handler| usize::from(handler.handler_offset)));
        Some(followers)
    }

    fn reader(&self, offset: usize) -> Option<Reader<'a>> {
        Some(Reader::at(self.info.get(offset..)?, offset))
    }
}
