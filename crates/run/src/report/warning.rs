//! Warnings in reports.

use serde::{Deserialize, Serialize};

/// A warning about a completed load, such as rows that may be missing, an emptied table or a value that did not fit its
/// column.
///
/// Displays as `orders: rows may be missing (3 times)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The affected resource or table, or `None` for the whole load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The message.
    pub message: String,
    /// The number of occurrences, at least 1.
    #[serde(default = "once")]
    pub count: u64,
}

fn once() -> u64 {
    1
}

impl Warning {
    /// Creates a warning about the whole load.
    pub fn new(message: impl Into<String>) -> Warning {
        Warning { resource: None, message: message.into(), count: 1 }
    }

    /// Creates a warning about a resource or a table.
    pub fn for_resource(resource: impl Into<String>, message: impl Into<String>) -> Warning {
        Warning { resource: Some(resource.into()), ..Warning::new(message) }
    }

    /// Sets the number of occurrences.
    #[must_use]
    pub fn with_count(mut self, count: u64) -> Warning {
        self.count = count;
        self
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(resource) = &self.resource {
            write!(f, "{resource}: ")?;
        }
        f.write_str(&self.message)?;
        if self.count > 1 { write!(f, " ({} times)", self.count) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Warning;

    #[test]
    fn warnings_display_as_a_line_and_serialize_as_an_object() {
        #[track_caller]
        fn check(warning: &Warning, text: &str, json: &str) {
            assert_eq!((warning.to_string().as_str(), serde_json::to_string(warning).unwrap().as_str()), (text, json));
            assert_eq!(serde_json::from_str::<Warning>(json).unwrap(), *warning);
        }
        check(&Warning::new("x"), "x", r#"{"message":"x","count":1}"#);
        check(&Warning::for_resource("r", "x"), "r: x", r#"{"resource":"r","message":"x","count":1}"#);
        check(&Warning::for_resource("r", "x").with_count(3), "r: x (3 times)", r#"{"resource":"r","message":"x","count":3}"#);
        assert_eq!(serde_json::from_str::<Warning>(r#"{"message":"x"}"#).unwrap(), Warning::new("x"));
    }
}
