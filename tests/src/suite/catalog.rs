//! The case files: found by listing the folder, with title and sections from their comments.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::sections::{Section, cited};

/// A case file, not yet played.
#[derive(Debug, Clone)]
pub struct CaseFile {
    /// Path below the folder of cases, without `.apdu`: `ota/counter`.
    pub name: String,
    /// The first sentence of the comment it begins with; its name when it begins with none.
    pub title: String,
    /// What its comments cite.
    pub sections: BTreeSet<Section>,
    /// The file as it stands.
    pub text: String,
}

impl CaseFile {
    /// A case file of this name and text.
    pub fn new(name: &str, text: &str) -> Self {
        let comments: Vec<_> = text.lines().filter_map(comment).collect();
        Self {
            name: name.to_owned(),
            title: title(text).unwrap_or_else(|| name.to_owned()),
            sections: cited(&comments.join(" ")).into_iter().collect(),
            text: text.to_owned(),
        }
    }

    /// The line of this number, from 1, and what belongs to its step: the lines with `+` and `<` behind it.
    pub fn step(&self, number: usize) -> String {
        let Some(before) = number.checked_sub(1) else {
            return String::new();
        };
        let mut lines = self.text.lines().skip(before).map(str::trim);
        let first = lines.next();
        let rest = lines.take_while(|line| line.starts_with(['+', '<', '#']));
        let step = first
            .into_iter()
            .chain(rest.filter(|line| !line.starts_with('#')));
        step.collect::<Vec<_>>().join("\n")
    }
}

/// The folder of the cases that belong to this program.
pub fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
}

/// Every case file below `folder`, in the order of the names: the order they are played in.
///
/// # Errors
/// A folder or file cannot be read.
pub fn find(folder: &Path) -> Result<Vec<CaseFile>> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let relative = path.strip_prefix(folder).unwrap_or(path).with_extension("");
        let words: Vec<_> = relative.iter().map(|word| word.to_string_lossy()).collect();
        Ok(CaseFile::new(&words.join("/"), &text))
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "apdu") {
            paths.push(path);
        }
    }
    Ok(())
}

/// What stands behind the number sign.
fn comment(line: &str) -> Option<&str> {
    line.split_once('#').map(|(_, comment)| comment.trim())
}

/// The first sentence of the lines of comment at the beginning of the file.
fn title(text: &str) -> Option<String> {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    let block = lines.filter_map(comment).take_while(|line| !line.is_empty());
    let block = block.collect::<Vec<_>>().join(" ");
    let begins_a_sentence = |rest: &str| rest.starts_with(char::is_uppercase);
    let end = block
        .match_indices(". ")
        .find(|(at, _)| begins_a_sentence(&block[at + 2..]));
    let sentence = end
        .map_or(block.as_str(), |(at, _)| &block[..at])
        .trim_end_matches('.');
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_title_and_sections() {
        let file = CaseFile::new(
            "a/b",
            "# Messages in pieces, TS 23.040 §9.2.3.24.1 and .8. Two can be\n# under way.\n! reset # GPCS §5.3\n# TS 102 225\n# §5.1\n",
        );
        assert_eq!(file.title, "Messages in pieces, TS 23.040 §9.2.3.24.1 and .8");
        let sections: Vec<_> = file.sections.iter().map(ToString::to_string).collect();
        assert_eq!(
            sections,
            [
                "GPCS §5.3",
                "TS 102 225 §5.1",
                "TS 23.040 §9.2.3.24.1",
                "TS 23.040 §9.2.3.24.8"
            ]
        );
        let file = CaseFile::new("a/b", "> 00\n< 9000\n! packet\n  + 01\n# so\n< por 00\n! reset\n");
        assert_eq!(file.step(1), "> 00\n< 9000");
        assert_eq!(file.step(3), "! packet\n+ 01\n< por 00");
        assert_eq!((file.step(0), file.step(9)), (String::new(), String::new()));
        assert_eq!(CaseFile::new("a/b", "! reset\n# x\n").title, "a/b");
    }

    #[test]
    fn every_case_cites_at_least_one_section() {
        let files = find(&cases_folder()).expect("the cases are there");
        assert!(files.len() > 20, "only {} cases were found", files.len());
        for file in files {
            assert!(
                !file.sections.is_empty(),
                "{} cites no section: see docs/conformance.md",
                file.name
            );
            assert!(file.title != file.name, "{} begins without a comment", file.name);
        }
    }
}
