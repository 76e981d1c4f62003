//! Errors of loading the configuration.

use std::path::PathBuf;

/// An error of loading the configuration. Messages never contain lines of a file, which may hold secrets.
///
/// An invalid setting is a [`SettingsError`](catchment_settings::SettingsError) when it is looked up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A settings file cannot be read.
    #[error("failed to read {}: check that it is a readable UTF-8 file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The name of the active profile is invalid.
    #[error("invalid profile name {name:?} in {origin}: use letters, digits, `_` and `-`")]
    InvalidProfile {
        /// The invalid name.
        name: String,
        /// The origin of the name: the environment variable or the file.
        origin: String,
    },
    /// A settings file is not valid TOML.
    #[error("{} is not valid TOML{}: {problem}", path.display(), at(*.line, *.column))]
    InvalidToml {
        /// The file.
        path: PathBuf,
        /// The line, from 1, if known.
        line: Option<usize>,
        /// The column, from 1, if known.
        column: Option<usize>,
        /// The message of the parser.
        problem: String,
    },
}

fn at(line: Option<usize>, column: Option<usize>) -> String {
    match (line, column) {
        (Some(line), Some(column)) => format!(" at line {line}, column {column}"),
        _ => String::new(),
    }
}
