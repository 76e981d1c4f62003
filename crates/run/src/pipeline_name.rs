//! Which names pipelines may have.

use std::path::{Component, Path};

use thiserror::Error;

/// A name that no pipeline can have, as it names the pipeline's working folder.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "the name of the pipeline is {name:?}, which {problem}; its working folder has that name: use letters, digits, `_` and `-`"
)]
pub struct PipelineNameError {
    name: String,
    problem: &'static str,
}

/// Refuses names that are empty or lead out of the folder of all pipelines, on any operating system.
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
/// Where the name is no plain name of a folder.
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
    fn a_pipeline_stays_in_its_folder() {
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
