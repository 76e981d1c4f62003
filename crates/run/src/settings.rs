//! Settings of the stages of a run.

use catchment_normalize::NullColumnPolicy;
use catchment_schema::naming::normalize_path;
use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, SettingsError, ThreadCount};

use crate::RunOptions;

impl RunOptions {
    /// Reads the options of a run from the configuration. Missing settings have their defaults.
    ///
    /// If `settings` has the scope of a source, such as `sources.rest_api.github`, then `extract.workers` of the source
    /// takes precedence over the general `extract.workers`.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all invalid settings.
    ///
    /// ```
    /// use catchment_run::RunOptions;
    /// use catchment_settings::{NoSettings, ScopedSettings};
    ///
    /// let options = RunOptions::from_settings(&ScopedSettings::new(&NoSettings))?;
    /// assert_eq!(options.extract.max_parallel_resources, 5);
    /// # Ok::<(), catchment_settings::SettingsError>(())
    /// ```
    pub fn from_settings(settings: &ScopedSettings<'_>) -> Result<RunOptions, SettingsError> {
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

/// The settings of extraction: `extract`.
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
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("extract")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RunOptions::default().extract;
        Ok(ExtractSettings {
            workers: fields.with_default(
                "workers",
                "Maximum number of resources that are extracted in parallel, not counting dependent resources.",
                default.max_parallel_resources,
            ),
            max_parallel_items: fields.with_default(
                "max_parallel_items",
                "Maximum number of parent rows for which a dependent resource is requested in parallel.",
                default.max_parallel_items,
            ),
        })
    }
}

/// The settings of normalization: `normalize`.
#[derive(Debug)]
pub struct NormalizeSettings {
    workers: Option<ThreadCount>,
    buffer_max_bytes: usize,
    max_columns: Option<usize>,
    numeric_widening: bool,
    exact_digits: bool,
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
        options.normalize.exact_digits = self.exact_digits;
        options.normalize.null_only_columns = self.null_only_columns;
        options.normalize.transliterate = self.transliterate;
        options.normalize.quarantine_table = self.quarantine_table.map(|name| normalize_path(&name));
    }
}

impl FromSettings for NormalizeSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("normalize")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let default = RunOptions::default();
        let policies = NullColumnPolicy::ALL.map(|policy| (policy.name(), policy));
        Ok(NormalizeSettings {
            workers: fields.optional("workers", "Number of threads that normalize rows. Default: one per core."),
            buffer_max_bytes: fields.with_default(
                "buffer_max_bytes",
                "Maximum memory in bytes of fetched pages that are not written yet, unless one page alone is larger.",
                default.writer.buffer_max_bytes,
            ),
            max_columns: fields.optional(
                "max_columns",
                "Maximum number of columns of a table, and of tables of a resource. Default: the limit of the destination \
                 (5000 for DuckDB).",
            ),
            numeric_widening: fields.with_default(
                "numeric_widening",
                "Whether columns of numbers widen (integers to double when a fraction arrives), and values are converted only if \
                 this loses nothing: the text `5` becomes 5, `007` goes to a variant column. If false, types and conversions \
                 are those of dlt.",
                default.normalize.numeric_widening,
            ),
            exact_digits: fields.with_default(
                "exact_digits",
                "Whether numbers with more digits than a double, and dates and times with more digits than their column, are \
                 stored in a variant column that keeps the digits, usually as text. If false, they are rounded or truncated. Has no effect if \
                 `numeric_widening` is false.",
                default.normalize.exact_digits,
            ),
            null_only_columns: fields.choice(
                "null_only_columns",
                "Handling of fields with only null values: `drop` creates no column, `text` and `json` create a column of this type.",
                &policies,
                default.normalize.null_only_columns,
            ),
            quarantine_table: fields.optional(
                "quarantine_table",
                "The table for rows and values that a schema contract discards. Default: none, they are not stored.",
            ),
            transliterate: fields.with_default(
                "transliterate",
                "Whether names without a letter from A to Z are transliterated to Latin letters. If false, they become `x`, as in dlt.",
                default.normalize.transliterate,
            ),
        })
    }
}

/// The settings of loads: `load`.
#[derive(Debug)]
pub struct LoadSettings {
    raise_on_failed_jobs: bool,
}

impl FromSettings for LoadSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.fixed("load")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        let description = "Whether a package of an earlier run that can never be loaded fails the run. By default it is reported \
                           as failed and the run continues.";
        let default = RunOptions::default().raise_on_failed_jobs;
        Ok(LoadSettings { raise_on_failed_jobs: fields.with_default("raise_on_failed_jobs", description, default) })
    }
}

#[cfg(test)]
mod tests {
    use catchment_settings::{FoundSetting, Lookup, LookupReport, SettingKey, SettingLocation};

    use super::*;

    /// Setting values by paths such as `normalize.workers`.
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
    fn settings_override_defaults() {
        let fixed = Fixed(&[
            ("extract.workers", "2"),
            ("normalize.buffer_max_bytes", "1000"),
            ("normalize.null_only_columns", "TEXT"),
            ("normalize.quarantine_table", "Left Out"),
            ("load.raise_on_failed_jobs", "yes"),
        ]);
        let options = RunOptions::from_settings(&ScopedSettings::new(&fixed)).unwrap();
        assert_eq!((options.extract.max_parallel_resources, options.extract.max_parallel_items), (2, 20));
        assert_eq!((options.writer.buffer_max_bytes, options.in_flight_max_bytes), (1000, 1000));
        assert_eq!(options.normalize.null_only_columns, NullColumnPolicy::Text);
        assert_eq!(options.normalize.quarantine_table.as_deref(), Some("left_out"));
        assert!(options.raise_on_failed_jobs);
    }

    #[test]
    fn thread_counts_beyond_the_limit_are_rejected() {
        let check = |workers: &'static str, expected: Result<usize, &str>| {
            let fixed = Box::leak(Box::new([("normalize.workers", workers)]));
            let options = RunOptions::from_settings(&ScopedSettings::new(&Fixed(fixed)));
            assert_eq!(
                options.map(|options| options.workers).map_err(|error| error.to_string()),
                expected.map_err(str::to_owned)
            );
        };
        check("1", Ok(1));
        check("1024", Ok(1024));
        check(
            "100000",
            Err("`workers` must be an integer from 1 to 1024, but normalize.workers (fixed) holds the string \"100000\""),
        );
        check("0", Err("`workers` must be an integer from 1 to 1024, but normalize.workers (fixed) holds the string \"0\""));
    }

    #[test]
    fn all_invalid_settings_are_reported_at_once() {
        let fixed = Fixed(&[
            ("extract.workers", "many"),
            ("extract.max_parallel_items", "-1"),
            ("normalize.null_only_columns", "keep"),
            ("load.raise_on_failed_jobs", "perhaps"),
        ]);
        let error = RunOptions::from_settings(&ScopedSettings::new(&fixed)).map(|_| ()).unwrap_err();
        insta::assert_snapshot!(error, @r#"
        `workers` must be a non-negative integer, but extract.workers (fixed) holds the string "many"
        `max_parallel_items` must be a non-negative integer, but extract.max_parallel_items (fixed) holds the string "-1"
        `null_only_columns` must be one of drop, text, json, but normalize.null_only_columns (fixed) holds the string "keep"
        `raise_on_failed_jobs` must be true or false (or yes, no, 1, 0), but load.raise_on_failed_jobs (fixed) holds the string "perhaps"
        "#);
    }
}
