//! The tables of a class: its virtual methods, which of them are those of an interface, their tokens in older formats.

use card_proto::reader::Reader;

use crate::error::{ErrorKind, Fault};
use crate::reference::ClassRef;
use crate::writer::Writer;

/// An entry of a virtual method table whose method stands in another package.
const INHERITED: u16 = 0xFFFF;

/// A virtual method table: the methods with the tokens from `base` on (JCVM §6.9.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MethodTable {
    /// The first token of the table.
    pub base: u8,
    /// Offsets in the Method component; `None`: the method stands in another package.
    pub methods: Vec<Option<u16>>,
}

impl MethodTable {
    /// The entry of the method with this token.
    pub fn get(&self, token: u8) -> Option<Option<u16>> {
        let index = token.checked_sub(self.base)?;
        self.methods.get(usize::from(index)).copied()
    }
}

impl MethodTable {
    pub(super) fn read(base: u8, count: u8, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut entry =
            || -> Result<_, Fault> { Ok(Some(reader.u16()?).filter(|offset| *offset != INHERITED)) };
        let methods = (0..count).map(|_| entry()).collect::<Result<_, _>>()?;
        Ok(Self { base, methods })
    }

    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        for method in &self.methods {
            if *method == Some(INHERITED) {
                let wanted = "an offset below FFFF, which means inherited";
                let found = INHERITED.into();
                return Err(out.fault(ErrorKind::Value { wanted, found }));
            }
            out.u16(method.unwrap_or(INHERITED));
        }
        Ok(())
    }
}

/// `implemented_interface_info`: which virtual methods are those of an interface (JCVM §6.9.2.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImplementedInterface {
    /// The interface.
    pub interface: ClassRef,
    /// Tokens of virtual methods of the class, by token of the interface method.
    pub methods: Vec<u8>,
}

impl ImplementedInterface {
    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let interface = ClassRef::read(reader)?;
        let count = reader.u8()?;
        Ok(Self {
            interface,
            methods: reader.take(count.into())?.to_vec(),
        })
    }

    pub(super) fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        self.interface.write(out)?;
        out.count8(self.methods.len(), "methods of an interface")?;
        out.bytes(&self.methods);
        Ok(())
    }
}

/// What format 2.3 adds to a class, for packages that were built against format 2.2.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenMapping {
    /// `public_virtual_method_token_mapping`: one token for each token up to the end of the public table, or `FF`.
    pub public_tokens: Vec<u8>,
    /// `CAP22_inheritable_public_method_token_count`.
    pub cap22_inheritable_methods: u8,
}

impl TokenMapping {
    pub(super) fn read(tokens: usize, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        Ok(Self {
            public_tokens: reader.take(tokens)?.to_vec(),
            cap22_inheritable_methods: reader.u8()?,
        })
    }
}
