//! The sections a case cites in its comments: `TS 102 225 §5.1.4`, `ISO 7816-4 §5.4.1, §5.4.2`, `TS 101 220 Annex D`.

use std::{cmp::Ordering, fmt, iter};

use serde::Serialize;

/// The table of documents: only its tags count as citations.
const SPECIFICATIONS: &str = include_str!("../../../docs/specs.md");

/// A section of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The document's tag in `docs/specs.md`, for example `TS 102 225`.
    pub document: String,
    /// The place in it, `§5.1.4` or `Annex D`.
    pub place: String,
}

impl Section {
    /// By document, then as the table of contents has it: §5.10 stands behind §5.9.
    fn order(&self) -> (&str, Vec<(u32, &str)>) {
        let parts = self.place.trim_start_matches('§').split('.');
        let number = |part: &str| part.parse().unwrap_or(u32::MAX);
        (&self.document, parts.map(|part| (number(part), part)).collect())
    }
}

impl Ord for Section {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Section {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.document, self.place)
    }
}

/// The sections that a text cites, in the order of the text. After a document's tag come its sections, with a comma or
/// «and» between them; `§9.2.3.24.1 and .8` is short for two sections of §9.2.3.24.
pub fn cited(text: &str) -> Vec<Section> {
    let documents = documents();
    let mut sections = Vec::new();
    let mut rest = text;
    while let Some((document, after)) = next_document(rest, &documents) {
        let (places, after) = places(after);
        let section = |place| Section {
            document: document.to_owned(),
            place,
        };
        sections.extend(places.into_iter().map(section));
        rest = after;
    }
    sections
}

/// The tags of `docs/specs.md`, the first column of its table.
fn documents() -> Vec<&'static str> {
    let cell = |row: &'static str| row.strip_prefix("| ")?.split_once(" |").map(|(tag, _)| tag);
    SPECIFICATIONS.lines().filter_map(cell).skip(1).collect()
}

/// The first document that the text names, and the text behind its tag.
fn next_document<'t>(text: &'t str, documents: &[&'static str]) -> Option<(&'static str, &'t str)> {
    let whole_word = |at: usize, tag: &str| {
        let before = text[..at].chars().next_back();
        let after = text[at + tag.len()..].chars().next();
        let inside = |neighbor: Option<char>| neighbor.is_some_and(char::is_alphanumeric);
        !inside(before) && !inside(after)
    };
    let first = |tag: &&'static str| {
        let mut places = text.match_indices(*tag).map(|(at, _)| at);
        Some((places.find(|at| whole_word(*at, tag))?, *tag))
    };
    let (at, tag) = documents.iter().filter_map(first).min()?;
    Some((tag, &text[at + tag.len()..]))
}

/// The places at the beginning of the text, and what stands behind them.
fn places(text: &str) -> (Vec<String>, &str) {
    let mut places: Vec<String> = Vec::new();
    let mut rest = text;
    let separators = iter::once(&[" "][..]).chain(iter::repeat(&[", ", " and "][..]));
    for separators in separators {
        let after = separators
            .iter()
            .find_map(|separator| rest.strip_prefix(separator));
        let Some((place, after)) = after.and_then(|after| place(after, places.last())) else {
            break;
        };
        places.push(place);
        rest = after;
    }
    (places, rest)
}

/// One place: `§` and a number, `Annex` and a letter, or the last part of a number behind another one.
fn place<'t>(text: &'t str, last: Option<&String>) -> Option<(String, &'t str)> {
    let number = |text: &'t str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.');
        let number = text[..end.unwrap_or(text.len())].trim_end_matches('.');
        (!number.is_empty()).then(|| (number, &text[number.len()..]))
    };
    if let Some(after) = text.strip_prefix('§') {
        return number(after).map(|(number, rest)| (format!("§{number}"), rest));
    }
    if let Some(after) = text.strip_prefix("Annex ") {
        return number(after).map(|(letter, rest)| (format!("Annex {letter}"), rest));
    }
    let parent = last?.rsplit_once('.')?.0;
    let (number, rest) = number(text.strip_prefix('.')?)?;
    Some((format!("{parent}.{number}"), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = cited(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn documents_come_from_the_table() {
        let documents = documents();
        for tag in ["ISO 7816-3", "TS 102 225", "GPCS", "JCRE", "SP 800-38B"] {
            assert!(documents.contains(&tag), "{tag} is not in {documents:?}");
        }
        assert!(!documents.iter().any(|tag| tag.starts_with('-')), "{documents:?}");
    }

    #[test]
    fn sections_are_found_as_people_write_them() {
        check("TS 102 225 §5.1.4: the counter.", &["TS 102 225 §5.1.4"]);
        check("(GPCS §11.11.2.1.)", &["GPCS §11.11.2.1"]);
        check(
            "ISO 7816-4 §5.4.1, §5.4.2: a script stops; §9",
            &["ISO 7816-4 §5.4.1", "ISO 7816-4 §5.4.2"],
        );
        check(
            "TS 102 225 §5.1.4 and §A.1, TS 31.115 §4: so",
            &["TS 102 225 §5.1.4", "TS 102 225 §A.1", "TS 31.115 §4"],
        );
        check(
            "TS 23.040 §9.2.3.24.1 and .8. Two can be under way",
            &["TS 23.040 §9.2.3.24.1", "TS 23.040 §9.2.3.24.8"],
        );
        check(
            "TS 101 220 Annex D. TS 102 221 §11.2.2, and",
            &["TS 101 220 Annex D", "TS 102 221 §11.2.2"],
        );
    }

    #[test]
    fn what_is_no_citation_is_none() {
        for text in [
            "",
            "§5.1",
            "SP 800-38B (AES-CMAC)",
            "TS 999 999 §1",
            "GPCSX §1",
            "TS 102 2255 §1",
            "GPCS § 5",
            "GPCS Annexation",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn sections_stand_in_the_order_of_the_table_of_contents() {
        let mut sections = cited("TS 31.115 §4 GPCS §11.10 GPCS §11.9 GPCS §11 GPCS §A.1");
        sections.sort();
        let text: Vec<_> = sections.iter().map(ToString::to_string).collect();
        assert_eq!(
            text,
            [
                "GPCS §11",
                "GPCS §11.9",
                "GPCS §11.10",
                "GPCS §A.1",
                "TS 31.115 §4"
            ]
        );
    }
}
