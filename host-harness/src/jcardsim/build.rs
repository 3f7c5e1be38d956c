//! Compiles the bridge and the applets with `javac`, once per state of their sources.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{JcardsimError, JcardsimOptions, Memory};
use crate::project::Project;

/// The newest class-file form that the rules of the target speak about; javac itself calls it old.
const APPLET_RELEASE: &[&str] = &["--release", "8", "-Xlint:-options"];
/// The bridge is an ordinary program of the JDK that is presupposed.
const BRIDGE_RELEASE: &[&str] = &["--release", "17"];

/// Compiles the bridge, with what the memory needs, and returns the folder of its class files.
pub(super) fn compile_bridge(project: &Project, memory: Memory) -> Result<PathBuf, JcardsimError> {
    let jar = project.jcardsim_jar();
    let bridge = project.bridge_sources();
    match memory {
        Memory::Plain => compile(project, "bridge", BRIDGE_RELEASE, &[jar], &[bridge]),
        Memory::Watched => {
            let sources = [bridge, project.watched_memory_sources()];
            let jars = [jar, project.asm_jar()];
            compile(project, "watched-bridge", BRIDGE_RELEASE, &jars, &sources)
        }
    }
}

/// Compiles all Java files in the options' `applet_sources` and returns the folder of class files, those that the
/// simulated card runs.
///
/// # Errors
/// [`JcardsimError`] when something is not set up, cannot be read, or does not compile.
pub fn compile_applets(options: &JcardsimOptions) -> Result<PathBuf, JcardsimError> {
    compile(
        &options.project,
        "applets",
        APPLET_RELEASE,
        &[options.project.jcardsim_jar()],
        &options.applet_sources,
    )
}

/// The folder's name carries a hash of all sources, so an unchanged tree is not compiled again, and several processes
/// may do this at once: the first one to finish names the folder.
fn compile(
    project: &Project,
    name: &str,
    release: &[&str],
    jars: &[PathBuf],
    sources: &[PathBuf],
) -> Result<PathBuf, JcardsimError> {
    if let Some(missing) = jars.iter().find(|jar| !jar.is_file()) {
        return Err(JcardsimError::NotSetUp {
            missing: missing.clone(),
        });
    }
    let mut files = Vec::new();
    for folder in sources {
        files.extend(java_files(folder)?);
    }
    let classes = project
        .java_folder()
        .join(format!("{name}-{:016x}", hash(release, &files)?));
    if classes.is_dir() {
        return Ok(classes);
    }
    let fresh = tempfile::Builder::new()
        .prefix("javac-")
        .tempdir_in(project.java_folder())
        .map_err(|error| JcardsimError::io("make a folder in", &project.java_folder(), error))?;
    if !files.is_empty() {
        javac(jars, release, fresh.path(), &files)?;
    }
    match fs::rename(fresh.path(), &classes) {
        Err(_) if classes.is_dir() => Ok(classes),
        Err(error) => Err(JcardsimError::io("name", &classes, error)),
        Ok(()) => Ok(classes),
    }
}

/// The Java compiler or runtime: the one of `JAVA_HOME`, else the one in `PATH`.
pub(super) fn java_tool(name: &str) -> PathBuf {
    std::env::var_os("JAVA_HOME")
        .map(|home| Path::new(&home).join("bin").join(name))
        .filter(|tool| tool.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}

/// Jars and folders as the Java tools want them.
pub(super) fn class_path(entries: &[PathBuf]) -> OsString {
    let entries: Vec<_> = entries.iter().map(|entry| entry.as_os_str()).collect();
    entries.join(OsStr::new(":"))
}

fn javac(jars: &[PathBuf], release: &[&str], output: &Path, files: &[PathBuf]) -> Result<(), JcardsimError> {
    let run = Command::new(java_tool("javac"))
        .args(release)
        .args(["-g", "-proc:none", "-encoding", "UTF-8", "-classpath"])
        .arg(class_path(jars))
        .arg("-d")
        .arg(output)
        .args(files)
        .output()
        .map_err(|error| JcardsimError::io("run", Path::new("javac"), error))?;
    if run.status.success() {
        return Ok(());
    }
    Err(JcardsimError::Compiler {
        messages: String::from_utf8_lossy(&run.stderr).into_owned(),
    })
}

/// All Java files below a folder, in an order that does not depend on the file system.
fn java_files(folder: &Path) -> Result<Vec<PathBuf>, JcardsimError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| JcardsimError::io("list", &folder, error))?;
        for entry in entries {
            let path = entry
                .map_err(|error| JcardsimError::io("list", &folder, error))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "java") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn hash(release: &[&str], files: &[PathBuf]) -> Result<u64, JcardsimError> {
    let mut hasher = DefaultHasher::new();
    release.hash(&mut hasher);
    for file in files {
        file.hash(&mut hasher);
        fs::read(file)
            .map_err(|error| JcardsimError::io("read", file, error))?
            .hash(&mut hasher);
    }
    Ok(hasher.finish())
}
