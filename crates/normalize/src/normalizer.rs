//! Normalization without a dataset.

use std::sync::Arc;

use catchment_json::Selection;
use catchment_schema::{Schema, naming};

use crate::{
    IdSeed, NormalizeError, NormalizeFindings, NormalizeOptions, NormalizeRules, PageRows, Sequencer, Shredder, TableBatch,
};

/// Converts pages of rows to record batches of a root table and its child tables. The rows alone determine the columns.
///
/// ```
/// use catchment_json::{Document, Selection};
/// use catchment_normalize::Normalizer;
///
/// let page = Selection::from_document(Document::parse(br#"[{"id": 1, "tags": ["a", "b"]}]"#.to_vec())?);
/// for batch in Normalizer::new("items").normalize([page]) {
///     let batch = batch?;
///     println!("{}: {} rows", batch.table, batch.batch.num_rows());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Normalizer {
    table: String,
    load_id: String,
    seed: Option<IdSeed>,
    options: NormalizeOptions,
}

impl Normalizer {
    /// Creates a normalizer for the root table `table`. The name is normalized like a resource name.
    pub fn new(table: &str) -> Normalizer {
        Normalizer { table: table.to_owned(), load_id: "0".to_owned(), seed: None, options: NormalizeOptions::default() }
    }

    /// Sets the value of the column `_dlt_load_id`, which identifies the load of a row. Default: `0`.
    #[must_use]
    pub fn load_id(mut self, load_id: impl Into<String>) -> Normalizer {
        self.load_id = load_id.into();
        self
    }

    /// Sets the seed of the row ids in the column `_dlt_id`. Default: a random seed for each call of
    /// [`Normalizer::normalize`], so that ids are unique across calls.
    #[must_use]
    pub fn seed(mut self, seed: IdSeed) -> Normalizer {
        self.seed = Some(seed);
        self
    }

    /// Sets the options of normalization.
    #[must_use]
    pub fn options(mut self, options: NormalizeOptions) -> Normalizer {
        self.options = options;
        self
    }

    /// Converts `pages` one by one. For each page, the iterator returns a batch per table, beginning with the root table.
    ///
    /// Later pages can add columns and tables, and widen the type of a column, for example from integers to doubles. Each
    /// batch has the schema as of its page; [`NormalizedBatches::finish`] returns that of all pages. Columns with only nulls
    /// are in the latter, as [`NormalizeOptions::null_only_columns`] says, and not in the batches.
    ///
    /// # Errors
    ///
    /// The first error ends the batches. A page is an error if the lists of two keys would share one child table, or if it
    /// exceeds [`NormalizeOptions::max_columns`].
    pub fn normalize<P: IntoIterator<Item = Selection>>(self, pages: P) -> NormalizedBatches<P::IntoIter> {
        let Normalizer { table, load_id, seed, options } = self;
        let base = Schema::new("rows");
        let table = if options.transliterate { naming::transliterate_path(&table) } else { naming::normalize_path(&table) };
        let rules = NormalizeRules::new(&base, load_id, seed.unwrap_or_else(IdSeed::random), options).map(Arc::new);
        let engine = rules.map(|rules| (Shredder::new(Arc::clone(&rules)), Sequencer::new(base, rules)));
        let (pages, batches) = (pages.into_iter(), Vec::new().into_iter());
        NormalizedBatches { table, pages, ordinal: 0, engine: engine.map_err(Some), batches }
    }
}

/// An iterator of the record batches of pages, created by [`Normalizer::normalize`].
#[derive(Debug)]
pub struct NormalizedBatches<P> {
    table: String,
    pages: P,
    /// The number of pages that were converted.
    ordinal: u64,
    /// The error is `None` once it was returned.
    engine: Result<(Shredder, Sequencer), Option<NormalizeError>>,
    /// The batches of the current page that are left.
    batches: std::vec::IntoIter<TableBatch>,
}

impl<P: Iterator<Item = Selection>> Iterator for NormalizedBatches<P> {
    type Item = Result<TableBatch, NormalizeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(batch) = self.batches.next() {
                return Some(Ok(batch));
            }
            let (shredder, sequencer) = match &mut self.engine {
                Ok(engine) => engine,
                Err(error) => return error.take().map(Err),
            };
            let page = self.pages.next()?;
            match shredder.shred(&sequencer.snapshot(), &self.table, &[PageRows::new(&page, self.ordinal)]) {
                Ok(shredded) => self.batches = sequencer.apply(shredded).into_iter(),
                Err(error) => self.engine = Err(Some(error)),
            }
            self.ordinal += 1;
        }
    }
}

impl<P> NormalizedBatches<P> {
    /// Returns the schema of the converted pages, and findings such as variant columns and renamed keys. Returns `None` after
    /// an error.
    pub fn finish(self) -> Option<(Schema, NormalizeFindings)> {
        self.engine.ok().map(|(_, sequencer)| sequencer.finish())
    }
}

#[cfg(test)]
mod tests {
    use catchment_json::{Document, Selection};

    use super::Normalizer;
    use crate::IdSeed;

    fn page(text: &str) -> Selection {
        Selection::from_document(Document::parse(text.as_bytes().to_vec()).unwrap())
    }

    #[track_caller]
    fn check(pages: &[&str], expected: &[&str]) {
        let batches = Normalizer::new("My Items").normalize(pages.iter().map(|text| page(text)));
        let batches = batches.map(|batch| {
            batch.map_or_else(
                |error| error.to_string(),
                |batch| {
                    let columns =
                        batch.batch.schema_ref().fields().iter().map(|field| format!("{} {}", field.name(), field.data_type()));
                    let columns: Vec<_> = columns.filter(|column| !column.starts_with("_dlt")).collect();
                    format!("{} {}: {}", batch.table, batch.batch.num_rows(), columns.join(", "))
                },
            )
        });
        assert_eq!(batches.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_page_becomes_a_batch_per_table() {
        check(&[], &[]);
        check(&["[]"], &[]);
        let batch = Normalizer::new("Река").normalize([page("[1]")]).next().unwrap().unwrap();
        assert_eq!(batch.table, "reka");
        check(&[r#"[{"id": 1, "tags": ["a", "b"]}]"#], &["my_items 1: id Int64", "my_items__tags 2: value Utf8"]);
        check(&[r#"[{"n": 1}]"#, r#"[{"n": 1.5, "x": true}]"#], &["my_items 1: n Int64", "my_items 1: n Float64, x Boolean"]);
    }

    #[test]
    fn findings_and_the_schema_are_returned_at_the_end() {
        let mut batches = Normalizer::new("items").normalize([page(r#"[{"n": 1}]"#), page(r#"[{"n": "x"}]"#)]);
        assert_eq!(batches.by_ref().filter(Result::is_ok).count(), 2);
        let (schema, findings) = batches.finish().unwrap();
        assert!(schema.tables["items"].columns.contains_key("n__v_text"));
        assert_eq!(findings.new_variants.len(), 1);
    }

    #[test]
    fn ids_are_unique_unless_a_seed_is_set() {
        let ids = |normalizer: Normalizer| {
            let batch = normalizer.normalize([page("[1]")]).next().unwrap().unwrap().batch;
            format!("{:?}", batch.column_by_name("_dlt_id").unwrap())
        };
        let seeded = || Normalizer::new("a").seed(IdSeed::from([7; 16]));
        assert_eq!(ids(seeded()), ids(seeded()));
        let normalizer = Normalizer::new("a");
        assert_ne!(ids(normalizer.clone()), ids(normalizer));
    }
}
