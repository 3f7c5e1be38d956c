//! What the applets may refer to, from the tables of `card-api`.

use std::collections::BTreeSet;

use anyhow::Result;
use card_api::api::{Api, PackageChoice};

/// The packages of Java Card 2.2.1 without remote method invocation and the service framework.
const PACKAGES: [&str; 4] = [
    "java.lang@1.0",
    "javacard.framework@1.2",
    "javacard.security@1.2",
    "javacardx.crypto@1.2",
];

/// Classes and members of an API.
#[derive(Debug, Clone, Default)]
pub struct ApiTable {
    classes: BTreeSet<String>,
    /// `CLASS.NAME DESCRIPTOR`, inherited methods with each class that has them.
    members: BTreeSet<String>,
}

impl ApiTable {
    /// What the target has: Java Card 2.2.1.
    ///
    /// # Errors
    /// The tables of `card-api` are not as this test wants them.
    pub fn of_target() -> Result<Self> {
        let packages: Result<Vec<PackageChoice>, _> =
            PACKAGES.iter().map(|package| package.parse()).collect();
        let mut table = Self::default();
        for file in Api::embedded()?.choose(&[], &packages?)?.export_files() {
            for class in file.classes {
                let fields = class
                    .fields
                    .into_iter()
                    .map(|field| (field.name, field.descriptor));
                let methods = class
                    .methods
                    .into_iter()
                    .map(|method| (method.name, method.descriptor));
                let names = fields
                    .chain(methods)
                    .map(|(name, descriptor)| format!("{}.{name} {descriptor}", class.name));
                table.members.extend(names);
                table.classes.insert(class.name);
            }
        }
        Ok(table)
    }

    /// Whether the API has this class or interface.
    pub fn has_class(&self, name: &str) -> bool {
        self.classes.contains(name)
    }

    /// Whether the class has this member, inherited methods included.
    pub fn has_member(&self, class: &str, name: &str, descriptor: &str) -> bool {
        self.members.contains(&format!("{class}.{name} {descriptor}"))
    }
}
