//! Assignments of cursor values.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A new value for the cursor of a resource: `RESOURCE=VALUE`, or `RESOURCE:CURSOR_PATH=VALUE` for a resource with several
/// cursors.
///
/// The value gets the type of the current value of the cursor: a number stays a number, a text a text.
///
/// ```
/// use catchment_run::CursorAssignment;
///
/// let assignment: CursorAssignment = "issues=2024-05-31T00:00:00Z".parse()?;
/// assert_eq!(assignment, CursorAssignment::new("issues", "2024-05-31T00:00:00Z"));
/// let assignment: CursorAssignment = "issues:data.updated_at=2024-05-31".parse()?;
/// assert_eq!(assignment, CursorAssignment::new("issues", "2024-05-31").cursor_path("data.updated_at"));
/// # Ok::<(), catchment_run::CursorAssignmentError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorAssignment {
    /// The name of the resource.
    pub resource: String,
    /// The path of the cursor; `None` for the only cursor of the resource. Default: `None`.
    pub cursor_path: Option<String>,
    /// The value as text.
    pub value: String,
}

/// The error of a text that is not an assignment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{found:?} does not set a cursor: it {problem}; write RESOURCE=VALUE or RESOURCE:CURSOR_PATH=VALUE")]
pub struct CursorAssignmentError {
    found: String,
    problem: &'static str,
}

impl CursorAssignment {
    /// Creates an assignment to the only cursor of a resource.
    pub fn new(resource: impl Into<String>, value: impl Into<String>) -> CursorAssignment {
        CursorAssignment { resource: resource.into(), cursor_path: None, value: value.into() }
    }

    /// Sets the path of the cursor.
    #[must_use]
    pub fn cursor_path(mut self, path: impl Into<String>) -> CursorAssignment {
        self.cursor_path = Some(path.into());
        self
    }
}

impl FromStr for CursorAssignment {
    type Err = CursorAssignmentError;

    fn from_str(text: &str) -> Result<CursorAssignment, CursorAssignmentError> {
        let error = |problem| CursorAssignmentError { found: text.to_owned(), problem };
        let (target, value) = text.split_once('=').ok_or_else(|| error("has no `=`"))?;
        let (resource, cursor_path) = target.split_once(':').map_or((target, None), |(resource, path)| (resource, Some(path)));
        if resource.is_empty() || cursor_path == Some("") {
            return Err(error(if resource.is_empty() { "has no resource" } else { "has no cursor path after `:`" }));
        }
        if value.is_empty() {
            return Err(error("has no value"));
        }
        let (resource, cursor_path) = (resource.to_owned(), cursor_path.map(str::to_owned));
        Ok(CursorAssignment { resource, cursor_path, value: value.to_owned() })
    }
}

impl fmt::Display for CursorAssignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CursorAssignment { resource, cursor_path, value } = self;
        match cursor_path {
            Some(path) => write!(f, "{resource}:{path}={value}"),
            None => write!(f, "{resource}={value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CursorAssignment;

    #[track_caller]
    fn check(text: &str, expected: CursorAssignment) {
        let parsed: CursorAssignment = text.parse().unwrap();
        assert_eq!((parsed.to_string(), parsed), (text.to_owned(), expected));
    }

    #[test]
    fn assignments_are_parsed() {
        check("r=1", CursorAssignment::new("r", "1"));
        check("r=a=b:c", CursorAssignment::new("r", "a=b:c"));
        check("r:a.b=1", CursorAssignment::new("r", "1").cursor_path("a.b"));
        check("r:a:b=1", CursorAssignment::new("r", "1").cursor_path("a:b"));
    }

    #[test]
    fn incomplete_assignments_are_rejected() {
        #[track_caller]
        fn check(text: &str, problem: &str) {
            assert_eq!(text.parse::<CursorAssignment>().unwrap_err().problem, problem, "{text}");
        }
        check("r", "has no `=`");
        check("=1", "has no resource");
        check(":p=1", "has no resource");
        check("r:=1", "has no cursor path after `:`");
        check("r=", "has no value");
    }
}
