//! The card of a run: opened, selected, asked.

use anyhow::{Context as _, Result, ensure};
use card_proto::{
    aid::Aid,
    apdu::{CommandApdu, ResponseApdu},
    stage_information::{KeyInformation, TAG_KEY_INFORMATION},
    status_word::StatusWord,
    transport::{CardTransport, TransportError},
    uicc::pin::KeyReference,
};
use host_harness::{
    exchange::exchange,
    jcardsim::Via,
    profile::{CardProfile, StageProfile},
    terminal::EnvelopeForm,
};
use secure_channel::scp80::Counter;

use crate::{
    options::Options,
    pin::{Verification, verify},
    target::Target,
};

/// An open card and its profile.
pub struct Card {
    transport: Box<dyn CardTransport + Send>,
    /// Addresses and keys.
    pub profile: CardProfile,
    /// How messages go to it.
    pub form: EnvelopeForm,
    /// Why the PIN of storage 1 was not verified: it is not sent again in this run.
    storage_1_closed: Option<String>,
}

impl Card {
    /// A card that is open already.
    pub fn new(transport: Box<dyn CardTransport + Send>, profile: CardProfile, form: EnvelopeForm) -> Self {
        Self {
            transport,
            profile,
            form,
            storage_1_closed: None,
        }
    }

    /// Opens the card of the options, a simulated one through `via`. On a simulated card the applets are installed with `counters` as their last used values.
    ///
    /// # Errors
    /// There is no such card; a real one would be spoken to with the published test keys, and nobody allowed that.
    pub fn open(options: &Options, via: &Via, profile: CardProfile, counters: [Counter; 2]) -> Result<Self> {
        let is_real = matches!(options.target, Target::Pcsc(_));
        ensure!(
            !is_real || options.published_test_keys || !profile.is_published_test_set(),
            "{} holds published test keys: anyone could send commands to a card that has them. Give --card with the \
             card's own profile, or --published-test-keys if this is a test card",
            options.card.display()
        );
        let transport = options.target.open(via, &profile, counters)?;
        let form = if options.proprietary_envelope {
            EnvelopeForm::Proprietary
        } else {
            EnvelopeForm::Envelope
        };
        Ok(Self::new(transport, profile, form))
    }

    /// The card's transport, with the first stage selected: another program may have selected something else meanwhile.
    ///
    /// # Errors
    /// The card does not answer, or has no first stage.
    pub fn with_first_stage(&mut self) -> Result<&mut dyn CardTransport> {
        self.select(&self.profile.first_stage.aid.clone())?;
        Ok(self.transport.as_mut())
    }

    /// Selects an applet (ISO 7816-4 §11.2.2); once more, if another program has reset the card.
    ///
    /// # Errors
    /// The card does not answer, or does not have it.
    pub fn select(&mut self, aid: &Aid) -> Result<()> {
        let command = CommandApdu::new(0x00, 0xA4, 0x04, 0x00)
            .with_data(aid.as_bytes())?
            .with_le(256);
        let response = match self.send(&command) {
            Err(error) if matches!(error.downcast_ref(), Some(TransportError::CardReset)) => {
                self.send(&command)?
            }
            response => response?,
        };
        ensure!(
            response.sw.is_success(),
            "the card does not have {aid}: SELECT answered {}",
            explained(response.sw)
        );
        Ok(())
    }

    /// Selects the first stage and verifies the PIN of the profile, which reading storage 1 takes: the selection of an applet
    /// takes a verification back. A PIN that was not verified once is not sent again.
    ///
    /// # Errors
    /// The card does not answer, or has no first stage.
    pub fn open_storage_1(&mut self) -> Result<Verification> {
        self.select(&self.profile.first_stage.aid.clone())?;
        if let Some(why) = &self.storage_1_closed {
            return Ok(Verification::Refused(why.clone()));
        }
        let pin = self.profile.first_stage_pin.pin.clone();
        let verification = verify(self, KeyReference::APPLICATION_1, pin.expose_secret())?;
        if let Verification::Refused(why) = &verification {
            self.storage_1_closed = Some(why.clone());
        }
        Ok(verification)
    }

    /// Sends a command.
    ///
    /// # Errors
    /// The card does not answer; a status word is an answer.
    pub fn send(&mut self, command: &CommandApdu) -> Result<ResponseApdu> {
        let response = exchange(self.transport.as_mut(), &command.to_bytes(), &mut Vec::new())?;
        Ok(ResponseApdu::parse(&response)?)
    }

    /// GET DATA (ISO 7816-4 §11.5.4) of the selected applet.
    ///
    /// # Errors
    /// The card does not answer.
    pub fn get_data(&mut self, tag: u16) -> Result<ResponseApdu> {
        let [p1, p2] = tag.to_be_bytes();
        self.send(&CommandApdu::new(0x80, 0xCA, p1, p2).with_le(256))
    }

    /// The last counter that each stage has accepted under the key version of the profile.
    ///
    /// # Errors
    /// The card does not answer, does not hold the applets, or does not have that key version.
    pub fn counters(&mut self) -> Result<[Counter; 2]> {
        let stages = [&self.profile.first_stage, &self.profile.second_stage]
            .map(|stage: &StageProfile| (stage.aid, stage.keys.kvn.value()));
        let mut counters = [Counter::default(); 2];
        for (counter, (aid, version)) in counters.iter_mut().zip(stages) {
            self.select(&aid)?;
            let response = self.get_data(TAG_KEY_INFORMATION)?;
            ensure!(
                response.sw.is_success(),
                "{aid} does not tell its counters: GET DATA DF02 answered {}",
                explained(response.sw)
            );
            let versions =
                KeyInformation::parse_all(&response.data).context("GET DATA DF02: key information")?;
            let ours = versions.iter().find(|known| known.version == version);
            let ours = ours.with_context(|| {
                let there: Vec<String> = versions.iter().map(|known| known.version.to_string()).collect();
                format!(
                    "{aid} has no key version {version}, as the card profile says, but {}: correct keys.kvn and the \
                     keys of the profile",
                    there.join(" and ")
                )
            })?;
            *counter = Counter::from_bytes(ours.counter);
        }
        Ok(counters)
    }

    /// Reader or simulator, for people.
    pub fn describe(&self) -> String {
        self.transport.describe()
    }

    /// Resets the card and gives its ATR.
    ///
    /// # Errors
    /// The card does not answer.
    pub fn reset(&mut self) -> Result<Vec<u8>> {
        Ok(self.transport.reset()?)
    }
}

/// A status word with its likely cause.
pub fn explained(sw: StatusWord) -> String {
    let explanation = sw.explain();
    format!("{sw}: {} ({})", explanation.likely_cause, explanation.section)
}
