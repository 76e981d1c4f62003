//! The rows of a table of a package, conformed to the sealed schema: what encoders and engines consume.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, Float64Array, Int64Array, RecordBatch, RecordBatchOptions};
use arrow::compute::kernels::zip::zip;
use arrow::compute::{CastOptions, cast, cast_with_options, is_null};
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use arrow::util::display::FormatOptions;
use catchment_load_package::{PackageError, SealedPackage, Segment};
use catchment_schema::ROOT_ROW_COLUMN;
use tokio_util::sync::CancellationToken;

use crate::attempt::LoadAttempt;
use crate::check::first_rejected;
use crate::plan::{RowColumn, RowTarget, VariantSplit};
use crate::{LoadError, RejectedValue};

/// Casts of values to the sealed schema, which never fail or lose a value: an error beats a null.
const CHECKED: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

/// The maximum number of characters of a value in an error.
const SHOWN: usize = 200;

/// The record batches of a table across the segments of a package.
///
/// Each batch has the columns of its segment that the [`RowTarget`] has, with its types, and the variant columns of columns
/// that cannot be widened. Values that a column of the dataset cannot store are an error. Between two batches, a cancelled load ends
/// with [`LoadError::Cancelled`].
pub struct TableBatches {
    package: Arc<SealedPackage>,
    attempt: Arc<LoadAttempt>,
    target: RowTarget,
    /// The positions of the columns of the target, by name.
    columns: HashMap<String, usize>,
    location: String,
    stop: CancellationToken,
    segments: VecDeque<Segment>,
    current: Option<CurrentSegment>,
    /// Whether an error ended the iteration.
    is_done: bool,
}

/// The segment that is being read.
struct CurrentSegment {
    file: String,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, PackageError>> + Send>,
    read: usize,
}

impl TableBatches {
    /// Creates an iterator over the rows of the package for `target`. `location` is for messages.
    pub fn new(
        package: &Arc<SealedPackage>,
        attempt: &Arc<LoadAttempt>,
        target: &RowTarget,
        location: &str,
        stop: &CancellationToken,
    ) -> TableBatches {
        let segments = package.segments().iter().chain(package.cursor_segments());
        TableBatches {
            segments: segments.filter(|segment| segment.table == target.table).cloned().collect(),
            package: Arc::clone(package),
            attempt: Arc::clone(attempt),
            target: target.clone(),
            columns: target.columns.iter().enumerate().map(|(index, column)| (column.insert.name.clone(), index)).collect(),
            location: location.to_owned(),
            stop: stop.clone(),
            current: None,
            is_done: false,
        }
    }

    /// Returns the segments that are not read yet.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter()
    }

    /// Reads only these segments.
    #[must_use]
    pub fn with_segments(self, segments: impl IntoIterator<Item = Segment>) -> TableBatches {
        TableBatches { segments: segments.into_iter().collect(), ..self }
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, LoadError> {
        loop {
            if self.stop.is_cancelled() {
                return Err(LoadError::Cancelled);
            }
            let Some(current) = &mut self.current else {
                let Some(segment) = self.segments.pop_front() else { return Ok(None) };
                self.attempt.record_step(&format!("rows of table `{}` in {}", self.target.table, segment.file));
                let batches = Box::new(self.package.read(&segment, self.attempt.batch_bytes())?);
                self.current = Some(CurrentSegment { file: segment.file, batches, read: 0 });
                continue;
            };
            let Some(batch) = current.batches.next().transpose()? else {
                self.current = None;
                continue;
            };
            if self.attempt.uses_small_batches() {
                let (table, file, number) = (&self.target.table, &current.file, current.read);
                self.attempt.record_step(&format!("rows of table `{table}` in {file}, batch {number}"));
            }
            current.read += 1;
            if batch.num_rows() > 0 {
                return self.conform(&batch).map(Some);
            }
        }
    }

    /// Converts the columns of a batch to those of the target.
    fn conform(&self, batch: &RecordBatch) -> Result<RecordBatch, LoadError> {
        let target = &self.target;
        if self.column(ROOT_ROW_COLUMN).is_some() && batch.column_by_name(ROOT_ROW_COLUMN).is_none() {
            return Err(self.refused(format!("the package has no column `{ROOT_ROW_COLUMN}`, which merging requires")));
        }
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        let variants = target.splits.iter().map(|split| split.variant.as_str());
        let names = batch.schema_ref().fields().iter().map(|field| field.name().as_str());
        let is_split =
            |name: &str| target.splits.iter().any(|split| split.column == name && batch.column_by_name(name).is_some());
        let added = variants.filter(|variant| batch.column_by_name(variant).is_none());
        for name in names.clone().chain(added) {
            let Some(column) = self.column(name) else {
                if name == ROOT_ROW_COLUMN {
                    continue;
                }
                return Err(self.refused(format!("the schema of the package has no column `{name}`")));
            };
            let Some(values) = self.values(batch, name)? else { continue };
            let values = if values.data_type() == &column.arrow_type {
                values
            } else {
                cast_with_options(&values, &column.arrow_type, &CHECKED).map_err(|source| self.arrow(source))?
            };
            if let Some(check) = &column.check
                && !is_split(name)
                && let Some(rejection) = first_rejected(&values, &check.arrow_type)
            {
                let reason = if rejection.is_rounded { "it would be rounded; the" } else { "the" };
                return Err(LoadError::ValueRejected(Box::new(RejectedValue {
                    table: target.table.clone(),
                    column: name.to_owned(),
                    column_type: check.found.clone(),
                    value: rejection.value.chars().take(SHOWN).collect(),
                    location: self.location.clone(),
                    reason: format!("{reason} schema expects {}", check.expected),
                })));
            }
            fields.push(Field::new(name, column.arrow_type.clone(), true));
            columns.push(values);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options).map_err(|source| self.arrow(source))
    }

    fn column(&self, name: &str) -> Option<&RowColumn> {
        self.target.columns.get(*self.columns.get(name)?)
    }

    /// Returns the values of a column. Doubles of a column that cannot be widened are divided between it and its variant.
    fn values(&self, batch: &RecordBatch, name: &str) -> Result<Option<ArrayRef>, LoadError> {
        let values = batch.column_by_name(name);
        let splits = &self.target.splits;
        if splits.iter().any(|split| split.column == name) {
            return Ok(values.map(|values| doubles(values).map_or_else(|| Arc::clone(values), integers)));
        }
        match splits.iter().find(|split| split.variant == name) {
            Some(VariantSplit { column, .. }) => {
                let Some(fractions) = batch.column_by_name(column).and_then(doubles).map(fractions) else {
                    return Ok(values.cloned());
                };
                let Some(known) = values else { return Ok(Some(fractions)) };
                let known = cast(known, &DataType::Float64).map_err(|source| self.arrow(source))?;
                let merged = is_null(&known).and_then(|missing| zip(&missing, &fractions, &known));
                merged.map(Some).map_err(|source| self.arrow(source))
            }
            None => Ok(values.cloned()),
        }
    }

    fn refused(&self, reason: String) -> LoadError {
        let (step, location) = (self.target.step(), self.location.clone());
        LoadError::Statement { step, location, reason, terminal: true }
    }

    fn arrow(&self, source: arrow::error::ArrowError) -> LoadError {
        LoadError::Package(PackageError::Arrow { table: self.target.table.clone(), source })
    }
}

impl Iterator for TableBatches {
    type Item = Result<RecordBatch, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let batch = self.next_batch().transpose();
        self.is_done = !matches!(batch, Some(Ok(_)));
        batch
    }
}

fn doubles(values: &ArrayRef) -> Option<&Float64Array> {
    values.as_primitive_opt::<Float64Type>()
}

/// 2^53, up to which a double represents every integer exactly.
const EXACT_IN_DOUBLE: f64 = 9_007_199_254_740_992.0;

fn is_integer(value: f64) -> bool {
    value.trunc() == value && value.abs() <= EXACT_IN_DOUBLE
}

/// Returns the integers among doubles; null for other values.
fn integers(values: &Float64Array) -> ArrayRef {
    let integer = |value: Option<f64>| value.filter(|value| is_integer(*value)).map(|value| value as i64);
    Arc::new(values.iter().map(integer).collect::<Int64Array>())
}

/// Returns the doubles that are not integers; null for other values.
fn fractions(values: &Float64Array) -> ArrayRef {
    Arc::new(values.iter().map(|value| value.filter(|value| !is_integer(*value))).collect::<Float64Array>())
}
