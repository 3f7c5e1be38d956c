//! What `cap inspect` shows: one model, from which text and JSON are written.
//!
//! [`list`] fills it from a [`Package`]; each section is a module. The JSON form is that of the structs here and in the modules;
//! `javacard-tools/README.md` explains it. A field may be added; one that is there keeps its meaning as long as `schema` stays.

mod applets;
mod classes;
mod header;
mod imports;
mod level;
mod memory;
mod methods;
mod salvage;
mod sizes;
mod statics;
mod text;

use cap_format::cap::RawComponents;
use cap_format::error::CapError;
use card_api::api::{Api, ChoiceError};
use serde::Serialize;

use crate::package::Package;

pub(crate) use salvage::salvage;
pub(crate) use text::text;

/// A part of the listing that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Section {
    /// Format, package, version, flags
    Header,
    /// Imported packages
    Imports,
    /// Applets
    Applets,
    /// Octets of the components and of the load file
    Sizes,
    /// Which platforms have all that is used
    Api,
    /// Instances, static fields, stack
    Memory,
    /// Classes, interfaces and their fields
    Classes,
    /// Methods and their code
    Methods,
    /// Static fields and their initial values
    Statics,
    /// The constant pool; only on request
    Constants,
}

impl Section {
    /// What is shown when nothing is asked for.
    pub(crate) const USUAL: [Self; 9] = [
        Self::Header,
        Self::Imports,
        Self::Applets,
        Self::Sizes,
        Self::Api,
        Self::Memory,
        Self::Classes,
        Self::Statics,
        Self::Methods,
    ];
}

/// What is wrong with a file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    /// The component, or the part of the file.
    component: String,
    /// Octets from the beginning of it, tag and size not counted.
    offset: usize,
    problem: String,
}

impl From<&CapError> for Problem {
    fn from(error: &CapError) -> Self {
        Self {
            component: error.component.to_string(),
            offset: error.offset,
            problem: error.kind.to_string(),
        }
    }
}

/// The listing; a section that was not asked for is absent.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Listing {
    pub(crate) schema: &'static str,
    pub(crate) problems: Vec<Problem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<header::Header>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imports: Option<Vec<imports::Import>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    applets: Option<Vec<applets::Applet>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sizes: Option<sizes::Sizes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api: Option<level::Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<memory::Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    classes: Option<Vec<classes::Class>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statics: Option<statics::Statics>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) methods: Option<Vec<methods::Method>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    constants: Option<Vec<String>>,
}

/// The version of the JSON form.
const SCHEMA: &str = "cap-inspect/1";

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) sections: &'a [Section],
    /// Methods whose name contains this; all when it is empty.
    pub(crate) method: &'a str,
}

/// Lists a package. `problems` are those of a file that is not in order.
pub(crate) fn list(
    package: &Package,
    components: &RawComponents,
    api: &Api,
    request: Request<'_>,
    problems: &[CapError],
) -> Result<Listing, ChoiceError> {
    let wants = |section| request.sections.contains(&section);
    let uses = level::Uses::of(package, api)?;
    Ok(Listing {
        schema: SCHEMA,
        problems: problems.iter().map(Problem::from).collect(),
        header: wants(Section::Header).then(|| header::header(package)),
        imports: wants(Section::Imports).then(|| imports::imports(package, &uses)),
        applets: wants(Section::Applets).then(|| applets::applets(package)),
        sizes: wants(Section::Sizes).then(|| sizes::sizes(package, components)),
        api: wants(Section::Api).then(|| level::level(package, api, &uses)),
        memory: wants(Section::Memory).then(|| memory::memory(package)),
        classes: wants(Section::Classes).then(|| classes::classes(package)),
        statics: wants(Section::Statics).then(|| statics::statics(package)),
        methods: wants(Section::Methods).then(|| methods::methods(package, request.method)),
        constants: wants(Section::Constants).then(|| constants(package)),
    })
}

/// The constants by index: kind and what it refers to.
fn constants(package: &Package) -> Vec<String> {
    let pool = package.cap.constant_pool.constants.iter();
    let pool = pool.zip(&package.constants);
    pool.map(|(constant, reference)| format!("{:?} {}", constant.tag(), package.reference_name(*reference)))
        .collect()
}
