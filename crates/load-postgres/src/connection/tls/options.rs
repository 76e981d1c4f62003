//! TLS options.

use std::path::PathBuf;

use super::super::OptionsError;
use super::super::options::choice;
use super::super::parameters::Parameters;

/// Whether connections use TLS, and what they verify: `sslmode` of libpq. Unix sockets never use TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum TlsMode {
    /// Connections do not use TLS.
    Disable,
    /// Connections use TLS if the server supports it. Nothing is verified.
    #[default]
    Prefer,
    /// Connections use TLS. Nothing is verified.
    Require,
    /// The certificate of the server must be issued by a trusted certificate authority.
    VerifyCa,
    /// The certificate of the server must be trusted and issued for its host name.
    VerifyFull,
}

impl TlsMode {
    /// Returns the name of the mode in libpq.
    pub fn name(self) -> &'static str {
        match self {
            TlsMode::Disable => "disable",
            TlsMode::Prefer => "prefer",
            TlsMode::Require => "require",
            TlsMode::VerifyCa => "verify-ca",
            TlsMode::VerifyFull => "verify-full",
        }
    }
}

/// The trusted certificate authorities.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum RootCertificates {
    /// Those that the system trusts.
    #[default]
    System,
    /// Those in a PEM file.
    File(PathBuf),
}

/// The certificate by which a client authenticates itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The PEM file of the certificate and its intermediate certificates.
    pub certificates: PathBuf,
    /// The PEM file of the private key, without encryption.
    pub key: PathBuf,
}

/// The TLS options of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsOptions {
    /// The mode.
    pub mode: TlsMode,
    /// The trusted certificate authorities.
    pub root_certificates: RootCertificates,
    /// The certificate of the client.
    pub client_certificate: Option<ClientCertificate>,
    /// Whether TLS begins without the request of PostgreSQL's protocol, which servers support from version 17.
    pub direct: bool,
    /// Whether TLS 1.2 is rejected.
    pub only_tls13: bool,
}

/// Reads the TLS options.
///
/// A file of root certificates is always used: it raises the modes `require` and missing to `verify-ca`, and
/// `sslrootcert=system` raises a missing mode to `verify-full`, as in libpq.
pub(in super::super) fn tls_options(parameters: &Parameters) -> Result<TlsOptions, OptionsError> {
    let words = [
        ("disable", TlsMode::Disable),
        ("allow", TlsMode::Prefer),
        ("prefer", TlsMode::Prefer),
        ("require", TlsMode::Require),
        ("verify-ca", TlsMode::VerifyCa),
        ("verify-full", TlsMode::VerifyFull),
    ];
    let expected = "`disable`, `prefer`, `require`, `verify-ca` or `verify-full`";
    let mode = choice(parameters, "sslmode", expected, &words)?;
    let (root_certificates, mode) = match parameters.get("sslrootcert") {
        None => (RootCertificates::System, mode.unwrap_or_default()),
        Some("system") => match mode.unwrap_or(TlsMode::VerifyFull) {
            TlsMode::VerifyFull => (RootCertificates::System, TlsMode::VerifyFull),
            mode => {
                return Err(conflict("sslrootcert=system", mode, "use `sslmode=verify-full`, as anyone can get a certificate"));
            }
        },
        Some(file) => {
            let mode = mode.map_or(TlsMode::VerifyCa, |mode| if mode == TlsMode::Require { TlsMode::VerifyCa } else { mode });
            (RootCertificates::File(file.into()), mode)
        }
    };
    let client_certificate = match (parameters.get("sslcert"), parameters.get("sslkey")) {
        (Some(certificates), Some(key)) => Some(ClientCertificate { certificates: certificates.into(), key: key.into() }),
        (None, None) => None,
        (Some(_), None) => return Err(OptionsError::Missing { parameter: "sslkey", field: "query.sslkey" }),
        (None, Some(_)) => return Err(OptionsError::Missing { parameter: "sslcert", field: "query.sslcert" }),
    };
    let direct = choice(parameters, "sslnegotiation", "`postgres` or `direct`", &[("postgres", false), ("direct", true)])?;
    if direct == Some(true) && mode < TlsMode::Require {
        return Err(conflict("sslnegotiation=direct", mode, "use `sslmode=require` or a stricter mode"));
    }
    let versions = [("TLSv1", false), ("TLSv1.1", false), ("TLSv1.2", false), ("TLSv1.3", true)];
    let only_tls13 = choice(parameters, "ssl_min_protocol_version", "`TLSv1.2` or `TLSv1.3`", &versions)?;
    Ok(TlsOptions {
        mode,
        root_certificates,
        client_certificate,
        direct: direct.unwrap_or(false),
        only_tls13: only_tls13.unwrap_or(false),
    })
}

fn conflict(parameter: &'static str, mode: TlsMode, remedy: &'static str) -> OptionsError {
    OptionsError::Conflict { parameter, other: format!("`sslmode={}`", mode.name()), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<TlsOptions, OptionsError> {
        let mut parameters = Parameters::default();
        given.iter().for_each(|(name, value)| parameters.set(name, *value).unwrap());
        tls_options(&parameters)
    }

    #[test]
    fn modes() {
        fn check(given: &[(&str, &str)], mode: TlsMode, root_certificates: RootCertificates) {
            let found = read(given).unwrap();
            assert_eq!((found.mode, found.root_certificates), (mode, root_certificates), "{given:?}");
        }
        let file = || RootCertificates::File("ca.pem".into());
        check(&[], TlsMode::Prefer, RootCertificates::System);
        check(&[("sslmode", "allow")], TlsMode::Prefer, RootCertificates::System);
        check(&[("sslmode", "disable")], TlsMode::Disable, RootCertificates::System);
        check(&[("sslmode", "verify-ca")], TlsMode::VerifyCa, RootCertificates::System);
        check(&[("sslmode", "verify-full")], TlsMode::VerifyFull, RootCertificates::System);
        check(&[("sslrootcert", "system")], TlsMode::VerifyFull, RootCertificates::System);
        check(&[("sslrootcert", "ca.pem")], TlsMode::VerifyCa, file());
        check(&[("sslrootcert", "ca.pem"), ("sslmode", "require")], TlsMode::VerifyCa, file());
        check(&[("sslrootcert", "ca.pem"), ("sslmode", "prefer")], TlsMode::Prefer, file());
        check(&[("sslrootcert", "ca.pem"), ("sslmode", "verify-full")], TlsMode::VerifyFull, file());
    }

    #[test]
    fn other_options() {
        fn check(given: &[(&str, &str)], expected: TlsOptions) {
            assert_eq!(read(given), Ok(expected), "{given:?}");
        }
        let client_certificate = Some(ClientCertificate { certificates: "c.pem".into(), key: "k.pem".into() });
        check(&[("sslcert", "c.pem"), ("sslkey", "k.pem")], TlsOptions { client_certificate, ..TlsOptions::default() });
        check(&[("ssl_min_protocol_version", "TLSv1.2")], TlsOptions::default());
        check(&[("ssl_min_protocol_version", "TLSv1.3")], TlsOptions { only_tls13: true, ..TlsOptions::default() });
        let direct = TlsOptions { mode: TlsMode::Require, direct: true, ..TlsOptions::default() };
        check(&[("sslmode", "require"), ("sslnegotiation", "direct")], direct);
    }

    #[test]
    fn contradictions_are_rejected() {
        fn check(given: &[(&str, &str)], expected: &str) {
            assert_eq!(read(given).unwrap_err().to_string(), expected);
        }
        check(
            &[("sslrootcert", "system"), ("sslmode", "require")],
            "`sslrootcert=system` cannot be combined with `sslmode=require`: use `sslmode=verify-full`, as anyone can get \
             a certificate",
        );
        check(
            &[("sslnegotiation", "direct")],
            "`sslnegotiation=direct` cannot be combined with `sslmode=prefer`: use `sslmode=require` or a stricter mode",
        );
        check(
            &[("sslcert", "c.pem")],
            "`sslkey` is missing: add it to the connection string, or set `destination.postgres.credentials.query.sslkey`",
        );
        check(
            &[("sslmode", "on")],
            "`sslmode` must be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`, but is \"on\"",
        );
    }
}
