//! Notes what goes over the interface to the card.

use std::{cell::RefCell, rc::Rc};

use card_proto::transport::{CardTransport, TransportError};

use crate::testbed::{Installer, Testbed, WatchedMemory};

/// What went over the interface.
#[derive(Debug, Clone)]
pub enum Event {
    /// The card was reset and gave this ATR.
    Reset(Vec<u8>),
    /// A command APDU and the response APDU.
    Exchange {
        /// The command APDU.
        command: Vec<u8>,
        /// The response APDU.
        response: Vec<u8>,
    },
    /// No response came.
    NoAnswer {
        /// The command APDU; empty for a reset.
        command: Vec<u8>,
        /// Why.
        error: String,
    },
}

/// The events of a case, and the step they belong to. Clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct Log(Rc<RefCell<Events>>);

/// What a log holds.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// All events of the case.
    pub all: Vec<Event>,
    /// How many of them came before the present step.
    pub before_step: usize,
    /// Line of the present step; 0 before the first.
    pub line: usize,
}

impl Log {
    /// The step of this line begins.
    pub fn begin_step(&self, line: usize) {
        let mut events = self.0.borrow_mut();
        events.before_step = events.all.len();
        events.line = line;
    }

    /// What was noted so far.
    pub fn events(&self) -> Events {
        self.0.borrow().clone()
    }

    /// Number of command APDUs so far.
    pub fn commands(&self) -> usize {
        let is_command = |event: &&Event| !matches!(event, Event::Reset(_));
        self.0.borrow().all.iter().filter(is_command).count()
    }

    fn note(&self, event: Event) {
        self.0.borrow_mut().all.push(event);
    }
}

/// A transport that notes everything in a log and changes nothing.
pub struct Recording<'a> {
    card: &'a mut dyn Testbed,
    log: Log,
}

impl<'a> Recording<'a> {
    /// Notes in `log` what goes to `card`.
    pub fn new(card: &'a mut dyn Testbed, log: &Log) -> Self {
        Self {
            card,
            log: log.clone(),
        }
    }
}

impl CardTransport for Recording<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let result = self.card.transmit(command);
        let command = command.to_vec();
        self.log.note(match &result {
            Ok(response) => Event::Exchange {
                command,
                response: response.clone(),
            },
            Err(error) => Event::NoAnswer {
                command,
                error: error.to_string(),
            },
        });
        result
    }

    fn reset(&mut self) -> Result<Vec<u8>, TransportError> {
        let result = self.card.reset();
        self.log.note(match &result {
            Ok(atr) => Event::Reset(atr.clone()),
            Err(error) => Event::NoAnswer {
                command: Vec::new(),
                error: error.to_string(),
            },
        });
        result
    }

    fn describe(&self) -> String {
        self.card.describe()
    }
}

impl Testbed for Recording<'_> {
    fn installer(&mut self) -> Option<&mut dyn Installer> {
        self.card.installer()
    }

    fn watched_memory(&mut self) -> Option<&mut dyn WatchedMemory> {
        self.card.watched_memory()
    }
}
