//! Sizes as text for people.

use std::fmt::{self, Write as _};

use crate::sizes::{Change, Sizes};

/// The tables, each with its `rows` largest rows; all when that is 0.
///
/// # Errors
/// Never: writing to a `String` does not fail.
pub(crate) fn text(sizes: &Sizes, rows: usize) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{} octets are loaded", sizes.loaded)?;
    for table in sizes.tables.iter().filter(|table| !table.rows.is_empty()) {
        writeln!(out, "\nBy {}: {} octets", table.table, table.octets)?;
        let shown = shown(table.rows.len(), rows);
        for row in table.rows.iter().take(shown) {
            let (percent, octets, count, name) = (row.percent, row.octets, row.count, &row.name);
            let count = match count {
                1 => String::new(),
                count => format!(" ({count})"),
            };
            writeln!(out, "  {octets:>6} {percent:>5.1}%  {name}{count}")?;
        }
        let rest: usize = table.rows.iter().skip(shown).map(|row| row.octets).sum();
        if rest > 0 {
            writeln!(out, "  {rest:>6}         in {} more", table.rows.len() - shown)?;
        }
    }
    Ok(out)
}

/// What differs, each table with its `rows` largest changes.
///
/// # Errors
/// Never: writing to a `String` does not fail.
pub(crate) fn difference(change: &Change, rows: usize) -> Result<String, fmt::Error> {
    let mut out = String::new();
    writeln!(out, "{} octets are loaded", arrow(change.loaded))?;
    for table in change.tables.iter().filter(|table| !table.rows.is_empty()) {
        writeln!(out, "\nBy {}: {}", table.table, arrow(table.octets))?;
        let shown = shown(table.rows.len(), rows);
        for row in table.rows.iter().take(shown) {
            writeln!(out, "  {:>26}  {}", arrow(row.octets), row.name)?;
        }
        if shown < table.rows.len() {
            writeln!(out, "  {:>26}  {} more", "", table.rows.len() - shown)?;
        }
    }
    if change.tables.iter().all(|table| table.rows.is_empty()) {
        writeln!(out, "all sizes are the same")?;
    }
    Ok(out)
}

fn shown(rows: usize, limit: usize) -> usize {
    if limit == 0 { rows } else { rows.min(limit) }
}

/// `120 → 133 (+13)`.
fn arrow([first, second]: [usize; 2]) -> String {
    let sign = if second < first { '-' } else { '+' };
    format!("{first} → {second} ({sign}{})", first.abs_diff(second))
}
