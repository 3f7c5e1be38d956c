//! Pages for people: plain HTML, readable without JavaScript, on a phone, by day and by night.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::clock::UnixTime;
use crate::store::{CardView, ItemView, Layer, PacketView, ProofView, RequestView, StepView};

mod fields;

const STYLE: &str = include_str!("page/style.css");
/// The button of the front page; without JavaScript the command line of the same request stands beside it.
const SCRIPT: &str = include_str!("page/request.js");

/// Layers longer than this are folded.
const OPEN_LAYER: usize = 48;

fn shell(title: &str, refresh: bool, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                @if refresh { meta http-equiv="refresh" content="2"; }
                title { (title) " · Twofold" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
}

/// The front page: deliveries, a form to request one, cards and items.
pub(crate) fn front(requests: &[RequestView], cards: &[CardView], items: &[ItemView]) -> Markup {
    let body = html! {
        h1 { "Twofold OTA server" }
        (request_form(cards, items))
        h2 { "Deliveries" }
        @if requests.is_empty() { p.quiet { "None yet." } } @else {
            div.scroll { table {
                thead { tr { th { "#" } th { "State" } th { "Item" } th { "Type" } th { "To" } th { "Requested" } } }
                tbody { @for request in requests { tr {
                    td { a href={ "/requests/" (request.id) "/page" } { (request.id) } }
                    td { (badge(&request.state)) }
                    td { (request.item) }
                    td { (request.data_type) }
                    td { (request.terminal) }
                    td { (UnixTime(request.created_at)) }
                } } }
            } }
        }
        h2 { "Cards" }
        @if cards.is_empty() { p.quiet { "None. Start the server with " code { "--cards FILE" } "." } } @else {
            div.scroll { table {
                thead { tr { th { "Number" } th { "ICCID" } th { "Segments" } th { "CNTR type 1" } th { "CNTR type 2" } } }
                tbody { @for card in cards { tr {
                    td { (card.msisdn) } td { (card.iccid) } td { (card.max_segments) }
                    td { code { (counter(card.type_1_counter)) } } td { code { (counter(card.type_2_counter)) } }
                } } }
            } }
        }
        h2 { "Data items" }
        @if items.is_empty() { p.quiet { "None. Start the server with " code { "--items FILE" } "." } } @else {
            ul { @for item in items { li { strong { (item.name) } " " span.quiet { (item.kind) } } } }
        }
    };
    shell("Deliveries", false, &body)
}

fn request_form(cards: &[CardView], items: &[ItemView]) -> Markup {
    let (Some(card), Some(item)) = (cards.first(), items.first()) else {
        return html! {};
    };
    html! {
        form #request {
            label { "Send " select name="item" { @for item in items { option { (item.name) } } } }
            label { " to " select name="terminal" { @for card in cards { option { (card.msisdn) } } } }
            " " button { "Request" }
            p #answer role="status" {}
        }
        noscript { p {
            "Without JavaScript: "
            code { "curl -d '{\"terminal\":\"" (card.msisdn) "\",\"item\":\"" (item.name) "\"}' -H 'Content-Type: application/json' …/requests" }
        } }
        script { (PreEscaped(SCRIPT)) }
    }
}

/// The page of one delivery.
pub(crate) fn delivery(
    request: &RequestView,
    packets: &[PacketView],
    proofs: &[ProofView],
    steps: &[StepView],
) -> Markup {
    let over = matches!(request.state.as_str(), "done" | "failed");
    let body = html! {
        p { a href="/" { "← All deliveries" } }
        h1 { (request.item) " → " (request.terminal) " " (badge(&request.state)) }
        @if !request.outcome.is_empty() { p.outcome { (request.outcome) } }
        dl.facts {
            dt { "Delivery" } dd { (request.id) }
            dt { "Type" } dd { (request.data_type) @if request.data_type == 2 { ", for the second storage" } @else { ", for the first storage" } }
            dt { "Card" } dd { (request.card) }
            dt { "Requested" } dd { (UnixTime(request.created_at)) }
            @if let Some(at) = request.finished_at { dt { "Ended" } dd { (UnixTime(at)) } }
        }
        @if !packets.is_empty() {
            h2 { "Packets" }
            div.scroll { table {
                thead { tr { th { "#" } th { "State" } th { "CNTR" } th { "CNTR inside" } th { "Sent" } th { "Proof of receipt" } } }
                tbody { @for packet in packets { (packet_row(packet, proofs)) } }
            } }
        }
        h2 { "What happened" }
        ol.steps { @for step in steps { (step_entry(step, request.created_at)) } }
        @if !over { p.quiet { "This page renews itself every 2 seconds until the delivery has ended." } }
    };
    shell(&format!("Delivery {}", request.id), !over, &body)
}

fn packet_row(packet: &PacketView, proofs: &[ProofView]) -> Markup {
    let proof = proofs.iter().rev().find(|proof| proof.packet == packet.sequence);
    html! { tr {
        td { (packet.sequence) }
        td { (badge(&packet.state)) }
        td { code { (counter(packet.outer_counter)) } }
        td { @if let Some(inner) = packet.inner_counter { code { (counter(inner)) } } @else { "–" } }
        td { (packet.attempts) "×" }
        td { @match proof {
            Some(proof) if proof.verified => { "status " (status(proof.status)) ", checksum verified" }
            Some(_) => { "not authenticated: a hint, not proof" }
            None => { "none" }
        } }
    } }
}

fn step_entry(step: &StepView, start: i64) -> Markup {
    let after = (step.at - start).max(0);
    // The many messages of a long packet take one line each.
    let minor = matches!(step.step.as_str(), "S250" | "S260") && step.layers.is_empty();
    html! {
        li.step.minor[minor] {
            div.head {
                span.number title=(step_name(&step.step)) { (step.step) }
                @if minor { span { (step.words) } } @else { span.name { (step_name(&step.step)) } }
                span.quiet.time { "+" (after / 1000) "." (format!("{:03}", after % 1000)) " s" }
            }
            @if !minor { p { (step.words) } }
            @for layer in &step.layers { (layer_view(layer)) }
        }
    }
}

fn layer_view(layer: &Layer) -> Markup {
    let octets = layer.hex.len() / 2;
    html! {
        details open[octets <= OPEN_LAYER] {
            summary { (layer.name) " " span.quiet { (octets) " octets" } }
            @match fields::fields(layer) {
                Some(list) => {
                    dl.fields { @for field in list {
                        dt { (field.name) }
                        dd { code { (hex::encode(&field.bytes)) } @if !field.note.is_empty() { span.note { (field.note) } } }
                    } }
                }
                None => { code.raw { (layer.hex) } }
            }
        }
    }
}

/// What each step is, in few words.
fn step_name(step: &str) -> &'static str {
    match step {
        "S210" => "find the data, tell its type",
        "S220" => "encrypt, build the messages",
        "S250" => "terminal takes the message",
        "S260" => "card answers the terminal",
        "S410" => "first stage receives",
        "S420" => "first stage deciphers with the type-1 key",
        "S430" => "still encrypted?",
        "S440" => "hand to the second stage",
        "S450" => "second stage deciphers with the type-2 key",
        "S460" => "install in storage 2",
        "S461" => "store in storage 1",
        _ => "",
    }
}

fn badge(state: &str) -> Markup {
    html! { span class={ "badge " (state.replace(' ', "-")) } { (state) } }
}

fn counter(value: i64) -> String {
    format!("{value:010X}")
}

fn status(status: Option<i64>) -> String {
    status.map_or_else(|| "unread".to_owned(), |status| format!("{status:02X}"))
}
