//! The service file of libpq, `pg_service.conf`.

use std::path::Path;

use catchment_settings::Secret;

use super::OptionsError;
use super::parameters::Parameters;

/// Returns the parameters of a service: the lines `name=value` of its section, in their order. Returns `None` if the text has
/// no such section.
///
/// # Errors
///
/// Returns an error if a line of the section is not `name=value`.
///
/// ```
/// use catchment_load_postgres::parse_service;
///
/// let parameters = parse_service("[shop]\nhost=db.example.com\nport=5433\n", "shop")?.unwrap_or_default();
/// assert_eq!(parameters[1].0, "port");
/// # Ok::<(), catchment_load_postgres::OptionsError>(())
/// ```
pub fn parse_service(text: &str, service: &str) -> Result<Option<Vec<(String, Secret)>>, OptionsError> {
    let mut found: Option<Vec<(String, Secret)>> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[') {
            // The first section of a name counts.
            if found.is_some() {
                break;
            }
            found = (section.strip_suffix(']') == Some(service)).then(Vec::new);
        } else if let Some(parameters) = &mut found {
            let invalid = || OptionsError::ServiceLine { service: service.to_owned(), line: number };
            let (name, value) = line.split_once('=').ok_or_else(invalid)?;
            parameters.push((name.to_owned(), Secret::from(value)));
        }
    }
    Ok(found)
}

/// Reads the parameters of a service from a service file.
pub(super) fn read_service(file: &Path, service: &str) -> Result<Parameters, OptionsError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Secret::from(text),
        Err(error) => return Err(OptionsError::File { file: file.to_owned(), reason: error.to_string() }),
    };
    let found = parse_service(text.expose(), service)?;
    let found = found.ok_or_else(|| OptionsError::ServiceNotFound { service: service.to_owned(), file: file.to_owned() })?;
    let mut parameters = Parameters::default();
    for (name, value) in found {
        parameters.set(&name, value)?;
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_services() {
        fn check(text: &str, expected: Option<&[(&str, &str)]>) {
            let expected =
                expected.map(|list| list.iter().map(|(name, value)| ((*name).to_owned(), Secret::from(*value))).collect());
            assert_eq!(parse_service(text, "shop"), Ok(expected), "{text}");
        }
        check("", None);
        check("[other]\nhost=h", None);
        check("[shop]", Some(&[]));
        check(
            "# a\n[other]\nhost=a\n[shop]\n # b\nhost=h\npassword= a=b\n[more]\nhost=c",
            Some(&[("host", "h"), ("password", " a=b")]),
        );
        check("[shop]\nhost=a\n[shop]\nhost=b", Some(&[("host", "a")]));
    }

    #[test]
    fn invalid_lines_are_rejected_without_their_content() {
        fn check(text: &str, line: usize) {
            let error = OptionsError::ServiceLine { service: "shop".to_owned(), line };
            assert_eq!(parse_service(text, "shop"), Err(error));
        }
        check("[shop]\nhost", 2);
        check("\n[shop]\nhost=h\nhunter2", 4);
    }

    #[test]
    fn files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pg_service.conf");
        std::fs::write(&file, "[shop]\nhost=h\n").unwrap();
        let check = |file: &Path, service: &str, expected: &str| {
            let found = read_service(file, service);
            let shown = found.map_or_else(|error| error.to_string(), |found| found.get("host").unwrap_or_default().to_owned());
            assert!(shown.starts_with(expected), "{shown}");
        };
        check(&file, "shop", "h");
        check(&file, "other", "service \"other\" is not in ");
        check(&folder.path().join("missing"), "shop", "failed to read ");
    }
}
