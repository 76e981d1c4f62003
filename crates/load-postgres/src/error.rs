//! Classification and description of the errors of PostgreSQL.

use std::error::Error as StdError;
use std::io;

use tokio_postgres::error::{DbError, SqlState};
use tokio_rustls::rustls;
use tokio_rustls::rustls::CertificateError;

/// The maximum number of characters of each part of an error.
const SHOWN: usize = 500;

/// The kind of a failed operation, by which a caller decides whether to repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// The same operation may succeed soon: the connection was lost, the server restarts, a lock was not available, or
    /// resources are exhausted. Repeat the transaction after a delay.
    Transient,
    /// The rows or the schema of the package caused the error: no repetition can succeed.
    Terminal,
    /// The server or the statement timeout cancelled the statement.
    Cancelled,
    /// A person must change something first, such as a password or a privilege. A later run may succeed.
    Blocked,
}

/// Returns the kind of an error.
pub fn classify(error: &tokio_postgres::Error) -> Failure {
    match error.as_db_error() {
        // A concurrent session has created the same table or schema, which this one did not see yet.
        Some(reported) if *reported.code() == SqlState::UNIQUE_VIOLATION && reported.schema() == Some("pg_catalog") => {
            Failure::Transient
        }
        Some(reported) => classify_state(reported.code().code()),
        None if error.is_closed() => Failure::Transient,
        None => classify_cause(error.source()),
    }
}

/// Returns the kind of an SQLSTATE, the code of five characters in [appendix A] of PostgreSQL's documentation.
///
/// [appendix A]: https://www.postgresql.org/docs/current/errcodes-appendix.html
pub fn classify_state(state: &str) -> Failure {
    match state {
        // cancelled statements, by a user or a timeout
        "57014" | "25P04" => Failure::Cancelled,
        // database_dropped, insufficient_privilege, lock_not_available after the whole lock timeout, protocol_violation of a
        // pooler that does not support what the load needs
        "57P04" | "42501" | "55P03" | "08P01" => Failure::Blocked,
        // idle_in_transaction_session_timeout, and a prepared statement that a pooler has lost
        "25P03" | "26000" => Failure::Transient,
        _ => match state.get(..2).unwrap_or_default() {
            // connection exceptions, rollbacks such as deadlocks, insufficient resources, operator intervention
            "08" | "40" | "53" | "57" => Failure::Transient,
            // cardinality violations, data exceptions, integrity violations, undefined and ambiguous names, check options,
            // program limits
            "21" | "22" | "23" | "42" | "44" | "54" => Failure::Terminal,
            _ => Failure::Blocked,
        },
    }
}

/// Returns the kind of an error without an SQLSTATE by its cause.
fn classify_cause(cause: Option<&(dyn StdError + 'static)>) -> Failure {
    let Some(error) = cause.and_then(|cause| cause.downcast_ref::<io::Error>()) else { return Failure::Blocked };
    // Invalid data is an error of TLS, such as an unknown certificate.
    if error.kind() == io::ErrorKind::InvalidData { Failure::Blocked } else { Failure::Transient }
}

/// Describes an error for a terminal: the message of the server with its detail, hint and the names of the objects, or the
/// causes. Never contains the statement.
pub fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(reported) => describe_fields(&ErrorFields::from(reported)),
        None => {
            let mut text = error.to_string();
            for cause in causes(error) {
                text = format!("{text}: {}", shorten(&cause.to_string(), SHOWN));
            }
            with_remedy(text, remedy(error))
        }
    }
}

/// The fields of an error that the server reported.
#[derive(Debug, Clone, Copy, Default)]
struct ErrorFields<'a> {
    message: &'a str,
    state: &'a str,
    detail: Option<&'a str>,
    hint: Option<&'a str>,
    context: Option<&'a str>,
    schema: Option<&'a str>,
    table: Option<&'a str>,
    column: Option<&'a str>,
    constraint: Option<&'a str>,
}

impl<'a> From<&'a DbError> for ErrorFields<'a> {
    fn from(error: &'a DbError) -> Self {
        ErrorFields {
            message: error.message(),
            state: error.code().code(),
            detail: error.detail(),
            hint: error.hint(),
            context: error.where_(),
            schema: error.schema(),
            table: error.table(),
            column: error.column(),
            constraint: error.constraint(),
        }
    }
}

fn describe_fields(fields: &ErrorFields<'_>) -> String {
    let mut text = format!("{} (SQLSTATE {})", shorten(fields.message, SHOWN), fields.state);
    let table = fields.table.map(|table| match fields.schema {
        Some(schema) => format!("{schema}.{table}"),
        None => table.to_owned(),
    });
    let objects = [("table", table.as_deref()), ("column", fields.column), ("constraint", fields.constraint)];
    for (kind, name) in objects {
        if let Some(name) = name {
            text += &format!(", {kind} {name:?}");
        }
    }
    // The context of a COPY is a line and a column; other contexts contain statements.
    let context = fields.context.and_then(|context| context.lines().find(|line| line.starts_with("COPY ")));
    for (label, part) in [("detail", fields.detail), ("hint", fields.hint), ("context", context)] {
        if let Some(part) = part {
            text += &format!("; {label}: {}", shorten(part, SHOWN));
        }
    }
    with_remedy(text, state_remedy(fields))
}

fn with_remedy(text: String, remedy: Option<&str>) -> String {
    match remedy {
        Some(remedy) => format!("{text}; {remedy}"),
        None => text,
    }
}

/// Returns what to do about an error of the server, if it does not say so itself.
fn state_remedy(fields: &ErrorFields<'_>) -> Option<&'static str> {
    match fields.state {
        "42501" if fields.message.contains("row-level security") => {
            Some("load as a role with BYPASSRLS, as policies would hide rows that must be merged or replaced")
        }
        "42501" => Some("grant the privilege to the role"),
        "25006" => Some("connect to the primary server, for example with `target_session_attrs=read-write` and all hosts"),
        "55P03" => Some(
            "end the session that holds the lock (`pg_locks` lists them), or raise `destination.postgres.lock_timeout`; the next \
             run loads the package",
        ),
        "54000" | "54011" => Some("store nested objects as JSON with `max_table_nesting`, or leave out keys"),
        "0A000" if fields.message.starts_with("cannot alter type") => {
            Some("drop the object that depends on the column, run again, and create the object again")
        }
        _ => None,
    }
}

/// Returns what to do about an error without an SQLSTATE, if its cause is known.
fn remedy(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let certificate = causes(error).find_map(|cause| {
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::InvalidCertificate(error)) => Some(error),
            _ => None,
        }
    });
    match certificate {
        Some(CertificateError::UnknownIssuer) => {
            Some("set `sslrootcert` to the file of the certificate authority that issued the certificate of the server")
        }
        Some(CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }) => Some(
            "connect with a host name in the subject alternative names of the certificate of the server, or set `sslmode` to \
             `verify-ca`",
        ),
        Some(error) if format!("{error:?}").contains("UnsupportedCertVersion") => Some(
            "the certificate of the server has X.509 version 1, which cannot be verified; replace it with version 3 and \
             subject alternative names, or set `sslmode` to `require`",
        ),
        Some(_) => Some("replace the certificate of the server"),
        None if causes(error).any(|cause| cause.to_string() == "password missing") => {
            Some("set `destination.postgres.credentials.password`")
        }
        None => None,
    }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause: &&'a (dyn StdError + 'static)| (*cause).source())
}

/// Truncates a text to `max` characters.
pub(crate) fn shorten(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_kinds() {
        fn check(state: &str, expected: Failure) {
            assert_eq!(classify_state(state), expected, "{state}");
        }
        check("08006", Failure::Transient);
        check("57P01", Failure::Transient);
        check("57P02", Failure::Transient);
        check("57P03", Failure::Transient);
        check("40001", Failure::Transient);
        check("40P01", Failure::Transient);
        check("55P03", Failure::Blocked);
        check("53100", Failure::Transient);
        check("53200", Failure::Transient);
        check("53300", Failure::Transient);
        check("57014", Failure::Cancelled);
        check("25P04", Failure::Cancelled);
        check("22001", Failure::Terminal);
        check("22P05", Failure::Terminal);
        check("23505", Failure::Terminal);
        check("42703", Failure::Terminal);
        check("42601", Failure::Terminal);
        check("21000", Failure::Terminal);
        check("54011", Failure::Terminal);
        check("42501", Failure::Blocked);
        check("3D000", Failure::Blocked);
        check("3F000", Failure::Blocked);
        check("28P01", Failure::Blocked);
        check("28000", Failure::Blocked);
        check("25006", Failure::Blocked);
        check("57P04", Failure::Blocked);
        check("0A000", Failure::Blocked);
        check("2BP01", Failure::Blocked);
        check("XX000", Failure::Blocked);
        check("", Failure::Blocked);
    }

    #[test]
    fn causes_have_kinds() {
        fn check(cause: impl StdError + 'static, expected: Failure) {
            assert_eq!(classify_cause(Some(&cause)), expected, "{cause}");
        }
        check(io::Error::from(io::ErrorKind::ConnectionRefused), Failure::Transient);
        check(io::Error::from(io::ErrorKind::TimedOut), Failure::Transient);
        check(io::Error::from(io::ErrorKind::UnexpectedEof), Failure::Transient);
        check(io::Error::new(io::ErrorKind::InvalidData, "unknown issuer"), Failure::Blocked);
        check(std::fmt::Error, Failure::Blocked);
        assert_eq!(classify_cause(None), Failure::Blocked);
    }

    #[test]
    fn reported_errors_are_described() {
        fn check(fields: ErrorFields<'_>, expected: &str) {
            assert_eq!(describe_fields(&fields), expected);
        }
        let unique = ErrorFields { message: "duplicate key", state: "23505", ..ErrorFields::default() };
        check(unique, "duplicate key (SQLSTATE 23505)");
        check(
            ErrorFields { schema: Some("shop"), table: Some("users"), constraint: Some("users_pkey"), ..unique },
            "duplicate key (SQLSTATE 23505), table \"shop.users\", constraint \"users_pkey\"",
        );
        check(
            ErrorFields { detail: Some("Key (id)=(1) exists."), hint: Some("Be unique."), column: Some("id"), ..unique },
            "duplicate key (SQLSTATE 23505), column \"id\"; detail: Key (id)=(1) exists.; hint: Be unique.",
        );
        check(
            ErrorFields { context: Some("JSON data, line 1: {\nCOPY users, line 2, column id\nmore"), ..unique },
            "duplicate key (SQLSTATE 23505); context: COPY users, line 2, column id",
        );
        let remedies = [
            ("42501", "permission denied for schema d", "grant the privilege to the role"),
            ("42501", "query would be affected by row-level security policy for table \"t\"", "load as a role with BYPASSRLS"),
            ("25006", "cannot execute CREATE TABLE in a read-only transaction", "connect to the primary server"),
            ("55P03", "canceling statement due to lock timeout", "end the session that holds the lock"),
            ("54011", "tables can have at most 1600 columns", "store nested objects as JSON"),
            ("0A000", "cannot alter type of a column used by a view or rule", "drop the object that depends on the column"),
        ];
        for (state, message, remedy) in remedies {
            let shown = describe_fields(&ErrorFields { message, state, ..ErrorFields::default() });
            assert!(shown.starts_with(&format!("{message} (SQLSTATE {state}); {remedy}")), "{shown}");
        }
        check(ErrorFields { context: Some("SQL statement \"…\""), ..unique }, "duplicate key (SQLSTATE 23505)");
        let long = "é".repeat(501);
        let shown = format!("{}… (SQLSTATE 22001)", "é".repeat(500));
        check(ErrorFields { message: &long, state: "22001", ..ErrorFields::default() }, &shown);
    }

    #[test]
    fn known_causes_have_remedies() {
        fn check(error: CertificateError, expected: Option<&str>) {
            /// An error of tokio-postgres, which cannot be created here.
            #[derive(Debug, thiserror::Error)]
            #[error("error performing TLS handshake")]
            struct Handshake(#[source] io::Error);
            let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(error));
            let shown = remedy(&Handshake(error));
            assert_eq!(shown.map(|text| text.split('`').nth(1).unwrap_or(text)), expected);
        }
        check(CertificateError::UnknownIssuer, Some("sslrootcert"));
        check(CertificateError::NotValidForName, Some("sslmode"));
        check(CertificateError::Expired, Some("replace the certificate of the server"));
        assert_eq!(remedy(&std::fmt::Error), None);
    }
}
