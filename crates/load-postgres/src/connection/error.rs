//! Errors of connection options.

use std::path::PathBuf;

use thiserror::Error;

/// Connection options that are incomplete or invalid. Messages never contain a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// The connection string has neither of the formats.
    #[error(
        "the connection string is not valid: expected `postgresql://user:password@host:port/database` with special characters \
         percent-encoded, or `host=… user=… password='…' dbname=…`"
    )]
    ConnectionString,
    /// The driver of the connection string is not PostgreSQL.
    #[error("the driver `{driver}` is not supported: use `postgresql`")]
    Driver {
        /// The driver.
        driver: String,
    },
    /// A required parameter is not set.
    #[error("`{parameter}` is missing: add it to the connection string, or set `destination.postgres.credentials.{field}`")]
    Missing {
        /// The name of the parameter in libpq.
        parameter: &'static str,
        /// The name of the field in the settings.
        field: &'static str,
    },
    /// The value of a parameter is invalid.
    #[error("`{parameter}` must be {expected}, but is {value:?}")]
    Invalid {
        /// The name of the parameter.
        parameter: &'static str,
        /// The expected value.
        expected: &'static str,
        /// The value.
        value: String,
    },
    /// A parameter of libpq is not supported.
    #[error("`{parameter}` is not supported: {remedy}")]
    Unsupported {
        /// The name of the parameter.
        parameter: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A parameter is unknown.
    #[error("`{parameter}` is not a connection parameter{}", did_you_mean(*.suggestion))]
    Unknown {
        /// The name of the parameter.
        parameter: String,
        /// A similar name.
        suggestion: Option<&'static str>,
    },
    /// Hosts, addresses and ports are lists of different lengths.
    #[error("`{parameter}` has {count} entries for {hosts} hosts: list one for each host{}", or_one_for_all(.parameter))]
    Count {
        /// The name of the parameter.
        parameter: &'static str,
        /// The number of entries.
        count: usize,
        /// The number of hosts.
        hosts: usize,
    },
    /// Two parameters contradict each other.
    #[error("`{parameter}` cannot be combined with {other}: {remedy}")]
    Conflict {
        /// The name of the parameter.
        parameter: &'static str,
        /// The other parameter with its value.
        other: String,
        /// What to do.
        remedy: &'static str,
    },
    /// The service is not in the service file.
    #[error("service {service:?} is not in {}: add the section `[{service}]`, or remove `service`", .file.display())]
    ServiceNotFound {
        /// The name of the service.
        service: String,
        /// The service file.
        file: PathBuf,
    },
    /// A line of a service file is invalid.
    #[error("line {line} of service {service:?} is not `name=value`")]
    ServiceLine {
        /// The name of the service.
        service: String,
        /// The number of the line in the file, from 1.
        line: usize,
    },
    /// A file cannot be read.
    #[error("failed to read {}: {reason}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The cause.
        reason: String,
    },
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    suggestion.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

fn or_one_for_all(parameter: &str) -> &'static str {
    if parameter == "port" { ", or one for all" } else { "" }
}
