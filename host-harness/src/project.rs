//! Where the files are that `scripts/setup` fetches and that the simulator is built from.

use std::path::{Path, PathBuf};

/// The folder of a checkout, with the paths in it that a card in a process needs.
///
/// Everything built or fetched lies under `target/` of the checkout, wherever cargo itself builds to.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The checkout that this crate was built from.
    pub fn of_this_build() -> Self {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            root: crate_folder.parent().unwrap_or(crate_folder).to_path_buf(),
        }
    }

    /// A checkout elsewhere.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The top folder of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of published keys and card profiles.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The folders of Java source that make up the applets, without those that do not exist.
    pub fn applet_sources(&self) -> Vec<PathBuf> {
        ["stage-link", "first-stage", "second-stage"]
            .iter()
            .map(|name| self.root.join("applets").join(name).join("src"))
            .filter(|folder| folder.is_dir())
            .collect()
    }

    pub(crate) fn bridge_sources(&self) -> PathBuf {
        self.root.join("host-harness/bridge")
    }

    pub(crate) fn watched_memory_sources(&self) -> PathBuf {
        self.root.join("host-harness/watched-memory")
    }

    /// Rewrites class files for the watched memory; only the tests need it.
    pub(crate) fn asm_jar(&self) -> PathBuf {
        self.java_folder().join("asm-9.7.1.jar")
    }

    /// The simulator, which also has the Java Card API that applets compile against.
    pub fn jcardsim_jar(&self) -> PathBuf {
        self.java_folder().join("jcardsim-3.0.6.0.jar")
    }

    pub(crate) fn java_folder(&self) -> PathBuf {
        self.root.join("target/java")
    }

    #[cfg(feature = "pcsc")]
    pub(crate) fn vpcd_driver(&self) -> PathBuf {
        self.root
            .join("target/vpcd/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
    }
}
