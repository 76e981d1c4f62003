//! What rows may change of a schema.

use catchment_json::{Object, Value};
use thiserror::Error;

use crate::Schema;

/// What happens to rows that would change a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContractMode {
    /// The schema changes.
    #[default]
    Evolve,
    /// The run fails, and nothing is loaded.
    Freeze,
    /// The rows are left out, with their child rows.
    DiscardRow,
    /// The values are left out, and the rows stay.
    DiscardValue,
}

impl ContractMode {
    /// All of them.
    pub const ALL: [ContractMode; 4] =
        [ContractMode::Evolve, ContractMode::Freeze, ContractMode::DiscardRow, ContractMode::DiscardValue];

    /// Its name in specs and stored schemas.
    pub const fn name(self) -> &'static str {
        match self {
            ContractMode::Evolve => "evolve",
            ContractMode::Freeze => "freeze",
            ContractMode::DiscardRow => "discard_row",
            ContractMode::DiscardValue => "discard_value",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<ContractMode> {
        ContractMode::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// What of a schema a [`ContractMode`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractEntity {
    /// New tables.
    Tables,
    /// New columns of tables that have rows.
    Columns,
    /// Values that the type of their column has no room for.
    DataType,
}

impl ContractEntity {
    /// All of them.
    pub const ALL: [ContractEntity; 3] = [ContractEntity::Tables, ContractEntity::Columns, ContractEntity::DataType];

    /// Its name in specs and stored schemas.
    pub fn name(self) -> &'static str {
        match self {
            ContractEntity::Tables => "tables",
            ContractEntity::Columns => "columns",
            ContractEntity::DataType => "data_type",
        }
    }
}

/// A schema contract: what rows may change.
///
/// It guards what was loaded before: the first load of a resource may make all its tables and columns.
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
    /// For new tables.
    pub tables: ContractMode,
    /// For new columns.
    pub columns: ContractMode,
    /// For values of another type than their column.
    pub data_type: ContractMode,
}

/// Something that is no contract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct SchemaContractError {
    /// The key that is wrong; none where it is the whole.
    pub key: Option<String>,
    /// What was found, and what would be right.
    pub problem: String,
}

impl SchemaContract {
    /// The same mode for everything.
    pub fn all(mode: ContractMode) -> SchemaContract {
        SchemaContract { tables: mode, columns: mode, data_type: mode }
    }

    /// The mode for `entity`.
    pub fn mode(&self, entity: ContractEntity) -> ContractMode {
        match entity {
            ContractEntity::Tables => self.tables,
            ContractEntity::Columns => self.columns,
            ContractEntity::DataType => self.data_type,
        }
    }

    /// Reads the form of specs and stored schemas: a mode for everything, or an object of entities with their modes;
    /// those that it lacks evolve.
    ///
    /// # Errors
    ///
    /// Where it is neither.
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

    /// The form that is stored.
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
    /// What rows may change of `table`: what the nearest of it and its parents says, else the schema as a whole.
    pub fn contract(&self, table: &str) -> SchemaContract {
        self.declared_contract(table).or_else(|| read(self.settings.get("schema_contract"))).unwrap_or_default()
    }

    /// What `table` or one of its parents says itself.
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

    /// Sets the contract of all tables that say nothing themselves.
    pub fn set_contract(&mut self, contract: SchemaContract) {
        self.settings.insert("schema_contract".to_owned(), contract.to_value());
    }
}

/// A stored contract; one that other tools wrote and that cannot be read lets everything through.
fn read(value: Option<&Value>) -> Option<SchemaContract> {
    SchemaContract::from_value(value.filter(|value| !value.is_null())?).ok()
}

#[cfg(test)]
mod tests {
    use catchment_json::Value;

    use super::{ContractMode, SchemaContract};
    use crate::{Schema, Table};

    #[test]
    fn contracts_are_read_and_written() {
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
    fn the_nearest_contract_counts() {
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
