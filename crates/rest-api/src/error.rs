//! What can be wrong with a spec.

use thiserror::Error;

/// One thing that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpecDiagnostic {
    /// The path of the key: `resources[2].endpoint.paginator.type`; empty for the whole spec.
    pub path: String,
    /// Line and column of the key, both from 1, where the notation has them: TOML and YAML. Of a key that is missing it is
    /// the place of what should have it.
    pub location: Option<(usize, usize)>,
    /// What was found, what was expected, and the nearest valid name.
    pub message: String,
}

impl SpecDiagnostic {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> SpecDiagnostic {
        SpecDiagnostic { path: path.into(), location: None, message: problem.into() }
    }
}

/// How many mistakes a message shows.
const MAX_SHOWN: usize = 50;

/// Everything that is wrong with a spec. The message shows the first 50 mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(diagnostics))]
pub struct SpecError {
    /// At least one.
    pub diagnostics: Vec<SpecDiagnostic>,
}

impl From<SpecDiagnostic> for SpecError {
    fn from(diagnostic: SpecDiagnostic) -> SpecError {
        SpecError { diagnostics: vec![diagnostic] }
    }
}

fn list(diagnostics: &[SpecDiagnostic]) -> String {
    let line = |diagnostic: &SpecDiagnostic| {
        let place = diagnostic.location.map(|(line, column)| format!("line {line}, column {column}"));
        match (diagnostic.path.as_str(), place) {
            ("", _) => diagnostic.message.clone(),
            (path, Some(place)) => format!("{path} ({place}): {}", diagnostic.message),
            (path, None) => format!("{path}: {}", diagnostic.message),
        }
    };
    let mut lines: Vec<_> = diagnostics.iter().take(MAX_SHOWN).map(line).collect();
    match diagnostics.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => lines.push("and 1 more mistake".to_owned()),
        more => lines.push(format!("and {more} more mistakes")),
    }
    lines.join("\n")
}
