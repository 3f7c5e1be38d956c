//! A case: a file of `tests/cases`, which is one CAP file that keeps a rule and, with the lines marked `+` in place of those marked
//! `-`, one that breaks it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::assembler::text::{Line, Trouble};
use crate::assembler::{Assembled, assemble};

/// What stands at the top of a case.
#[derive(Debug)]
pub(crate) struct Case {
    /// Path below `tests/cases`.
    pub(crate) name: String,
    /// The code of the rule that is broken; `None` when both files are accepted.
    pub(crate) rule: Option<String>,
    /// Codes that the same mistake breaks as well.
    pub(crate) also: Vec<String>,
    pub(crate) section: String,
    /// What the case attacks, in a sentence.
    pub(crate) attack: String,
    lines: Vec<Line>,
}

/// The two files of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    Keeps,
    Breaks,
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// All cases, by path.
pub(crate) fn all() -> Result<Vec<Case>, Trouble> {
    let mut cases = Vec::new();
    for group in sorted(&folder())?.into_iter().filter(|path| path.is_dir()) {
        for path in sorted(&group)? {
            cases.push(Case::read(&path)?);
        }
    }
    Ok(cases)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let trouble = |error| Trouble::of(&folder.display().to_string(), error);
    let entries = fs::read_dir(folder).map_err(trouble)?;
    let paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(trouble)?;
    paths.sort();
    Ok(paths)
}

/// The lines of a file below `tests/cases`.
fn lines(path: &Path) -> Result<Vec<Line>, Trouble> {
    let name = path.strip_prefix(folder()).unwrap_or(path).display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Trouble::of(&name, error))?;
    Ok(Line::all(&name, &text))
}

/// The fields at the top of a case.
const HEAD: [&str; 6] = ["rule", "accepted", "also", "section", "attack", "vendor"];

impl Case {
    fn read(path: &Path) -> Result<Self, Trouble> {
        let name = path.strip_prefix(folder()).unwrap_or(path).display().to_string();
        let mut case = Self {
            rule: None,
            also: Vec::new(),
            section: String::new(),
            attack: String::new(),
            lines: Vec::new(),
            name,
        };
        for line in lines(path)? {
            let mut words = line.words();
            let first = words.next().unwrap_or_default();
            match first {
                "rule" => case.rule = Some(words.rest().to_owned()),
                "also" => case.also.push(words.rest().to_owned()),
                "section" => words.rest().clone_into(&mut case.section),
                "attack" => words.rest().clone_into(&mut case.attack),
                "base" => {
                    let base = folder().join(format!("{}.cap.txt", words.rest()));
                    case.lines.extend(lines(&base)?);
                }
                _ if HEAD.contains(&first) => {}
                _ => case.lines.push(line),
            }
        }
        case.check()
    }

    fn check(self) -> Result<Self, Trouble> {
        let trouble = |what: &str| Err(Trouble::of(&self.name, what));
        if self.section.is_empty() || self.attack.is_empty() {
            return trouble("`section` and `attack` say where a case comes from and what it attacks");
        }
        let is_changed = self.lines.iter().any(|line| line.text.starts_with(['+', '-']));
        match is_changed {
            false if self.rule.is_some() => trouble("no line is marked + or -, so nothing breaks the rule"),
            true if self.rule.is_none() => trouble("lines are marked + or -, and no rule is to be broken"),
            _ => Ok(self),
        }
    }

    /// The variants there are, with what is expected of each.
    pub(crate) fn variants(&self) -> &'static [Variant] {
        match self.rule {
            Some(_) => &[Variant::Keeps, Variant::Breaks],
            None => &[Variant::Keeps],
        }
    }

    pub(crate) fn assemble(&self, variant: Variant) -> Result<Assembled, Trouble> {
        let (taken, left) = match variant {
            Variant::Keeps => ('-', '+'),
            Variant::Breaks => ('+', '-'),
        };
        let mut lines = Vec::new();
        for line in self.lines.iter().filter(|line| !line.text.starts_with(left)) {
            let mut line = line.clone();
            let text = line
                .text
                .strip_prefix(taken)
                .unwrap_or(&line.text)
                .trim()
                .to_owned();
            line.text = text;
            lines.push(line);
        }
        assemble(&lines)
    }

    /// The name without folder and ending.
    pub(crate) fn stem(&self) -> String {
        let name = self.name.rsplit('/').next().unwrap_or_default();
        name.trim_end_matches(".cap.txt").to_owned()
    }
}
