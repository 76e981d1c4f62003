//! Errors in specs.

use thiserror::Error;

/// An error in a spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpecDiagnostic {
    /// The path of the key, such as `resources[2].endpoint.paginator.type`; empty for the spec itself.
    pub path: String,
    /// Line and column of the key, both counted from 1, for TOML and YAML. A missing key has the location of its container.
    pub location: Option<(usize, usize)>,
    /// The value found, the expected values and the nearest valid name.
    pub message: String,
}

impl SpecDiagnostic {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> SpecDiagnostic {
        SpecDiagnostic { path: path.into(), location: None, message: problem.into() }
    }
}

/// The maximum number of diagnostics in a message.
const MAX_SHOWN: usize = 50;

/// All errors in a spec. The message shows the first 50.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(diagnostics))]
pub struct SpecError {
    /// The errors, at least one.
    pub diagnostics: Vec<SpecDiagnostic>,
}

impl From<SpecDiagnostic> for SpecError {
    fn from(diagnostic: SpecDiagnostic) -> SpecError {
        SpecError { diagnostics: vec![diagnostic] }
    }
}

fn list(diagnostics: &[SpecDiagnostic]) -> String {
    let line = |diagnostic: &SpecDiagnostic| {
        let location = diagnostic.location.map(|(line, column)| format!("line {line}, column {column}"));
        match (diagnostic.path.as_str(), location) {
            ("", _) => diagnostic.message.clone(),
            (path, Some(location)) => format!("{path} ({location}): {}", diagnostic.message),
            (path, None) => format!("{path}: {}", diagnostic.message),
        }
    };
    let mut lines: Vec<_> = diagnostics.iter().take(MAX_SHOWN).map(line).collect();
    match diagnostics.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => lines.push("and 1 more error".to_owned()),
        more => lines.push(format!("and {more} more errors")),
    }
    lines.join("\n")
}
