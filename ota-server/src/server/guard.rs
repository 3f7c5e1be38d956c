//! What every exchange must pass: host name, number of exchanges, time.

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::answer::Refusal;
use super::{Context, Shared};

/// How long an exchange may take beyond the longest wait for a message.
const GRACE: Duration = Duration::from_secs(15);

/// Admits an exchange, or says why not.
pub(super) async fn admit(State(context): State<Shared>, request: Request, next: Next) -> Response {
    if !names_this_server(&context, &request) {
        let words = "this host name is not served here; use the address the server printed";
        return Refusal::new(StatusCode::MISDIRECTED_REQUEST, words).into_response();
    }
    let Ok(_permit) = context.exchanges.try_acquire() else {
        return Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too many exchanges at a time; try again",
        )
        .into_response();
    };
    let mut response = match timeout(context.config.poll_limit + GRACE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::new(StatusCode::REQUEST_TIMEOUT, "the exchange took too long").into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
             frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
    );
    response
}

/// A page of another site whose name was made to point here (DNS rebinding) sends that name: only addresses and
/// `localhost` are answered.
fn names_this_server(context: &Context, request: &Request) -> bool {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    host.is_some_and(|host| is_served(host, context.address.ip(), context.config.allow_remote))
}

fn is_served(host: &str, listening: IpAddr, allow_remote: bool) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match name.parse::<IpAddr>() {
        Ok(address) => allow_remote || address.is_loopback() || address == listening,
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_served_and_names_are_not() {
        let listening = IpAddr::from([127, 0, 0, 1]);
        for host in [
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "[::1]:80",
            "127.9.9.9",
        ] {
            assert!(is_served(host, listening, false), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:80",
            "10.0.0.1",
            "",
            "[",
            "localhost.evil.example",
            "127.0.0.1.evil",
        ] {
            assert!(!is_served(host, listening, false), "{host}");
        }
        assert!(is_served("10.0.0.1", listening, true));
        assert!(
            !is_served("evil.example", listening, true),
            "a name may point anywhere"
        );
    }
}
