//! What can be wrong with a spec.

use thiserror::Error;

/// One thing that is wrong with a spec.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mistake {
    /// The path of the key: `resources[2].endpoint.paginator.type`; empty for the whole spec.
    pub path: String,
    /// Line and column of the key, both from 1, where the notation has them: TOML and YAML. Of a key that is missing it is
    /// the place of what should have it.
    pub place: Option<(usize, usize)>,
    /// What was found, what was expected, and the nearest valid name.
    pub problem: String,
}

impl Mistake {
    pub(crate) fn new(path: impl Into<String>, problem: impl Into<String>) -> Mistake {
        Mistake { path: path.into(), place: None, problem: problem.into() }
    }
}

/// How many mistakes a message shows.
const MAX_SHOWN: usize = 50;

/// Everything that is wrong with a spec. The message shows the first 50 mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", list(mistakes))]
pub struct SpecError {
    /// At least one.
    pub mistakes: Vec<Mistake>,
}

impl From<Mistake> for SpecError {
    fn from(mistake: Mistake) -> SpecError {
        SpecError { mistakes: vec![mistake] }
    }
}

fn list(mistakes: &[Mistake]) -> String {
    let line = |mistake: &Mistake| {
        let place = mistake.place.map(|(line, column)| format!("line {line}, column {column}"));
        match (mistake.path.as_str(), place) {
            ("", _) => mistake.problem.clone(),
            (path, Some(place)) => format!("{path} ({place}): {}", mistake.problem),
            (path, None) => format!("{path}: {}", mistake.problem),
        }
    };
    let mut lines: Vec<_> = mistakes.iter().take(MAX_SHOWN).map(line).collect();
    match mistakes.len().saturating_sub(MAX_SHOWN) {
        0 => {}
        1 => lines.push("and 1 more mistake".to_owned()),
        more => lines.push(format!("and {more} more mistakes")),
    }
    lines.join("\n")
}
