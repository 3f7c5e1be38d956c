//! The order in which packages are built: each one behind those it depends on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{Project, file_of};

/// Reads the projects of these folders and of all that they depend on; each comes behind its dependencies.
pub(crate) fn in_order(folders: &[PathBuf]) -> Result<Vec<Project>> {
    let mut walk = Walk::default();
    for folder in folders {
        walk.visit(folder)?;
    }
    unique_names(&walk.ordered)?;
    Ok(walk.ordered)
}

/// The first folders are the roots; the walk goes depth first.
#[derive(Default)]
struct Walk {
    /// The files that were begun, and the index of their package once it is finished.
    begun: BTreeMap<PathBuf, Option<usize>>,
    /// The names on the way from a root, for the message about a circle.
    way: Vec<String>,
    ordered: Vec<Project>,
}

impl Walk {
    /// The index of the package of a folder.
    fn visit(&mut self, folder: &Path) -> Result<usize> {
        let file = file_of(folder);
        let place = fs::canonicalize(&file)
            .with_context(|| format!("cannot find {}; `cap build --help` shows one", file.display()))?;
        match self.begun.get(&place) {
            Some(Some(index)) => return Ok(*index),
            Some(None) => bail!(
                "packages depend on each other in a circle: {}, and again {}",
                self.way.join(", "),
                folder.display()
            ),
            None => {}
        }
        let mut project = Project::read(&file)?;
        self.begun.insert(place.clone(), None);
        self.way.push(project.name());
        for dependency in &project.dependencies {
            let index = self
                .visit(dependency)
                .with_context(|| format!("{}: dependencies.packages", file.display()))?;
            let needed = &self.ordered[index];
            project.needs.extend(&needed.needs);
            project.needs.insert(index);
            // Its classes may have superclasses there.
            project.class_path.extend_from_slice(&needed.class_path);
            project.export_path.extend_from_slice(&needed.export_path);
        }
        self.way.pop();
        let index = self.ordered.len();
        self.begun.insert(place, Some(index));
        self.ordered.push(project);
        Ok(index)
    }
}

/// Their files would take each other's place.
fn unique_names(projects: &[Project]) -> Result<()> {
    for (index, project) in projects.iter().enumerate() {
        if let Some(other) = projects
            .iter()
            .take(index)
            .find(|other| other.name() == project.name())
        {
            bail!(
                "{} and {} are both the package {}, and would write the same files; build one at a time",
                other.folder.display(),
                project.folder.display(),
                project.name()
            );
        }
    }
    Ok(())
}
