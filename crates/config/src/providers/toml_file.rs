//! Settings in `config.toml` or `secrets.toml`. The project's file takes precedence over the global one.

use std::fmt;
use std::path::{Path, PathBuf};

use catchment_settings::{FoundSetting, Secret, SettingKey, SettingLocation, SettingValue, SettingsError};
use figment::value::{Dict, Value as Node};
use figment::{Figment, Profile, Provider as _};

use crate::providers::Provider;
use crate::providers::toml_source::{KeyLocation, TomlSource};
use crate::{ConfigError, SettingsDirs};

/// The provider for all settings files with the same name. TOML values keep their types.
pub(crate) struct TomlProvider {
    name: &'static str,
    holds_secrets: bool,
    /// Stores which file a value comes from.
    figment: Figment,
    root: Dict,
    /// The files that were read, with the lines of their keys.
    read: Vec<(PathBuf, Vec<KeyLocation>)>,
    absent: Vec<PathBuf>,
}

impl TomlProvider {
    /// Reads the files named `name` in both folders. Missing files are ignored.
    pub(crate) fn load(name: &'static str, holds_secrets: bool, folders: &SettingsDirs) -> Result<Self, ConfigError> {
        let mut figment = Figment::new();
        let (mut read, mut absent) = (Vec::new(), Vec::new());
        for path in folders.files(name) {
            match TomlSource::read(&path)? {
                Some(source) => {
                    read.push((path, source.keys().to_vec()));
                    figment = figment.merge(source);
                }
                None => absent.push(path),
            }
        }
        // The sources are already parsed, so this cannot fail. If it did, no data would be the safe result.
        let root = figment.data().ok();
        let root = root.and_then(|mut data| data.remove(&Profile::Default)).unwrap_or_default();
        Ok(Self { name, holds_secrets, figment, root, read, absent })
    }

    fn node(&self, path: &[&str]) -> Option<&Node> {
        let (field, sections) = path.split_last()?;
        let mut table = &self.root;
        for section in sections {
            table = table.get(*section)?.as_dict()?;
        }
        table.get(*field)
    }

    /// Returns the line of a key in a file. The line of a table is that of its first key.
    fn line(&self, file: &Path, path: &[&str]) -> Option<usize> {
        let (_, keys) = self.read.iter().find(|(read, _)| read == file)?;
        let is_at = |key: &&KeyLocation| key.path.len() >= path.len() && key.path.iter().zip(path).all(|(a, b)| a == b);
        keys.iter().find(is_at).map(|key| key.line)
    }
}

impl Provider for TomlProvider {
    fn holds_secrets(&self) -> bool {
        self.holds_secrets
    }

    fn is_empty(&self) -> bool {
        self.root.is_empty()
    }

    fn get(&self, _key: &SettingKey, _pipeline: Option<&str>, path: &[&str]) -> Result<Option<FoundSetting>, SettingsError> {
        let Some((node, value)) = self.node(path).and_then(|node| Some((node, from_figment(node)?))) else {
            return Ok(None);
        };
        let source = self.figment.get_metadata(node.tag()).and_then(|data| data.source.as_ref());
        let file = source.and_then(|source| source.file_path());
        let line = file.and_then(|file| self.line(file, path));
        let location = SettingLocation { file: file.map(ToOwned::to_owned), line, ..self.location(path) };
        Ok(Some(FoundSetting { value, location, redact: self.holds_secrets, misplaced: false }))
    }

    fn location(&self, path: &[&str]) -> SettingLocation {
        let written: Vec<String> = path.iter().map(|part| quote_key(part)).collect();
        SettingLocation::new(self.name, written.join("."))
    }

    fn keys(&self) -> Vec<(Vec<String>, SettingLocation)> {
        let of_file = |(file, keys): &(PathBuf, Vec<KeyLocation>)| {
            let location = |key: &KeyLocation| {
                let path: Vec<&str> = key.path.iter().map(String::as_str).collect();
                let location = SettingLocation { file: Some(file.clone()), line: Some(key.line), ..self.location(&path) };
                (key.path.clone(), location)
            };
            keys.iter().map(location).collect::<Vec<_>>()
        };
        self.read.iter().flat_map(of_file).collect()
    }

    fn notes(&self) -> Vec<String> {
        let absent = (!self.absent.is_empty()).then(|| format!("no file at {}", listed(&self.absent)));
        let read = (!self.read.is_empty()).then(|| {
            let nothing = if self.is_empty() { " (no settings)" } else { "" };
            format!("read {}{nothing}", listed(self.read.iter().map(|(file, _)| file)))
        });
        let parts: Vec<String> = read.into_iter().chain(absent).collect();
        vec![format!("{}: {}", self.name, parts.join("; "))]
    }
}

impl fmt::Debug for TomlProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Omits the values, which may be secrets.
        f.debug_struct("TomlProvider").field("name", &self.name).field("absent", &self.absent).finish_non_exhaustive()
    }
}

fn listed<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> String {
    let shown: Vec<String> = paths.into_iter().map(|path| path.display().to_string()).collect();
    shown.join(" and ")
}

/// Returns a part of a key as TOML, in quotes if necessary.
pub(crate) fn quote_key(part: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !part.is_empty() && part.chars().all(bare) { part.to_owned() } else { format!("{part:?}") }
}

/// The key under which the TOML parser stores a date or time.
const DATETIME: &str = "$__toml_private_datetime";

/// Converts a value of figment. Returns `None` for null, which TOML does not have.
pub(crate) fn from_figment(node: &Node) -> Option<SettingValue> {
    Some(match node {
        Node::String(_, text) => SettingValue::Text(Secret::from(text.as_str())),
        Node::Char(_, c) => SettingValue::Text(Secret::from(c.to_string())),
        Node::Bool(_, value) => SettingValue::Bool(*value),
        Node::Num(_, number) => match (number.to_i128(), number.to_u128(), number.to_f64()) {
            (Some(number), _, _) => SettingValue::Integer(number),
            (_, Some(number), _) => SettingValue::Integer(i128::try_from(number).ok()?),
            (_, _, number) => SettingValue::Float(number?),
        },
        Node::Empty(..) => return None,
        Node::Array(_, items) => SettingValue::List(items.iter().filter_map(from_figment).collect()),
        Node::Dict(_, table) => match table.get(DATETIME).and_then(|text| text.as_str()) {
            Some(text) => SettingValue::Text(Secret::from(text)),
            None => {
                let fields = table.iter().filter_map(|(name, node)| Some((name.clone(), from_figment(node)?)));
                SettingValue::Table(fields.collect())
            }
        },
    })
}

#[cfg(test)]
mod tests {
    use catchment_settings::Scope;
    use tempfile::TempDir;

    use super::*;

    /// Creates both folders, with a `secrets.toml` for each given text.
    fn provider(project: Option<&str>, global: Option<&str>) -> (TempDir, TomlProvider) {
        let home = tempfile::tempdir().unwrap();
        let folders =
            SettingsDirs { global: home.path().join("global"), ..SettingsDirs::for_project(home.path().join("project")) };
        for (folder, text) in [(&folders.project, project), (&folders.global, global)] {
            if let Some(text) = text {
                std::fs::create_dir(folder).unwrap();
                std::fs::write(folder.join("secrets.toml"), text).unwrap();
            }
        }
        let provider = TomlProvider::load("secrets.toml", true, &folders).unwrap();
        (home, provider)
    }

    fn get(provider: &TomlProvider, path: &str) -> Option<FoundSetting> {
        let path: Vec<&str> = path.split('.').collect();
        provider.get(&SettingKey::new(Scope::new(), "key", true), None, &path).unwrap()
    }

    #[test]
    fn values_keep_their_type() {
        fn check(toml: &str, expected: impl Into<SettingValue>) {
            let (_home, provider) = provider(Some(&format!("[a.b]\nkey = {toml}")), None);
            assert_eq!(get(&provider, "a.b.key").unwrap().value, expected.into(), "{toml}");
        }
        check("\"00712345\"", "00712345");
        check("'true'", "true");
        check("\"x\"", "x");
        check("5", 5);
        check("-9223372036854775808", i64::MIN);
        check("1.5", 1.5);
        check("true", true);
        check("[1, \"x\"]", SettingValue::List(vec![SettingValue::from(1), SettingValue::from("x")]));
        check("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z");
        check("2024-01-01", "2024-01-01");
        check("{ host = \"h\" }", SettingValue::Table([("host".to_owned(), SettingValue::from("h"))].into()));
    }

    #[test]
    fn the_project_takes_precedence_key_by_key() {
        let (home, provider) = provider(
            Some("[a]\nboth = 'project'\nlist = [1]\n[default]\nd = 1"),
            Some("top = 'global'\n[a]\nboth = 'global'\nonly = 'global'\nlist = [2, 3]"),
        );
        let check = |path: &str, expected: SettingValue, file: &str| {
            let found = get(&provider, path).unwrap();
            assert_eq!(found.value, expected, "{path}");
            assert_eq!(found.location.file, Some(home.path().join(file)), "{path}");
            assert!(found.redact);
        };
        check("a.both", "project".into(), "project/secrets.toml");
        check("a.only", "global".into(), "global/secrets.toml");
        check("a.list", SettingValue::List(vec![SettingValue::from(1)]), "project/secrets.toml");
        check("top", "global".into(), "global/secrets.toml");
        check("default.d", 1.into(), "project/secrets.toml");
        assert_eq!(get(&provider, "a.none"), None);
        assert_eq!(get(&provider, "top.key"), None);
    }

    #[test]
    fn notes_list_read_and_missing_files() {
        fn check(project: Option<&str>, global: Option<&str>, expected: &str) {
            let (home, provider) = provider(project, global);
            let notes = provider.notes();
            assert_eq!(notes.join("\n").replace(&home.path().display().to_string(), ""), expected);
        }
        let (project, global) = ("/project/secrets.toml", "/global/secrets.toml");
        check(None, None, &format!("secrets.toml: no file at {global} and {project}"));
        check(Some("a = 1"), None, &format!("secrets.toml: read {project}; no file at {global}"));
        check(Some(""), Some(""), &format!("secrets.toml: read {global} and {project} (no settings)"));
    }

    #[test]
    fn quotes_parts_that_are_not_bare_keys() {
        let (_home, provider) = provider(None, None);
        let location = provider.location(&["sources", "my.src", "api-key"]);
        assert_eq!(location.to_string(), "sources.\"my.src\".api-key (secrets.toml)");
    }

    #[test]
    fn debug_hides_values() {
        let (_home, provider) = provider(Some("key = 'hunter2'"), None);
        assert!(!format!("{provider:?}").contains("hunter2"));
        assert!(!format!("{:?}", get(&provider, "key")).contains("hunter2"));
    }
}
