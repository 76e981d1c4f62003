//! Naive assignment of the values of a row to columns.

use catchment_json::Value;
use catchment_schema::{ColumnType, ContractMode, DataType};

use super::walk::Link;
use super::{Naive, Refused, Table};
use crate::cell::Cell;
use crate::convert::{EXACT, convert, infer, number_type};

/// The target of a value.
enum Place {
    /// The column, with its new type.
    Column(ColumnType),
    Variant,
    DiscardValue,
    DiscardRow,
}

impl Naive {
    /// Adds a row. Returns false if the row is discarded.
    pub(super) fn place(
        &mut self,
        name: &str,
        link: Option<Link<'_>>,
        id: &str,
        values: &[(String, Value)],
    ) -> Result<bool, Refused> {
        match self.table_mode(name) {
            ContractMode::Evolve => {}
            ContractMode::Freeze => return Err(Refused::Frozen),
            ContractMode::DiscardRow | ContractMode::DiscardValue => return Ok(false),
        }
        let mut table = self
            .tables
            .get(name)
            .cloned()
            .unwrap_or_else(|| Table { parent: link.map(|link| link.table.to_owned()), ..Table::default() });
        if table.parent.as_deref() != link.map(|link| link.table) {
            return Err(Refused::TwoParents);
        }
        let mut places = Vec::new();
        for (column, value) in values {
            places.push(self.place_of(name, &table, column, value)?);
        }
        if places.iter().any(|place| matches!(place, Place::DiscardRow)) {
            return Ok(false);
        }
        table.rows.push([].into());
        let mut misfits = Vec::new();
        let mut discarded = 0;
        for ((column, value), place) in values.iter().zip(places) {
            match place {
                Place::Column(column_type) => {
                    let cell = convert(column_type, value, self.settings.widening).unwrap();
                    self.put_cell(&mut table, column, column_type, cell);
                }
                Place::Variant => misfits.push((column, value)),
                Place::DiscardValue | Place::DiscardRow => discarded += 1,
            }
        }
        for (column, column_type, cell) in system_columns(link, id) {
            self.put_cell(&mut table, column, column_type, cell);
        }
        let mut variants: Vec<(String, &Value)> = misfits
            .iter()
            .map(|(column, value)| (self.variant(column, infer(value, self.settings.widening).data_type()), *value))
            .collect();
        variants.sort_by(|a, b| a.0.cmp(&b.0));
        for (variant, value) in variants {
            let column_type =
                table.columns.get(&variant).copied().unwrap_or_else(|| infer_variant(value, self.settings.widening));
            let cell = convert(column_type, value, self.settings.widening).ok_or(Refused::Misfit)?;
            table.columns.entry(variant.clone()).or_insert(column_type);
            if table.rows.last_mut().unwrap().insert(variant, cell).is_some() {
                return Err(Refused::Undecided);
            }
        }
        if discarded > 0 {
            self.discarded.entry(name.to_owned()).or_default().values += discarded;
        }
        self.tables.insert(name.to_owned(), table);
        Ok(true)
    }

    fn place_of(&self, name: &str, table: &Table, column: &str, value: &Value) -> Result<Place, Refused> {
        let guard = self.guard(name);
        match guard.column(column) {
            ContractMode::Evolve => {}
            ContractMode::Freeze => return Err(Refused::Frozen),
            ContractMode::DiscardRow => return Ok(Place::DiscardRow),
            ContractMode::DiscardValue => return Ok(Place::DiscardValue),
        }
        let Some(known) = table.columns.get(column).copied() else {
            return Ok(Place::Column(infer(value, self.settings.widening)));
        };
        if convert(known, value, self.settings.widening).is_some() {
            return Ok(Place::Column(known));
        }
        let has_variant = |found: ColumnType| table.columns.contains_key(&self.variant(column, found.data_type()));
        if self.settings.widening && guard.may_widen(column) {
            let found = number_type(value, self.settings.widening).filter(|found| !has_variant(*found));
            if let Some(joined) = found.and_then(|found| known.common_type(found)) {
                return Ok(Place::Column(joined));
            }
        }
        if has_variant(infer(value, self.settings.widening)) {
            return Ok(Place::Variant);
        }
        match guard.data_type() {
            ContractMode::Evolve => Ok(Place::Variant),
            ContractMode::Freeze => Err(Refused::Frozen),
            ContractMode::DiscardRow => Ok(Place::DiscardRow),
            ContractMode::DiscardValue => Ok(Place::DiscardValue),
        }
    }

    /// Sets a value of the last row.
    fn put_cell(&self, table: &mut Table, column: &str, column_type: ColumnType, cell: Cell) {
        let known = table.columns.entry(column.to_owned()).or_insert(column_type);
        let had_long = matches!(known, ColumnType::Bigint { beyond_double: true, .. });
        *known = match (column_type, &cell) {
            (ColumnType::Bigint { bits, .. }, Cell::Integer(n)) if self.settings.widening => {
                ColumnType::Bigint { bits, beyond_double: had_long || n.abs() > EXACT }
            }
            (ColumnType::Bigint { .. }, _) => ColumnType::BIGINT,
            (other, _) => other,
        };
        table.rows.last_mut().unwrap().insert(column.to_owned(), cell);
    }

    fn variant(&self, column: &str, data_type: DataType) -> String {
        self.short(&format!("{column}__v_{data_type}"))
    }
}

/// Infers the type of a variant column. It never widens, so `beyond_double` is not set.
fn infer_variant(value: &Value, exact: bool) -> ColumnType {
    match infer(value, exact) {
        ColumnType::Bigint { .. } => ColumnType::BIGINT,
        other => other,
    }
}

fn system_columns(link: Option<Link<'_>>, id: &str) -> Vec<(&'static str, ColumnType, Cell)> {
    let text = |text: &str| Cell::Text(text.to_owned());
    let mut columns = match link {
        None => vec![("_dlt_load_id", ColumnType::Text, text("load"))],
        Some(link) => vec![
            ("_dlt_parent_id", ColumnType::Text, text(link.id)),
            ("_dlt_list_idx", ColumnType::BIGINT, Cell::Integer(link.index)),
        ],
    };
    columns.push(("_dlt_id", ColumnType::Text, text(id)));
    columns
}
