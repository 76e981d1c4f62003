//! A sample REST API on loopback: pages of issues in the shape of GitHub's.
//!
//! Two parts:
//! - [`Issues`] is a data set that a small deterministic generator writes: the same seed gives the
//!   same bytes on every machine, and [`Issues::at_revision`] gives the data set as it stands after
//!   some time, with changed and new issues. It does no IO.
//! - [`Server`] answers pages of it over HTTP on `127.0.0.1`, paged by `Link` header or by a link
//!   in the body; or it answers a fixed list of page bodies, for measurements.
//!
//! All text is the generator's own and all URLs in it lead to `api.example.test`, a name that never
//! resolves. Only the shape is GitHub's: keys and their order, nesting, shares of nulls, list
//! lengths and text lengths, so that what is measured here holds for a real API too.
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
//! // some time later: 5 % of the issues have changed, and a few are new
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
