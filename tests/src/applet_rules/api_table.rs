//! Reads the project's own table of the Java Card 2.2.1 API, `applets/api/javacard-2.2.1.txt`; its head explains the format.

use std::collections::BTreeSet;

/// Classes and members of an API.
#[derive(Debug, Clone, Default)]
pub struct ApiTable {
    classes: BTreeSet<String>,
    /// `CLASS.NAME DESCRIPTOR`, inherited members with each class that has them.
    members: BTreeSet<String>,
}

impl ApiTable {
    /// Reads the table.
    ///
    /// # Errors
    /// A line is not of the format; it is named.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut table = Self::default();
        for line in text
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        {
            let words: Vec<&str> = line.split(' ').collect();
            match words.as_slice() {
                ["class" | "interface", name, ..] => drop(table.classes.insert((*name).to_owned())),
                ["field" | "method", name, descriptor, ..] => {
                    table.members.insert(format!("{name} {descriptor}"));
                }
                _ => return Err(format!("{line}: neither class, interface, field nor method")),
            }
        }
        Ok(table)
    }

    /// Whether the API has this class or interface.
    pub fn has_class(&self, name: &str) -> bool {
        self.classes.contains(name)
    }

    /// Whether the class has this member, inherited ones included.
    pub fn has_member(&self, class: &str, name: &str, descriptor: &str) -> bool {
        self.members.contains(&format!("{class}.{name} {descriptor}"))
    }
}
