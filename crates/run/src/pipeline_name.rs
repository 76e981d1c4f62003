//! Validation of pipeline names.

use std::path::{Component, Path};

use thiserror::Error;

/// The error of a pipeline name that cannot name the working folder.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("pipeline name {name:?} cannot name the working folder: it {problem}; use letters, digits, `_` and `-`")]
pub struct PipelineNameError {
    name: String,
    problem: &'static str,
}

/// Validates that a pipeline name is a plain folder name on any operating system, so that it cannot leave the pipelines
/// folder.
///
/// ```
/// use catchment_run::validate_pipeline_name;
///
/// assert!(validate_pipeline_name("github issues").is_ok());
/// assert!(validate_pipeline_name("../github").is_err());
/// ```
///
/// # Errors
///
/// Returns an error if the name is empty, a path, longer than 200 bytes or contains control characters.
pub fn validate_pipeline_name(name: &str) -> Result<(), PipelineNameError> {
    let is_folder_name = || {
        let mut components = Path::new(name).components();
        matches!((components.next(), components.next()), (Some(Component::Normal(first)), None) if first == name)
    };
    let problem = if name.trim().is_empty() {
        "is empty"
    } else if name.contains(['/', '\\']) || !is_folder_name() {
        "is a path"
    } else if name.contains(char::is_control) {
        "has a control character"
    } else if name.len() > 200 {
        "is longer than 200 bytes"
    } else {
        return Ok(());
    };
    Err(PipelineNameError { name: name.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::validate_pipeline_name;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        assert_eq!(validate_pipeline_name(name).err().map(|error| error.problem).unwrap_or_default(), expected, "{name:?}");
    }

    #[test]
    fn pipeline_names_are_folder_names() {
        check("github", "");
        check("GitHub issues (2024)", "");
        check("заказы", "");
        check("..a", "");
        check("", "is empty");
        check("  ", "is empty");
        check(".", "is a path");
        check("..", "is a path");
        check("../x", "is a path");
        check("/tmp/x", "is a path");
        check("a/", "is a path");
        check("a\\b", "is a path");
        check("a\0b", "has a control character");
        check(&"x".repeat(201), "is longer than 200 bytes");
    }
}
