//! The lines of the applets that differ from a revision, from `git diff`.

use std::{collections::BTreeMap, ops::RangeInclusive, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};

use super::generator::Mutant;

/// Changed lines by source file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ChangedLines(BTreeMap<String, Vec<RangeInclusive<u32>>>);

impl ChangedLines {
    /// What has changed below `applets/` of the checkout since a revision.
    ///
    /// # Errors
    /// Git does not know the revision.
    pub fn since(root: &Path, revision: &str) -> Result<Self> {
        let git = Command::new("git")
            .arg("-C")
            .arg(root)
            .args([
                "diff",
                "--unified=0",
                "--no-color",
                "--no-ext-diff",
                revision,
                "--",
                "applets",
            ])
            .output()
            .context("cannot run git")?;
        ensure!(
            git.status.success(),
            "git diff: {}",
            String::from_utf8_lossy(&git.stderr)
        );
        Ok(Self::parse(&String::from_utf8_lossy(&git.stdout)))
    }

    /// Whether the mutant is on such a line.
    pub fn contain(&self, mutant: &Mutant) -> bool {
        let lines = self.0.get(&mutant.file);
        lines.is_some_and(|ranges| ranges.iter().any(|range| range.contains(&mutant.line)))
    }

    fn parse(diff: &str) -> Self {
        let mut changed = Self::default();
        let mut file = String::new();
        for line in diff.lines() {
            if let Some(path) = line.strip_prefix("+++ b/") {
                file = path
                    .split_once("/twofold/")
                    .map_or(path, |(_, below)| below)
                    .to_owned();
            } else if let Some(range) = line.strip_prefix("@@ ").and_then(new_lines) {
                changed.0.entry(file.clone()).or_default().push(range);
            }
        }
        changed
    }
}

/// `-12,3 +14,2 @@ …`: lines 14 and 15.
fn new_lines(hunk: &str) -> Option<RangeInclusive<u32>> {
    let new = hunk.split(' ').nth(1)?.strip_prefix('+')?;
    let (start, length) = new.split_once(',').unwrap_or((new, "1"));
    let (start, length): (u32, u32) = (start.parse().ok()?, length.parse().ok()?);
    (length > 0).then(|| start..=start + length - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_git_writes() {
        let diff = "--- a/applets/stage-link/src/twofold/link/A.java\n+++ b/applets/stage-link/src/twofold/link/A.java\n\
                    @@ -1,0 +2,3 @@ class A {\n+x\n@@ -9 +12 @@\n@@ -20,2 +21,0 @@\n";
        let expected = BTreeMap::from([("link/A.java".to_owned(), vec![2..=4, 12..=12])]);
        assert_eq!(ChangedLines::parse(diff), ChangedLines(expected));
    }
}
