//! Where the octets of a CAP file go: by component, class, method, instruction, constant, descriptor.
//!
//! Shares count from what is loaded, which is all components but Descriptor and Debug.

mod tables;
mod text;

use cap_format::cap::RawComponents;
use cap_format::component::Tag;
use serde::Serialize;

use crate::package::Package;

pub(crate) use text::{difference, text};

/// What is found; `cap size --json` writes it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sizes {
    pub(crate) schema: &'static str,
    /// Octets of the components that are loaded, tags and sizes included.
    pub(crate) loaded: usize,
    pub(crate) tables: Vec<Table>,
}

/// A view of the octets.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Table {
    pub(crate) table: &'static str,
    /// Octets of all rows.
    pub(crate) octets: usize,
    /// Largest first.
    pub(crate) rows: Vec<Row>,
}

/// What some octets are.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) octets: usize,
    /// How many things they are.
    pub(crate) count: usize,
    /// Of [`Sizes::loaded`], in percent; of things that are not loaded, as if they were.
    pub(crate) percent: f64,
}

/// Two files: sizes of both.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Change {
    pub(crate) schema: &'static str,
    pub(crate) loaded: [usize; 2],
    pub(crate) tables: Vec<ChangeTable>,
}

/// A view of the octets of both.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChangeTable {
    pub(crate) table: &'static str,
    pub(crate) octets: [usize; 2],
    /// Rows that differ, the largest change first.
    pub(crate) rows: Vec<ChangeRow>,
}

/// What some octets are in both.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChangeRow {
    pub(crate) name: String,
    pub(crate) octets: [usize; 2],
}

/// The versions of the JSON forms.
const SCHEMA: &str = "cap-size/1";
const CHANGE_SCHEMA: &str = "cap-size-change/1";

/// Counts the octets of a file.
pub(crate) fn sizes(package: &Package, components: &RawComponents) -> Sizes {
    let framed = |tag: &Tag| {
        components
            .defined
            .get(tag)
            .map_or(0, |info| 1 + tag.size_octets() + info.len())
    };
    let loaded = Tag::LOAD_ORDER
        .iter()
        .filter(|tag| **tag != Tag::Descriptor)
        .map(framed)
        .sum();
    let tables = tables::all(package, components)
        .into_iter()
        .map(|(table, counts)| {
            let mut rows: Vec<Row> = counts
                .into_iter()
                .filter(|(_, (octets, _))| *octets > 0)
                .map(|(name, (octets, count))| Row {
                    name,
                    octets,
                    count,
                    percent: percent(octets, loaded),
                })
                .collect();
            rows.sort_by(|one, two| two.octets.cmp(&one.octets).then_with(|| one.name.cmp(&two.name)));
            Table {
                table,
                octets: rows.iter().map(|row| row.octets).sum(),
                rows,
            }
        });
    Sizes {
        schema: SCHEMA,
        loaded,
        tables: tables.collect(),
    }
}

/// One decimal.
fn percent(octets: usize, of: usize) -> f64 {
    let tenths = (octets * 1000 + of / 2).checked_div(of).unwrap_or_default();
    u32::try_from(tenths).map_or(f64::INFINITY, f64::from) / 10.0
}

/// What changes from one file to another.
pub(crate) fn change(first: &Sizes, second: &Sizes) -> Change {
    let tables = first.tables.iter().zip(&second.tables).map(|(one, two)| {
        let of = |table: &Table, name: &str| {
            table
                .rows
                .iter()
                .find(|row| row.name == name)
                .map_or(0, |row| row.octets)
        };
        let mut names: Vec<&String> = one.rows.iter().chain(&two.rows).map(|row| &row.name).collect();
        names.sort_unstable();
        names.dedup();
        let mut rows: Vec<ChangeRow> = names
            .into_iter()
            .map(|name| ChangeRow {
                name: name.clone(),
                octets: [of(one, name), of(two, name)],
            })
            .filter(|row| row.octets[0] != row.octets[1])
            .collect();
        rows.sort_by(|one, two| {
            let by = |row: &ChangeRow| row.octets[0].abs_diff(row.octets[1]);
            by(two).cmp(&by(one)).then_with(|| one.name.cmp(&two.name))
        });
        ChangeTable {
            table: one.table,
            octets: [one.octets, two.octets],
            rows,
        }
    });
    Change {
        schema: CHANGE_SCHEMA,
        loaded: [first.loaded, second.loaded],
        tables: tables.collect(),
    }
}
