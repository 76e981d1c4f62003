//! What can be wrong with a spec.

use thiserror::Error;

/// One thing that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The path of the key: `resources[2].endpoint.paginator.type`; empty for the whole spec.
    pub path: String,
    /// What was found, what was expected, and the nearest valid name.
    pub problem: String,
}

/// Everything that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(mistakes))]
pub struct SpecError {
    /// In the order of the spec, at least one.
    pub mistakes: Vec<Mistake>,
}

fn list(mistakes: &[Mistake]) -> String {
    let line = |mistake: &Mistake| match mistake.path.as_str() {
        "" => mistake.problem.clone(),
        path => format!("{path}: {}", mistake.problem),
    };
    mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
}
