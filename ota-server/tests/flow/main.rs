//! Deliveries from the request to the proof of receipt, over HTTP, against a card in software.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failed unwrap is a failed test"
)]

mod binary;
mod guards;
mod losses;
mod software_card;
mod stories;
mod world;
