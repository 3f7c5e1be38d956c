//! What can be set, and its bounds.

use std::time::Duration;

use crate::clock::Clock;

/// Limits, timeouts and addresses of one server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where time comes from.
    pub clock: Clock,
    /// Number the messages come from (TP-OA of the SMS-DELIVER), up to 20 digits, with or without `+`.
    pub originating_address: String,
    /// Number of the service center a terminal passes on to the card, up to 20 digits, with or without `+`.
    pub service_center: String,
    /// How long a terminal may hold a message without a report before it is offered again.
    pub message_timeout: Duration,
    /// How often a message without a report is offered (1 or more); afterwards the whole packet is repeated.
    pub message_attempts: u32,
    /// How often the same packet bytes are sent (1 or more); afterwards the delivery has failed.
    pub packet_attempts: u32,
    /// How often a chain of packets starts again where the card lost its place, or under a raised counter.
    pub restarts: u32,
    /// The longest a terminal may wait for a message in one `GET …/next`.
    pub poll_limit: Duration,
    /// How often timeouts are looked at.
    pub tick: Duration,
    /// The largest HTTP body read, in octets.
    pub body_limit: usize,
    /// HTTP requests served at a time; more are answered 503.
    pub open_exchanges: usize,
    /// Deliveries waiting for one card at a time; more are answered 429.
    pub queue_limit: u32,
    /// Whether host names other than this machine's are answered. There is no authentication yet.
    pub allow_remote: bool,
    /// Whether pages and the API show scripts in clear, personal data included.
    pub show_clear_data: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clock: Clock::system(),
            originating_address: "+4930901820".to_owned(),
            service_center: "+491710760000".to_owned(),
            message_timeout: Duration::from_secs(30),
            message_attempts: 3,
            packet_attempts: 5,
            restarts: 8,
            poll_limit: Duration::from_secs(30),
            tick: Duration::from_millis(500),
            body_limit: 64 * 1024,
            open_exchanges: 1024,
            queue_limit: 1000,
            allow_remote: false,
            show_clear_data: true,
        }
    }
}
