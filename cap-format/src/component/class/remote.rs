//! What the Class component says of remote methods (format 2.2).

use card_proto::reader::Reader;

use crate::error::Fault;
use crate::reference::ClassRef;
use crate::version::{read_text, write_text};
use crate::writer::Writer;

/// `remote_method_info` (JCVM §6.9.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteMethod {
    /// The hash of name and signature.
    pub hash: u16,
    /// Offset of its type descriptor in the signature pool.
    pub signature_offset: u16,
    /// The token of the virtual method.
    pub token: u8,
}

/// `remote_interface_info`: what a remote class offers (JCVM §6.9.2.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteInfo {
    /// The remote methods.
    pub methods: Vec<RemoteMethod>,
    /// The text that makes the hashes differ.
    pub hash_modifier: String,
    /// The name of the class, without its package.
    pub class_name: String,
    /// All remote interfaces of the class.
    pub interfaces: Vec<ClassRef>,
}

impl RemoteInfo {
    pub(super) fn octets(&self) -> usize {
        4 + 5 * self.methods.len()
            + self.hash_modifier.len()
            + self.class_name.len()
            + 2 * self.interfaces.len()
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let count = reader.u8()?;
        let mut method = || -> Result<_, Fault> {
            Ok(RemoteMethod {
                hash: reader.u16()?,
                signature_offset: reader.u16()?,
                token: reader.u8()?,
            })
        };
        let methods = (0..count).map(|_| method()).collect::<Result<_, _>>()?;
        let (hash_modifier, class_name) = (read_text(reader)?, read_text(reader)?);
        let count = reader.u8()?;
        Ok(Self {
            methods,
            hash_modifier,
            class_name,
            interfaces: (0..count)
                .map(|_| ClassRef::read(reader))
                .collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count8(self.methods.len(), "remote methods")?;
        for method in &self.methods {
            out.u16(method.hash);
            out.u16(method.signature_offset);
            out.u8(method.token);
        }
        write_text(&self.hash_modifier, out)?;
        write_text(&self.class_name, out)?;
        out.count8(self.interfaces.len(), "remote interfaces")?;
        self.interfaces.iter().try_for_each(|class| class.write(out))
    }
}
