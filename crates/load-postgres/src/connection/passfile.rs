//! The password file of libpq, `~/.pgpass`.

use std::path::Path;

use catchment_settings::Secret;

use super::{HostAddress, OptionsError};

/// Returns the password of the first line of a password file that matches.
///
/// A line is `host:port:database:user:password`. `*` matches any value, `\` escapes `:` and `\`, and lines that begin with
/// `#` are comments. The host of a Unix socket is its folder.
///
/// ```
/// use catchment_load_postgres::parse_pgpass;
///
/// let text = "db.example.com:5432:shop:loader:s3cret\n*:*:*:*:other";
/// let password = parse_pgpass(text, "db.example.com", 5432, "shop", "loader");
/// assert_eq!(password.as_ref().map(|password| password.expose()), Some("s3cret"));
/// ```
pub fn parse_pgpass(text: &str, host: &str, port: u16, database: &str, user: &str) -> Option<Secret> {
    let port = port.to_string();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.trim_end_matches('\r')).find_map(|line| {
        let mut rest = line;
        for wanted in [host, port.as_str(), database, user] {
            rest = match_field(rest, wanted)?;
        }
        let (password, _) = split_field(rest);
        Some(Secret::from(password))
    })
}

/// Returns the text after the first field and its colon if the field matches.
fn match_field<'a>(line: &'a str, wanted: &str) -> Option<&'a str> {
    let (field, rest) = split_field(line);
    let is_any = line.starts_with("*:");
    rest.filter(|_| is_any || field == wanted)
}

/// Splits the first field, without its escapes, and the text after its colon.
fn split_field(line: &str) -> (String, Option<&str>) {
    let mut field = String::new();
    let mut characters = line.chars();
    loop {
        match characters.next() {
            Some('\\') => field.extend(characters.next()),
            Some(':') => return (field, Some(characters.as_str())),
            Some(character) => field.push(character),
            None => return (field, None),
        }
    }
}

/// Reads the passwords of the hosts from a password file. Ignores a missing file, and, as libpq does, a file that other
/// users can read.
pub(super) fn read_passwords(file: &Path, hosts: &mut [HostAddress], database: &str, user: &str) -> Result<(), OptionsError> {
    let failed = |error: std::io::Error| OptionsError::File { file: file.to_owned(), reason: error.to_string() };
    let metadata = match std::fs::metadata(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        found => found.map_err(failed)?,
    };
    if !metadata.is_file() || is_shared(&metadata) {
        let reason = "it must be a file that only its owner can read (chmod 600)";
        tracing::warn!(file = %file.display(), reason, "ignored the password file");
        return Ok(());
    }
    let text = Secret::from(std::fs::read_to_string(file).map_err(failed)?);
    for host in hosts {
        // libpq writes `localhost` for its default socket folder, which this crate does not have.
        host.password = parse_pgpass(text.expose(), &host.host, host.port, database, user);
    }
    Ok(())
}

#[cfg(unix)]
fn is_shared(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_shared(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_matching_line_has_the_password() {
        fn check(text: &str, expected: Option<&str>) {
            let found = parse_pgpass(text, "h", 5432, "d", "u");
            assert_eq!(found.as_ref().map(Secret::expose), expected, "{text}");
        }
        check("", None);
        check("h:5432:d:u:p", Some("p"));
        check("h:5432:d:u:p\r\n", Some("p"));
        check("h:5432:d:other:a\n*:*:*:u:b\nh:5432:d:u:c", Some("b"));
        check("# h:5432:d:u:a\n\nh:5432:d:u:p", Some("p"));
        check("h:5433:d:u:p", None);
        check("h:5432:d:u", None);
        check("h:5432:d:u:", Some(""));
        check(r"h:5432:d:u:a\:b\\c", Some(r"a:b\c"));
        check("h:5432:d:u:p:more", Some("p"));
        check("h:5432:d:u: p ", Some(" p "));
        check(r"\*:*:*:*:p", None);
    }

    #[test]
    fn fields_may_be_escaped() {
        fn check(text: &str, host: &str, expected: Option<&str>) {
            let found = parse_pgpass(text, host, 1, "d", "u");
            assert_eq!(found.as_ref().map(Secret::expose), expected, "{text}");
        }
        check(r"\:\:1:1:d:u:p", "::1", Some("p"));
        check("/var/run:1:d:u:p", "/var/run", Some("p"));
    }

    #[cfg(unix)]
    #[test]
    fn a_shared_file_is_ignored() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        let check = |mode: u32, expected: Option<&str>| {
            std::fs::write(&file, "*:*:*:*:p").unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let mut hosts = [HostAddress { host: "h".to_owned(), address: None, port: 5432, password: None }];
            read_passwords(&file, &mut hosts, "d", "u").unwrap();
            assert_eq!(hosts[0].password.as_ref().map(Secret::expose), expected, "{mode:o}");
        };
        check(0o600, Some("p"));
        check(0o640, None);
        check(0o604, None);
        read_passwords(&folder.path().join("missing"), &mut [], "d", "u").unwrap();
    }
}
