//! Compares two CAP files by meaning: numbers of constants, the order of methods, classes, fields and imports, and the forms of
//! instructions that follow from them make no difference.
//!
//! First it is found which class, method and field is which ([`matching`]); then everything is compared with names that
//! matched things share ([`naming`]). Packages are reported equal only when nothing differs under such a one-to-one naming.

mod align;
mod classes;
mod code;
mod file;
mod graph;
mod matching;
mod members;
mod naming;
mod text;

use cap_format::cap::{Cap, RawComponents};
use cap_format::component::Tag;
use serde::Serialize;

use crate::package::Package;

use graph::{Graph, Item};
use matching::Matching;

pub(crate) use text::text;

/// What is found; `cap diff --json` writes it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Comparison {
    pub(crate) schema: &'static str,
    pub(crate) equal: bool,
    /// What was not compared, or does not count.
    pub(crate) notes: Vec<String>,
    pub(crate) differences: Vec<Difference>,
    /// With `--bytes`: which components are the same octet for octet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) components: Option<Vec<ComponentBytes>>,
}

/// The version of the JSON form.
const SCHEMA: &str = "cap-diff/1";

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Subject {
    Header,
    Import,
    Applet,
    Class,
    Field,
    Method,
    Resource,
}

/// A difference.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Difference {
    pub(crate) subject: Subject,
    /// What it is about; empty for the header.
    pub(crate) name: String,
    /// What differs, in words.
    pub(crate) what: String,
    /// Changed code as the lines of a unified diff.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) diff: Vec<String>,
}

impl Difference {
    fn new(subject: Subject, name: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            subject,
            name: name.into(),
            what: what.into(),
            diff: Vec::new(),
        }
    }
}

/// A component in both files.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ComponentBytes {
    pub(crate) component: &'static str,
    /// Octets after tag and size; `null`: absent.
    pub(crate) first: Option<usize>,
    pub(crate) second: Option<usize>,
    pub(crate) identical: bool,
}

/// Takes the Descriptor from both when one has none, and says so: it tells types and access of things that the other file
/// cannot tell.
pub(crate) fn make_comparable(caps: [&mut Cap; 2]) -> Vec<String> {
    let has = [0, 1].map(|side| caps[side].descriptor.is_some());
    if has[0] == has[1] {
        return Vec::new();
    }
    caps.into_iter().for_each(|cap| cap.descriptor = None);
    let without = if has[0] { "second" } else { "first" };
    vec![format!(
        "the {without} file has no Descriptor: types, access and unreferenced members were not compared"
    )]
}

/// Compares; `components` are given for a comparison octet for octet as well.
pub(crate) fn compare(
    packages: [&Package; 2],
    mut notes: Vec<String>,
    components: Option<[&RawComponents; 2]>,
) -> Comparison {
    let graphs = packages.map(Graph::new);
    let graphs = [&graphs[0], &graphs[1]];
    let matching = matching::matching((packages[0], graphs[0]), (packages[1], graphs[1]));
    let pair = Pair {
        packages,
        graphs,
        keyed: naming::keyed(packages, graphs, &matching),
        shown: naming::shown(packages, graphs, &matching),
        matching,
    };
    let mut differences = file::differences(&pair);
    differences.extend(classes::differences(&pair));
    differences.extend(members::fields(&pair));
    differences.extend(members::methods(&pair));
    differences.sort_by_key(|difference| difference.subject);
    let has_debug = packages.map(|package| package.cap.debug.is_some());
    if has_debug[0] || has_debug[1] {
        notes.push("Debug components were not compared".to_owned());
    }
    Comparison {
        schema: SCHEMA,
        equal: differences.is_empty(),
        notes,
        differences,
        components: components.map(bytes),
    }
}

/// Both packages with the same names for what is the same in both.
pub(crate) fn with_common_names(packages: [&Package; 2]) -> [Package; 2] {
    let graphs = packages.map(Graph::new);
    let graphs = [&graphs[0], &graphs[1]];
    let matching = matching::matching((packages[0], graphs[0]), (packages[1], graphs[1]));
    naming::shown(packages, graphs, &matching)
}

fn bytes(components: [&RawComponents; 2]) -> Vec<ComponentBytes> {
    let infos = |tag: &Tag| components.map(|components| components.defined.get(tag));
    let present = Tag::ALL
        .iter()
        .filter(|tag| infos(tag).iter().any(Option::is_some));
    present
        .map(|tag| {
            let [first, second] = infos(tag);
            ComponentBytes {
                component: tag.name(),
                first: first.map(Vec::len),
                second: second.map(Vec::len),
                identical: first == second,
            }
        })
        .collect()
}

/// Both packages, and which thing of one is which of the other.
struct Pair<'a> {
    packages: [&'a Package; 2],
    graphs: [&'a Graph; 2],
    /// With names that decide.
    keyed: [Package; 2],
    /// With names for people.
    shown: [Package; 2],
    matching: Matching,
}

impl Pair<'_> {
    /// The index in the second package of what has this index in the first.
    fn second_of(&self, item: Item) -> Option<usize> {
        let node = self
            .matching
            .to_second
            .get(self.graphs[0].node_of(item))
            .copied()
            .flatten()?;
        let (Item::Class(index) | Item::Method(index) | Item::Field(index)) =
            self.graphs[1].nodes.get(node)?.item;
        Some(index)
    }

    /// Whether something of the second package is of the first too.
    fn is_in_first(&self, item: Item) -> bool {
        let node = self.matching.to_first.get(self.graphs[1].node_of(item));
        node.is_some_and(Option::is_some)
    }
}

/// `first → second`.
fn change(first: impl std::fmt::Display, second: impl std::fmt::Display) -> String {
    format!("{first} → {second}")
}

/// Something that may be absent, in words.
fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}
