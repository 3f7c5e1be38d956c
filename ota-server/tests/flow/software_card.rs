//! A card in a few lines: both stages, as far as deliveries see them.

use std::collections::BTreeMap;

use card_proto::apdu::{CommandApdu, ResponseApdu};
use card_proto::remote_script::expanded::{CommandScript, ResponseScript};
use card_proto::sms::concat::{Reassembled, Reassembly};
use card_proto::sms::tpdu::SmsDeliver;
use card_proto::status_word::StatusWord;
use ota_server::card::NewCard;
use secure_channel::key::KeySet;
use secure_channel::scp80::{
    CcLength, CommandPacket, ResponseDialect, ResponsePacket, ResponseStatus, decode_command,
    encode_response, nested,
};

/// One stage: the counter of its key set and what it did.
pub(crate) struct Stage {
    keys: KeySet,
    pub(crate) counter: u64,
    done: u8,
    last: u16,
    /// Every command executed with success, in order.
    pub(crate) commands: Vec<CommandApdu>,
    /// Status words to answer instead, by the number of the command since the card was made.
    pub(crate) failures: BTreeMap<usize, u16>,
    /// Commands executed before power fails, once.
    pub(crate) power_fails_after: Option<usize>,
    seen: usize,
}

impl Stage {
    fn new(keys: KeySet) -> Self {
        Self {
            keys,
            counter: 0,
            done: 0,
            last: 0,
            commands: Vec::new(),
            failures: BTreeMap::new(),
            power_fails_after: None,
            seen: 0,
        }
    }

    fn record(&self) -> Vec<u8> {
        let mut record = self.counter.to_be_bytes()[3..].to_vec();
        record.push(self.done);
        record.extend(self.last.to_be_bytes());
        record
    }

    /// The counter is stored, then the script is executed; `None` when power fails on the way.
    fn script(&mut self, data: &[u8]) -> Option<Vec<u8>> {
        let script = CommandScript::decode(data).expect("a script the server made");
        let mut answer = ResponseScript::default();
        for bytes in &script.commands {
            if self.power_fails_after == Some(usize::from(self.done)) {
                self.power_fails_after = None;
                return None;
            }
            let sw = self.failures.get(&self.seen).copied().unwrap_or(0x9000);
            self.seen += 1;
            self.done += 1;
            self.last = sw;
            answer.executed += 1;
            answer.responses.push(ResponseApdu {
                data: vec![],
                sw: StatusWord(sw),
            });
            if sw != 0x9000 {
                break;
            }
            self.commands
                .push(CommandApdu::parse(bytes).expect("a command the server made"));
        }
        Some(answer.encode_definite())
    }

    /// Authenticates, checks the counter, and gives status and the plaintext to act on.
    fn receive(&mut self, packet: &[u8]) -> Option<(CommandPacket, bool)> {
        let packet = decode_command(packet, &self.keys).ok()?;
        packet.mac.as_ref()?;
        let counter = packet.header.counter.value();
        let fresh = counter > self.counter;
        if fresh {
            (self.counter, self.done, self.last) = (counter, 0, 0);
        }
        Some((packet, fresh))
    }

    fn respond(&self, packet: &CommandPacket, status: ResponseStatus, data: Vec<u8>) -> Vec<u8> {
        let response = ResponsePacket {
            tar: packet.header.tar,
            counter: packet.header.counter,
            status,
            data,
        };
        encode_response(
            &response,
            &packet.header,
            &self.keys,
            CcLength::Eight,
            ResponseDialect::WithUdh,
        )
        .expect("a response")
    }
}

/// A card with both stages.
pub(crate) struct SoftwareCard {
    pub(crate) first: Stage,
    pub(crate) second: Stage,
    reassembly: Reassembly,
    /// ENVELOPEs so far.
    pub(crate) envelopes: usize,
    /// Every packet that came in whole, refused or not.
    pub(crate) packets: Vec<Vec<u8>>,
}

impl SoftwareCard {
    pub(crate) fn new(card: &NewCard) -> Self {
        Self {
            first: Stage::new(card.type_1.clone()),
            second: Stage::new(card.type_2.clone()),
            reassembly: Reassembly::new(2, 7),
            envelopes: 0,
            packets: Vec::new(),
        }
    }

    /// ENVELOPE: the user data of the delivery report, if there is any.
    pub(crate) fn envelope(&mut self, tpdu: &[u8]) -> Option<Vec<u8>> {
        self.envelopes += 1;
        let message = SmsDeliver::parse(tpdu).expect("an SMS-DELIVER");
        assert!(message.is_data_download());
        let user_data = message.user_data.parse().expect("user data");
        match self
            .reassembly
            .accept(&message.originating_address, user_data)
            .ok()??
        {
            Reassembled::CommandPacket(packet) => {
                self.packets.push(packet.clone());
                self.packet(&packet)
            }
            Reassembled::ResponsePacket(_) => None,
        }
    }

    fn packet(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        // TAR in octets 8 to 10 of the packet.
        if packet.get(7..10) == Some(&[0xBF, 0xFF, 0x20]) {
            return self.second_stage(packet);
        }
        let (outer, fresh) = self.first.receive(packet)?;
        if !fresh {
            return Some(
                self.first
                    .respond(&outer, ResponseStatus::COUNTER_LOW, self.first.record()),
            );
        }
        if outer.data.first() != Some(&nested::TAG_COMMAND_PACKET) {
            let answer = self.first.script(&outer.data)?;
            return Some(self.first.respond(&outer, ResponseStatus::OK, answer));
        }
        let inner = nested::unwrap(&outer.data).expect("a nested packet").to_vec();
        let failing = self.second.power_fails_after.is_some();
        let answer = self.second_stage(&inner);
        if answer.is_none() && failing {
            return None;
        }
        let data = answer.map_or_else(Vec::new, |answer| nested::wrap_response(&answer[3..]));
        let answer = self.first.respond(&outer, ResponseStatus::OK, data);
        assert!(
            answer.len() <= 128,
            "the answer to ENVELOPE holds 128 octets, not {}",
            answer.len()
        );
        Some(answer)
    }

    fn second_stage(&mut self, packet: &[u8]) -> Option<Vec<u8>> {
        let (inner, fresh) = self.second.receive(packet)?;
        if !fresh {
            return Some(
                self.second
                    .respond(&inner, ResponseStatus::COUNTER_LOW, self.second.record()),
            );
        }
        let answer = self.second.script(&inner.data)?;
        Some(self.second.respond(&inner, ResponseStatus::OK, answer))
    }
}
