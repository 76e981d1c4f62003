//! Cancellation of work on many rows.

use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::PageError;

/// The number of rows that are processed between two polls of the token.
const ROWS_AT_A_TIME: usize = 64;

/// A cancellation signal for processing steps. A busy future cannot be dropped, so a long step must poll it.
///
/// ```
/// use catchment_extract::StopSignal;
///
/// let stop = StopSignal::default();
/// assert!(stop.check(0).is_ok() && !stop.is_set());
/// ```
#[derive(Debug, Clone, Default)]
pub struct StopSignal(CancellationToken);

/// The error of a step that was cancelled.
#[derive(Debug, Error)]
#[error("the run was cancelled")]
struct Stopped;

impl StopSignal {
    /// Returns true if the run was cancelled.
    pub fn is_set(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Returns an error if the run was cancelled. `row` is the index of the row; only every 64th row polls the token.
    ///
    /// # Errors
    ///
    /// Returns an error if the run was cancelled.
    pub fn check(&self, row: usize) -> Result<(), PageError> {
        if row.is_multiple_of(ROWS_AT_A_TIME) && self.is_set() { Err(Stopped.into()) } else { Ok(()) }
    }
}

impl From<CancellationToken> for StopSignal {
    fn from(token: CancellationToken) -> StopSignal {
        StopSignal(token)
    }
}
