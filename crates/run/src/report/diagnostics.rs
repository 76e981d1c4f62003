//! What the report of a package says beside its rows.

use catchment_json::Value;
use catchment_normalize::NormalizeFindings;
use serde::{Deserialize, Serialize};

use super::Warning;

/// What was noticed while a package was made. It is stored in the package, so that whoever loads it can report it.
///
/// Displays a line for each remark, `note: …` or `warning: …`, without a newline at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Diagnostics {
    /// What was noticed while the rows were normalized.
    #[serde(flatten)]
    pub findings: NormalizeFindings,
    /// What is good to know and needs no action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What a person should look into.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Diagnostics {
    /// Reads the remarks that are stored in a package. Those that cannot be read are lost: they are for people alone.
    pub fn from_stored(stored: &Value) -> Diagnostics {
        serde_json::from_str(&stored.to_string()).unwrap_or_default()
    }

    /// Returns the form that is stored in a package.
    pub(crate) fn to_stored(&self) -> Value {
        catchment_json::to_value(self).unwrap_or_default()
    }

    /// Adds the remarks of a package that was not made, as it would have brought nothing new.
    pub(crate) fn absorb(&mut self, of_package: Diagnostics) {
        self.notes.extend(of_package.findings.to_string().lines().map(str::to_owned));
        self.notes.extend(of_package.notes);
        self.warnings.extend(of_package.warnings);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty() && self.notes.is_empty() && self.warnings.is_empty()
    }
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let findings = self.findings.to_string();
        let notes = findings.lines().chain(self.notes.iter().map(String::as_str)).map(|note| format!("note: {note}"));
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        f.write_str(&notes.chain(warnings).collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::Diagnostics;
    use crate::report::Warning;

    #[test]
    fn packages_of_earlier_versions_are_read() {
        #[track_caller]
        fn check(stored: &str, expected: &str) {
            assert_eq!(Diagnostics::from_stored(&Value::parse(stored).unwrap()).to_string(), expected);
        }
        check("null", "");
        check("{}", "");
        check(r#"{"discarded":{"items":{"rows":2,"values":0}}}"#, "note: items: 2 rows discarded by the schema contract");
        check(r#"{"warnings":[{"resource":"items","message":"x"}]}"#, "warning: items: x");
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let (notes, warnings) = (vec!["a note".to_owned()], vec![Warning::for_resource("items", "x").with_count(2)]);
        let diagnostics = Diagnostics { notes, warnings, ..Diagnostics::default() };
        assert_eq!(Diagnostics::from_stored(&diagnostics.to_stored()), diagnostics);
        assert_eq!(Diagnostics::default().to_stored(), Value::parse("{}").unwrap());
    }

    #[test]
    fn what_is_noticed_of_rows_that_make_no_package_is_kept() {
        let noticed = Diagnostics::from_stored(&Value::parse(r#"{"discarded":{"a":{"rows":1,"values":0}}}"#).unwrap());
        let mut diagnostics = Diagnostics { warnings: vec![Warning::new("x")], ..Diagnostics::default() };
        diagnostics.absorb(noticed);
        assert_eq!(diagnostics.to_string(), "note: a: 1 row discarded by the schema contract\nwarning: x");
    }
}
