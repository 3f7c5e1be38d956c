//! The message center (number 130) as terminals see it: store and forward over HTTP.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::{Instant, timeout_at};

use super::Shared;
use super::answer::{Refusal, json_body};
use crate::delivery::{self, Outcome, Report, Reported};
use crate::store::MessageId;

/// Longest TP-UD of an SMS-DELIVER-REPORT (TS 23.040 §9.2.2.1a), in octets.
const LONGEST_USER_DATA: usize = 159;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    /// How long to wait for a message, in milliseconds.
    #[serde(default)]
    wait_ms: u64,
}

/// A message on its way to a terminal.
#[derive(Debug, Serialize)]
struct Handed<'a> {
    message_id: i64,
    service_center: &'a str,
    tpdu: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportBody {
    message_id: i64,
    outcome: OutcomeName,
    cause: Option<u8>,
    user_data: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OutcomeName {
    Ack,
    Error,
}

/// `GET /message-center/{msisdn}/next?wait_ms=`: the next message for the terminal, or 204 when none came in time.
pub(super) async fn next(
    State(context): State<Shared>,
    Path(msisdn): Path<String>,
    Query(wait): Query<Wait>,
) -> Result<Response, Refusal> {
    if !context.store.has_terminal(&msisdn).await? {
        return Err(unknown_terminal());
    }
    let wait = Duration::from_millis(wait.wait_ms).min(context.config.poll_limit);
    let end = Instant::now() + wait;
    let mut stopping = context.stopping.clone();
    loop {
        // The bell is listened to before the look, so that no message falls between the two.
        let Some(bell) = context.waiting.bell(&msisdn) else {
            return Ok(StatusCode::NO_CONTENT.into_response());
        };
        let rung = bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        if let Some(message) = delivery::hand_over(&context.store, &context.config, &msisdn).await? {
            let service_center = &context.config.service_center;
            let handed = Handed {
                message_id: message.id.0,
                service_center,
                tpdu: hex::encode(&message.tpdu),
            };
            return Ok(Json(handed).into_response());
        }
        let stopped = async {
            // An error means that the server is gone, too.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        let rings = async {
            tokio::select! {
                () = rung => true,
                () = stopped => false,
            }
        };
        match timeout_at(end, rings).await {
            Ok(true) => {}
            Ok(false) | Err(_) => return Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }
}

/// `POST /message-center/{msisdn}/reports`: what the card answered.
pub(super) async fn report(
    State(context): State<Shared>,
    Path(msisdn): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let body: ReportBody = json_body(request, context.config.body_limit).await?;
    let bad = |words: String| Refusal::new(StatusCode::BAD_REQUEST, words);
    let user_data = hex::decode(body.user_data.unwrap_or_default())
        .map_err(|error| bad(format!("user_data is not hexadecimal text: {error}")))?;
    if user_data.len() > LONGEST_USER_DATA {
        return Err(bad(format!(
            "user_data has {} octets; at most {LONGEST_USER_DATA} fit a report",
            user_data.len()
        )));
    }
    let outcome = match body.outcome {
        OutcomeName::Ack => Outcome::Ack,
        OutcomeName::Error => Outcome::Error { cause: body.cause },
    };
    let report = Report {
        message: MessageId(body.message_id),
        outcome,
        user_data,
    };
    match delivery::report(&context.store, &context.config, &msisdn, &report).await? {
        Reported::Taken => {
            context.waiting.wake(&msisdn);
            Ok(Json(json!({ "result": "taken" })).into_response())
        }
        Reported::Late => Ok(Json(json!({ "result": "no longer needed" })).into_response()),
        Reported::NotHandedOver => Err(Refusal::new(
            StatusCode::CONFLICT,
            "this message has not been handed to the terminal",
        )),
        Reported::Unknown => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "there is no such message for this terminal",
        )),
    }
}

fn unknown_terminal() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "no card has this number; add one, or use the number of a known card",
    )
}
