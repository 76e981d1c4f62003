//! The error of loading the configuration.

use std::path::PathBuf;

/// Why the configuration cannot be loaded. No message shows a line of a file, as it may hold a secret.
///
/// What is wrong with a single setting is a [`SettingsError`](catchment_settings::SettingsError) of
/// the one who asks for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A settings file is there, but cannot be read.
    #[error("failed to read {}: check that it is a readable file in UTF-8", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// What is said to be the profile cannot be one.
    #[error("the profile {name:?} of {from} is no name: take letters, digits, `_` and `-`")]
    InvalidProfile {
        /// What was found.
        name: String,
        /// Where it was found.
        from: String,
    },
    /// A settings file is not TOML.
    #[error("{} is not valid TOML{}: {problem}", path.display(), at(*.line, *.column))]
    InvalidToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1, where the parser tells it.
        line: Option<usize>,
        /// The column, from 1, where the parser tells it.
        column: Option<usize>,
        /// What the parser says.
        problem: String,
    },
}

fn at(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(" at line {line}, column {column}"),
        _ => String::new(),
    }
}
