//! What is said of a case that does not pass.

use arrow::error::ArrowError;
use catchment_load_package::PackageError;
use catchment_schema::InvalidHints;
use thiserror::Error;

/// The most characters of what was expected and of what was found that a message shows.
const SHOWN: usize = 600;

/// A case that a destination does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("case `{case}`, {step}: expected {}, found {}", shown(.expected), shown(.found))]
pub struct CaseFailure {
    /// The name of the case.
    pub case: &'static str,
    /// What was done or asked, after which package.
    pub step: String,
    /// What a destination has to answer.
    pub expected: String,
    /// What it answered.
    pub found: String,
}

/// A step whose outcome is another one than it should be.
#[derive(Debug)]
pub(super) struct Mismatch {
    pub(super) step: String,
    pub(super) expected: String,
    pub(super) found: String,
}

impl Mismatch {
    pub(super) fn new(step: impl Into<String>, expected: impl Into<String>, found: impl ToString) -> Mismatch {
        Mismatch { step: step.into(), expected: expected.into(), found: found.to_string() }
    }

    fn building(found: impl ToString) -> Mismatch {
        Mismatch::new("building a package", "no error", found)
    }
}

impl From<PackageError> for Mismatch {
    fn from(error: PackageError) -> Self {
        Mismatch::building(error)
    }
}

impl From<InvalidHints> for Mismatch {
    fn from(error: InvalidHints) -> Self {
        Mismatch::building(error)
    }
}

impl From<ArrowError> for Mismatch {
    fn from(error: ArrowError) -> Self {
        Mismatch::building(error)
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} … ({} bytes)", text.get(..end).unwrap_or_default(), text.len()),
        None => text.to_owned(),
    }
}
