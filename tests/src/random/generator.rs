//! Random steps, weighted so that a sequence gets somewhere: the next one is made for the card that the model then is.

use fastrand::Rng;

use super::{
    key_change, pick,
    step::{Action, Content, Count, Delivery, Layer, Message, Signer, Step, Twist},
    type_one, type_two,
};
use crate::{
    case_file::Stage,
    model::{
        Card, index,
        keys::{COUNTER_MAX, KeySet},
    },
};

/// Most commands in a script.
const COMMANDS_MAX: u32 = 6;
/// Longest script: with the headers of two packets it fits the 7 segments that a card usually takes.
const SCRIPT_MAX: usize = 820;

/// What a sequence is most about, in hundredths.
#[derive(Debug, Clone, Copy)]
struct Emphasis {
    /// Type-1 messages among all messages.
    type_one: u32,
    /// Bursts of commands at an interface among all steps.
    bursts: u32,
    /// Bursts at the second stage among all of them.
    second_stage: u32,
    /// Wrong PINs among those presented.
    wrong_pins: u32,
}

const EMPHASES: &[Emphasis] = &[
    Emphasis {
        type_one: 35,
        bursts: 10,
        second_stage: 50,
        wrong_pins: 20,
    },
    Emphasis {
        type_one: 90,
        bursts: 15,
        second_stage: 5,
        wrong_pins: 10,
    },
    Emphasis {
        type_one: 5,
        bursts: 20,
        second_stage: 90,
        wrong_pins: 15,
    },
    Emphasis {
        type_one: 20,
        bursts: 30,
        second_stage: 60,
        wrong_pins: 60,
    },
];

/// Makes the steps of a sequence.
pub struct Generator {
    rng: Rng,
    pending: type_two::Pending,
    /// Every key set that a stage has had.
    seen: [Vec<KeySet>; 2],
    /// Power is cut in some steps.
    cuts: bool,
    /// So many more commands go to the interface of this stage.
    burst: Option<(Stage, u32)>,
    emphasis: Emphasis,
}

impl Generator {
    /// The generator of the sequence with this seed; with `cuts` the power is cut in some steps.
    pub fn new(seed: u64, cuts: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        let emphasis = *pick::one(&mut rng, EMPHASES).unwrap_or(&EMPHASES[0]);
        Self {
            rng,
            pending: type_two::Pending::default(),
            seen: [Vec::new(), Vec::new()],
            cuts,
            burst: None,
            emphasis,
        }
    }

    /// The next step.
    pub fn step(&mut self, card: &Card) -> Step {
        for (seen, keys) in self.seen.iter_mut().zip(&card.state.keys) {
            for set in &keys.versions {
                if !seen
                    .iter()
                    .any(|known| known.kic == set.kic && known.kvn == set.kvn)
                {
                    seen.push(set.clone());
                }
            }
        }
        let action = self.action(card);
        let cut = self.cuts.then(|| self.cut(&action)).flatten();
        Step { action, cut }
    }

    /// The persistent write that the power is cut before. Most steps write nothing, or little.
    fn cut(&mut self, action: &Action) -> Option<u32> {
        let times = match action {
            Action::Message(_) => 6,
            Action::Apdu(..) => 20,
            _ => return None,
        };
        let most = if self.rng.bool() { 10 } else { 40 };
        pick::seldom(&mut self.rng, times).then(|| self.rng.u32(0..most))
    }

    fn action(&mut self, card: &Card) -> Action {
        if let Some((stage, left)) = self.burst {
            self.burst = (left > 1).then_some((stage, left - 1));
            return self.at_interface(stage, card);
        }
        if self.rng.u32(0..100) < self.emphasis.bursts {
            let second = self.rng.u32(0..100) < self.emphasis.second_stage;
            let stage = if second { Stage::Second } else { Stage::First };
            self.burst = Some((stage, self.rng.u32(2..9)));
            return self.at_interface(stage, card);
        }
        match self.rng.u32(0..100) {
            0..78 => Action::Message(self.honest(card)),
            78..88 => Action::Message(self.hostile(card)),
            88..91 => Action::Again(self.rng.usize(1..4)),
            91..93 => Action::Reset,
            93..94 => Action::Select(if self.rng.bool() {
                Stage::First
            } else {
                Stage::Second
            }),
            94..96 => Action::ReadBack,
            96..98 => self.damaged_envelope(card),
            _ => self.random_apdu(),
        }
    }

    fn at_interface(&mut self, stage: Stage, card: &Card) -> Action {
        let command = match stage {
            Stage::First => type_one::interface_command(&mut self.rng, card, self.emphasis.wrong_pins),
            Stage::Second => type_two::interface_command(&mut self.rng, card, self.emphasis.wrong_pins),
        };
        Action::Apdu(stage, command)
    }

    /// An ENVELOPE with an octet changed, missing or too much; Lc is right.
    fn damaged_envelope(&mut self, card: &Card) -> Action {
        let envelopes = self.honest(card).envelopes(card);
        let rng = &mut self.rng;
        let envelope = pick::one(rng, &envelopes).cloned().unwrap_or_default();
        let data = envelope.get(5..envelope.len().saturating_sub(1));
        let mut data = data.unwrap_or_default().to_vec();
        let at = rng.usize(0..data.len().clamp(1, 50));
        match rng.u32(0..3) {
            0 => data.truncate(at.max(1)),
            1 => data.insert(at.min(data.len()), rng.u8(..)),
            _ => data
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|octet| *octet = rng.u8(..)),
        }
        data.truncate(254);
        Action::Apdu(Stage::First, pick::command([0x80, 0xC2, 0x00, 0x00], &data, true))
    }

    /// A header of any octets but SELECT and the few INS that a card keeps for itself.
    fn random_apdu(&mut self) -> Action {
        let rng = &mut self.rng;
        let stage = if rng.bool() { Stage::First } else { Stage::Second };
        let cla = *pick::one(rng, &[0x00, 0x01, 0x80, 0x83, 0x84, 0x90, 0xA0]).unwrap_or(&0x00);
        let known = [
            0x20, 0x24, 0x2C, 0x88, 0xA2, 0xB2, 0xC2, 0xCA, 0xCB, 0xD0, 0xD8, 0xE2, 0xE6, 0xF2,
        ];
        let ins = *pick::one(rng, &known).unwrap_or(&0xCA);
        let length = rng.usize(1..30);
        let data = pick::octets(rng, length);
        let header = [cla, ins, rng.u8(0..3), rng.u8(0..6)];
        Action::Apdu(stage, pick::command(header, &data, rng.bool()))
    }

    /// A message that the card takes, if its script is in order.
    fn honest(&mut self, card: &Card) -> Message {
        let stage = if self.rng.u32(0..100) < self.emphasis.type_one {
            Stage::First
        } else {
            Stage::Second
        };
        let set = self.rng.usize(0..2);
        let mut inner = Layer::honest(stage, set);
        self.vary(&mut inner);
        let content = self.script(card, stage, &inner);
        let mut layers = vec![inner];
        if stage == Stage::Second && !pick::seldom(&mut self.rng, 4) {
            let mut outer = Layer::honest(Stage::First, self.rng.usize(0..2));
            self.vary(&mut outer);
            layers.insert(0, outer);
        }
        Message {
            layers,
            content,
            delivery: self.delivery(),
        }
    }

    /// Other levels and counters that are right all the same.
    fn vary(&mut self, layer: &mut Layer) {
        let rng = &mut self.rng;
        if pick::seldom(rng, 3) {
            let spi1 = *pick::one(rng, &[0x16, 0x16, 0x1E, 0xF6]).unwrap_or(&0x16);
            let spi2 =
                *pick::one(rng, &[0x19, 0x09, 0x11, 0x01, 0x1A, 0x12, 0x00, 0x39, 0xF9]).unwrap_or(&0x19);
            layer.spi = [spi1, spi2];
        }
        if pick::seldom(rng, 12) {
            layer.counter = Count::Ahead(rng.u64(1..1000));
        }
    }

    fn delivery(&mut self) -> Delivery {
        let rng = &mut self.rng;
        Delivery {
            originator: rng.u8(0..2),
            reference: rng.u16(0..3),
            wide: pick::seldom(rng, 4),
            order: None,
            total: None,
            concatenated: pick::seldom(rng, 10),
            ins: if pick::seldom(rng, 8) { 0xD0 } else { 0xC2 },
        }
    }

    /// A script for the card as it is; each command finds what those before it did.
    fn script(&mut self, card: &Card, stage: Stage, layer: &Layer) -> Content {
        let mut shadow = card.clone();
        let Some(signer) = layer.keys(card).cloned() else {
            return Content::Octets(Vec::new());
        };
        let mut commands: Vec<Vec<u8>> = Vec::new();
        let mut length = 0;
        for _ in 0..self.rng.u32(1..=COMMANDS_MAX) {
            let command = self.command(&shadow, stage, &signer);
            length += command.len() + 3;
            if length > SCRIPT_MAX {
                break;
            }
            shadow.rehearse(stage, signer.kvn, &command);
            commands.push(command);
        }
        if pick::seldom(&mut self.rng, 6) {
            return Content::Indefinite(commands);
        }
        Content::Script(commands)
    }

    fn command(&mut self, card: &Card, stage: Stage, signer: &KeySet) -> Vec<u8> {
        let rng = &mut self.rng;
        match rng.u32(0..100) {
            0 => {
                let length = rng.usize(0..12);
                pick::octets(rng, length)
            }
            1 => pick::command(
                [
                    *pick::one(rng, &[0x00, 0x80, 0x84]).unwrap_or(&0x00),
                    rng.u8(..),
                    0,
                    0,
                ],
                &[],
                true,
            ),
            2..9 => key_change::put_key(rng, &card.state.keys[index(stage)].versions, signer),
            9..11 => key_change::delete_key(rng, &card.state.keys[index(stage)].versions),
            _ => match stage {
                Stage::First => type_one::script_command(rng, card),
                Stage::Second => type_two::script_command(rng, card, signer, &mut self.pending),
            },
        }
    }

    /// A message that is wrong somewhere.
    fn hostile(&mut self, card: &Card) -> Message {
        let mut message = self.honest(card);
        match self.rng.u32(0..10) {
            0..3 => {
                let twist = self.twist();
                self.some_layer(&mut message).twist = twist;
            }
            3 => {
                let counter = match self.rng.u32(0..8) {
                    0 => Count::At(COUNTER_MAX),
                    1 => Count::At(0),
                    _ => Count::Behind(self.rng.u64(0..3)),
                };
                self.some_layer(&mut message).counter = counter;
            }
            4 => {
                let spi = [0x14, 0x12, 0x06, 0x0E, 0x1E, 0x16, 0x15];
                let spi1 = *pick::one(&mut self.rng, &spi).unwrap_or(&0x16);
                let spi2 = self.rng.u8(..);
                let layer = self.some_layer(&mut message);
                layer.spi = [spi1, spi2];
                layer.counter = Count::Ahead(2);
            }
            5 => self.foreign_keys(&mut message, card),
            6 => self.wrong_nesting(&mut message),
            7 => self.wrong_content(&mut message),
            _ => self.wrong_delivery(&mut message, card),
        }
        message
    }

    fn some_layer<'a>(&mut self, message: &'a mut Message) -> &'a mut Layer {
        let index = self.rng.usize(0..message.layers.len());
        &mut message.layers[index]
    }

    fn twist(&mut self) -> Twist {
        let rng = &mut self.rng;
        match rng.u32(0..10) {
            0 => Twist::Kic(rng.u8(..)),
            1 => Twist::KicKid(rng.u8(..) & 0xF3),
            2 => Twist::Tar(
                *pick::one(rng, &[[0xBF, 0xFF, 0x10], [0xBF, 0xFF, 0x20], [0, 0, 0]]).unwrap_or(&[0; 3]),
            ),
            3 => Twist::CcLength(*pick::one(rng, &[0, 4, 16]).unwrap_or(&0)),
            4 => Twist::CcOctet(rng.usize(0..8)),
            5 => Twist::Cpl(rng.u16(0..200)),
            6 => Twist::Chl(rng.u8(..)),
            7 => Twist::Pcntr(rng.u8(0..40)),
            8 => Twist::Flip(rng.usize(0..60)),
            _ => Twist::Cut(rng.usize(1..40)),
        }
    }

    /// Keys that the stage has no more, or those of the other stage, or any.
    fn foreign_keys(&mut self, message: &mut Message, card: &Card) {
        let layer_index = self.rng.usize(0..message.layers.len());
        let stage = index(message.layers[layer_index].stage);
        let keys = match self.rng.u32(0..3) {
            0 => pick::one(&mut self.rng, &self.seen[stage]).cloned(),
            1 => pick::one(&mut self.rng, &card.state.keys[1 - stage].versions).cloned(),
            _ => {
                let kvn = self.rng.u8(1..16);
                pick::key_set(&mut self.rng, kvn, 16, 0)
            }
        };
        if let Some(keys) = keys {
            message.layers[layer_index].signer = Signer::Other(Box::new(keys));
        }
    }

    /// Nested twice, or in a packet of the wrong stage.
    fn wrong_nesting(&mut self, message: &mut Message) {
        let stage = if self.rng.bool() {
            Stage::First
        } else {
            Stage::Second
        };
        let mut layer = Layer::honest(stage, 0);
        if message.layers.iter().any(|other| other.stage == stage) {
            layer.counter = Count::Ahead(self.rng.u64(1..3));
        }
        message.layers.insert(0, layer);
    }

    /// Secured data that is no script, or a script that is badly coded.
    fn wrong_content(&mut self, message: &mut Message) {
        let mut octets = message.content.octets();
        let rng = &mut self.rng;
        match rng.u32(0..6) {
            0 => octets.clear(),
            1 => octets.truncate(rng.usize(0..octets.len().max(1))),
            2 => octets.push(rng.u8(..)),
            3 => {
                let length = rng.usize(1..20);
                octets = pick::octets(rng, length);
            }
            4 => octets.splice(0..1, [0xAE]).for_each(drop),
            _ => {
                let at = rng.usize(0..octets.len().max(1)) % 8;
                if let Some(octet) = octets.get_mut(at) {
                    *octet = *pick::one(rng, &[0x00, 0x01, 0x22, 0x23, 0x80, 0x81, 0x82, 0x84, 0xFF])
                        .unwrap_or(&0x00);
                }
            }
        }
        message.content = Content::Octets(octets);
    }

    /// Segments lost, doubled, in another order, or lying about their number.
    fn wrong_delivery(&mut self, message: &mut Message, card: &Card) {
        message.delivery.concatenated = true;
        let count = message.envelopes(card).len();
        let rng = &mut self.rng;
        let mut order: Vec<usize> = (0..count).collect();
        match rng.u32(0..5) {
            0 => rng.shuffle(&mut order),
            1 => drop(order.remove(rng.usize(0..count))),
            2 => order.insert(rng.usize(0..=count), rng.usize(0..count)),
            3 => order.extend(0..count),
            _ => message.delivery.total = Some((rng.usize(0..count), rng.u8(0..12))),
        }
        message.delivery.order = Some(order);
    }
}
