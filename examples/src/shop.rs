//! The API of a shop, as used in an article.

use std::sync::atomic::{AtomicBool, Ordering};

use catchment_rest_client::testing::{ReceivedRequest, ScriptedResponse, ScriptedServer};

/// The API `https://api.example.com/v1`, served by this program: customers, orders, items and a token endpoint.
#[derive(Debug)]
pub struct Shop {
    server: ScriptedServer,
}

const CUSTOMERS: usize = 250;
const ORDERS: usize = 120;

impl Shop {
    /// Starts the server, which stops when the shop is dropped.
    pub fn open() -> Shop {
        let is_overloaded = AtomicBool::new(true);
        Shop { server: ScriptedServer::start(move |request| respond(request, &is_overloaded)) }
    }

    /// Returns the base URL of the API.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.server.url())
    }

    /// Returns the number of received requests.
    pub fn requests(&self) -> usize {
        self.server.requests().len()
    }
}

fn respond(request: &ReceivedRequest, is_overloaded: &AtomicBool) -> ScriptedResponse {
    let host = request.header("host").unwrap_or_default();
    match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/v1/oauth/token") => {
            ScriptedResponse::json(200, r#"{"access_token": "tk-oauth", "token_type": "Bearer", "expires_in": 3600}"#)
        }
        ("GET", "/v1/customers") => page(request, host, (0..CUSTOMERS).map(customer).collect()),
        ("GET", "/v1/orders") if !is_known(request) => ScriptedResponse::json(401, r#"{"error": "who are you?"}"#),
        ("GET", "/v1/orders") => {
            let since = request.param("updated_after").unwrap_or_default();
            let from = request.param("updated_from").unwrap_or_default();
            let to = request.param("updated_to").unwrap_or("9999");
            let is_requested = |updated_at: &str| updated_at > since && updated_at >= from && updated_at < to;
            page(request, host, (0..ORDERS).filter(|number| is_requested(&updated_at(*number))).map(order).collect())
        }
        ("GET", "/v1/items") if is_overloaded.swap(false, Ordering::Relaxed) => {
            ScriptedResponse::json(429, r#"{"error": "slow down"}"#).header("retry-after", "0")
        }
        ("GET", "/v1/items") => ScriptedResponse::json(200, r#"[{"id": 1, "name": "bolt"}, {"id": 2, "name": "nut"}]"#),
        _ => ScriptedResponse::json(404, r#"{"error": "there is no such thing"}"#),
    }
}

/// Returns whether a request has the credentials of one of the examples.
fn is_known(request: &ReceivedRequest) -> bool {
    let authorization = request.header("authorization");
    matches!(authorization, Some("Bearer tk-1" | "Bearer tk-oauth")) || request.header("x-api-key") == Some("key-1")
}

/// Returns `limit` rows from `offset` on. The response supports several paginators: it has a total, a next link and a header
/// with the next offset.
fn page(request: &ReceivedRequest, host: &str, rows: Vec<String>) -> ScriptedResponse {
    let number = |name: &str, default| request.param(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (offset, limit): (usize, usize) = (number("offset", 0), number("limit", 50));
    let next = offset + limit;
    let filters = request.query.iter().filter(|(name, _)| name.starts_with("updated_"));
    let filters: String = filters.map(|(name, value)| format!("&{name}={value}")).collect();
    let link = match next < rows.len() {
        true => format!("\"http://{host}{}?offset={next}&limit={limit}{filters}\"", request.path),
        false => "null".to_owned(),
    };
    let data: Vec<_> = rows.iter().skip(offset).take(limit).map(String::as_str).collect();
    let body = format!(r#"{{"data": [{}], "total": {}, "next": {link}}}"#, data.join(", "), rows.len());
    let response = ScriptedResponse::json(200, body);
    if next < rows.len() { response.header("x-next-offset", next.to_string()) } else { response }
}

fn customer(number: usize) -> String {
    let status = if number.is_multiple_of(5) { "inactive" } else { "active" };
    format!(r#"{{"id": {number}, "name": "customer {number}", "status": "{status}"}}"#)
}

fn order(number: usize) -> String {
    let customer = number % CUSTOMERS;
    format!(
        r#"{{"id": {number}, "customer_id": {customer}, "total": {number}.50, "updated_at": "{}", "lines": [{{"sku": "s{number}", "quantity": 1}}]}}"#,
        updated_at(number)
    )
}

fn updated_at(number: usize) -> String {
    format!("2024-{:02}-{:02}T00:00:00Z", 1 + number / 28 % 12, 1 + number % 28)
}
