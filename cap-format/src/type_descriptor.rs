//! Types as the Class and Descriptor components write them: four bits each (JCVM §6.9.1, §6.14.4).

use card_proto::reader::Reader;

use crate::error::Fault;
use crate::reference::ClassRef;
use crate::writer::Writer;

/// A type in a type descriptor (JCVM §6.9.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// `void`, the result of a method only.
    Void,
    /// `boolean`.
    Boolean,
    /// `byte`.
    Byte,
    /// `short`.
    Short,
    /// `int`.
    Int,
    /// A reference to an instance of a class or interface.
    Reference(ClassRef),
    /// `boolean[]`.
    BooleanArray,
    /// `byte[]`.
    ByteArray,
    /// `short[]`.
    ShortArray,
    /// `int[]`.
    IntArray,
    /// An array of references to instances of a class or interface.
    ReferenceArray(ClassRef),
}

impl Type {
    /// The words a value of the type has on the stack or in local variables.
    pub fn words(self) -> u8 {
        match self {
            Self::Void => 0,
            Self::Int => 2,
            _ => 1,
        }
    }

    fn nibble(self) -> u8 {
        match self {
            Self::Void => 0x1,
            Self::Boolean => 0x2,
            Self::Byte => 0x3,
            Self::Short => 0x4,
            Self::Int => 0x5,
            Self::Reference(_) => 0x6,
            Self::BooleanArray => 0xA,
            Self::ByteArray => 0xB,
            Self::ShortArray => 0xC,
            Self::IntArray => 0xD,
            Self::ReferenceArray(_) => 0xE,
        }
    }
}

/// `type_descriptor`: the type of a field, or of a method: its parameters, then its result (JCVM §6.9.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeDescriptor(pub Vec<Type>);

impl TypeDescriptor {
    /// Octets the descriptor takes in a file.
    pub fn octets(&self) -> usize {
        1 + self.nibble_count().div_ceil(2)
    }

    fn nibble_count(&self) -> usize {
        let nibbles = |kind: &Type| match kind {
            Type::Reference(_) | Type::ReferenceArray(_) => 5,
            _ => 1,
        };
        self.0.iter().map(nibbles).sum()
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let before = reader.clone();
        let count = usize::from(reader.u8()?);
        let octets = reader.take(count.div_ceil(2))?;
        let mut nibbles = octets.iter().flat_map(|octet| [octet >> 4, octet & 0x0F]);
        let mut used = nibbles.by_ref().take(count);
        let mut types = Vec::new();
        while let Some(nibble) = used.next() {
            types.push(read_type(nibble, &mut used).ok_or_else(|| {
                before.reject("types of 1, 2, 3, 4, 5, 6+4, A, B, C, D, E+4", nibble.into())
            })?);
        }
        match nibbles.next() {
            None | Some(0) => Ok(Self(types)),
            Some(padding) => Err(before.reject("0 in the unused half octet", padding.into()).into()),
        }
    }

    pub(crate) fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        out.count8(self.nibble_count(), "half octets of types")?;
        let mut nibbles = Vec::with_capacity(self.nibble_count() + 1);
        for kind in &self.0 {
            nibbles.push(kind.nibble());
            if let Type::Reference(class) | Type::ReferenceArray(class) = kind {
                let value = class.to_u16().ok_or_else(|| out.fault(class.too_large()))?;
                nibbles.extend([12, 8, 4, 0].map(|shift| value.wrapping_shr(shift).to_be_bytes()[1] & 0x0F));
            }
        }
        let octet = |pair: &[u8]| pair.iter().fold(0, |octet, nibble| octet << 4 | nibble);
        let octets: Vec<u8> = nibbles
            .chunks(2)
            .map(|pair| {
                if pair.len() == 2 {
                    octet(pair)
                } else {
                    octet(pair) << 4
                }
            })
            .collect();
        out.bytes(&octets);
        Ok(())
    }
}

fn read_type(nibble: u8, rest: &mut impl Iterator<Item = u8>) -> Option<Type> {
    let mut class = || {
        let value = (0..4).try_fold(0u16, |value, _| Some(value << 4 | u16::from(rest.next()?)))?;
        Some(ClassRef::from_u16(value))
    };
    Some(match nibble {
        0x1 => Type::Void,
        0x2 => Type::Boolean,
        0x3 => Type::Byte,
        0x4 => Type::Short,
        0x5 => Type::Int,
        0x6 => Type::Reference(class()?),
        0xA => Type::BooleanArray,
        0xB => Type::ByteArray,
        0xC => Type::ShortArray,
        0xD => Type::IntArray,
        0xE => Type::ReferenceArray(class()?),
        _ => return None,
    })
}

/// Type descriptors one after another; others refer to one by its offset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeDescriptors(pub Vec<TypeDescriptor>);

impl TypeDescriptors {
    /// Each descriptor with its offset in octets from the first one.
    pub fn offsets(&self) -> impl Iterator<Item = (usize, &TypeDescriptor)> {
        self.0.iter().scan(0, |next, descriptor| {
            let offset = *next;
            *next += descriptor.octets();
            Some((offset, descriptor))
        })
    }

    /// The descriptor that begins at `offset` octets from the first one.
    pub fn at(&self, offset: usize) -> Option<&TypeDescriptor> {
        self.offsets()
            .find_map(|(begin, descriptor)| (begin == offset).then_some(descriptor))
    }

    /// Octets of all descriptors.
    pub fn octets(&self) -> usize {
        self.0.iter().map(TypeDescriptor::octets).sum()
    }

    /// Reads descriptors to the end of `reader`.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut all = Vec::new();
        while !reader.is_empty() {
            all.push(TypeDescriptor::read(reader)?);
        }
        Ok(Self(all))
    }

    pub(crate) fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        self.0.iter().try_for_each(|descriptor| descriptor.write(out))
    }
}
