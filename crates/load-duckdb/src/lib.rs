//! The DuckDB destination.
//!
//! ```
//! use catchment_load::Destination as _;
//! use catchment_load_duckdb::DuckDb;
//! use tokio_util::sync::CancellationToken;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let duckdb = DuckDb::new("github.duckdb");
//! match duckdb.query("github", "SELECT count(*) FROM issues", &CancellationToken::new()).await {
//!     Ok(rows) => println!("{}", rows.collect().await?),
//!     Err(error) => eprintln!("{error}"), // the file does not exist; nothing has been loaded yet
//! }
//! # Ok::<(), catchment_load::LoadError>(())
//! # }).unwrap();
//! ```
//!
//! DuckDB runs on threads of this crate, one for each operation. A cancelled operation interrupts its statement.
//!
//! | feature | effect |
//! |---|---|
//! | `failpoints` | Compiles in fail points, at which tests end the process. |

mod blocking;
mod connector;
mod create;
mod destination;
mod dialect;
mod memory;
mod memory_limit;
mod memory_need;
mod open;
mod options;
mod process_lock;
mod query;
mod session;
mod settings;
mod write;

pub use destination::DuckDb;
pub use memory_limit::{InvalidMemoryLimit, MemoryLimit};
pub use options::DuckDbOptions;
pub use settings::DuckDbSettings;
