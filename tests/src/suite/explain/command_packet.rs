//! Command packets, TS 102 225 §5.1, and the scripts in them, TS 102 226 §5.2.1.

use card_proto::{reader::Reader, remote_script::expanded::CommandScript};
use secure_channel::scp80::{
    CommandHeader, CounterMode, Integrity, Kic, Kid, PorMode, Spi, Tar, command_packet::clear_header,
    decode_command, kic::Algorithm, nested,
};

use super::{Explainer, Opened, instruction_name};
use crate::suite::trace::Field;

/// An inner packet lies in an outer one, and no deeper.
const PACKETS_MAX: usize = 2;

impl Explainer<'_> {
    /// A command packet from CPL on; `depth` is that of its fields.
    pub(super) fn command_packet(&mut self, packet: &[u8], depth: usize, fields: &mut Vec<Field>) {
        fields.push(Field::new(
            depth - 1,
            "command packet",
            packet,
            format!("{} octets", packet.len()),
        ));
        fields.extend(self.clear_fields(packet, depth).unwrap_or_default());
        let clear = match clear_header(packet) {
            Ok(clear) => clear,
            Err(error) => return fields.push(Field::new(depth, "not a packet", &[], error.to_string())),
        };
        let Some(stage) = self.stage(clear.tar) else {
            return fields.push(Field::new(
                depth,
                "not opened",
                &[],
                "no stage of the profile has this TAR",
            ));
        };
        let command = match decode_command(packet, &stage.keys) {
            Ok(command) => command,
            Err(error) => {
                let meaning = format!("with the keys of the profile: {error}");
                return fields.push(Field::new(depth, "not opened", &[], meaning));
            }
        };
        let CommandHeader { counter, .. } = command.header;
        fields.push(Field::new(
            depth,
            "CNTR",
            &counter.to_bytes(),
            counter.value().to_string(),
        ));
        self.opened.push(Opened {
            header: command.header,
            stage,
            script: Vec::new(),
        });
        self.secured_data(&command.data, depth, fields);
    }

    /// Secured data in clear: a script, an inner packet, or neither.
    fn secured_data(&mut self, data: &[u8], depth: usize, fields: &mut Vec<Field>) {
        fields.push(Field::new(
            depth,
            "secured data",
            data,
            format!("{} octets, deciphered", data.len()),
        ));
        match nested::unwrap(data) {
            Ok(inner) if self.opened.len() < PACKETS_MAX => self.command_packet(inner, depth + 2, fields),
            _ => self.script(data, depth + 1, fields),
        }
    }

    fn script(&mut self, data: &[u8], depth: usize, fields: &mut Vec<Field>) {
        let script = match CommandScript::decode(data) {
            Ok(script) => script,
            Err(error) => return fields.push(Field::new(depth, "no script", &[], error.to_string())),
        };
        for (number, command) in (1..).zip(&script.commands) {
            fields.push(Field::new(
                depth,
                format!("C-APDU {number}"),
                command,
                command_in_words(command),
            ));
        }
        if let Some(opened) = self.opened.last_mut() {
            opened.script = script.commands;
        }
    }

    /// CPL to TAR.
    fn clear_fields(&self, packet: &[u8], depth: usize) -> Option<Vec<Field>> {
        let mut reader = Reader::new(packet);
        let cpl: [u8; 2] = reader.array().ok()?;
        let follow = reader.remaining();
        let chl = reader.u8().ok()?;
        let spi: [u8; 2] = reader.array().ok()?;
        let [kic, kid] = reader.array().ok()?;
        let tar: [u8; 3] = reader.array().ok()?;
        let check = i16::from(chl) - 13;
        let counted = u16::from_be_bytes(cpl);
        let key = |version, algorithm| format!("key version {version}, {}", algorithm_in_words(algorithm));
        let field = |name: &str, octets: &[u8], meaning: String| Field::new(depth, name, octets, meaning);
        Some(vec![
            field(
                "CPL",
                &cpl,
                format!("{counted} octets follow; there are {follow}"),
            ),
            field("CHL", &[chl], format!("a check of {check} octets")),
            field("SPI", &spi, spi_in_words(Spi::from_bytes(spi))),
            field("KIc", &[kic], key(Kic(kic).key_version(), Kic(kic).algorithm())),
            field("KID", &[kid], key(Kid(kid).key_version(), Kid(kid).algorithm())),
            field("TAR", &tar, self.tar_in_words(Tar(tar)).to_owned()),
        ])
    }
}

/// The name of a C-APDU.
pub(super) fn command_in_words(command: &[u8]) -> &'static str {
    match command {
        [cla, ins, p1, ..] => instruction_name(*cla, *ins, *p1),
        _ => "shorter than a header",
    }
}

/// TS 102 225 §5.1.1.
fn spi_in_words(spi: Spi) -> String {
    let counter = match spi.counter_mode() {
        CounterMode::None => "no counter",
        CounterMode::Unchecked => "counter not checked",
        CounterMode::Higher => "counter higher",
        CounterMode::OneHigher => "counter one higher",
    };
    let por = match spi.por_mode() {
        PorMode::Never => "no proof of receipt",
        PorMode::Always => "proof of receipt",
        PorMode::OnError => "proof of receipt on error",
        PorMode::Reserved => "proof of receipt: reserved value",
    };
    format!(
        "{counter}, {}, {}; {por}, {}, {}",
        ciphered(spi.is_ciphered()),
        integrity(spi.integrity()),
        ciphered(spi.is_por_ciphered()),
        integrity(spi.por_integrity()),
    )
}

fn ciphered(is: bool) -> &'static str {
    if is { "ciphered" } else { "in clear" }
}

fn integrity(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::None => "no check",
        Integrity::RedundancyCheck => "RC",
        Integrity::CryptographicChecksum => "CC",
        Integrity::DigitalSignature => "DS",
    }
}

/// TS 102 225 §5.1.2, §5.1.3.
fn algorithm_in_words(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Implicit => "algorithm known to both sides",
        Algorithm::SingleDes => "DES",
        Algorithm::TripleDesTwoKeys => "triple DES, two keys",
        Algorithm::TripleDesThreeKeys => "triple DES, three keys",
        Algorithm::SingleDesEcb => "DES in ECB mode",
        Algorithm::Aes => "AES",
        Algorithm::Proprietary => "proprietary algorithm",
        Algorithm::Reserved => "reserved value",
    }
}
