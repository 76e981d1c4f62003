//! Errors of failed cases.

use arrow::error::ArrowError;
use catchment_load_package::PackageError;
use catchment_schema::InvalidHints;
use thiserror::Error;

/// The maximum number of characters of an expected or found value in a message.
const SHOWN: usize = 600;

/// The failure of a case.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("case `{case}`, {step}: expected {}, found {}", shown(.expected), shown(.found))]
pub struct CaseFailure {
    /// The name of the case.
    pub case: &'static str,
    /// The failed step, with the number of earlier packages.
    pub step: String,
    /// The expected result.
    pub expected: String,
    /// The actual result.
    pub found: String,
}

/// A step whose result differs from the expected one.
#[derive(Debug)]
pub(crate) struct Mismatch {
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
