//! APDUs and secured messages per second to the simulated card, through pcscd and without it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use card_proto::{
    sms::{
        concat::segment_command_packet,
        tpdu::{Address, SmsDeliver, TimeStamp},
        user_data::Reference,
    },
    transport::CardTransport,
};
use host_harness::{
    jcardsim::{JcardsimCard, Via, install_specs},
    profile::CardProfile,
    project::Project,
    terminal::Terminal,
};
use secure_channel::scp80::{CcLength, CommandHeader, Counter, Kic, Kid, encode_command};

use crate::Row;

const SPAN: Duration = Duration::from_secs(3);
/// GET DATA DF01: the version, two octets.
const GET_DATA: [u8; 5] = [0x80, 0xCA, 0xDF, 0x01, 0x00];
/// The same as a command script.
const SCRIPT: [u8; 9] = [0xAA, 0x07, 0x22, 0x05, 0x80, 0xCA, 0xDF, 0x01, 0x00];

/// Measures both ways to the card; the direct one is the reference.
///
/// # Errors
/// The card does not start, or does not answer as it should.
pub fn measure(pcscd: &Via) -> Result<Vec<Row>> {
    let (direct_apdus, direct_messages) = card(&Via::Direct)?;
    let (pcsc_apdus, pcsc_messages) = card(pcscd)?;
    let apdu = "GET DATA, 5 octets, case 2";
    let message = "SPI 1619, one short message, proof of receipt";
    Ok(vec![
        Row::new("APDUs without pcscd (reference)", direct_apdus, 1.0, apdu),
        Row::new("APDUs through pcscd", pcsc_apdus, pcsc_apdus / direct_apdus, apdu),
        Row::new(
            "secured messages without pcscd (reference)",
            direct_messages,
            1.0,
            message,
        ),
        Row::new(
            "secured messages through pcscd",
            pcsc_messages,
            pcsc_messages / direct_messages,
            message,
        ),
    ])
}

/// APDUs and messages per second.
fn card(via: &Via) -> Result<(f64, f64)> {
    let profile = CardProfile::read(&Project::of_this_build().keys().join("test-card.toml"))?;
    let mut card = JcardsimCard::start(via)?;
    let zero = Counter::default();
    let first = &profile.first_stage;
    for spec in install_specs(&profile, [zero; 2]) {
        card.install(&spec)?;
    }
    let mut select = vec![0x00, 0xA4, 0x04, 0x00, 0x10];
    select.extend(first.aid.as_bytes());
    card.transmit(&select)?;
    let apdus = rate(|| {
        let response = card.transmit(&GET_DATA)?;
        ensure!(response.ends_with(&[0x90, 0x00]), "GET DATA failed");
        Ok(())
    })?;
    let mut counter = zero;
    let messages = rate(|| {
        counter = counter.next().context("the counter is used up")?;
        let header = CommandHeader {
            spi: profile.spi,
            kic: Kic::for_key(first.keys.kvn, &first.keys.kic),
            kid: Kid::for_key(first.keys.kvn, &first.keys.kid),
            tar: first.tar,
            counter,
        };
        let packet = encode_command(&header, &first.keys, CcLength::Eight, &SCRIPT)?;
        let user_data = segment_command_packet(&packet, Reference::Ref8(0))?.concat();
        let time = TimeStamp::new([26, 1, 1], [0, 0, 0], 0);
        let message =
            SmsDeliver::data_download(Address::new("+999000000000")?, time, &user_data).to_bytes()?;
        let outcome = Terminal::new(&mut card).deliver(&message, None)?;
        ensure!(
            outcome.user_data().is_some(),
            "a message was not answered with a proof of receipt"
        );
        Ok(())
    })?;
    Ok((apdus, messages))
}

/// Calls `work` for [`SPAN`], after a warm-up of a third of it, and gives calls per second.
fn rate(mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let warm = Instant::now();
    while warm.elapsed() < SPAN / 3 {
        work()?;
    }
    let start = Instant::now();
    let mut calls = 0_u32;
    while start.elapsed() < SPAN {
        work()?;
        calls += 1;
    }
    Ok(f64::from(calls) / start.elapsed().as_secs_f64())
}
