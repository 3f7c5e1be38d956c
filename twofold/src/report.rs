//! What was done, as a table for a person and as JSON for a machine.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde::Serialize;

/// One step: what was sent, what came back, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The step, with the source document's step numbers where it has some.
    pub step: String,
    /// What was sent.
    pub sent: String,
    /// What came back.
    pub came_back: String,
    /// Whether that was right.
    pub ok: bool,
}

/// Everything a run did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// The card: reader and ATR.
    pub card: String,
    /// Address of the page that shows each delivery.
    pub page: String,
    /// The steps in their order.
    pub steps: Vec<Row>,
    /// Seconds from start to report, building included.
    pub seconds: f64,
    /// How others reach what was left up, with `--keep`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
}

/// How the card, its reader and the server are reached by others.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    /// Environment variable that points a PC/SC program at the private pcscd, as `NAME=value`; empty for the system's.
    pub environment: String,
    /// Name of the reader.
    pub reader: String,
    /// AIDs to select: first and second stage.
    pub aids: [String; 2],
}

impl Report {
    /// Adds a step.
    pub fn row(
        &mut self,
        ok: bool,
        step: impl Into<String>,
        sent: impl Into<String>,
        came_back: impl Into<String>,
    ) {
        self.steps.push(Row {
            step: step.into(),
            sent: sent.into(),
            came_back: came_back.into(),
            ok,
        });
    }

    /// Whether every step was right.
    pub fn ok(&self) -> bool {
        !self.steps.is_empty() && self.steps.iter().all(|row| row.ok)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table
            .load_style(UTF8_FULL_CONDENSED)
            .set_content_arrangement(ContentArrangement::Dynamic);
        if table.width().is_none() {
            table.set_width(132);
        }
        table.set_header(["", "step", "what was sent", "what came back"]);
        for row in &self.steps {
            table.add_row([
                if row.ok { "✓" } else { "✗" },
                &row.step,
                &row.sent,
                &row.came_back,
            ]);
        }
        write!(f, "{table}")
    }
}
