//! Class: interfaces and classes, their virtual method tables, which interfaces they implement (JCVM §6.9).

mod remote;
mod tables;

pub use remote::{RemoteInfo, RemoteMethod};
pub use tables::{ImplementedInterface, MethodTable, TokenMapping};

use card_proto::reader::Reader;

use crate::component::{Tag, read_whole, write_whole};
use crate::error::{CapError, ErrorKind, Fault};
use crate::flags::flags;
use crate::reference::ClassRef;
use crate::type_descriptor::TypeDescriptors;
use crate::version::{FormatVersion, read_text, write_text};
use crate::writer::Writer;

flags! {
    /// The upper half of the first octet of an interface or class (JCVM §6.9.2.1).
    ClassFlags(u8) {
        /// An interface.
        INTERFACE = 0x8, "interface";
        /// A shareable interface, or a class that implements one.
        SHAREABLE = 0x4, "shareable";
        /// A remote interface, or a class that implements one.
        REMOTE = 0x2, "remote";
    }
}

/// Most superinterfaces of an interface, or interfaces of a class: the count has four bits (JCVM §6.9.2.1).
pub const MAX_INTERFACES: usize = 15;
/// "No reference field".
const NO_TOKEN: u8 = 0xFF;

/// `interface_info` (JCVM §6.9.2.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InterfaceInfo {
    /// [`ClassFlags::INTERFACE`] and, where they apply, the others.
    pub flags: ClassFlags,
    /// All superinterfaces, direct and indirect.
    pub superinterfaces: Vec<ClassRef>,
    /// The name of a remote interface, without its package; empty for the others.
    pub remote_name: String,
}

/// `class_info` (JCVM §6.9.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassInfo {
    /// Without [`ClassFlags::INTERFACE`].
    pub flags: ClassFlags,
    /// The superclass; `None` for `java.lang.Object` only.
    pub super_class: Option<ClassRef>,
    /// Words of the instance fields this class declares.
    pub declared_instance_size: u8,
    /// The token of the first field that holds a reference, if there is one.
    pub first_reference_token: Option<u8>,
    /// How many fields hold references; their tokens follow each other.
    pub reference_count: u8,
    /// Public and protected virtual methods.
    pub public_methods: MethodTable,
    /// Package-visible virtual methods.
    pub package_methods: MethodTable,
    /// All interfaces the class implements, superinterfaces included, those of its superclass not.
    pub interfaces: Vec<ImplementedInterface>,
    /// Present with [`ClassFlags::REMOTE`] only.
    pub remote: Option<RemoteInfo>,
    /// Present in format 2.3 only.
    pub token_mapping: Option<TokenMapping>,
}

/// The Class component.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClassComponent {
    /// Types of remote methods; format 2.1 has none.
    pub signature_pool: TypeDescriptors,
    /// The interfaces; a superinterface stands before its subinterfaces.
    pub interfaces: Vec<InterfaceInfo>,
    /// The classes; a superclass stands before its subclasses.
    pub classes: Vec<ClassInfo>,
}

/// What stands at an offset of the Class component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassItem<'a> {
    /// An interface.
    Interface(&'a InterfaceInfo),
    /// A class.
    Class(&'a ClassInfo),
}

impl ClassItem<'_> {
    /// Its flags.
    pub fn flags(&self) -> ClassFlags {
        match self {
            Self::Interface(info) => info.flags,
            Self::Class(info) => info.flags,
        }
    }
}

impl ClassComponent {
    /// All interfaces and classes in the order of the file, each with its offset in the component.
    pub fn items(&self, format: FormatVersion) -> impl Iterator<Item = (usize, ClassItem<'_>)> {
        let interfaces = self.interfaces.iter().map(ClassItem::Interface);
        let items = interfaces.chain(self.classes.iter().map(ClassItem::Class));
        items.scan(self.pool_octets(format), |next, item| {
            let offset = *next;
            *next += item.octets();
            Some((offset, item))
        })
    }

    /// The interface or class that begins at this offset in the component.
    pub fn at(&self, format: FormatVersion, offset: u16) -> Option<ClassItem<'_>> {
        self.items(format)
            .find_map(|(begin, item)| (begin == usize::from(offset)).then_some(item))
    }

    /// Octets before the first interface: the signature pool with its length, which format 2.1 does not have.
    fn pool_octets(&self, format: FormatVersion) -> usize {
        if format > FormatVersion::V2_1 {
            2 + self.signature_pool.octets()
        } else {
            0
        }
    }

    /// Reads the component.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed, or an interface stands after a class.
    pub fn read(info: &[u8], format: FormatVersion) -> Result<Self, CapError> {
        read_whole(Tag::Class, info, |reader| {
            let mut component = Self::default();
            if format > FormatVersion::V2_1 {
                let length = reader.u16()?;
                component.signature_pool = TypeDescriptors::read(&mut reader.sub(length.into())?)?;
            }
            while !reader.is_empty() {
                component.read_item(reader, format)?;
            }
            Ok(component)
        })
    }

    fn read_item(&mut self, reader: &mut Reader<'_>, format: FormatVersion) -> Result<(), Fault> {
        let before = reader.clone();
        let first = reader.u8()?;
        let (flags, count) = (ClassFlags(first >> 4), first & 0x0F);
        if !flags.contains(ClassFlags::INTERFACE) {
            self.classes.push(ClassInfo::read(flags, count, reader, format)?);
        } else if self.classes.is_empty() {
            self.interfaces.push(InterfaceInfo::read(flags, count, reader)?);
        } else {
            // JCVM §6.9: all interfaces stand before the first class.
            return Err(before
                .reject("a class: interfaces stand before classes", first.into())
                .into());
        }
        Ok(())
    }

    /// Writes the component.
    ///
    /// # Errors
    /// [`CapError`] when a table is too long, flags contradict what is there, or the format has no such thing.
    pub fn write(&self, format: FormatVersion) -> Result<Vec<u8>, CapError> {
        write_whole(Tag::Class, |out| {
            if format > FormatVersion::V2_1 {
                out.count16(self.signature_pool.octets(), "octets of signatures")?;
                self.signature_pool.write(out)?;
            } else if !self.signature_pool.0.is_empty() {
                let what = "signature pool";
                return Err(out.fault(ErrorKind::NotInFormat { format, what }));
            }
            self.interfaces
                .iter()
                .try_for_each(|interface| interface.write(out))?;
            self.classes.iter().try_for_each(|class| class.write(out, format))
        })
    }
}

impl ClassItem<'_> {
    /// Octets of the interface or class.
    pub fn octets(&self) -> usize {
        match self {
            Self::Interface(interface) => interface.octets(),
            Self::Class(class) => class.octets(),
        }
    }
}

impl InterfaceInfo {
    /// Octets of the interface.
    pub fn octets(&self) -> usize {
        let name = if self.flags.contains(ClassFlags::REMOTE) {
            1 + self.remote_name.len()
        } else {
            0
        };
        1 + 2 * self.superinterfaces.len() + name
    }

    fn read(flags: ClassFlags, count: u8, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let superinterfaces = (0..count)
            .map(|_| ClassRef::read(reader))
            .collect::<Result<_, _>>()?;
        let remote_name = if flags.contains(ClassFlags::REMOTE) {
            read_text(reader)?
        } else {
            String::new()
        };
        Ok(Self {
            flags,
            superinterfaces,
            remote_name,
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Fault> {
        let is_interface = self.flags.contains(ClassFlags::INTERFACE);
        write_first(self.flags, is_interface, self.superinterfaces.len(), out)?;
        self.superinterfaces
            .iter()
            .try_for_each(|class| class.write(out))?;
        if self.flags.contains(ClassFlags::REMOTE) {
            write_text(&self.remote_name, out)?;
        } else if !self.remote_name.is_empty() {
            return Err(flags_fault(
                "the flag `remote` of an interface with a name",
                self.flags,
                out,
            ));
        }
        Ok(())
    }
}

impl ClassInfo {
    /// Octets of the class.
    pub fn octets(&self) -> usize {
        let tables = self.public_methods.methods.len() + self.package_methods.methods.len();
        let interfaces = self
            .interfaces
            .iter()
            .map(|interface| 3 + interface.methods.len());
        let mapping = self
            .token_mapping
            .as_ref()
            .map_or(0, |mapping| mapping.public_tokens.len() + 1);
        10 + 2 * tables
            + interfaces.sum::<usize>()
            + self.remote.as_ref().map_or(0, RemoteInfo::octets)
            + mapping
    }

    fn read(
        flags: ClassFlags,
        count: u8,
        reader: &mut Reader<'_>,
        format: FormatVersion,
    ) -> Result<Self, Fault> {
        let super_class = ClassRef::read_optional(reader)?;
        let declared_instance_size = reader.u8()?;
        let first_reference_token = Some(reader.u8()?).filter(|token| *token != NO_TOKEN);
        let reference_count = reader.u8()?;
        let (public_base, public_count) = (reader.u8()?, reader.u8()?);
        let (package_base, package_count) = (reader.u8()?, reader.u8()?);
        let public_methods = MethodTable::read(public_base, public_count, reader)?;
        let package_methods = MethodTable::read(package_base, package_count, reader)?;
        let interfaces = (0..count)
            .map(|_| ImplementedInterface::read(reader))
            .collect::<Result<_, _>>()?;
        let remote = flags
            .contains(ClassFlags::REMOTE)
            .then(|| RemoteInfo::read(reader))
            .transpose()?;
        let tokens = usize::from(public_base) + usize::from(public_count);
        let token_mapping = (format >= FormatVersion::V2_3)
            .then(|| TokenMapping::read(tokens, reader))
            .transpose()?;
        Ok(Self {
            flags,
            super_class,
            declared_instance_size,
            first_reference_token,
            reference_count,
            public_methods,
            package_methods,
            interfaces,
            remote,
            token_mapping,
        })
    }

    fn write(&self, out: &mut Writer, format: FormatVersion) -> Result<(), Fault> {
        let is_class = !self.flags.contains(ClassFlags::INTERFACE);
        write_first(self.flags, is_class, self.interfaces.len(), out)?;
        ClassRef::write_optional(self.super_class, out)?;
        out.u8(self.declared_instance_size);
        if self.first_reference_token == Some(NO_TOKEN) {
            let wanted = "a token of a reference field below FF, which means none";
            let found = NO_TOKEN.into();
            return Err(out.fault(ErrorKind::Value { wanted, found }));
        }
        out.u8(self.first_reference_token.unwrap_or(NO_TOKEN));
        out.u8(self.reference_count);
        for table in [&self.public_methods, &self.package_methods] {
            out.u8(table.base);
            out.count8(table.methods.len(), "methods of a virtual method table")?;
        }
        self.public_methods.write(out)?;
        self.package_methods.write(out)?;
        self.interfaces
            .iter()
            .try_for_each(|interface| interface.write(out))?;
        match &self.remote {
            Some(remote) if self.flags.contains(ClassFlags::REMOTE) => remote.write(out)?,
            None if !self.flags.contains(ClassFlags::REMOTE) => {}
            _ => {
                return Err(flags_fault(
                    "the flag `remote` exactly with remote methods",
                    self.flags,
                    out,
                ));
            }
        }
        self.write_mapping(out, format)
    }

    fn write_mapping(&self, out: &mut Writer, format: FormatVersion) -> Result<(), Fault> {
        let tokens = usize::from(self.public_methods.base) + self.public_methods.methods.len();
        match &self.token_mapping {
            Some(mapping) if format >= FormatVersion::V2_3 && mapping.public_tokens.len() == tokens => {
                out.bytes(&mapping.public_tokens);
                out.u8(mapping.cap22_inheritable_methods);
                Ok(())
            }
            None if format < FormatVersion::V2_3 => Ok(()),
            _ => Err(out.fault(ErrorKind::NotInFormat {
                format,
                what: "token mapping of that length",
            })),
        }
    }
}

/// The first octet of an interface or class: flags, count of interfaces. `fits` tells whether the flags are of the right kind.
fn write_first(flags: ClassFlags, fits: bool, count: usize, out: &mut Writer) -> Result<(), Fault> {
    if !fits || flags.0 > 0x0F {
        return Err(flags_fault(
            "the flag `interface` of interfaces only, and four flags",
            flags,
            out,
        ));
    }
    out.checked(count, "interfaces", MAX_INTERFACES)?;
    out.u8(flags.0 << 4 | u8::try_from(count).unwrap_or_default());
    Ok(())
}

fn flags_fault(wanted: &'static str, flags: ClassFlags, out: &Writer) -> Fault {
    let found = flags.0.into();
    out.fault(ErrorKind::Value { wanted, found })
}
