//! Platforms: which version of which package belongs to a release.

use cap_format::version::PackageVersion;

use crate::table::{Line, Problem, TableError, rows};

/// A release of a platform, or of one of the APIs that are added to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// For example `2.2.1` or `uicc-7.9`.
    pub name: String,
    /// Its packages as in class files, each with its version.
    pub packages: Vec<(String, PackageVersion)>,
}

impl Platform {
    /// Reads a table of platforms; `file` is its name, for errors.
    ///
    /// # Errors
    /// [`TableError`]: a line is not of the format, or a name stands there twice.
    pub fn parse(file: &str, text: &str) -> Result<Vec<Self>, TableError> {
        let mut reader = Reader::default();
        for (line, text) in rows(text) {
            reader.row(Line::new(text)).map_err(|problem| TableError {
                file: file.to_owned(),
                line,
                problem,
            })?;
        }
        Ok(reader.platforms)
    }
}

#[derive(Default)]
struct Reader {
    platforms: Vec<Platform>,
    /// How many platforms came before those of the present table.
    earlier: usize,
}

impl Reader {
    fn row(&mut self, mut line: Line<'_>) -> Result<(), Problem> {
        if line.take("platforms") {
            return self.heads(line);
        }
        let package = line.name("the name of a package")?.replace('.', "/");
        let mut versions = Vec::new();
        while line.peek().is_some() {
            versions.push(cell(&mut line)?);
        }
        let platforms = self.platforms.get_mut(self.earlier..).unwrap_or_default();
        if platforms.len() != versions.len() {
            return Err(Problem::Columns {
                wanted: platforms.len(),
                found: versions.len(),
            });
        }
        for (platform, version) in platforms.iter_mut().zip(versions) {
            let Some(version) = version else { continue };
            if platform.packages.iter().any(|(name, _)| *name == package) {
                return Err(Problem::Twice { what: package });
            }
            platform.packages.push((package.clone(), version));
        }
        Ok(())
    }

    fn heads(&mut self, mut line: Line<'_>) -> Result<(), Problem> {
        self.earlier = self.platforms.len();
        while let Some(name) = line.next() {
            if self.platforms.iter().any(|platform| platform.name == name) {
                return Err(Problem::Twice {
                    what: name.to_owned(),
                });
            }
            self.platforms.push(Platform {
                name: name.to_owned(),
                packages: Vec::new(),
            });
        }
        Ok(())
    }
}

/// A version, or `-` for none.
fn cell(line: &mut Line<'_>) -> Result<Option<PackageVersion>, Problem> {
    match line.take("-") {
        true => Ok(None),
        false => line.version().map(Some),
    }
}
