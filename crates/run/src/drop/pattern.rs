//! Patterns of resource names.

use std::fmt;
use std::str::FromStr;

use regex::Regex;
use thiserror::Error;

/// A pattern of resource names: an exact name, or `re:` and a regular expression that matches from the start of the name,
/// as in dlt.
///
/// ```
/// use catchment_run::ResourcePattern;
///
/// let pattern: ResourcePattern = "re:issue_".parse()?;
/// assert!(pattern.matches("issue_events") && !pattern.matches("old_issue_events"));
/// assert!(!"issue".parse::<ResourcePattern>()?.matches("issue_events"));
/// # Ok::<(), catchment_run::ResourcePatternError>(())
/// ```
#[derive(Debug, Clone)]
pub struct ResourcePattern {
    text: String,
    /// The regular expression; `None` for an exact name.
    expression: Option<Regex>,
}

/// The error of an invalid regular expression.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "resource pattern {pattern:?} is not a valid regular expression: {problem}; use a resource name, or `re:` and an expression"
)]
pub struct ResourcePatternError {
    pattern: String,
    problem: String,
}

impl ResourcePattern {
    /// Creates the pattern of an exact name, which may contain any characters.
    pub fn exact(name: impl Into<String>) -> ResourcePattern {
        ResourcePattern { text: name.into(), expression: None }
    }

    /// Returns true if the pattern matches the resource `name`.
    pub fn matches(&self, name: &str) -> bool {
        self.expression.as_ref().map_or(self.text == name, |expression| expression.is_match(name))
    }

    /// Returns the name if the pattern is an exact name.
    pub(super) fn as_exact(&self) -> Option<&str> {
        self.expression.is_none().then_some(&self.text)
    }
}

impl FromStr for ResourcePattern {
    type Err = ResourcePatternError;

    fn from_str(text: &str) -> Result<ResourcePattern, ResourcePatternError> {
        let Some(expression) = text.strip_prefix("re:") else { return Ok(ResourcePattern::exact(text)) };
        // Parsed alone first, because an unbalanced `)` would be valid in the group.
        let parsed = Regex::new(expression).and_then(|_| Regex::new(&format!("^(?:{expression})")));
        let expression = parsed.map_err(|error| {
            // The message of the error has several lines, the last of which names the cause.
            let problem = error.to_string();
            let problem = problem.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            ResourcePatternError { pattern: text.to_owned(), problem }
        })?;
        Ok(ResourcePattern { text: text.to_owned(), expression: Some(expression) })
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::ResourcePattern;

    #[track_caller]
    fn check(pattern: &str, name: &str, expected: bool) {
        let parsed: ResourcePattern = pattern.parse().unwrap();
        assert_eq!((parsed.matches(name), parsed.to_string().as_str()), (expected, pattern), "{pattern} {name}");
    }

    #[test]
    fn names_match_exactly_and_expressions_from_the_start() {
        check("issues", "issues", true);
        check("issues", "issues2", false);
        check("is.ues", "issues", false);
        check("re:issues", "issues2", true);
        check("re:ssues", "issues", false);
        check("re:.*ssues$", "issues", true);
        check("re:a|b", "bc", true);
        check("re:a|b", "cb", false);
        check("re:", "anything", true);
    }

    #[test]
    fn invalid_expressions_are_rejected() {
        for pattern in ["re:(", "re:a)(b", "re:*"] {
            let error = pattern.parse::<ResourcePattern>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("resource pattern {pattern:?} is not a valid regular expression: ")), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
