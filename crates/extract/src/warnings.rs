//! Warnings about pages, for the report of a run.

use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The maximum number of distinct warnings in a report.
const MAX_DISTINCT: usize = 100;

/// The maximum length of a message in bytes.
const MAX_MESSAGE: usize = 2000;

/// A warning about the pages of a resource, for the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractWarning {
    /// The name of the resource; empty for the count of omitted warnings.
    pub resource: String,
    /// The message.
    pub message: String,
    /// The number of occurrences in the run.
    pub count: u64,
}

/// The warnings of a run. Clones share one collection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Warnings {
    collected: Arc<Mutex<Collected>>,
}

#[derive(Debug, Default)]
struct Collected {
    /// Occurrences by resource and message, in order of first appearance.
    counts: IndexMap<(String, String), u64>,
    /// The number of warnings beyond the limit.
    left_out: u64,
}

impl Warnings {
    /// Adds a warning about a page of `resource`. Equal warnings are counted.
    pub(crate) fn add(&self, resource: &str, mut message: String) {
        if message.len() > MAX_MESSAGE {
            message.truncate(message.floor_char_boundary(MAX_MESSAGE));
            message.push('…');
        }
        let mut collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = collected.counts.len() >= MAX_DISTINCT;
        let key = (resource.to_owned(), message);
        match collected.counts.get_mut(&key) {
            Some(count) => *count += 1,
            None if is_full => collected.left_out += 1,
            None => drop(collected.counts.insert(key, 1)),
        }
    }

    /// Returns the warnings in order of first appearance, followed by one with the number of omitted warnings, if any.
    pub(crate) fn all(&self) -> Vec<ExtractWarning> {
        let collected = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let warning = |((resource, message), count): (&(String, String), &u64)| ExtractWarning {
            resource: resource.clone(),
            message: message.clone(),
            count: *count,
        };
        let mut all: Vec<ExtractWarning> = collected.counts.iter().map(warning).collect();
        if collected.left_out > 0 {
            let message = format!("{} more warnings are not shown", collected.left_out);
            all.push(ExtractWarning { resource: String::new(), message, count: collected.left_out });
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Warnings;

    #[track_caller]
    fn check(added: impl IntoIterator<Item = (&'static str, String)>, expected: &str) {
        let warnings = Warnings::default();
        added.into_iter().for_each(|(resource, message)| warnings.clone().add(resource, message));
        let shown = |warning: super::ExtractWarning| format!("{}: {} ({})", warning.resource, warning.message, warning.count);
        assert_eq!(warnings.all().into_iter().map(shown).collect::<Vec<_>>().join("; "), expected);
    }

    fn of(resource: &'static str, message: &str) -> (&'static str, String) {
        (resource, message.to_owned())
    }

    #[test]
    fn equal_warnings_of_one_resource_are_counted() {
        check([], "");
        check([of("b", "x"), of("a", "x"), of("b", "y"), of("b", "x")], "b: x (2); a: x (1); b: y (1)");
    }

    #[test]
    fn warnings_beyond_the_limit_are_counted() {
        let many = (0..150).map(|n| ("r", format!("{}", n % 120)));
        let expected: Vec<String> = (0..100).map(|n| format!("r: {n} ({})", 1 + u64::from(n < 30))).collect();
        check(many, &format!("{}; : 20 more warnings are not shown (20)", expected.join("; ")));
    }

    #[test]
    fn long_messages_are_truncated() {
        check([("r", "ä".repeat(1500))], &format!("r: {}… (1)", "ä".repeat(1000)));
    }
}
