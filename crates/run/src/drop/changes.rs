//! Changes of a drop, for display.

use std::fmt;

use catchment_json::Value;
use serde::Serialize;

/// The changes of a drop in one schema.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SchemaDrop {
    /// The name of the schema.
    pub schema: String,
    /// The dropped resources.
    pub resources: Vec<String>,
    /// The dropped tables, with child tables after their parent table. Empty if only state is dropped.
    pub tables: Vec<DroppedTable>,
    /// The positions of the deleted values in the state, such as `sources.github.resources.issues`.
    pub state: Vec<String>,
    /// The cursors that are deleted or set, also those of dropped resources.
    pub cursors: Vec<CursorChange>,
}

/// A dropped table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DroppedTable {
    /// The name.
    pub name: String,
    /// Whether rows were ever loaded into the table.
    pub has_rows: bool,
}

/// A cursor that is deleted or set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CursorChange {
    /// The name of the source.
    pub source: String,
    /// The name of the resource.
    pub resource: String,
    /// The path of the cursor.
    pub cursor_path: String,
    /// The value before, from which the next run would have started; null if there was none.
    pub old_value: Value,
    /// The value after, from which the next run starts, including rows at this value; `None` if the cursor is deleted and
    /// starts at its initial value.
    pub new_value: Option<Value>,
}

impl fmt::Display for CursorChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cursor `{}` of {}: {} -> ", self.cursor_path, self.resource, self.old_value)?;
        match &self.new_value {
            Some(value) => write!(f, "{value}"),
            None => f.write_str("none, starts at its initial value"),
        }
    }
}

impl fmt::Display for DroppedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.has_rows { Ok(()) } else { f.write_str(" (never loaded)") }
    }
}

impl fmt::Display for SchemaDrop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "schema {}", self.schema)?;
        if !self.resources.is_empty() {
            write!(f, "\n  drop resources: {}", self.resources.join(", "))?;
        }
        if !self.tables.is_empty() {
            let tables: Vec<String> = self.tables.iter().map(ToString::to_string).collect();
            write!(f, "\n  drop tables: {}", tables.join(", "))?;
        }
        if !self.state.is_empty() {
            write!(f, "\n  delete state: {}", self.state.join(", "))?;
        }
        self.cursors.iter().try_for_each(|cursor| write!(f, "\n  {cursor}"))
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::{CursorChange, DroppedTable, SchemaDrop};

    fn changes() -> SchemaDrop {
        let table = |name: &str, has_rows| DroppedTable { name: name.to_owned(), has_rows };
        let cursor = |resource: &str, old_value: Value, new_value| CursorChange {
            source: "github".to_owned(),
            resource: resource.to_owned(),
            cursor_path: "at".to_owned(),
            old_value,
            new_value,
        };
        SchemaDrop {
            schema: "github".to_owned(),
            resources: vec!["issues".to_owned()],
            tables: vec![table("issues", true), table("issues__labels", false)],
            state: vec!["sources.github.resources.issues".to_owned()],
            cursors: vec![cursor("issues", Value::from("2024-05-31"), None), cursor("events", 9.into(), Some(5.into()))],
        }
    }

    #[test]
    fn changes_are_displayed() {
        insta::assert_snapshot!(changes(), @r#"
        schema github
          drop resources: issues
          drop tables: issues, issues__labels (never loaded)
          delete state: sources.github.resources.issues
          cursor `at` of issues: "2024-05-31" -> none, starts at its initial value
          cursor `at` of events: 9 -> 5
        "#);
    }

    #[test]
    fn changes_are_serialized() {
        let json = serde_json::to_string(&changes()).unwrap();
        insta::assert_snapshot!(json, @r#"{"schema":"github","resources":["issues"],"tables":[{"name":"issues","has_rows":true},{"name":"issues__labels","has_rows":false}],"state":["sources.github.resources.issues"],"cursors":[{"source":"github","resource":"issues","cursor_path":"at","old_value":"2024-05-31","new_value":null},{"source":"github","resource":"events","cursor_path":"at","old_value":9,"new_value":5}]}"#);
    }
}
