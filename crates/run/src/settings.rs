//! What is set of the stages of a run.

use catchment_normalize::NullColumnPolicy;
use catchment_schema::naming::normalize_path;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, Settings, SettingsError, ThreadCount};

use crate::RunOptions;

impl RunOptions {
    /// The options of a run as the configuration says, the defaults where it says nothing.
    ///
    /// `settings` may stand under the sections of a source, such as `sources.rest_api.github`: then `extract.workers` there wins
    /// over `extract.workers` for all.
    ///
    /// # Errors
    ///
    /// All settings that are wrong.
    ///
    /// ```
    /// use catchment_run::RunOptions;
    /// use catchment_settings::{NoSettings, Settings};
    ///
    /// let options = RunOptions::from_settings(&Settings::new(&NoSettings))?;
    /// assert_eq!(options.extract.max_parallel_resources, 5);
    /// # Ok::<(), catchment_settings::SettingsError>(())
    /// ```
    pub fn from_settings(settings: &Settings<'_>) -> Result<RunOptions, SettingsError> {
        let (mut options, mut problems) = (RunOptions::default(), Vec::new());
        match settings.read::<ExtractSettings>() {
            Ok(extract) => extract.apply(&mut options),
            Err(error) => problems.push(error),
        }
        match settings.read::<NormalizeSettings>() {
            Ok(normalize) => normalize.apply(&mut options),
            Err(error) => problems.push(error),
        }
        match settings.read::<LoadSettings>() {
            Ok(load) => options.raise_on_failed_jobs = load.raise_on_failed_jobs,
            Err(error) => problems.push(error),
        }
        SettingsError::from_errors(problems).map_or(Ok(options), Err)
    }
}

/// How much is extracted at the same time: `extract`.
#[derive(Debug)]
pub struct ExtractSettings {
    workers: usize,
    max_parallel_items: usize,
}

impl ExtractSettings {
    fn apply(&self, options: &mut RunOptions) {
        options.extract.max_parallel_resources = self.workers;
        options.extract.max_parallel_items = self.max_parallel_items;
    }
}

impl FromSettings for ExtractSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("extract")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RunOptions::default().extract;
        Ok(ExtractSettings {
            workers: fields.with_default(
                "workers",
                "How many resources with pages of their own are extracted at the same time.",
                default.max_parallel_resources,
            ),
            max_parallel_items: fields.with_default(
                "max_parallel_items",
                "For how many rows of a resource the pages of another one, which it feeds, are asked for at the same time.",
                default.max_parallel_items,
            ),
        })
    }
}

/// How rows are normalised: `normalize`.
#[derive(Debug)]
pub struct NormalizeSettings {
    workers: Option<ThreadCount>,
    buffer_max_bytes: usize,
    max_columns: Option<usize>,
    numeric_widening: bool,
    null_only_columns: NullColumnPolicy,
    quarantine_table: Option<String>,
    transliterate: bool,
}

impl NormalizeSettings {
    fn apply(self, options: &mut RunOptions) {
        options.workers = self.workers.map_or(options.workers, ThreadCount::get);
        options.writer.buffer_max_bytes = self.buffer_max_bytes;
        options.in_flight_max_bytes = self.buffer_max_bytes;
        options.batch_max_bytes = self.buffer_max_bytes;
        options.normalize.max_columns = self.max_columns;
        options.normalize.numeric_widening = self.numeric_widening;
        options.normalize.null_only_columns = self.null_only_columns;
        options.normalize.transliterate = self.transliterate;
        options.normalize.quarantine_table = self.quarantine_table.map(|name| normalize_path(&name));
    }
}

impl FromSettings for NormalizeSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("normalize")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RunOptions::default();
        let policies = NullColumnPolicy::ALL.map(|policy| (policy.name(), policy));
        Ok(NormalizeSettings {
            workers: fields.optional("workers", "How many threads make tables of rows; by default one for each core."),
            buffer_max_bytes: fields.with_default(
                "buffer_max_bytes",
                "How many bytes of pages that were fetched, and of rows that are not written yet, are kept in memory.",
                default.writer.buffer_max_bytes,
            ),
            max_columns: fields.optional(
                "max_columns",
                "The most columns of a table, and the most tables that the lists of one resource's rows become; by default what \
                 suits the destination (5000 for DuckDB).",
            ),
            numeric_widening: fields.with_default(
                "numeric_widening",
                "Whether values keep what they are: a column of integers becomes one of fractions when a fraction comes, and takes \
                 other values only where they read back as they were written (5 and `5`, not `007`). Without, types and \
                 conversions are those of dlt.",
                default.normalize.numeric_widening,
            ),
            null_only_columns: fields.choice(
                "null_only_columns",
                "What becomes of columns that have had no value but null: none, or a column of that type.",
                &policies,
                default.normalize.null_only_columns,
            ),
            quarantine_table: fields.optional(
                "quarantine_table",
                "The table that rows and values are kept in which a schema contract discards; by default they are gone.",
            ),
            transliterate: fields.with_default(
                "transliterate",
                "Whether names without a letter from A to Z are written in Latin letters. Without, they are those of dlt: `x`.",
                default.normalize.transliterate,
            ),
        })
    }
}

/// How packages are loaded: `load`.
#[derive(Debug)]
pub struct LoadSettings {
    raise_on_failed_jobs: bool,
}

impl FromSettings for LoadSettings {
    fn scope(settings: Settings<'_>) -> Settings<'_> {
        settings.fixed("load")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let about = "Whether a package of an earlier run that can never be loaded ends the run. By default it is set aside and \
                     reported, and the run goes on.";
        let default = RunOptions::default().raise_on_failed_jobs;
        Ok(LoadSettings { raise_on_failed_jobs: fields.with_default("raise_on_failed_jobs", about, default) })
    }
}

#[cfg(test)]
mod tests {
    use catchment_settings::{FoundSetting, Lookup, LookupReport, SettingKey, SettingLocation};

    use super::*;

    /// Texts by paths such as `normalize.workers`.
    #[derive(Debug)]
    struct Fixed(&'static [(&'static str, &'static str)]);

    impl Lookup for Fixed {
        fn find(&self, key: &SettingKey) -> Result<Option<FoundSetting>, SettingsError> {
            let path = key.scope().path(key.name());
            let found = self.0.iter().find(|(known, _)| *known == path);
            Ok(found.map(|(known, text)| FoundSetting {
                value: (*text).into(),
                location: SettingLocation::new("fixed", *known),
                redact: false,
                misplaced: false,
            }))
        }

        fn report(&self, _: &SettingKey) -> LookupReport {
            LookupReport::default()
        }
    }

    #[test]
    fn what_is_set_counts() {
        let fixed = Fixed(&[
            ("extract.workers", "2"),
            ("normalize.buffer_max_bytes", "1000"),
            ("normalize.null_only_columns", "TEXT"),
            ("normalize.quarantine_table", "Left Out"),
            ("load.raise_on_failed_jobs", "yes"),
        ]);
        let options = RunOptions::from_settings(&Settings::new(&fixed)).unwrap();
        assert_eq!((options.extract.max_parallel_resources, options.extract.max_parallel_items), (2, 20));
        assert_eq!((options.writer.buffer_max_bytes, options.in_flight_max_bytes), (1000, 1000));
        assert_eq!(options.normalize.null_only_columns, NullColumnPolicy::Text);
        assert_eq!(options.normalize.quarantine_table.as_deref(), Some("left_out"));
        assert!(options.raise_on_failed_jobs);
    }

    #[test]
    fn so_many_threads_that_no_system_has_them_are_refused() {
        let check = |workers: &'static str, expected: Result<usize, &str>| {
            let fixed = Box::leak(Box::new([("normalize.workers", workers)]));
            let options = RunOptions::from_settings(&Settings::new(&Fixed(fixed)));
            assert_eq!(
                options.map(|options| options.workers).map_err(|error| error.to_string()),
                expected.map_err(str::to_owned)
            );
        };
        check("1", Ok(1));
        check("1024", Ok(1024));
        check(
            "100000",
            Err(
                "`workers` must be a whole number from 1 to 1024, but normalize.workers (fixed) holds the text \"100000\": change it there",
            ),
        );
        check(
            "0",
            Err(
                "`workers` must be a whole number from 1 to 1024, but normalize.workers (fixed) holds the text \"0\": change it there",
            ),
        );
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let fixed = Fixed(&[
            ("extract.workers", "many"),
            ("extract.max_parallel_items", "-1"),
            ("normalize.null_only_columns", "keep"),
            ("load.raise_on_failed_jobs", "perhaps"),
        ]);
        let error = RunOptions::from_settings(&Settings::new(&fixed)).map(|_| ()).unwrap_err();
        insta::assert_snapshot!(error, @r#"
        `workers` must be a whole number of 0 or more, but extract.workers (fixed) holds the text "many": change it there
        `max_parallel_items` must be a whole number of 0 or more, but extract.max_parallel_items (fixed) holds the text "-1": change it there
        `null_only_columns` must be one of drop, text, json, but normalize.null_only_columns (fixed) holds the text "keep": change it there
        `raise_on_failed_jobs` must be true or false (or yes, no, 1, 0), but load.raise_on_failed_jobs (fixed) holds the text "perhaps": change it there
        "#);
    }
}
