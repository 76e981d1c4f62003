//! Whether a run was told to stop.

use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::PageError;

/// How many rows may be worked on before it is asked again.
const ROWS_AT_A_TIME: usize = 64;

/// Tells a step that works on many rows that the run was told to stop. A future that is at work cannot be dropped, so whatever
/// may take longer than a moment asks.
///
/// ```
/// use catchment_extract::StopSignal;
///
/// let stop = StopSignal::default();
/// assert!(stop.check(0).is_ok() && !stop.is_set());
/// ```
#[derive(Debug, Clone, Default)]
pub struct StopSignal(CancellationToken);

/// A step ended early.
#[derive(Debug, Error)]
#[error("the run was stopped")]
struct Stopped;

impl StopSignal {
    /// Whether to stop.
    pub fn is_set(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Ends a step with an error where it is to stop. It asks for some of the rows only; `row` counts them.
    ///
    /// # Errors
    ///
    /// Where it is to stop.
    pub fn check(&self, row: usize) -> Result<(), PageError> {
        if row.is_multiple_of(ROWS_AT_A_TIME) && self.is_set() { Err(Stopped.into()) } else { Ok(()) }
    }
}

impl From<CancellationToken> for StopSignal {
    fn from(token: CancellationToken) -> StopSignal {
        StopSignal(token)
    }
}
