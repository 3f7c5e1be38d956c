//! Class files of one package → CAP file and export file, without I/O.
//!
//! Stages, in their order; each knows the ones before it only:
//! - `class_model` class files, read once: names resolved, source lines beside the code
//! - `subset` what the Java Card language does not have is refused (JCVM ch. 2)
//! - `nests` private members that nested classes share become package-visible
//! - `hierarchy`, `tokens` who inherits what; the tokens of classes, fields and methods (JCVM §4.3.7)
//! - `remote` Java Card RMI: what can be called from outside of the card (JCVM §2.2.6)
//! - `flow` what is on the stack and in the variables before every instruction
//! - `narrow`, `range` which ints a card can hold in 16 bits, exactly; the others are refused with the cast that helps
//! - `resolve`, `select` Java instructions → Java Card instructions (JCVM ch. 7)
//! - `static_init` `<clinit>` → the values of static fields when the package is loaded
//! - `pool`, `lower`, `emit` numbers for all symbols; the components (JCVM ch. 6) and the export file (ch. 5)
//!
//! All mistakes of a package are found in one run: see [`Finding`].
//!
//! ```
//! use cap_convert::{ClassFile, CodeStyle, Input, IntSupport, PackageDescription, convert};
//! use cap_format::version::{FormatVersion, PackageVersion};
//! use card_proto::aid::Aid;
//!
//! let package = PackageDescription {
//!     name: "com.example".to_owned(),
//!     aid: Aid::new(&[0xF0, 1, 2, 3, 4])?,
//!     version: PackageVersion { major: 1, minor: 0 },
//!     applets: Vec::new(),
//!     format: FormatVersion::V2_1,
//!     int: IntSupport::Refused,
//!     style: CodeStyle::Smallest,
//!     imports: Vec::new(),
//! };
//! let classes = [ClassFile { name: "Wallet.class", bytes: b"no class file" }];
//! let findings = convert(&Input { classes: &classes, package: &package, exports: &[] }).unwrap_err();
//! assert_eq!(findings[0].rule.code(), "CC101");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod class_model;
mod convert;
mod emit;
mod expression;
mod finding;
mod flow;
mod hierarchy;
mod input;
mod lower;
mod narrow;
mod nests;
mod pool;
mod range;
mod remote;
mod report;
mod resolve;
mod select;
mod static_init;
mod subset;
mod tokens;

pub use convert::convert;
pub use emit::Converted;
pub use finding::{Finding, Rule};
pub use input::{
    AppletDescription, ClassFile, CodeStyle, ImportRequest, Input, IntSupport, PackageDescription,
};
