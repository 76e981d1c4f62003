//! An HTTP client for paginated JSON REST APIs.
//!
//! A [`RestClient`] sends requests with authentication, retries and rate limits. [`RestClient::paginate`] returns a
//! [`PaginationStream`] of [`Page`]s: JSON documents, parsed once, with the locations of their rows; rows are not copied.
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
//! | Task | API |
//! |---|---|
//! | paginate | [`Auto`] detects the pagination; [`HeaderLink`], [`JsonLink`], [`HeaderCursor`], [`JsonCursor`], [`Offset`], [`PageNumber`], [`SinglePage`]; custom: [`Paginator`] |
//! | authenticate | [`BearerToken`], [`ApiKey`], [`HttpBasic`]; [`OAuth2`] with [`ClientCredentials`], [`RefreshToken`] or [`JwtBearer`]; custom: [`Grant`], [`Auth`] |
//! | retry | [`RetryPolicy`]; [`ResponseAction`] to ignore, retry or fail responses by status or content |
//! | limit the request rate | [`requests_per_second`](RestClientBuilder::requests_per_second), [`max_in_flight_requests`](RestClientBuilder::max_in_flight_requests) |
//! | fetch pages in parallel | [`parallel_pages`](RestClientBuilder::parallel_pages) |
//! | resume a pagination | [`Page::position`], [`RestClient::paginate_from`] |
//! | record and replay requests, for tests without a network | [`record`](RestClientBuilder::record), [`Recorder`]; [`replay`](RestClientBuilder::replay), [`Recording`] |
//! | examine an endpoint | [`RestClient::probe`] |
//!
//! Guarantees:
//!
//! - **Pages are not lost silently.** A page that cannot be fetched within the [`RetryPolicy`] is an error, also if the
//!   connection breaks in the middle of a body. Pagination loops are errors. Next links that the paginator does not
//!   follow are logged.
//! - **Credentials stay at their origin.** A redirect or next link to another origin gets no configured headers, no
//!   credentials of an [`Auth`], and no secrets in parameters and bodies, unless the origin is a
//!   [`trusted_origin`](RestClientBuilder::trusted_origin). [`RestClient::restrict_to_origin`] does the same for URLs
//!   from data. The client follows redirects itself, because `reqwest` strips only `Authorization` and `Cookie`. Secrets
//!   are masked in printed URLs and in excerpts of responses that repeat them.
//! - **Cookies work as in a browser session.** At most 200 received cookies are kept in memory and sent back to the hosts
//!   that set them. A configured `Cookie` header takes precedence for its names.
//! - **Side effects are not duplicated.** A request that is not idempotent is retried only if the server did not process
//!   it. Concurrent requests share one token fetch.
//! - **Resources are bounded**: attempts, delays, the total time of a request, body sizes, and pages in memory. One page is
//!   prefetched while another is processed; `parallel_pages` raises that.
//!
//! | Cargo feature | Adds |
//! |---|---|
//! | `testing` | the module `testing`, a scripted HTTP server for tests |

mod auth;
mod body;
mod builder;
mod charset;
mod client;
mod cookies;
mod error;
mod error_body;
mod error_help;
mod error_kind;
mod error_texts;
mod excerpt;
mod link;
mod link_header;
mod missing_rows;
mod outgoing;
mod page_memory;
mod paginate;
mod rate_limiter;
mod recording;
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
mod untrusted_origin;
mod url_join;

pub use auth::{
    ApiKey, ApiKeyLocation, Auth, AuthFuture, BearerToken, ClientCredentials, Grant, HttpBasic, JwtBearer, OAuth2, RefreshToken,
    Token, TokenStore,
};
pub use body::Body;
pub use builder::RestClientBuilder;
pub use catchment_json::{Document, JsonPath, Node, Selection, Value};
pub use catchment_settings::{Redactor, Secret, is_secret_name};
pub use client::{RestClient, paginate};
pub use error::Error;
pub use error_kind::ErrorKind;
pub use outgoing::OutgoingRequest;
pub use page_memory::MemoryPermit;
pub use paginate::{
    Auto, ClonePaginator, CounterUnit, DetectedPaginator, HeaderCursor, HeaderLink, JsonCursor, JsonLink, Offset, Page,
    PageNumber, PaginationStream, Paginator, Probe, SinglePage,
};
pub use recording::{Recorder, Recording, ReplayMode};
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
