//! Which card a run is with, and the way to it.

use std::str::FromStr;

use anyhow::{Context as _, Result};
use card_proto::transport::CardTransport;
use host_harness::{
    jcardsim::{JcardsimCard, Via, install_specs},
    profile::CardProfile,
};
use secure_channel::scp80::Counter;

/// Which card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// jCardSim behind vpcd and a private pcscd.
    Jcardsim,
    /// jCardSim behind vpcd's protocol, without pcscd.
    JcardsimDirect,
    /// A reader of the running pcscd, by name or part of it.
    Pcsc(String),
}

impl Target {
    /// The kinds of target, as they are written before a colon.
    pub const KINDS: &[&str] = &["jcardsim", "jcardsim-direct", "pcsc"];

    /// Which of [`Target::KINDS`] it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Jcardsim => "jcardsim",
            Self::JcardsimDirect => "jcardsim-direct",
            Self::Pcsc(_) => "pcsc",
        }
    }

    /// What stands between this process and a simulated card. For [`Target::Jcardsim`] the program is started again once, so that
    /// libpcsclite finds the private daemon: call this first in `main`, and keep what it gives until the end.
    ///
    /// # Errors
    /// This build has no PC/SC, or the private folder cannot be made.
    pub fn via(&self) -> Result<Via> {
        match self {
            Self::Jcardsim => private_pcscd(),
            Self::JcardsimDirect | Self::Pcsc(_) => Ok(Via::Direct),
        }
    }

    /// Connects to the card. A simulated one is started through `via` and gets the applets, with the keys of `profile` and
    /// `counters` as the last used values of the first and second stage.
    ///
    /// # Errors
    /// There is no such reader or card, or the simulator does not start.
    pub fn open(
        &self,
        via: &Via,
        profile: &CardProfile,
        counters: [Counter; 2],
    ) -> Result<Box<dyn CardTransport + Send>> {
        match self {
            Self::Jcardsim | Self::JcardsimDirect => simulated(via, profile, counters),
            Self::Pcsc(reader) => in_reader(reader),
        }
    }

    /// Name of the PC/SC reader, or part of it; empty where there is none.
    pub fn reader(&self) -> &str {
        match self {
            #[cfg(feature = "pcsc")]
            Self::Jcardsim => host_harness::pcscd::READER_NAME,
            Self::Pcsc(reader) => reader,
            _ => "",
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "jcardsim" => Ok(Self::Jcardsim),
            None if text == "jcardsim-direct" => Ok(Self::JcardsimDirect),
            Some(("pcsc", reader)) if !reader.trim().is_empty() => Ok(Self::Pcsc(reader.trim().to_owned())),
            _ => Err(
                "a target is jcardsim, jcardsim-direct or pcsc:<reader> (deploy --list-readers names them)"
                    .into(),
            ),
        }
    }
}

#[cfg(feature = "pcsc")]
fn private_pcscd() -> Result<Via> {
    Ok(Via::Pcscd(host_harness::pcscd::reexec_with_private_socket()?))
}

#[cfg(not(feature = "pcsc"))]
fn private_pcscd() -> Result<Via> {
    anyhow::bail!("this build has no PC/SC: the target jcardsim-direct needs none")
}

fn simulated(
    via: &Via,
    profile: &CardProfile,
    counters: [Counter; 2],
) -> Result<Box<dyn CardTransport + Send>> {
    let mut card = JcardsimCard::start(via)?;
    for spec in install_specs(profile, counters) {
        card.install(&spec)
            .with_context(|| format!("{} cannot be installed", spec.applet_class))?;
    }
    Ok(Box::new(card))
}

#[cfg(feature = "pcsc")]
fn in_reader(reader: &str) -> Result<Box<dyn CardTransport + Send>> {
    use host_harness::transport::pcsc::{PcscCard, PcscOptions, Sharing};
    // Shared: other programs may look at the card meanwhile. Nothing is at stake: the first stage is selected before each
    // message, and the card's counters refuse whatever comes out of order.
    let options = PcscOptions {
        sharing: Sharing::Shared,
        ..PcscOptions::default()
    };
    Ok(Box::new(PcscCard::connect(reader, &options)?))
}

#[cfg(not(feature = "pcsc"))]
fn in_reader(reader: &str) -> Result<Box<dyn CardTransport + Send>> {
    anyhow::bail!("this build has no PC/SC: it cannot reach {reader}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_strictly() {
        assert_eq!("jcardsim".parse(), Ok(Target::Jcardsim));
        assert_eq!(
            "pcsc:Virtual PCD 00 00".parse(),
            Ok(Target::Pcsc("Virtual PCD 00 00".into()))
        );
        for text in ["", "pcsc", "pcsc:", "pcsc: ", "jcardsim:x", "virtual"] {
            assert!(text.parse::<Target>().is_err(), "{text:?} was taken");
        }
    }

    #[test]
    fn every_target_is_of_a_named_kind() {
        let targets = [Target::Jcardsim, Target::JcardsimDirect, Target::Pcsc("x".into())];
        assert_eq!(targets.each_ref().map(Target::kind).as_slice(), Target::KINDS);
    }
}
