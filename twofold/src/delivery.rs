//! The terminal (120) at work: asks the server for an item and serves the message center until the delivery is over.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use card_proto::sms::tpdu::Address;
use host_harness::terminal::{Acknowledgement, Terminal};
use ota_server::{
    item::DataItem,
    terminal_client::{CardAnswer, Message, TerminalClient},
};

use crate::{card::Card, progress::Progress, report::Report};

/// How long to wait for one message before looking whether the delivery is over.
const WAIT: Duration = Duration::from_millis(500);
/// A delivery that has not ended after this time has stuck.
const LIMIT: Duration = Duration::from_secs(120);

/// What went over the interface for one delivery.
#[derive(Default)]
struct Traffic {
    messages: usize,
    answers: usize,
}

/// Asks for `item`, passes its messages to the card, and reports how the delivery ended.
///
/// # Errors
/// The server or the card does not answer, or the delivery does not end.
pub fn deliver(
    client: &TerminalClient,
    card: &mut Card,
    item: &DataItem,
    report: &mut Report,
    progress: &Progress,
) -> Result<()> {
    progress.doing(&format!("asking the OTA server for {}", item.name));
    let requested = client.request(&item.name)?;
    let mut traffic = Traffic::default();
    let start = Instant::now();
    let state = loop {
        let state = client.state(requested.id)?;
        if state.is_over() {
            break state;
        }
        ensure!(
            start.elapsed() < LIMIT,
            "delivery {} of {} does not end: {}",
            requested.id,
            item.name,
            state.state
        );
        client.serve_one(WAIT, |message| {
            let answer = pass_on(card, message)?;
            traffic.count(&answer);
            progress.detail(&format!(
                "{}: {}, {}",
                item.name,
                counted(traffic.messages, "short message"),
                counted(traffic.answers, "proof")
            ));
            anyhow::Ok(answer)
        })?;
    };
    let ok = state.state == "done";
    let messages = counted(traffic.messages, "short message");
    let sent = if requested.data_type == 1 {
        format!("type 1: {messages} under the type-1 keys")
    } else {
        format!("type 2: {messages}; each packet under the type-2 keys and again under the type-1 keys")
    };
    let steps = if requested.data_type == 1 {
        "S210–S430, S461"
    } else {
        "S210–S460"
    };
    let came_back = format!(
        "{} ({} with a proof of receipt)",
        state.outcome,
        counted(traffic.answers, "answer")
    );
    report.row(ok, format!("{steps}: {}", item.name), sent, came_back);
    if ok {
        progress.done(&format!("{} delivered: {messages}", item.name));
    }
    Ok(())
}

/// S250, S260: takes the encrypted data out of the message and passes it to the card.
///
/// # Errors
/// The message is none for a card, or the card does not answer.
pub fn pass_on(card: &mut Card, message: &Message) -> Result<CardAnswer> {
    let service_center = Address::new(&message.service_center).context("number of the service center")?;
    let form = card.form;
    let mut terminal = Terminal {
        card: card.with_first_stage()?,
        form,
    };
    let outcome = terminal.deliver(&message.tpdu, Some(&service_center))?;
    Ok(match outcome.rp {
        Acknowledgement::RpAck { user_data } => CardAnswer::Ack { user_data },
        Acknowledgement::RpError { cause, user_data } => CardAnswer::Error { cause, user_data },
    })
}

impl Traffic {
    fn count(&mut self, answer: &CardAnswer) {
        self.messages += 1;
        let (CardAnswer::Ack { user_data } | CardAnswer::Error { user_data, .. }) = answer;
        self.answers += usize::from(user_data.is_some());
    }
}

/// The number and the noun: `1 answer`, `2 answers`.
fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
