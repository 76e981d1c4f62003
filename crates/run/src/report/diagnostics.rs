//! Diagnostics of packages.

use catchment_extract::{ExtractOutcome, ExtractWarning};
use catchment_json::Value;
use catchment_normalize::NormalizeFindings;
use serde::{Deserialize, Serialize};

use super::Warning;

/// Notes and warnings of building a package. They are stored in the package, so that a later run can report them.
///
/// Displays one line per entry, `note: …` or `warning: …`, without a trailing newline.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The findings of normalization.
    #[serde(flatten)]
    pub findings: NormalizeFindings,
    /// Notes, which require no action.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Warnings, which require attention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl Diagnostics {
    /// Returns the diagnostics of an extraction: `notes` about its plan, and its warnings.
    pub(crate) fn of_extraction(notes: Vec<String>, after: &ExtractOutcome) -> Diagnostics {
        let warning = |warning: &ExtractWarning| Warning {
            resource: Some(warning.resource.clone()).filter(|resource| !resource.is_empty()),
            message: warning.message.clone(),
            count: warning.count,
        };
        let warnings = after.warnings.iter().map(warning).collect();
        Diagnostics { notes, warnings, ..Diagnostics::default() }
    }

    /// Reads the diagnostics stored in a package. Unreadable ones are ignored, because they are only informative.
    pub fn from_stored(stored: &Value) -> Diagnostics {
        serde_json::from_str(&stored.to_string()).unwrap_or_default()
    }

    /// Returns the value that is stored in a package.
    pub(crate) fn to_stored(&self) -> Value {
        catchment_json::to_value(self).unwrap_or_default()
    }

    /// Adds the diagnostics of rows that resulted in no package, because nothing was new.
    pub(crate) fn absorb(&mut self, of_package: Diagnostics) {
        self.notes.extend(of_package.findings.to_string().lines().map(str::to_owned));
        self.notes.extend(of_package.notes);
        self.warnings.extend(of_package.warnings);
    }

    /// Returns true if there are no diagnostics.
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
    fn stored_diagnostics_read_back() {
        let (notes, warnings) = (vec!["a note".to_owned()], vec![Warning::for_resource("items", "x").with_count(2)]);
        let diagnostics = Diagnostics { notes, warnings, ..Diagnostics::default() };
        assert_eq!(Diagnostics::from_stored(&diagnostics.to_stored()), diagnostics);
        assert_eq!(Diagnostics::default().to_stored(), Value::parse("{}").unwrap());
    }

    #[test]
    fn diagnostics_of_rows_without_a_package_are_absorbed() {
        let noticed = Diagnostics::from_stored(&Value::parse(r#"{"discarded":{"a":{"rows":1,"values":0}}}"#).unwrap());
        let mut diagnostics = Diagnostics { warnings: vec![Warning::new("x")], ..Diagnostics::default() };
        diagnostics.absorb(noticed);
        assert_eq!(diagnostics.to_string(), "note: a: 1 row discarded by the schema contract\nwarning: x");
    }
}
