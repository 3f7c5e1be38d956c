//! The lines of a case file, one after the other.

use std::collections::BTreeMap;

use card_proto::{aid::Aid, gp::load};
use host_harness::profile::{CardProfile, StageProfile};
use secure_channel::key::{Key, KeySet};

use super::{
    Action, Answer, AnswerKind, FirstCounters, Options, Stage, Step, WhereFound,
    octets::{alternatives, octets, pattern},
};
use crate::forge::{self, Fields, Lies};

/// Every option a `! packet` line may have; anything else is an error, so that a typing error cannot pass.
const OPTIONS: &[&str] = &[
    "type",
    "wrap",
    "spi",
    "kic",
    "kid",
    "tar",
    "cntr",
    "cc",
    "keys",
    "kvn",
    "key-set",
    "data",
    "damage",
    "cut",
    "reference",
    "order",
    "from",
    "ins",
    "first-octet",
    "udl",
    "devices",
    "as",
    "cpl",
    "chl",
    "pcntr",
    "cc-octet",
    "inner.spi",
    "inner.kic",
    "inner.kid",
    "inner.tar",
    "inner.cntr",
    "inner.cc",
    "inner.keys",
    "inner.kvn",
    "inner.key-set",
    "inner.data",
    "inner.damage",
    "inner.cut",
    "inner.cpl",
    "inner.chl",
    "inner.pcntr",
    "inner.cc-octet",
];

/// The fewest octets that a `! memory` line may look for.
const SEARCHED_MIN: usize = 6;

/// The steps so far and the octet strings the file has given names to.
pub(super) struct Parser<'a> {
    pub(super) steps: Vec<Step>,
    names: BTreeMap<String, Vec<u8>>,
    profile: &'a CardProfile,
}

impl<'a> Parser<'a> {
    pub(super) fn new(profile: &'a CardProfile) -> Self {
        Self {
            steps: Vec::new(),
            names: BTreeMap::from([
                ("aid1".to_owned(), profile.first_stage.aid.as_bytes().to_vec()),
                ("aid2".to_owned(), profile.second_stage.aid.as_bytes().to_vec()),
                ("keys1".to_owned(), key_octets(&profile.first_stage.keys)),
                ("keys2".to_owned(), key_octets(&profile.second_stage.keys)),
                (
                    "pin".to_owned(),
                    profile.first_stage_pin.pin.expose_secret().to_vec(),
                ),
                (
                    "puk".to_owned(),
                    profile.first_stage_pin.puk.expose_secret().to_vec(),
                ),
            ]),
            profile,
        }
    }

    pub(super) fn line(&mut self, line: usize, content: &str) -> Result<(), String> {
        let Some((mark, rest)) = content.split_at_checked(1) else {
            return Ok(());
        };
        let rest = rest.trim();
        match mark {
            "@" => self.name(rest),
            "!" => {
                let action = directive(rest, &self.names)?;
                self.steps.push(Step { line, action });
                Ok(())
            }
            ">" => {
                let command = self.octets(rest)?;
                self.steps.push(Step {
                    line,
                    action: Action::Apdu {
                        command,
                        expected: Vec::new(),
                    },
                });
                Ok(())
            }
            "+" => self.script_command(rest),
            "<" => self.expectation(rest),
            other => Err(format!(
                "a line starts with one of # @ ! > + <, not with {other:?}"
            )),
        }
    }

    /// `@name = OCTETS`, or what a key of the card makes of them.
    fn name(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or("write @name = OCTETS")?;
        let value = match value.trim().split_once(' ') {
            Some(("mac", octets)) => self.mac(&self.octets(octets)?)?,
            Some(("load-file-mac", file)) => self.mac(&load::data_block(&self.octets(file)?))?,
            Some(("key-field", rest)) => self.key_field(rest, forge::key_field)?,
            Some(("bare-key-field", rest)) => self.key_field(rest, forge::bare_key_field)?,
            Some(("key-check", key)) => self.key_check(key)?,
            Some(("command-packet", rest)) => self.command_packet(rest)?,
            _ => self.octets(value)?,
        };
        self.names.insert(name.trim().to_owned(), value);
        Ok(())
    }

    /// AES-CMAC under the card's type-2 KID.
    fn mac(&self, octets: &[u8]) -> Result<Vec<u8>, String> {
        let mac = forge::cmac(&self.profile.second_stage.keys.kid, octets).map_err(|e| e.to_string())?;
        Ok(mac.to_vec())
    }

    fn key_check(&self, key: &str) -> Result<Vec<u8>, String> {
        let key = aes_key(&self.octets(key)?)?;
        Ok(forge::key_check_value(&key).map_err(|e| e.to_string())?.to_vec())
    }

    /// `1 OCTETS` or `2 OCTETS`: the key field of PUT KEY for a key, under the DEK of that type.
    fn key_field(
        &self,
        text: &str,
        field: fn(&Key, &Key) -> anyhow::Result<Vec<u8>>,
    ) -> Result<Vec<u8>, String> {
        let (kind, key) = text.split_once(' ').ok_or("write key-field 1 OCTETS")?;
        let stage = self.stage(kind)?;
        let key = aes_key(&self.octets(key)?)?;
        field(&stage.keys.dek, &key).map_err(|e| e.to_string())
    }

    /// `2 0000000001 OCTETS`: a command packet of that type with SPI 1619, this counter and these secured data.
    fn command_packet(&self, text: &str) -> Result<Vec<u8>, String> {
        let mut words = text.splitn(3, ' ');
        let (Some(kind), Some(counter), Some(data)) = (words.next(), words.next(), words.next()) else {
            return Err("write command-packet 2 0000000001 OCTETS".into());
        };
        let stage = self.stage(kind)?;
        let kvn = stage.keys.kvn.value();
        let counter = self.octets(counter)?;
        let fields = Fields {
            spi: [0x16, 0x19],
            kic: kvn << 4 | 2,
            kid: kvn << 4 | 2,
            tar: stage.tar.0,
            counter: counter.try_into().map_err(|_| "a counter has five octets")?,
            cc_length: 8,
            lies: Lies::default(),
        };
        forge::forge(&fields, &stage.keys.kic, &stage.keys.kid, &self.octets(data)?)
            .map_err(|e| e.to_string())
    }

    /// Stage 1 or 2 of the card.
    fn stage(&self, kind: &str) -> Result<&StageProfile, String> {
        match kind {
            "1" => Ok(&self.profile.first_stage),
            "2" => Ok(&self.profile.second_stage),
            other => Err(format!("{other}: there are the types 1 and 2")),
        }
    }

    /// `+ OCTETS`: one more C-APDU of the packet's command script.
    fn script_command(&mut self, text: &str) -> Result<(), String> {
        let command = self.octets(text)?;
        match self.steps.last_mut().map(|step| &mut step.action) {
            Some(Action::Packet { script, .. }) => script.push(command),
            _ => return Err("a `+` line belongs under a `! packet` line".into()),
        }
        Ok(())
    }

    fn expectation(&mut self, text: &str) -> Result<(), String> {
        let names = &self.names;
        match self.steps.last_mut().map(|step| &mut step.action) {
            Some(Action::Apdu { expected, .. }) => {
                expected.extend(alternatives(text, names)?);
                Ok(())
            }
            Some(Action::Install { installed, .. }) => match text {
                "installed" => {
                    *installed = Some(true);
                    Ok(())
                }
                "refused" => {
                    *installed = Some(false);
                    Ok(())
                }
                other => Err(format!("an installation is installed or refused, not {other}")),
            },
            Some(Action::Packet { answer, .. } | Action::Send { answer, .. } | Action::Again { answer }) => {
                expect_answer(answer, text, names)
            }
            _ => Err("a `<` line belongs under a `>`, `! packet`, `! send` or `! again` line".into()),
        }
    }

    fn octets(&self, text: &str) -> Result<Vec<u8>, String> {
        octets(text, &self.names)
    }
}

/// KIc, KID and DEK, one after the other.
fn key_octets(keys: &KeySet) -> Vec<u8> {
    [&keys.kic, &keys.kid, &keys.dek].map(Key::expose_secret).concat()
}

fn aes_key(octets: &[u8]) -> Result<Key, String> {
    Key::aes(octets).map_err(|e| e.to_string())
}

fn directive(text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Action, String> {
    let mut words = text.split_whitespace();
    let action = match (words.next(), words.clone().next()) {
        (Some("reset"), None) => Action::Reset,
        (Some("select"), Some("first")) => Action::Select(Stage::First),
        (Some("select"), Some("second")) => Action::Select(Stage::Second),
        (Some("snapshot"), None) => Action::Snapshot,
        (Some("unchanged"), None) => Action::Unchanged { storage_only: false },
        (Some("unchanged"), Some("storage")) => Action::Unchanged { storage_only: true },
        (Some("reinstall"), Some("counters=keep")) => Action::Reinstall(FirstCounters::Keep),
        (Some("reinstall"), Some("counters=zero")) => Action::Reinstall(FirstCounters::Zero),
        (Some("install"), Some(stage)) => Action::Install {
            stage: match stage {
                "first" => Stage::First,
                "second" => Stage::Second,
                other => return Err(format!("install {other}: there are the stages first and second")),
            },
            application_data: octets(&words.skip(1).collect::<Vec<_>>().join(" "), names)?,
            installed: None,
        },
        (Some("intruder"), Some(_)) => {
            let aid = octets(&words.collect::<Vec<_>>().join(" "), names)?;
            Action::Intruder(Aid::new(&aid).map_err(|error| error.to_string())?)
        }
        (Some("cuts"), None) => Action::Cuts,
        (Some("memory"), Some(place)) => Action::Memory {
            where_found: where_found(place)?,
            octets: searched(&words.skip(1).collect::<Vec<_>>().join(" "), names)?,
        },
        (Some("counters"), None) => Action::ReadCounters,
        (Some("again"), None) => Action::Again {
            answer: Answer::default(),
        },
        (Some("send"), Some(name)) => Action::Send {
            name: name.to_owned(),
            order: words.nth(1).ok_or("write ! send NAME ORDER")?.to_owned(),
            answer: Answer::default(),
        },
        (Some("packet"), _) => Action::Packet {
            options: options(words, names)?,
            script: Vec::new(),
            answer: Answer::default(),
        },
        _ => return Err(format!("unknown directive {text:?}")),
    };
    Ok(action)
}

fn where_found(word: &str) -> Result<WhereFound, String> {
    match word {
        "holds" => Ok(WhereFound::Somewhere),
        "nowhere" => Ok(WhereFound::Nowhere),
        "only-keys" => Ok(WhereFound::OnlyKeys),
        other => Err(format!("memory {other}: write holds, nowhere or only-keys")),
    }
}

/// Octets to look for; so many that they do not stand there by chance.
fn searched(text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
    let octets = octets(text, names)?;
    if octets.len() < SEARCHED_MIN {
        return Err(format!(
            "fewer than {SEARCHED_MIN} octets may stand anywhere by chance"
        ));
    }
    Ok(octets)
}

fn options<'a>(
    words: impl Iterator<Item = &'a str>,
    names: &BTreeMap<String, Vec<u8>>,
) -> Result<Options, String> {
    let mut result = Options::default();
    for word in words {
        let (key, value) = word.split_once('=').ok_or(format!("write {word} as key=value"))?;
        if !OPTIONS.contains(&key) {
            return Err(format!("unknown option {key}; known are {}", OPTIONS.join(" ")));
        }
        let value = if value.starts_with('$') {
            hex::encode(octets(value, names)?)
        } else {
            value.to_owned()
        };
        if result.0.insert(key.to_owned(), value).is_some() {
            return Err(format!("option {key} stands twice"));
        }
    }
    Ok(result)
}

fn expect_answer(answer: &mut Answer, text: &str, names: &BTreeMap<String, Vec<u8>>) -> Result<(), String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    let number = |text: &str| u8::from_str_radix(text, 16).map_err(|e| format!("{text}: {e}"));
    match word {
        "refused" => answer.kind = Some(AnswerKind::Refused),
        "nothing" => answer.kind = Some(AnswerKind::Nothing),
        "por" => answer.kind = Some(AnswerKind::Por(number(rest)?)),
        "inner" => answer.inner = Some(number(rest)?),
        "executed" => answer.executed = Some(rest.parse().map_err(|e| format!("{rest}: {e}"))?),
        "bad-format" => answer.bad_format = Some(number(rest)?),
        "data" => answer.data = Some(pattern(rest, names)?),
        _ => answer.responses.push(alternatives(text, names)?),
    }
    Ok(())
}
