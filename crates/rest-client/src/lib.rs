//! An HTTP client for REST APIs that answer JSON in pages.
//!
//! A [`RestClient`] knows the base URL, the headers, how often to try again and how to come from one page
//! to the next. [`RestClient::paginate`] gives the [`PaginationStream`] of an endpoint: each [`Page`] is the document,
//! parsed once, and the places of its rows in it; nothing is copied.
//!
//! ```no_run
//! use catchment_rest_client::RestClient;
//!
//! # async fn example() -> Result<(), catchment_rest_client::Error> {
//! let client = RestClient::builder().base_url("https://api.example.com/v1").build()?;
//! let mut pages = client.paginate(client.request("issues")?.param("state", "open"));
//! while let Some(page) = pages.next().await {
//!     for row in page?.rows.nodes() {
//!         println!("{row:?}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | to | there is |
//! |---|---|
//! | come from page to page | [`Auto`], which finds out; [`HeaderLink`], [`JsonLink`], [`HeaderCursor`], [`JsonCursor`], [`Offset`], [`PageNumber`], [`SinglePage`]; your own [`Paginator`] |
//! | show who asks | [`BearerToken`], [`ApiKey`], [`HttpBasic`]; [`OAuth2`] by [`ClientCredentials`], [`RefreshToken`] or [`JwtBearer`]; your own [`Grant`] or [`Auth`] |
//! | try again | [`RetryPolicy`]; [`ResponseAction`] for what the status does not tell |
//! | spare the API | [`requests_per_second`](RestClientBuilder::requests_per_second), [`requests_in_flight`](RestClientBuilder::max_in_flight_requests) |
//! | go faster | [`parallel_pages`](RestClientBuilder::parallel_pages) |
//! | go on later | [`Page::position`], [`RestClient::paginate_from`] |
//!
//! What it promises beyond sending requests:
//!
//! - **No page is lost silently.** A page that cannot be had is an error after the attempts that the
//!   [`RetryPolicy`] allows, also where the connection breaks in the middle of a body. Signs of further
//!   pages that are not followed are logged. Pages that go in a circle are an error.
//! - **Credentials stay at home.** Every configured header counts as one; neither headers, nor what an [`Auth`] adds, nor
//!   secrets in parameters and bodies go along where a redirect or a next link leads to another origin, unless that is a
//!   [`trusted_origin`](RestClientBuilder::trusted_origin). [`RestClient::restrict_to_origin`] does the same for URLs
//!   that come from data. For that, redirects are followed here and not by
//!   `reqwest`, which strips `Authorization` and `Cookie` alone. URLs are shown without secrets, and what answers
//!   repeat of them is masked.
//! - **Cookies work as in a browser session.** Cookies that responses set are kept in memory, at most 200, and go back to
//!   the hosts that set them. A `Cookie` header that is configured takes precedence for the names it has.
//! - **Nothing is done twice.** A request that is not idempotent is sent again only where it had no effect, and a token
//!   is fetched once however many requests wait for it.
//! - **All is bounded**: attempts, delays, the time of a request in all, the bytes of a body, pages in memory. While a
//!   page is worked on the next one is on its way, and no more than that unless it is asked for.
//!
//! The feature `testing` adds a scripted HTTP server for tests, the module `testing`.

mod advice;
mod auth;
mod body;
mod builder;
mod charset;
mod client;
mod cookies;
mod error;
mod error_body;
mod error_kind;
mod excerpt;
mod foreign;
mod link;
mod link_header;
mod missing_rows;
mod outgoing;
mod page_memory;
mod paginate;
mod rate_limiter;
mod redact;
mod request;
mod request_config;
mod response;
mod response_action;
mod retry;
mod select;
mod settings;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod transport;
mod unauthenticated_client;
mod url_join;

pub use auth::{
    ApiKey, ApiKeyLocation, Auth, AuthFuture, BearerToken, ClientCredentials, Grant, HttpBasic, JwtBearer, OAuth2, RefreshToken,
    Token, TokenStore,
};
pub use body::Body;
pub use builder::RestClientBuilder;
pub use catchment_json::{Document, JsonPath, Value};
pub use catchment_settings::{Redactor, Secret, is_secret_name};
pub use client::{RestClient, paginate};
pub use error::Error;
pub use error_kind::ErrorKind;
pub use outgoing::OutgoingRequest;
pub use page_memory::MemoryPermit;
pub use paginate::{
    Auto, HeaderCursor, HeaderLink, JsonCursor, JsonLink, Offset, Page, PageNumber, PaginationStream, Paginator, SinglePage,
};
pub use redact::redact_url;
pub use request::Request;
pub use reqwest;
pub use reqwest::header::HeaderMap;
pub use reqwest::{Method, StatusCode};
pub use response::Response;
pub use response_action::{ResponseAction, Verdict};
pub use retry::RetryPolicy;
pub use select::{RowsLayout, SelectedRows};
pub use settings::RequestSettings;
pub use unauthenticated_client::UnauthenticatedClient;
pub use url::Url;
