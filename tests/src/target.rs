//! The card the cases are played against, told by the environment variable `TARGET`.

use anyhow::{Context as _, Result, bail};
use card_proto::transport::CardTransport;
use host_harness::{
    jcardsim::{JcardsimCard, Via},
    profile::CardProfile,
};
use secure_channel::scp80::Counter;
use twofold::applets::install_specs;

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A fresh simulated card behind a private pcscd: the default, `TARGET=jcardsim`.
    Jcardsim,
    /// The same without pcscd: `TARGET=jcardsim-direct`.
    JcardsimDirect,
    /// A card that holds the applets: `TARGET=pcsc:<reader>`.
    Pcsc(String),
}

impl Target {
    /// Reads `TARGET`.
    ///
    /// # Errors
    /// It names no target.
    pub fn from_environment() -> Result<Self> {
        let text = std::env::var("TARGET").unwrap_or_default();
        match text.split_once(':') {
            None if text.is_empty() || text == "jcardsim" => Ok(Self::Jcardsim),
            None if text == "jcardsim-direct" => Ok(Self::JcardsimDirect),
            Some(("pcsc", reader)) if !reader.is_empty() => Ok(Self::Pcsc(reader.to_owned())),
            _ => bail!("TARGET={text}: known are jcardsim, jcardsim-direct and pcsc:<reader>"),
        }
    }

    /// Connects to the card; a simulated one is started and gets the applets, with the keys of `profile`.
    ///
    /// With [`Target::Jcardsim`] the current program is started again once, so that libpcsclite finds the private pcscd: call
    /// this early.
    ///
    /// # Errors
    /// There is no such reader or card, or the simulator does not start.
    pub fn open(&self, profile: &CardProfile) -> Result<Box<dyn CardTransport + Send>> {
        match self {
            Self::Jcardsim => simulated(&private_pcscd()?, profile),
            Self::JcardsimDirect => simulated(&Via::Direct, profile),
            Self::Pcsc(reader) => in_reader(reader),
        }
    }
}

fn simulated(via: &Via, profile: &CardProfile) -> Result<Box<dyn CardTransport + Send>> {
    let mut card = JcardsimCard::start(via).context("the simulated card does not start")?;
    for spec in install_specs(profile, [Counter::default(); 2]) {
        card.install(&spec)?;
    }
    Ok(Box::new(card))
}

#[cfg(feature = "pcsc")]
fn private_pcscd() -> Result<Via> {
    Ok(Via::Pcscd(host_harness::pcscd::reexec_with_private_socket()?))
}

#[cfg(not(feature = "pcsc"))]
fn private_pcscd() -> Result<Via> {
    bail!("built without PC/SC: use TARGET=jcardsim-direct")
}

#[cfg(feature = "pcsc")]
fn in_reader(reader: &str) -> Result<Box<dyn CardTransport + Send>> {
    use host_harness::transport::pcsc::{PcscCard, PcscOptions, Sharing};
    // Shared, so that a card that `deploy --keep` has left up can be reached beside it.
    let options = PcscOptions {
        sharing: Sharing::Shared,
        ..PcscOptions::default()
    };
    Ok(Box::new(PcscCard::connect(reader, &options)?))
}

#[cfg(not(feature = "pcsc"))]
fn in_reader(reader: &str) -> Result<Box<dyn CardTransport + Send>> {
    bail!("built without PC/SC: cannot reach {reader}")
}
