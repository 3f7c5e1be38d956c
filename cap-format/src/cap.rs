//! A CAP file as a value: its components, without what follows from them.

mod method_starts;
pub(crate) mod read;
mod write;

use std::collections::BTreeMap;

use card_proto::aid::Aid;

use crate::component::Tag;
use crate::component::applet::AppletComponent;
use crate::component::class::ClassComponent;
use crate::component::constant_pool::ConstantPoolComponent;
use crate::component::descriptor::DescriptorComponent;
use crate::component::export::ExportComponent;
use crate::component::header::HeaderComponent;
use crate::component::import::ImportComponent;
use crate::component::method::MethodComponent;
use crate::component::static_field::StaticFieldComponent;
use crate::component::static_resources::StaticResourcesComponent;
use crate::error::CapError;

/// A component that the specification does not define (JCVM §6.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomComponent {
    /// The tag, 128 to 255.
    pub tag: u8,
    /// Who defined it.
    pub aid: Aid,
    /// The name of its file in the archive, without `.cap`.
    pub name: String,
    /// Its octets after tag and size.
    pub info: Vec<u8>,
}

/// A CAP file: all components but Directory and RefLocation, which are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// Format version, flags, which package this is.
    pub header: HeaderComponent,
    /// The packages it refers to.
    pub imports: ImportComponent,
    /// Its applets; a library has no such component.
    pub applets: Option<AppletComponent>,
    /// Its classes.
    pub classes: ClassComponent,
    /// Its code.
    pub methods: MethodComponent,
    /// The initial values of its static fields.
    pub static_fields: StaticFieldComponent,
    /// What other packages may use; a package that offers nothing has no such component.
    pub exports: Option<ExportComponent>,
    /// What the code refers to.
    pub constant_pool: ConstantPoolComponent,
    /// Types for a verifier; a file without it loads, but cannot be verified.
    pub descriptor: Option<DescriptorComponent>,
    /// Names and lines for a debugger, as octets (format 2.2 and later).
    pub debug: Option<Vec<u8>>,
    /// Data it brings along (format 2.3).
    pub static_resources: Option<StaticResourcesComponent>,
    /// Components the specification does not define.
    pub custom_components: Vec<CustomComponent>,
}

/// The components of a CAP file as octets after tag and size, before they are read or once they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawComponents {
    /// Those the specification defines.
    pub defined: BTreeMap<Tag, Vec<u8>>,
    /// The others.
    pub custom: Vec<RawCustomComponent>,
}

/// A component that the specification does not define, as octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCustomComponent {
    /// The tag, 128 to 255.
    pub tag: u8,
    /// The name of its file in the archive, without `.cap`.
    pub name: String,
    /// Its octets after tag and size.
    pub info: Vec<u8>,
}

impl Cap {
    /// Reads a CAP file in either form: a ZIP archive, or a load file.
    ///
    /// # Errors
    /// [`CapError`] when it is malformed: see [`Cap::from_components`].
    pub fn read(bytes: &[u8]) -> Result<Self, CapError> {
        if bytes.starts_with(crate::container::MAGIC) {
            Ok(crate::container::CapFile::read(bytes)?.cap)
        } else {
            crate::load_file::read(bytes)
        }
    }

    /// Reads the components, and checks what one says about another: Directory and RefLocation must be what follows from the
    /// others, and the Method component must consist of the methods that the Descriptor lists.
    ///
    /// # Errors
    /// [`CapError`] when a component is missing or malformed, or two contradict each other.
    pub fn from_components(components: &RawComponents) -> Result<Self, CapError> {
        read::cap(components, read::Form::Whole)
    }

    /// Writes the components, Directory and RefLocation included.
    ///
    /// # Errors
    /// [`CapError`] when something is too large for its field or the format has no such thing, or code is malformed.
    pub fn to_components(&self) -> Result<RawComponents, CapError> {
        write::components(self)
    }
}
