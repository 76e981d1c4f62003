//! Schema contracts.

use catchment_json::{Object, Value};
use thiserror::Error;

use crate::Schema;

/// How to handle rows that would change a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContractMode {
    /// Changes the schema.
    #[default]
    Evolve,
    /// Fails the run; nothing is loaded.
    Freeze,
    /// Discards the rows and their child rows.
    DiscardRow,
    /// Discards the values and loads the rest of the rows.
    DiscardValue,
}

impl ContractMode {
    /// All modes.
    pub const ALL: [ContractMode; 4] =
        [ContractMode::Evolve, ContractMode::Freeze, ContractMode::DiscardRow, ContractMode::DiscardValue];

    /// Returns the name used in specs and stored schemas.
    pub const fn name(self) -> &'static str {
        match self {
            ContractMode::Evolve => "evolve",
            ContractMode::Freeze => "freeze",
            ContractMode::DiscardRow => "discard_row",
            ContractMode::DiscardValue => "discard_value",
        }
    }

    /// Returns the mode with the name `name`.
    pub fn from_name(name: &str) -> Option<ContractMode> {
        ContractMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// The part of a schema that a [`ContractMode`] applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractEntity {
    /// New tables.
    Tables,
    /// New columns of tables that have rows.
    Columns,
    /// Values that do not fit the type of their column.
    DataType,
}

impl ContractEntity {
    /// All entities.
    pub const ALL: [ContractEntity; 3] = [ContractEntity::Tables, ContractEntity::Columns, ContractEntity::DataType];

    /// Returns the name used in specs and stored schemas.
    pub fn name(self) -> &'static str {
        match self {
            ContractEntity::Tables => "tables",
            ContractEntity::Columns => "columns",
            ContractEntity::DataType => "data_type",
        }
    }
}

/// A schema contract: the schema changes that rows may cause.
///
/// A contract protects loaded data, so the first load of a resource may create tables and columns freely.
///
/// ```
/// use catchment_json::Value;
/// use catchment_schema::{SchemaContract, ContractMode};
///
/// let contract = SchemaContract::from_value(&Value::parse(r#"{"columns": "freeze"}"#)?)?;
/// assert_eq!(contract, SchemaContract { columns: ContractMode::Freeze, ..SchemaContract::default() });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SchemaContract {
    /// The mode for new tables.
    pub tables: ContractMode,
    /// The mode for new columns.
    pub columns: ContractMode,
    /// The mode for values that do not fit the type of their column.
    pub data_type: ContractMode,
}

/// An invalid schema contract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct SchemaContractError {
    /// The invalid key, or `None` if the contract itself has the wrong type.
    pub key: Option<String>,
    /// The invalid value and the expected ones.
    pub problem: String,
}

impl SchemaContract {
    /// Creates a contract with the same mode for tables, columns and data types.
    pub fn all(mode: ContractMode) -> SchemaContract {
        SchemaContract { tables: mode, columns: mode, data_type: mode }
    }

    /// Returns the mode for `entity`.
    pub fn mode(&self, entity: ContractEntity) -> ContractMode {
        match entity {
            ContractEntity::Tables => self.tables,
            ContractEntity::Columns => self.columns,
            ContractEntity::DataType => self.data_type,
        }
    }

    /// Parses the format of specs and stored schemas: one mode, or an object with a mode for each entity. Missing entities
    /// evolve.
    ///
    /// # Errors
    ///
    /// Returns an error if `value` is neither, or has an unknown key or mode.
    pub fn from_value(value: &Value) -> Result<SchemaContract, SchemaContractError> {
        match value {
            Value::String(name) => mode(name, None).map(SchemaContract::all),
            Value::Object(object) => from_object(object),
            other => {
                let problem = format!("found {}, expected a mode or an object of modes", other.type_name());
                Err(SchemaContractError { key: None, problem })
            }
        }
    }

    /// Converts the contract to the stored format.
    pub fn to_value(&self) -> Value {
        let modes = ContractEntity::ALL.map(|entity| self.mode(entity));
        match modes {
            [a, b, c] if a == b && b == c => Value::from(a.name()),
            _ => Value::object(ContractEntity::ALL.into_iter().zip(modes).map(|(e, mode)| (e.name(), Value::from(mode.name())))),
        }
    }
}

fn from_object(object: &Object) -> Result<SchemaContract, SchemaContractError> {
    let mut contract = SchemaContract::default();
    for (key, value) in object {
        let slot = match key.as_str() {
            "tables" => &mut contract.tables,
            "columns" => &mut contract.columns,
            "data_type" => &mut contract.data_type,
            _ => {
                let problem = "unknown key; expected tables, columns or data_type".to_owned();
                return Err(SchemaContractError { key: Some(key.clone()), problem });
            }
        };
        *slot = match value {
            Value::Null => ContractMode::Evolve,
            Value::String(name) => mode(name, Some(key))?,
            other => {
                let problem = format!("found {}, expected a mode", other.type_name());
                return Err(SchemaContractError { key: Some(key.clone()), problem });
            }
        };
    }
    Ok(contract)
}

fn mode(name: &str, key: Option<&String>) -> Result<ContractMode, SchemaContractError> {
    ContractMode::from_name(name).ok_or_else(|| {
        let names = ContractMode::ALL.map(ContractMode::name).join(", ");
        SchemaContractError { key: key.cloned(), problem: format!("found {name:?}, expected one of {names}") }
    })
}

impl Schema {
    /// Returns the contract of `table`: its own, else that of its nearest ancestor, else that of the schema.
    pub fn contract(&self, table: &str) -> SchemaContract {
        self.declared_contract(table).or_else(|| read(self.settings.get("schema_contract"))).unwrap_or_default()
    }

    /// Returns the contract declared for `table` or its nearest ancestor.
    pub fn declared_contract(&self, table: &str) -> Option<SchemaContract> {
        let mut next = self.tables.get(table);
        for _ in 0..=self.tables.len() {
            let table = next?;
            if let Some(contract) = read(table.hints.get("schema_contract")) {
                return Some(contract);
            }
            next = table.parent.as_ref().and_then(|parent| self.tables.get(parent));
        }
        None
    }

    /// Sets the contract of all tables that do not declare one.
    pub fn set_contract(&mut self, contract: SchemaContract) {
        self.settings.insert("schema_contract".to_owned(), contract.to_value());
    }
}

/// Parses a stored contract. An invalid contract, which another tool may have written, is ignored.
fn read(value: Option<&Value>) -> Option<SchemaContract> {
    SchemaContract::from_value(value.filter(|value| !value.is_null())?).ok()
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::{ContractMode, SchemaContract};
    use crate::{Schema, Table};

    #[test]
    fn contracts_are_parsed_and_serialized() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = SchemaContract::from_value(&Value::parse(text).unwrap());
            let found = found.map(|c| c.to_value().to_string()).map_err(|e| format!("{:?}: {e}", e.key));
            assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        };
        check(r#""freeze""#, Ok(r#""freeze""#));
        check("{}", Ok(r#""evolve""#));
        check(
            r#"{"data_type":"freeze","columns":"discard_row"}"#,
            Ok(r#"{"tables":"evolve","columns":"discard_row","data_type":"freeze"}"#),
        );
        check(r#""frozen""#, Err(r#"None: found "frozen", expected one of evolve, freeze, discard_row, discard_value"#));
        check(r#"{"rows":"freeze"}"#, Err(r#"Some("rows"): unknown key; expected tables, columns or data_type"#));
        check(r#"{"columns":1}"#, Err(r#"Some("columns"): found a number, expected a mode"#));
        check("1", Err("None: found a number, expected a mode or an object of modes"));
    }

    #[test]
    fn nearest_contract_takes_precedence() {
        let mut schema = Schema::new("s");
        schema.tables.insert("a".to_owned(), Table::root("a", "a"));
        schema.tables.insert("a__b".to_owned(), Table::child("a__b", "a"));
        assert_eq!(schema.contract("a__b"), SchemaContract::default());
        schema.set_contract(SchemaContract::all(ContractMode::Freeze));
        assert_eq!(schema.contract("a__b"), SchemaContract::all(ContractMode::Freeze));
        assert_eq!(schema.declared_contract("a__b"), None);
        schema.tables["a"].hints.insert("schema_contract".to_owned(), Value::from("discard_row"));
        assert_eq!(schema.contract("a__b"), SchemaContract::all(ContractMode::DiscardRow));
        assert_eq!(schema.contract("new"), SchemaContract::all(ContractMode::Freeze));
    }
}
