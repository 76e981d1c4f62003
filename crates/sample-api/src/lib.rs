//! A sample REST API on loopback that serves generated issues in the format of GitHub's API.
//!
//! - [`Issues`] is a deterministic dataset without IO: the same seed produces the same bytes on every machine.
//!   [`Issues::at_revision`] returns a later revision with changed and new issues.
//! - [`Server`] serves the issues over HTTP on `127.0.0.1`, paginated by `Link` header or by a link in
//!   the body. It can also serve a fixed list of page bodies, for benchmarks.
//!
//! All text is generated, and all URLs in it point to `api.example.test`, a host name that never
//! resolves. Keys and their order, nesting, shares of nulls, list lengths and text lengths match
//! GitHub's API, so that benchmarks apply to a real API.
//!
//! ```
//! use catchment_sample_api::{Issues, Server};
//!
//! # fn main() -> std::io::Result<()> {
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let server = Server::start(Issues::new(250, 7)).await?;
//! let first_page = format!("{}/repos/catchment/sample/issues?state=all", server.base_url());
//! assert!(first_page.starts_with("http://127.0.0.1:"));
//!
//! // the next revision: 5 % of the issues have changed, and a few are new
//! server.set_issues(Issues::at_revision(7, 250, 1));
//! server.shutdown().await;
//! # Ok(())
//! # })
//! # }
//! ```

mod generate;
mod serve;

pub use generate::Issues;
pub use hyper::body::Bytes;
pub use serve::Server;
