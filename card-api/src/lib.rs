//! The APIs of cards: Java Card, GlobalPlatform, ETSI and 3GPP, each package in all its releases. Pure: no I/O, no clock, no threads.
//!
//! The knowledge is in the tables of the folder `api`, text files that are read and reviewed like source; everything else follows from them.
//!
//! - [`table`] the rows of a package; [`package`] the same in one version; [`platform`] which versions belong together
//! - [`api`] all tables, and a choice of packages that fit each other
//! - `imports` (as [`Api::export_files_for`](api::Api::export_files_for)) what a package with certain imports needs
//! - `export` (as [`ApiSet::export_file`](api::ApiSet::export_file)) export files for a converter: JCVM ch. 5
//! - [`stub`] class files for javac: JVM ch. 4
//!
//! ```
//! use card_api::api::Api;
//!
//! let api = Api::embedded()?;
//! let set = api.choose(&["2.2.1"], &["uicc.toolkit@1.0".parse()?, "uicc.access@1.0".parse()?])?;
//! assert_eq!(set.export_files().count(), 9);
//! let framework = set.package("javacard/framework").ok_or("2.2.1 has it")?;
//! assert_eq!(framework.to_string(), "javacard.framework 1.2");
//! assert_eq!(set.export_file(framework).classes[3].name, "javacard/framework/Applet");
//! assert!(set.class_files().iter().any(|stub| stub.class == "javacard/framework/Applet"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod api;
mod class_file;
mod embedded;
mod export;
mod hierarchy;
mod imports;
pub mod package;
pub mod platform;
pub mod stub;
pub mod table;
