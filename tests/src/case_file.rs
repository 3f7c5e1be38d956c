//! Reads `*.apdu` case files. The format is explained, and shown running, in `cases/readme.apdu`.

mod octets;
mod parser;

use std::{collections::BTreeMap, fmt};

use card_proto::aid::Aid;
use host_harness::profile::CardProfile;

use self::parser::Parser;
use crate::{pattern::Pattern, testbed::Ability};

/// A case: what is sent to the card and what has to come back, in order.
#[derive(Debug, Clone)]
pub struct Case {
    /// The steps, in the order of the file.
    pub steps: Vec<Step>,
}

/// One step and the line it stands on.
#[derive(Debug, Clone)]
pub struct Step {
    /// Line number in the file, from 1.
    pub line: usize,
    /// What is done.
    pub action: Action,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Action {
    /// `! reset`: the card is reset; nothing is selected afterwards.
    Reset,
    /// `! select first` or `! select second`: SELECT by the instance AID of the card profile.
    Select(Stage),
    /// `! snapshot`: everything both stages show is read and kept.
    Snapshot,
    /// `! unchanged`: what both stages show is read again and equals the last snapshot; `! unchanged storage`: all but
    /// counters and records of the last script, which every authenticated packet changes.
    Unchanged {
        /// Counters and records are left out.
        storage_only: bool,
    },
    /// `! reinstall counters=keep|zero`: both applets are deleted and installed anew; the first stage is selected afterwards.
    Reinstall(FirstCounters),
    /// `! install first OCTETS` or second: that applet is deleted and installed with this application data, the content of `C9`; both
    /// stages' counters are read afterwards, if it is there.
    Install {
        /// Which applet.
        stage: Stage,
        /// Its install parameters.
        application_data: Vec<u8>,
        /// `< installed` (true) or `< refused` (false); a case that does not say is refused when it is read.
        installed: Option<bool>,
    },
    /// `! intruder OCTETS`: an applet that speaks to the second stage without leave, or without manners (`tests/java/Intruder.java`), is
    /// installed under this AID, in the place of the first stage if it has it, and selected.
    Intruder(Aid),
    /// `! cuts`: before the next step is done it is run with the power cut before each of its persistent writes in turn, each time
    /// from the same memory; see [`crate::player`].
    Cuts,
    /// `! memory holds|nowhere|only-keys OCTETS`: where the memory of the applets has these octets.
    Memory {
        /// Where they have to be.
        where_found: WhereFound,
        /// What is looked for.
        octets: Vec<u8>,
    },
    /// `! counters`: the counters the next packets are relative to are read from the card.
    ReadCounters,
    /// `> HEX`: a command APDU as it stands, and the responses that are right.
    Apdu {
        /// The command APDU.
        command: Vec<u8>,
        /// One of these has to match data and status word.
        expected: Vec<Pattern>,
    },
    /// `! packet OPTIONS`, `+ HEX` …: a command packet, sent in ENVELOPEs, and its answer.
    Packet {
        /// `key=value` options of the line.
        options: Options,
        /// The C-APDUs of the command script.
        script: Vec<Vec<u8>>,
        /// What has to come back.
        answer: Answer,
    },
    /// `! send NAME ORDER`: more segments of the packet that was called NAME, and the answer to the last of them.
    Send {
        /// What the packet was called (`as=NAME`).
        name: String,
        /// The segments, as after `order=`.
        order: String,
        /// What has to come back.
        answer: Answer,
    },
    /// `! again`: the octets of the last packet once more, and its answer.
    Again {
        /// What has to come back.
        answer: Answer,
    },
}

impl Action {
    /// What a target must be able to do besides taking commands.
    pub fn needs(&self) -> Option<Ability> {
        match self {
            Self::Reinstall(_) | Self::Install { .. } | Self::Intruder(_) => Some(Ability::Reinstall),
            Self::Cuts | Self::Memory { .. } => Some(Ability::WatchMemory),
            _ => None,
        }
    }
}

/// Where octets have to be in the memory of the applets, persistent and transient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhereFound {
    /// `holds`: somewhere.
    Somewhere,
    /// `nowhere`: neither in an array nor in a key.
    Nowhere,
    /// `only-keys`: in a key, and in no array.
    OnlyKeys,
}

/// The counters that applets are installed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstCounters {
    /// `counters=keep`: the last ones that were accepted, so that nothing sent before is taken again.
    Keep,
    /// `counters=zero`: zero.
    Zero,
}

/// One of the two applets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The first stage (330).
    First,
    /// The second stage (340).
    Second,
}

/// What has to come back for a packet.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What the answer to the last ENVELOPE is; a case that does not say is refused when it is read.
    pub kind: Option<AnswerKind>,
    /// `< inner SS`: the status of the inner response packet.
    pub inner: Option<u8>,
    /// `< HEX` lines: the R-APDUs of the response script, each with its alternatives.
    pub responses: Vec<Vec<Pattern>>,
    /// `< executed N`: the number of commands the response script reports.
    pub executed: Option<u32>,
    /// `< bad-format NN`: the value of the Bad format TLV.
    pub bad_format: Option<u8>,
    /// `< data PATTERN`: the additional response data as it stands.
    pub data: Option<Pattern>,
}

/// The kinds of answer to the last ENVELOPE of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// `< refused`: SW 6200, no data.
    Refused,
    /// `< nothing`: SW 9000, no data.
    Nothing,
    /// `< por SS`: a response packet with this status, verified.
    Por(u8),
}

/// `key=value` options of a `! packet` line.
#[derive(Debug, Clone, Default)]
pub struct Options(BTreeMap<String, String>);

impl Options {
    /// The value of `key`, if the line has it.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// The value of `key` as octets.
    ///
    /// # Errors
    /// The value is not hexadecimal.
    pub fn hex(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        self.get(key)
            .map(|text| hex::decode(text).map_err(|e| format!("{key}={text}: {e}")))
            .transpose()
    }

    /// The same options, but for one.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.0.insert(key.to_owned(), value.to_owned());
        other
    }

    /// The options of each packet the line stands for: `key=4..7` is four packets, one with each number.
    ///
    /// # Errors
    /// An end of the range is not a number.
    pub fn each(&self) -> Result<Vec<Self>, String> {
        let range = self
            .0
            .iter()
            .find_map(|(key, value)| Some((key, value.split_once("..")?)));
        let Some((key, (from, to))) = range else {
            return Ok(vec![self.clone()]);
        };
        let end = |text: &str| {
            text.parse::<usize>()
                .map_err(|e| format!("{key}={from}..{to}: {e}"))
        };
        let with = |number: usize| self.with(key, &number.to_string());
        Ok((end(from)?..=end(to)?).map(with).collect())
    }
}

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("packet")?;
        self.0
            .iter()
            .try_for_each(|(key, value)| write!(f, " {key}={value}"))
    }
}

/// Why a case file cannot be read.
#[derive(Debug)]
pub struct CaseError {
    line: usize,
    what: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for CaseError {}

impl Case {
    /// Reads a case from its text, for the card of `profile`: its keys go into checksums that the case asks for.
    ///
    /// # Errors
    /// A line is not of the format; its number is named.
    pub fn parse(text: &str, profile: &CardProfile) -> Result<Self, CaseError> {
        let mut parser = Parser::new(profile);
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            let content = line.split('#').next().unwrap_or_default().trim();
            parser.line(line_number, content).map_err(|what| CaseError {
                line: line_number,
                what,
            })?;
        }
        let steps = parser.steps;
        if let Some(line) = cuts_without_a_step(&steps) {
            return Err(CaseError {
                line,
                what: "! cuts stands before a `>`, `! packet` (one packet) or `! again` line".into(),
            });
        }
        match steps.iter().find(|step| step.lacks_expectation()) {
            Some(step) => Err(CaseError {
                line: step.line,
                what: "nothing says what has to come back".into(),
            }),
            None => Ok(Self { steps }),
        }
    }
}

/// The line of a `! cuts` that no step follows which can be cut.
fn cuts_without_a_step(steps: &[Step]) -> Option<usize> {
    let can_be_cut = |step: Option<&Step>| match step.map(|step| &step.action) {
        Some(Action::Apdu { .. } | Action::Again { .. }) => true,
        Some(Action::Packet { options, .. }) => options.each().is_ok_and(|each| each.len() == 1),
        _ => false,
    };
    let cuts = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| matches!(step.action, Action::Cuts));
    cuts.into_iter()
        .find(|(index, _)| !can_be_cut(steps.get(index + 1)))
        .map(|(_, step)| step.line)
}

impl Step {
    fn lacks_expectation(&self) -> bool {
        match &self.action {
            Action::Apdu { expected, .. } => expected.is_empty(),
            Action::Install { installed, .. } => installed.is_none(),
            Action::Packet { answer, .. } | Action::Send { answer, .. } | Action::Again { answer } => {
                answer.kind.is_none()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use std::path::Path;

    use super::*;

    fn profile() -> CardProfile {
        let path = Path::new("keys/test-card.toml");
        CardProfile::parse(include_str!("../../keys/test-card.toml"), path).expect("the published profile")
    }

    #[test]
    fn reads_every_kind_of_line() {
        let case = Case::parse(
            "@r = 41*2 00\n! reset\n! select first\n> 00B2 01 04 # READ RECORD\n< $r 9000 | 6A83\n\
             ! packet type=1 cntr=+2\n+ 00E20000 03 $r\n< por 00\n< 9000\n! again\n< por 02",
            &profile(),
        )
        .expect("a right case");
        assert_eq!(case.steps.len(), 5);
        let Action::Packet {
            options,
            script,
            answer,
        } = &case.steps[3].action
        else {
            panic!("a packet")
        };
        assert_eq!(options.get("cntr"), Some("+2"));
        assert_eq!(hex::encode(&script[0]), "00e2000003414100");
        assert_eq!(
            (answer.kind, answer.responses.len()),
            (Some(AnswerKind::Por(0)), 1)
        );
    }

    #[test]
    fn refuses_what_could_hide_a_mistake() {
        for text in [
            "> 00A4",
            "! packet type=1",
            "! packet typ=1\n< refused",
            "< 9000",
            "> 0g\n< 9000",
            "? x",
            "> $a\n< 9000",
            "> [ 00\n< 9000",
            "! send a\n< nothing",
            "@k = key-field 3 00*16",
            "@k = key-field 1 00*15",
            "! intruder 00",
            "@p = command-packet 3 0000000001 AA00",
            "@p = command-packet 2 00000001 AA00",
            "! memory holds 3132333435",
            "! memory here 313233343536",
            "! cuts",
            "! cuts\n! reset",
            "! cuts\n! packet damage=4..7\n< refused",
            "! reinstall",
            "! install first 8010",
            "! install third 8010\n< installed",
            "! install first 8010\n< 9000",
            "! reinstall counters=one",
        ] {
            assert!(Case::parse(text, &profile()).is_err(), "{text:?} was taken");
        }
    }
}
