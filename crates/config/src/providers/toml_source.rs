//! One TOML file, read and parsed by figment.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_settings::Secret;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map};
use figment::{Metadata, Profile, Provider};
use toml_edit::{ImDocument, Item};

use crate::ConfigError;

/// A parsed file, which is the source of its values in figment.
pub(super) struct TomlSource {
    path: PathBuf,
    data: Map<Profile, Dict>,
    keys: Vec<KeyLocation>,
}

/// A key with a value, and its line.
#[derive(Debug, Clone)]
pub(super) struct KeyLocation {
    /// The parts of the key, outermost table first.
    pub(super) path: Vec<String>,
    /// The line, from 1.
    pub(super) line: usize,
}

impl TomlSource {
    /// Reads the file. Returns `None` if it does not exist.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, ConfigError> {
        // figment treats an unreadable file as missing, so the file is read here, as a secret, so that this
        // copy of the text is wiped.
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Secret::from(text),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(source) => {
                let path = path.to_owned();
                return Err(ConfigError::Read { path, source });
            }
        };
        match Toml::string(text.expose()).data() {
            Ok(data) => Ok(Some(Self { path: path.to_owned(), data, keys: key_lines(text.expose()) })),
            Err(error) => Err(bad_toml(path, &error.to_string())),
        }
    }

    /// Returns the keys with values in the order of the file: those of tables, but not the tables themselves.
    pub(super) fn keys(&self) -> &[KeyLocation] {
        &self.keys
    }
}

/// Returns the keys with their lines, which figment does not provide. Empty for invalid TOML.
fn key_lines(text: &str) -> Vec<KeyLocation> {
    let mut keys = Vec::new();
    if let Ok(document) = ImDocument::parse(text) {
        note_keys(document.as_table(), &mut Vec::new(), text, &mut keys);
    }
    keys.sort_by_key(|key| key.line);
    keys
}

fn note_keys(table: &dyn toml_edit::TableLike, path: &mut Vec<String>, text: &str, keys: &mut Vec<KeyLocation>) {
    for (name, item) in table.iter() {
        path.push(name.to_owned());
        match item.as_table_like() {
            Some(inner) => note_keys(inner, path, text, keys),
            None => {
                let location = table.key(name).and_then(toml_edit::Key::span).or_else(|| Item::span(item));
                let before = location.and_then(|location| text.get(..location.start)).unwrap_or_default();
                keys.push(KeyLocation { path: path.clone(), line: 1 + before.matches('\n').count() });
            }
        }
        path.pop();
    }
}

impl Provider for TomlSource {
    fn metadata(&self) -> Metadata {
        Metadata::from("TOML file", self.path.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(self.data.clone())
    }
}

/// Creates the error from figment's report: the position, three lines that quote the invalid line of the file, then the
/// problem. The quoted line may contain a secret and is dropped.
fn bad_toml(path: &Path, report: &str) -> ConfigError {
    let mut lines = report.lines();
    let position = lines.next().unwrap_or_default();
    let position = position.strip_prefix("TOML parse error at line ");
    let position = position.and_then(|position| position.split_once(", column "));
    let problem: Vec<&str> = lines.skip(3).map(str::trim).filter(|line| !line.is_empty()).collect();
    let problem = match position {
        Some(_) if !problem.is_empty() => problem.join(", "),
        // a report in another format may contain a secret anywhere
        _ => "check its quotes, brackets and equal signs".to_owned(),
    };
    ConfigError::InvalidToml {
        path: path.to_owned(),
        line: position.and_then(|(line, _)| line.parse().ok()),
        column: position.and_then(|(_, column)| column.trim().parse().ok()),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_toml_names_file_and_position_but_shows_no_line() {
        fn check(text: &str, expected: &str) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("secrets.toml");
            std::fs::write(&path, text).unwrap();
            let error = TomlSource::read(&path).map(|_| ()).unwrap_err();
            let shown = error.to_string().replace(&path.display().to_string(), "FILE");
            let problem = shown.strip_prefix("FILE is not valid TOML at ");
            assert_eq!(problem, Some(expected));
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
        check("a = 1\nkey = hunter2", "line 2, column 7: invalid string, expected `\"`, `'`");
        check("key = \"hunter2", "line 1, column 15: invalid basic string");
        check("key = \"\"\"\nhunter2", "line 2, column 8: invalid multiline basic string");
        check("hunter2", "line 1, column 8: expected `.`, `=`");
        check("key = \"hunter2\" x", "line 1, column 17: expected newline, `#`");
        check("key = \"hunter2\"\nkey = \"hunter2\"", "line 2, column 1: duplicate key `key` in document root");
        check("key = 00712345", "line 1, column 8: expected newline, `#`");
        check("[a\nkey = \"hunter2\"", "line 1, column 3: invalid table header, expected `.`, `]`");
        check("key = 99999999999999999999", "line 1, column 7: number too large to fit in target type");
    }

    #[test]
    fn locates_keys_by_line() {
        fn check(text: &str, expected: &[(&str, usize)]) {
            let keys: Vec<(String, usize)> =
                super::key_lines(text).into_iter().map(|key| (key.path.join("."), key.line)).collect();
            let keys: Vec<(&str, usize)> = keys.iter().map(|(path, line)| (path.as_str(), *line)).collect();
            assert_eq!(keys, expected);
        }
        check("a = 1\n\n[b.c]\n# d\nd = 'x'\n[b]\ne.f = 2", &[("a", 1), ("b.c.d", 5), ("b.e.f", 7)]);
        check("[a]\nb = { c = 1, d = { e = [1,\n2] } }\nf = 1", &[("a.b.c", 2), ("a.b.d.e", 2), ("a.f", 4)]);
        check("text = \"\"\"\na\nb\"\"\"\nnext = 1", &[("text", 1), ("next", 4)]);
        check("[[list]]\na = 1\n[[list]]\na = 2\n", &[("list", 1)]);
        check("", &[]);
    }

    #[test]
    fn a_missing_file_is_none_and_an_unreadable_file_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(TomlSource::read(&folder.path().join("config.toml")).unwrap().is_none());
        assert!(matches!(TomlSource::read(folder.path()), Err(ConfigError::Read { .. })));
        let path = folder.path().join("latin1.toml");
        std::fs::write(&path, b"key = \"\xe9\"").unwrap();
        assert!(matches!(TomlSource::read(&path), Err(ConfigError::Read { .. })));
    }
}
