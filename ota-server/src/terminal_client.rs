//! The network side of a terminal (number 120): a blocking client of the message center and of `POST /requests`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Time beyond the wait for a message before the server counts as gone.
const GRACE: Duration = Duration::from_secs(20);

/// Why the server did not do what the terminal asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server cannot be reached, or broke off.
    #[error("OTA server at {url}: {source}")]
    Network {
        /// Its address.
        url: String,
        /// What happened.
        source: Box<ureq::Error>,
    },
    /// The server refused.
    #[error("OTA server: {words} (HTTP {status})")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its words.
        words: String,
    },
    /// The server's answer is not in the agreed form.
    #[error("OTA server: the answer cannot be read: {0}")]
    Answer(String),
}

/// A short message for the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Identity, for the report.
    pub id: i64,
    /// Number of the service center.
    pub service_center: String,
    /// SMS-DELIVER TPDU.
    pub tpdu: Vec<u8>,
}

/// What the card answered to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CardAnswer {
    /// RP-ACK; TP-UD of the SMS-DELIVER-REPORT, if the card gave any.
    Ack {
        /// TP-UD.
        user_data: Option<Vec<u8>>,
    },
    /// RP-ERROR.
    Error {
        /// TP-FCS.
        cause: u8,
        /// TP-UD, if the card gave any.
        user_data: Option<Vec<u8>>,
    },
}

/// A delivery that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Requested {
    /// Number of the delivery.
    pub id: i64,
    /// Type of its data, 1 or 2.
    #[serde(rename = "type")]
    pub data_type: u8,
    /// Where it is shown, relative to the server.
    pub url: String,
}

/// How a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DeliveryState {
    /// `queued`, `running`, `done` or `failed`.
    pub state: String,
    /// How it ended, in words.
    pub outcome: String,
}

impl DeliveryState {
    /// Whether it has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "done" | "failed")
    }
}

#[derive(Deserialize)]
struct Handed {
    message_id: i64,
    service_center: String,
    tpdu: String,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

#[derive(Serialize)]
struct ReportBody {
    message_id: i64,
    outcome: &'static str,
    cause: Option<u8>,
    user_data: Option<String>,
}

/// A terminal's connection to the server.
#[derive(Debug)]
pub struct TerminalClient {
    agent: ureq::Agent,
    server: String,
    msisdn: String,
}

impl TerminalClient {
    /// A client of the server at `server` (as `http://127.0.0.1:1234`) for the subscription `msisdn`.
    #[must_use]
    pub fn new(server: &str, msisdn: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            agent,
            server: server.trim_end_matches('/').to_owned(),
            msisdn: msisdn.to_owned(),
        }
    }

    /// Asks for an item.
    ///
    /// # Errors
    /// If the server cannot be reached or does not know terminal or item.
    pub fn request(&self, item: &str) -> Result<Requested, ClientError> {
        let url = format!("{}/requests", self.server);
        let body = serde_json::json!({ "terminal": self.msisdn, "item": item });
        self.post(&url, &body)
    }

    /// How a delivery stands.
    ///
    /// # Errors
    /// If the server cannot be reached or there is no such delivery.
    pub fn state(&self, id: i64) -> Result<DeliveryState, ClientError> {
        let url = format!("{}/requests/{id}", self.server);
        read(
            &url,
            self.agent
                .get(&url)
                .config()
                .timeout_global(Some(GRACE))
                .build()
                .call(),
        )?
        .ok_or_else(|| ClientError::Answer("it is empty".to_owned()))
    }

    /// Waits up to `wait` for the next message.
    ///
    /// # Errors
    /// If the server cannot be reached or does not know the terminal.
    pub fn poll(&self, wait: Duration) -> Result<Option<Message>, ClientError> {
        let url = format!(
            "{}/message-center/{}/next?wait_ms={}",
            self.server,
            self.msisdn,
            wait.as_millis()
        );
        let answer = self
            .agent
            .get(&url)
            .config()
            .timeout_global(Some(wait + GRACE))
            .build()
            .call();
        let Some(handed) = read::<Handed>(&url, answer)? else {
            return Ok(None);
        };
        let tpdu = hex::decode(&handed.tpdu).map_err(|error| ClientError::Answer(error.to_string()))?;
        Ok(Some(Message {
            id: handed.message_id,
            service_center: handed.service_center,
            tpdu,
        }))
    }

    /// Reports what the card answered to a message. A report may be repeated.
    ///
    /// # Errors
    /// If the server cannot be reached or the message is not this terminal's.
    pub fn report(&self, message_id: i64, answer: &CardAnswer) -> Result<(), ClientError> {
        let url = format!("{}/message-center/{}/reports", self.server, self.msisdn);
        let (outcome, cause, user_data) = match answer {
            CardAnswer::Ack { user_data } => ("ack", None, user_data),
            CardAnswer::Error { cause, user_data } => ("error", Some(*cause), user_data),
        };
        let body = ReportBody {
            message_id,
            outcome,
            cause,
            user_data: user_data.as_ref().map(hex::encode),
        };
        let _: serde_json::Value = self.post(&url, &body)?;
        Ok(())
    }

    /// Takes one message, if one comes within `wait`, has `deliver` bring it to the card, and reports the answer (S250,
    /// S260). True if there was a message. An error of `deliver` is passed on, and the message stays unreported: the
    /// server offers it again.
    ///
    /// # Errors
    /// What the server or `deliver` could not do.
    pub fn serve_one<E: From<ClientError>>(
        &self,
        wait: Duration,
        deliver: impl FnOnce(&Message) -> Result<CardAnswer, E>,
    ) -> Result<bool, E> {
        let Some(message) = self.poll(wait)? else {
            return Ok(false);
        };
        let answer = deliver(&message)?;
        self.report(message.id, &answer)?;
        Ok(true)
    }

    fn post<T: for<'de> Deserialize<'de>>(&self, url: &str, body: &impl Serialize) -> Result<T, ClientError> {
        let request = self.agent.post(url).config().timeout_global(Some(GRACE)).build();
        read(url, request.send_json(body))?.ok_or_else(|| ClientError::Answer("it is empty".to_owned()))
    }
}

/// The JSON of an answer; `None` for 204.
fn read<T: for<'de> Deserialize<'de>>(
    url: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Option<T>, ClientError> {
    let network = |source| ClientError::Network {
        url: url.to_owned(),
        source: Box::new(source),
    };
    let mut answer = answer.map_err(network)?;
    let status = answer.status().as_u16();
    if status == 204 {
        return Ok(None);
    }
    let text = answer.body_mut().read_to_string().map_err(network)?;
    if !(200..300).contains(&status) {
        let words = serde_json::from_str::<Refusal>(&text).map_or(text, |refusal| refusal.error);
        return Err(ClientError::Refused { status, words });
    }
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| ClientError::Answer(error.to_string()))
}
