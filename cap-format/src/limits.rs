//! How large things may be: checked before memory is taken.

/// Imported packages: a package token has seven bits (JCVM §4.3.7.1).
pub const IMPORTS: usize = 128;
/// Octets of a component with a size of two octets (JCVM §6.2).
pub const COMPONENT_OCTETS: usize = u16::MAX as usize;
/// Octets of the static resources, whose size has four octets; this limit is ours.
pub const STATIC_RESOURCE_OCTETS: usize = 1 << 20;
/// Octets of a CAP archive or a load file; this limit is ours.
pub const FILE_OCTETS: usize = 4 << 20;
/// Files in a CAP archive; this limit is ours.
pub const ARCHIVE_FILES: usize = 4096;
/// Octets of the manifest of a CAP archive; this limit is ours.
pub const MANIFEST_OCTETS: usize = 1 << 20;
/// Octets of an export file; this limit is ours.
pub const EXPORT_FILE_OCTETS: usize = 1 << 20;
/// Octets of all names in an export file, each as often as it is used; this limit is ours.
pub const EXPORT_FILE_TEXT: usize = 4 << 20;
/// Octets of the name of a class or package; that of a package has at most 255 (JCVM §2.2.4.1), for classes this limit is ours.
pub const NAME_OCTETS: usize = 1024;
/// Superclasses of a class in an export file; this limit is ours.
pub const SUPERCLASSES: usize = 255;
/// Octets of all names in a Debug component, each as often as it is used; this limit is ours.
pub const DEBUG_TEXT: usize = 4 << 20;
/// Custom components: their tags are 128 to 255 (JCVM §6.2.2).
pub const CUSTOM_COMPONENTS: usize = 128;
