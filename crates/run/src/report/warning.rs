//! A warning of a load.

use serde::{Deserialize, Serialize};

/// Something that a person should look into, although the load is complete: rows that may be missing, a table that was
/// emptied, a value that did not fit its column.
///
/// Displays as `orders: rows may be missing (3 times)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The resource or the table that it concerns; none where it concerns the whole load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What was found.
    pub message: String,
    /// How many times it was found; 1 or more.
    #[serde(default = "once")]
    pub count: u64,
}

fn once() -> u64 {
    1
}

impl Warning {
    /// A warning of the whole load.
    pub fn new(message: impl Into<String>) -> Warning {
        Warning { resource: None, message: message.into(), count: 1 }
    }

    /// A warning about a resource or a table.
    pub fn for_resource(resource: impl Into<String>, message: impl Into<String>) -> Warning {
        Warning { resource: Some(resource.into()), ..Warning::new(message) }
    }

    /// Sets how many times it was found.
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
    fn a_warning_is_one_line_for_people_and_an_object_for_programs() {
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
