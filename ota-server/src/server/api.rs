//! Requests for deliveries, and the pages about them.

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Shared;
use super::answer::{Refusal, json_body};
use crate::delivery::{self, Addressee};
use crate::page;
use crate::store::{PacketView, ProofView, RequestId, RequestView, StepView};

/// How many rows a list shows.
const LIST: u32 = 200;
/// Layers that show personal data in clear.
const CLEAR: &str = "in clear";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestBody {
    terminal: Option<String>,
    card: Option<String>,
    item: String,
}

/// A delivery with everything known of it.
#[derive(Debug, Serialize)]
struct Details {
    #[serde(flatten)]
    request: RequestView,
    packets: Vec<PacketView>,
    proofs: Vec<ProofView>,
    steps: Vec<StepView>,
}

/// `POST /requests`: asks for an item to be delivered.
pub(super) async fn create_request(
    State(context): State<Shared>,
    request: Request,
) -> Result<Response, Refusal> {
    let body: RequestBody = json_body(request, context.config.body_limit).await?;
    let to = match (&body.terminal, &body.card) {
        (Some(msisdn), None) => Addressee::Msisdn(msisdn),
        (None, Some(iccid)) => Addressee::Iccid(iccid),
        _ => {
            let words = "name either \"terminal\" (the number) or \"card\" (the ICCID)";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, words));
        }
    };
    let (id, data_type, _) = delivery::request(&context.store, &context.config, to, &body.item).await?;
    match to {
        Addressee::Msisdn(msisdn) => context.waiting.wake(msisdn),
        Addressee::Iccid(_) => context.waiting.wake_all(),
    }
    let url = format!("/requests/{}", id.0);
    let answer = Json(json!({ "id": id.0, "type": data_type, "url": url }));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, url.clone())], answer).into_response())
}

/// `GET /requests`: the newest deliveries.
pub(super) async fn list_requests(State(context): State<Shared>) -> Result<Json<Vec<RequestView>>, Refusal> {
    Ok(Json(context.store.list_requests(LIST).await?))
}

/// `GET /requests/{id}`: one delivery, as JSON, or as a page for who asks for HTML.
pub(super) async fn request(
    State(context): State<Shared>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let details = details(&context, id).await?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if accept.contains("text/html") {
        return Ok(page_of(details).into_response());
    }
    Ok(Json(details).into_response())
}

/// `GET /requests/{id}/page`: one delivery, as a page.
pub(super) async fn request_page(
    State(context): State<Shared>,
    Path(id): Path<i64>,
) -> Result<Markup, Refusal> {
    Ok(page_of(details(&context, id).await?))
}

fn page_of(details: Details) -> Markup {
    page::delivery(
        &details.request,
        &details.packets,
        &details.proofs,
        &details.steps,
    )
}

/// `GET /`: deliveries, cards, items.
pub(super) async fn front_page(State(context): State<Shared>) -> Result<Markup, Refusal> {
    let requests = context.store.list_requests(LIST).await?;
    let cards = context.store.list_cards(LIST).await?;
    let items = context.store.list_items(LIST).await?;
    Ok(page::front(&requests, &cards, &items))
}

async fn details(context: &Shared, id: i64) -> Result<Details, Refusal> {
    let store = &context.store;
    let id = RequestId(id);
    let request = store.view_request(id).await?;
    let request = request.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "there is no such delivery"))?;
    let mut steps = store.view_steps(id).await?;
    if !context.config.show_clear_data {
        let hidden = |layer: &crate::store::Layer| !layer.name.contains(CLEAR);
        steps.iter_mut().for_each(|step| step.layers.retain(hidden));
    }
    Ok(Details {
        request,
        packets: store.view_packets(id).await?,
        proofs: store.view_proofs(id).await?,
        steps,
    })
}
