//! Answers that are not what was asked for: a status and words, as JSON.

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;
use tracing::error;

use crate::delivery::DeliveryError;
use crate::store::StoreError;

/// A refusal: HTTP status and words for a person.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) words: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, words: impl Into<String>) -> Self {
        Self {
            status,
            words: words.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.words }))).into_response()
    }
}

impl From<DeliveryError> for Refusal {
    fn from(problem: DeliveryError) -> Self {
        let status = match &problem {
            DeliveryError::Store(StoreError::NotFound { .. }) => StatusCode::NOT_FOUND,
            DeliveryError::Plan(_) | DeliveryError::Packet(_) | DeliveryError::Key(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            DeliveryError::QueueFull { .. } => StatusCode::TOO_MANY_REQUESTS,
            DeliveryError::Store(_) => return internal(&problem),
        };
        Self::new(status, problem.to_string())
    }
}

impl From<StoreError> for Refusal {
    fn from(problem: StoreError) -> Self {
        DeliveryError::Store(problem).into()
    }
}

/// What went wrong inside stays in the log.
fn internal(problem: &DeliveryError) -> Refusal {
    error!(%problem, "an exchange failed");
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the server could not do this; its log says why",
    )
}

/// The answer to an unknown address.
pub(super) async fn not_found() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        "there is nothing at this address; see GET /",
    )
}

/// Reads a JSON body of at most `limit` octets. Only `application/json` is taken: a form of a foreign site cannot send
/// that without asking first.
pub(super) async fn json_body<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, Refusal> {
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    if !media_type.is_some_and(|value| value.eq_ignore_ascii_case("application/json")) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body must be application/json",
        ));
    }
    let body: Bytes = to_bytes(request.into_body(), limit).await.map_err(|_| {
        Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body could not be read; at most {limit} octets are taken"),
        )
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("the body is not what is expected: {error}"),
        )
    })
}
