//! Settings of the PostgreSQL destination.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, Secret};

use super::connection_string::{ConnectionString, Query, check_driver, parse_connection_string};
use super::options::LOCK_TIMEOUT;
use super::parameters::Parameters;
use super::passfile::read_passwords;
use super::service_file::read_service;
use super::{OptionsError, PostgresOptions};

/// The settings of the PostgreSQL destination: `destination.postgres`.
///
/// The connection string takes precedence over the fields of `credentials`, and both over a service file.
///
/// ```
/// use catchment_load_postgres::PostgresSettings;
/// use catchment_settings::{NoSettings, ScopedSettings};
///
/// let settings = ScopedSettings::new(&NoSettings).read::<PostgresSettings>()?;
/// let error = settings.options().unwrap_err();
/// assert!(error.to_string().starts_with("`host` is missing"), "{error}");
/// # Ok::<(), catchment_settings::SettingsError>(())
/// ```
#[derive(Debug)]
pub struct PostgresSettings {
    connection_string: Option<ConnectionString>,
    driver: Option<String>,
    fields: Vec<(&'static str, Option<Secret>)>,
    query: Query,
    statement_timeout: Option<Duration>,
    lock_timeout: Duration,
    files: DefaultFiles,
}

/// The files of libpq, by the environment variables that name them.
#[derive(Debug, Default)]
struct DefaultFiles {
    /// The service, from `PGSERVICE`.
    service: Option<String>,
    /// The service file, from `PGSERVICEFILE` or in the home folder.
    service_file: Option<PathBuf>,
    /// The password file, from `PGPASSFILE` or in the home folder.
    passfile: Option<PathBuf>,
}

impl DefaultFiles {
    fn read(fields: &FieldReader<'_>) -> DefaultFiles {
        let home = fields.variable::<PathBuf>("HOME");
        let file = |variable, name: &str| fields.variable(variable).or_else(|| Some(home.as_ref()?.join(name)));
        DefaultFiles {
            service: fields.variable("PGSERVICE"),
            service_file: file("PGSERVICEFILE", ".pg_service.conf"),
            passfile: file("PGPASSFILE", ".pgpass"),
        }
    }
}

impl PostgresSettings {
    /// Returns the options of connections. Reads the service file if a service is set, and the password file if no password
    /// is set.
    ///
    /// # Errors
    ///
    /// Returns an error if a parameter is missing or invalid, or a file cannot be read.
    pub fn options(&self) -> Result<PostgresOptions, OptionsError> {
        let parameters = self.parameters()?;
        let mut options = PostgresOptions {
            statement_timeout: self.statement_timeout,
            lock_timeout: Some(self.lock_timeout),
            ..PostgresOptions::from_parameters(&parameters)?
        };
        let passfile = options.passfile.as_deref().or(self.files.passfile.as_deref()).filter(|_| options.password.is_none());
        if let Some(passfile) = passfile.map(Path::to_owned) {
            read_passwords(&passfile, &mut options.hosts, &options.database, &options.user)?;
        }
        Ok(options)
    }

    fn parameters(&self) -> Result<Parameters, OptionsError> {
        if let Some(driver) = &self.driver {
            check_driver(driver)?;
        }
        let mut parameters = match &self.connection_string {
            Some(ConnectionString(text)) => parse_connection_string(text)?,
            None => Parameters::default(),
        };
        let mut fields = Parameters::default();
        for (name, value) in &self.fields {
            if let Some(value) = value {
                fields.set(name, value.clone())?;
            }
        }
        let mut query = Parameters::default();
        for (name, value) in &self.query.0 {
            query.set(name, value.clone())?;
        }
        parameters = parameters.with_fallback(fields).with_fallback(query);
        let Some(service) = parameters.get("service").or(self.files.service.as_deref()).map(str::to_owned) else {
            return Ok(parameters);
        };
        let file = parameters.get("servicefile").map(Path::new).or(self.files.service_file.as_deref());
        let Some(file) = file else { return Err(OptionsError::Missing { parameter: "servicefile", field: "query.servicefile" }) };
        let service = read_service(file, &service)?;
        Ok(parameters.with_fallback(service))
    }
}

impl FromSettings for PostgresSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["destination", "postgres"])
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        const NAME: &str = "credentials";
        let connection_string = fields.scalar(
            NAME,
            "The connection string: `postgresql://user:password@host:port/database?sslmode=verify-full`, or the key-value \
             format of libpq. The fields below supply missing parts.",
        );
        let driver = fields.nested(NAME, "drivername", "The driver: `postgresql`.");
        let database = fields.nested::<String>(NAME, "database", "The database.");
        let username = fields.nested::<String>(NAME, "username", "The user name.");
        let password = fields.nested(
            NAME,
            "password",
            "The password. Default: that of the host in `~/.pgpass`, or the file in the environment variable `PGPASSFILE`.",
        );
        let host = fields.nested::<String>(
            NAME,
            "host",
            "The host name, the IP address, or the folder of a Unix socket. Several hosts, separated by commas, are \
             tried in order.",
        );
        let port = fields.nested::<u16>(NAME, "port", "The port. Default: 5432.");
        let connect_timeout = fields.nested::<u32>(
            NAME,
            "connect_timeout",
            "Maximum time in seconds to connect to one address. Default: 15; 0 for no limit.",
        );
        let query = fields.nested::<Query>(
            NAME,
            "query",
            "More parameters of libpq: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `channel_binding`, `options`, `service` \
             and others.",
        );
        let fields_of_credentials = vec![
            ("dbname", database.map(Secret::from)),
            ("user", username.map(Secret::from)),
            ("password", password),
            ("host", host.map(Secret::from)),
            ("port", port.map(|port| Secret::from(port.to_string()))),
            ("connect_timeout", connect_timeout.map(|seconds| Secret::from(seconds.to_string()))),
        ];
        Ok(PostgresSettings {
            connection_string,
            driver,
            fields: fields_of_credentials,
            query: query.unwrap_or_default(),
            statement_timeout: fields.optional(
                "statement_timeout",
                "Maximum time in seconds of a statement; 0 for no limit. Default: that of the database role.",
            ),
            lock_timeout: fields.with_default(
                "lock_timeout",
                "Maximum time in seconds to wait for a lock that another session holds; 0 for no limit.",
                LOCK_TIMEOUT,
            ),
            files: DefaultFiles::read(fields),
        })
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
