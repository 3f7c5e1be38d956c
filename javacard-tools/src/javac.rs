//! Java source → class files, with the JDK's compiler and the stubs of a card's API.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow, bail};
use card_api::api::ApiSet;
use card_api::stub::javac_options;

use crate::walk;

/// Options of the Java machine that javac runs on. Messages are read by programs, too: they are English, and they and the file of
/// arguments are in UTF-8, whatever the machine speaks. A run is too short for the second compiler to pay: without it javac takes
/// a third less time. A Java machine that has no such option goes on without.
const LAUNCHER_OPTIONS: [&str; 4] = [
    "-J-Duser.language=en",
    "-J-Dfile.encoding=UTF-8",
    "-J-XX:+IgnoreUnrecognizedVMOptions",
    "-J-XX:TieredStopAtLevel=1",
];

/// What the compiler is given.
pub(crate) struct Compilation<'a> {
    /// The compiler; `None` for that of `JAVA_HOME`, else the one in `PATH`.
    pub(crate) javac: Option<&'a Path>,
    /// The API that the sources see, and nothing else.
    pub(crate) api: &'a ApiSet,
    /// Class files of other packages: folders and JAR files.
    pub(crate) class_path: &'a [PathBuf],
    /// Folders with the sources.
    pub(crate) sources: &'a [PathBuf],
    /// How their text is written, by the name that Java has for it.
    pub(crate) encoding: &'a str,
}

/// What came of it.
pub(crate) enum Compiled {
    /// The class files are in the folder. There may be warnings.
    Classes(String),
    /// The sources have mistakes; the compiler's own words.
    Mistakes(String),
}

/// Compiles all Java files of the source folders into `output`; `scratch` takes the stubs.
pub(crate) fn compile(compilation: &Compilation<'_>, scratch: &Path, output: &Path) -> Result<Compiled> {
    let stubs = scratch.join("stubs");
    for stub in compilation.api.class_files() {
        let file = stubs.join(format!("{}.class", stub.class));
        let folder = file.parent().unwrap_or(&stubs);
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::write(&file, &stub.bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let files = java_files(compilation.sources)?;
    if files.is_empty() {
        let folders: Vec<_> = compilation
            .sources
            .iter()
            .map(|folder| folder.display().to_string())
            .collect();
        bail!(
            "there is no Java file below {}; `sources` in cap.toml says where they are",
            folders.join(" and ")
        );
    }
    fs::create_dir_all(output).with_context(|| format!("cannot make the folder {}", output.display()))?;
    let arguments = scratch.join("javac.arguments");
    let text = arguments_file(compilation, &stubs, output, &files)?;
    fs::write(&arguments, text).with_context(|| format!("cannot write {}", arguments.display()))?;
    run(compilation.javac, &arguments)
}

fn run(javac: Option<&Path>, arguments: &Path) -> Result<Compiled> {
    let javac = javac.map_or_else(javac_of_the_machine, Path::to_owned);
    let mut file = OsString::from("@");
    file.push(arguments);
    let output = Command::new(&javac)
        .args(LAUNCHER_OPTIONS)
        .arg(file)
        // Without it a machine of the locale C has no names of files beyond ASCII for Java.
        .env("LC_ALL", "C.UTF-8")
        // Options of the environment would make the result depend on the machine.
        .env_remove("JDK_JAVAC_OPTIONS")
        .output();
    let output = output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "{} is not there: install a JDK 17 or later, or say --javac FILE",
            javac.display()
        ),
        _ => anyhow!("cannot run {}: {error}", javac.display()),
    })?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(Compiled::Classes(messages)),
        Some(1) if messages.contains("unmappable character") => {
            Ok(Compiled::Mistakes(messages + ENCODING_HINT))
        }
        Some(1) => Ok(Compiled::Mistakes(messages)),
        _ => bail!(
            "{} ended with {}: {messages}{}",
            javac.display(),
            output.status,
            String::from_utf8_lossy(&output.stdout)
        ),
    }
}

const ENCODING_HINT: &str =
    "hint: package.encoding in cap.toml says how the sources are written, for example \"ISO-8859-1\"\n";

fn javac_of_the_machine() -> PathBuf {
    env::var_os("JAVA_HOME")
        .map(|home| Path::new(&home).join("bin").join("javac"))
        .filter(|javac| javac.is_file())
        .unwrap_or_else(|| PathBuf::from("javac"))
}

/// All arguments in a file, for a command line has an end.
fn arguments_file(
    compilation: &Compilation<'_>,
    stubs: &Path,
    output: &Path,
    files: &[PathBuf],
) -> Result<String> {
    let class_path = env::join_paths(compilation.class_path)
        .context("javac cannot be given such a path: move the folder to another place")?;
    // An empty class path would be the working folder, and a source path that is not given is the class path.
    let class_path = match compilation.class_path {
        [] => output,
        _ => Path::new(&class_path),
    };
    let mut arguments: Vec<&str> =
        javac_options(text(stubs)?, text(class_path)?, compilation.encoding).to_vec();
    // -g writes line tables, for messages that name a line.
    arguments.extend(["-sourcepath", "", "-g", "-implicit:none", "-d", text(output)?]);
    for file in files {
        arguments.push(text(file)?);
    }
    Ok(arguments.into_iter().map(quoted).collect())
}

/// An argument in a line of its own, as javac reads it: in quotes, in which a backslash escapes.
fn quoted(argument: &str) -> String {
    let mut line = String::from('"');
    for c in argument.chars() {
        match c {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '"' | '\\' => line.extend(['\\', c]),
            _ => line.push(c),
        }
    }
    line + "\"\n"
}

fn text(path: &Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| anyhow!("{} is no Unicode text, which javac wants", path.display()))
}

/// All Java files below the folders, each once; that of a package's documentation is none.
fn java_files(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let wanted = |path: &Path| {
        walk::has_extension(path, "java") && path.file_name().is_some_and(|name| name != "package-info.java")
    };
    let mut files = Vec::new();
    for folder in folders {
        files.extend(walk::files(folder, wanted).context("`sources` in cap.toml")?);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read_back_as_they_were() {
        assert_eq!(quoted("a b\"c\\d\ne"), "\"a b\\\"c\\\\d\\ne\"\n");
    }
}
