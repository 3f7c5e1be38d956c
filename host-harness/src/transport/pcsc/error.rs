//! Why PC/SC does not do what is asked.

use pcsc::Error;

/// Why a card in a reader cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PcscError {
    /// No pcscd answers.
    #[error(
        "no PC/SC service is running: start it (systemctl start pcscd.socket, or pcscd as root) and try again"
    )]
    NoService,
    /// PC/SC itself fails.
    #[error("PC/SC fails")]
    Unusable(#[source] Error),
    /// No reader of that name.
    #[error("no reader is called {wanted:?}; {}", listed(readers))]
    NoSuchReader {
        /// The name or part of a name.
        wanted: String,
        /// The readers there are.
        readers: Vec<String>,
    },
    /// Several readers fit.
    #[error("{wanted:?} fits several readers; give more of the name. {}", listed(readers))]
    Ambiguous {
        /// The part of a name.
        wanted: String,
        /// The readers that fit.
        readers: Vec<String>,
    },
    /// The reader is empty.
    #[error("no card in reader {reader:?}: insert one")]
    NoCard {
        /// Its name.
        reader: String,
    },
    /// Another program holds the card.
    #[error("another program uses the card in reader {reader:?}: end it, or ask for shared access")]
    InUse {
        /// Its name.
        reader: String,
    },
    /// The reader refused.
    #[error("cannot {action} in reader {reader:?}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// Its name.
        reader: String,
        /// What PC/SC said.
        source: Error,
    },
    /// No thread for the card.
    #[error("cannot start a thread for the card")]
    Thread(#[source] std::io::Error),
}

fn listed(readers: &[String]) -> String {
    if readers.is_empty() {
        "there are no readers: connect one".to_owned()
    } else {
        format!("readers: {}", readers.join(", "))
    }
}
