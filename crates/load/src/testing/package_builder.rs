//! Builder of test packages.

use std::sync::Arc;

use arrow::array::{Array as _, ArrayRef, Decimal128Array};
use arrow::datatypes::{Field, Schema as ArrowSchema};
use arrow::record_batch::RecordBatch;
use catchment_json::{Object, Value};
use catchment_load_package::{PackageFooter, PackageWriter, SealedPackage};
use catchment_schema::{
    Column, ColumnType, DLT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_ROOT_ID_COLUMN,
    DataType, ROOT_ROW_COLUMN, ROOT_ROW_PRECISION, Schema, SchemaDelta, Table, TableDelta, WriteDisposition, system_column,
};
use catchment_state::State;

use super::array::array;
use super::failure::Mismatch;
use super::rows::{Records, RowFlattener};

/// A builder of a package. Schema and state can be changed before it is sealed.
pub(crate) struct PackageBuilder {
    pub(super) writer: PackageWriter,
    pub(super) schema: Schema,
    pub(super) state: State,
    pub(super) load_id: String,
    /// The source, which is also the name of the schema.
    pub(super) source: String,
    /// The number of the next root row.
    pub(super) next_row: i128,
}

/// The gap between the numbers of root rows. It produces numbers with many digits.
const BETWEEN_ROWS: i128 = 1 << 50;

impl PackageBuilder {
    /// Adds rows of the root table `table`, a JSON array of objects, as one batch per table.
    pub(crate) fn rows(&mut self, table: &str, rows: &str) -> Result<(), Mismatch> {
        let parsed = Value::parse(rows).map_err(|error| Mismatch::new("building a package", "a list of rows", error))?;
        self.rows_from_values(table, parsed.as_array().unwrap_or_default())
    }

    /// Adds rows of the root table `table` as one batch per table.
    pub(crate) fn rows_from_values(&mut self, table: &str, rows: &[Value]) -> Result<(), Mismatch> {
        let mut records = RowFlattener::new(&self.schema, table, &self.load_id);
        for row in rows {
            records.add(row, self.next_row);
            self.next_row += BETWEEN_ROWS;
        }
        for (name, records) in records.into_tables() {
            let columns = self.columns(&name, &records);
            let delta = TableDelta { name: name.clone(), parent: records.parent.clone(), columns: columns.clone() };
            self.schema.apply(&SchemaDelta::from(delta));
            if let Some(table) = self.schema.tables.get_mut(&name) {
                table.set_seen_data();
            }
            let batch = self.batch(&name, columns.iter().map(|column| column.name.as_str()), &records)?;
            self.writer.append(&name, batch)?;
        }
        Ok(())
    }

    /// Adds an empty batch with all columns of the existing table `table`.
    pub(crate) fn empty_batch(&mut self, table: &str) -> Result<(), Mismatch> {
        let validity = |column: &&Column| column.has_hint("x-valid-from") || column.has_hint("x-valid-to");
        let known = self.schema.tables.get(table).into_iter().flat_map(Table::complete_columns);
        let columns: Vec<String> = known.filter(|column| !validity(column)).map(|column| column.name.clone()).collect();
        let batch = self.batch(table, columns.iter().map(String::as_str), &Records::default())?;
        Ok(self.writer.append(table, batch)?)
    }

    /// Sets the cursor of `resource` in the state.
    pub(crate) fn read_up_to(&mut self, resource: &str, cursor: i64) {
        let resource_state = Object::from_iter([("at".to_owned(), Value::from(cursor))]);
        self.state.set_resource(&self.source, resource, Some(resource_state));
    }

    pub(crate) fn seal(mut self) -> Result<Arc<SealedPackage>, Mismatch> {
        self.schema.update_version();
        self.state.add_schema(&self.schema.name);
        self.state.update_version();
        Ok(Arc::new(self.writer.seal(PackageFooter { schema: self.schema, state: self.state, findings: Value::Null })?))
    }

    /// Returns the columns of `records` in the order of their first values, with types from the schema or inferred.
    fn columns(&self, table: &str, records: &Records) -> Vec<Column> {
        let known = self.schema.tables.get(table);
        let mut names: Vec<&str> = Vec::new();
        for name in records.cells.iter().flat_map(Object::keys) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let column = |name: &str| {
            let values = || records.cells.iter().filter_map(|cells| cells.get(name));
            column(known.and_then(|table| table.columns.get(name)), name, values)
        };
        names.into_iter().filter_map(column).collect()
    }

    fn batch<'n>(&self, name: &str, columns: impl Iterator<Item = &'n str>, records: &Records) -> Result<RecordBatch, Mismatch> {
        let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
        let table = self.schema.tables.get(name);
        for column in columns {
            let column_type = table.and_then(|table| table.columns.get(column)).and_then(Column::column_type);
            let cells = records.cells.iter().map(|cells| cells.get(column));
            let values = array(column_type.unwrap_or(ColumnType::Text), cells)?;
            fields.push(Field::new(column, values.data_type().clone(), true));
            arrays.push(values);
        }
        if self.schema.write_disposition(self.schema.root_of(name)) == WriteDisposition::Merge {
            let numbers = Decimal128Array::from(records.root_rows.clone()).with_precision_and_scale(ROOT_ROW_PRECISION, 0)?;
            fields.push(Field::new(ROOT_ROW_COLUMN, numbers.data_type().clone(), true));
            arrays.push(Arc::new(numbers));
        }
        Ok(RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), arrays)?)
    }
}

/// Returns the column `name`, or `None` if it has no value and no known type.
fn column<'v, V: Iterator<Item = &'v Value>>(known: Option<&Column>, name: &str, values: impl Fn() -> V) -> Option<Column> {
    let system = [DLT_ID_COLUMN, DLT_LOAD_ID_COLUMN, DLT_PARENT_ID_COLUMN, DLT_LIST_IDX_COLUMN, DLT_ROOT_ID_COLUMN]
        .into_iter()
        .find(|system| *system == name);
    if let Some(system) = system {
        return Some(system_column(system));
    }
    let is_fraction = |value: &Value| matches!(value, Value::Number(number) if !number.is_integer());
    if let Some(known) = known.filter(|column| column.data_type.is_some()) {
        let becomes_double = known.data_type == Some(DataType::Bigint) && values().any(is_fraction);
        return Some(if becomes_double { Column::new(name, DataType::Double) } else { known.clone() });
    }
    let data_type = match values().find(|value| !value.is_null())? {
        Value::Number(_) if values().any(is_fraction) => DataType::Double,
        Value::Number(_) => DataType::Bigint,
        Value::Bool(_) => DataType::Bool,
        Value::String(_) => DataType::Text,
        _ => DataType::Json,
    };
    Some(Column::new(name, data_type))
}
