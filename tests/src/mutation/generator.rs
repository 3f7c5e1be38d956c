//! The mutants: listed and compiled by the Java program in `tests/mutation/`, which uses the compiler's own syntax tree.

use std::{
    collections::BTreeMap,
    fmt,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context as _, Result, anyhow, bail};
use host_harness::{
    jcardsim::{compile_program, java_tool},
    project::Project,
};
use serde::{Deserialize, Serialize};

/// The package that all applets are below; it is left out of file names.
const PACKAGE: &str = "twofold/";

/// One change of one source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mutant {
    /// The source file, below the folder of the package `twofold`.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// The text of that line.
    pub source: String,
    /// The kind of change; `tests/mutation/MutantFinder.java` has the list.
    pub operator: String,
    /// Its number among the mutants of the same operator on the same line, from 1.
    #[serde(default)]
    pub nth: u32,
    /// The expression or statement around the change.
    pub original: String,
    /// The same with the change.
    pub changed: String,
}

/// `FILE:LINE:OPERATOR:N`, the name of a mutant as long as its file stays as it is.
impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            operator,
            nth,
            ..
        } = self;
        write!(f, "{file}:{line}:{operator}:{nth}")
    }
}

/// What became of a mutant in the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiled {
    /// It compiles; the folder has the class files that differ.
    Classes(PathBuf),
    /// It compiles to the same class files.
    Same,
    /// It does not compile.
    Refused(String),
}

/// The running Java program.
pub struct Generator {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    folder: PathBuf,
    mutants: Vec<Mutant>,
}

impl Generator {
    /// Finds all mutants of the Java files below `sources`. Class files go below `folder`.
    ///
    /// # Errors
    /// There is no JDK, or the sources do not compile.
    pub fn start(project: &Project, sources: &[PathBuf], folder: &Path) -> Result<Self> {
        let program = compile_program(project, "mutation", &[project.root().join("tests/mutation")])?;
        let mut process = Command::new(java_tool("java"))
            .args(["-XX:+UseSerialGC", "-classpath"])
            .arg(program)
            .arg("Mutants")
            .arg(project.jcardsim_jar())
            .arg(folder)
            .args(sources)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run java")?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            bail!("java has no standard input or output");
        };
        let mut generator = Self {
            process,
            input,
            output: BufReader::new(output),
            folder: folder.to_path_buf(),
            mutants: Vec::new(),
        };
        generator.read_mutants(sources)?;
        Ok(generator)
    }

    /// The folder with the class files of the unchanged sources.
    pub fn unchanged(&self) -> PathBuf {
        self.folder.join("unchanged")
    }

    /// All mutants, in the order of files and text.
    pub fn mutants(&self) -> &[Mutant] {
        &self.mutants
    }

    /// Compiles the mutant with this number, from 0.
    ///
    /// # Errors
    /// The program does not answer.
    pub fn compile(&mut self, number: usize) -> Result<Compiled> {
        writeln!(self.input, "{number}")?;
        self.input.flush()?;
        let line = self.read_line()?;
        match line.split_once(' ').unwrap_or((&line, "")) {
            ("compiled", folder) => Ok(Compiled::Classes(folder.into())),
            ("same", "") => Ok(Compiled::Same),
            ("refused", message) => Ok(Compiled::Refused(message.to_owned())),
            _ => Err(anyhow!("the mutation program answered {line:?}")),
        }
    }

    fn read_mutants(&mut self, sources: &[PathBuf]) -> Result<()> {
        let mut before: BTreeMap<(String, u32, String), u32> = BTreeMap::new();
        loop {
            let line = self.read_line()?;
            if line.is_empty() {
                return Ok(());
            }
            let mut mutant: Mutant =
                serde_json::from_str(&line).with_context(|| format!("a mutant reads {line}"))?;
            mutant.file = below(sources, &mutant.file);
            let place = (mutant.file.clone(), mutant.line, mutant.operator.clone());
            let nth = before.entry(place).or_default();
            *nth += 1;
            mutant.nth = *nth;
            self.mutants.push(mutant);
        }
    }

    fn read_line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("the mutation program ended; its reason is above");
        }
        Ok(line.trim_end_matches('\n').to_owned())
    }
}

/// Its input ends, and so does the program.
impl Drop for Generator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn below(sources: &[PathBuf], file: &str) -> String {
    let relative = sources
        .iter()
        .find_map(|folder| Path::new(file).strip_prefix(folder).ok());
    let relative = relative.map_or(file.into(), |path| path.to_string_lossy());
    relative.strip_prefix(PACKAGE).unwrap_or(&relative).to_owned()
}
