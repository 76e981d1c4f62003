//! What is asked of a vault, and how often.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use catchment_settings::{Secret, SettingValue, Settings};

use crate::{Config, Environment, Vault, VaultEntry, VaultError, VaultOptions};

/// Entries by name; notes what it is asked for.
#[derive(Debug, Clone, Default)]
struct Noting {
    entries: BTreeMap<&'static str, &'static str>,
    asked: Arc<Mutex<Vec<String>>>,
    /// Whether the entries have fields, and their names slashes.
    fields: bool,
}

impl Vault for Noting {
    fn name(&self) -> &str {
        "vault"
    }

    fn entry_name(&self, path: &[&str]) -> String {
        path.join(if self.fields { "/" } else { "-" })
    }

    fn value_entry_name(&self, path: &[&str]) -> String {
        let end = if self.fields { path.len() - 1 } else { path.len() };
        self.entry_name(&path[..end])
    }

    fn fetch(&self, entry: &str) -> Result<Option<VaultEntry>, VaultError> {
        self.asked.lock().unwrap().push(entry.to_owned());
        match self.entries.get(entry) {
            Some(&"denied") => Err(VaultError::Denied("no role".to_owned())),
            Some(&"broken") => Err(VaultError::failed("nothing listens")),
            Some(text) if self.fields => {
                let fields = text.split_once('=').map(|(name, value)| (name.to_owned(), SettingValue::from(value)));
                Ok(Some(VaultEntry::Fields(fields.into_iter().collect())))
            }
            Some(text) => Ok(Some(VaultEntry::Text(Secret::from(*text)))),
            None => Ok(None),
        }
    }

    fn list(&self) -> Result<BTreeSet<String>, VaultError> {
        self.asked.lock().unwrap().push("LIST".to_owned());
        Ok(self.entries.keys().map(|name| (*name).to_owned()).collect())
    }
}

fn vault(entries: &[(&'static str, &'static str)]) -> Noting {
    Noting { entries: entries.iter().copied().collect(), ..Noting::default() }
}

fn config(vault: &Noting, options: VaultOptions) -> Config {
    Config::from_environment(Environment::default()).with_vault(vault.clone(), options).with_pipeline("p")
}

const EXACT: VaultOptions = VaultOptions { only_secrets: true, only_toml_fragments: false, list_secrets: false };

/// What `sources.github.api_key` is, and what the vault was asked for.
fn check(vault: &Noting, options: VaultOptions, expected: Option<&str>, asked: &[&str]) {
    let config = config(vault, options);
    // twice, as each entry must be asked for once only
    for _ in 0..2 {
        let found = Settings::new(&config).section(["sources", "github"]).get::<Secret>("api_key").unwrap();
        assert_eq!(found, expected.map(Secret::from));
    }
    assert_eq!(*vault.asked.lock().unwrap(), asked);
}

#[test]
fn entries_with_several_settings() {
    let asked = ["dlt_secrets_toml", "p-dlt_secrets_toml", "sources", "sources-github", "p-sources", "p-sources-github"];
    let key = "[sources.github]\napi_key = 'x'";
    check(&vault(&[]), VaultOptions::default(), None, &asked);
    check(&vault(&[("sources-github", key)]), VaultOptions::default(), Some("x"), &asked);
    check(&vault(&[("p-sources-github", key)]), VaultOptions::default(), Some("x"), &asked);
    check(&vault(&[("sources", "sources: {github: {api_key: x}}")]), VaultOptions::default(), Some("x"), &asked);
    check(&vault(&[("dlt_secrets_toml", "[p]\napi_key = 'x'")]), VaultOptions::default(), Some("x"), &asked);
    // the more specific entry wins, and that of the pipeline over all
    let (first, second) = ("[sources.github]\napi_key = 'first'", "[sources.github]\napi_key = 'second'");
    check(&vault(&[("sources", first), ("sources-github", second)]), VaultOptions::default(), Some("second"), &asked);
    check(&vault(&[("sources-github", first), ("p-sources", second)]), VaultOptions::default(), Some("second"), &asked);
    // an entry that may not be read is as good as none
    check(&vault(&[("sources", "denied"), ("sources-github", key)]), VaultOptions::default(), Some("x"), &asked);
}

#[test]
fn entries_with_one_value() {
    let found = vault(&[("p-sources-github-api_key", "a: b")]);
    let asked = [
        "dlt_secrets_toml",
        "p-dlt_secrets_toml",
        "sources",
        "sources-github",
        "p-sources",
        "p-sources-github",
        "p-sources-github-api_key",
    ];
    check(&found, EXACT, Some("a: b"), &asked);
    assert_eq!(config(&vault(&[("p-sources-github-api_key", "x")]), VaultOptions::default()).unused_keys(&[]), []);
}

#[test]
fn entries_with_fields() {
    let found = Noting { fields: true, ..vault(&[("sources/github", "api_key=x")]) };
    let asked = ["dlt_secrets_toml", "p/dlt_secrets_toml", "sources", "sources/github", "p/sources", "p/sources/github"];
    check(&found, VaultOptions::default(), Some("x"), &asked);
    // with full names, entries at deeper sections are read too
    let found = Noting { fields: true, ..vault(&[("p/sources/github", "api_key=y")]) };
    check(&found, EXACT, Some("y"), &asked);
}

#[test]
fn a_list_saves_questions() {
    let options = VaultOptions { list_secrets: true, ..EXACT };
    check(&vault(&[("sources-github-api_key", "x")]), options, Some("x"), &["LIST", "sources-github-api_key"]);
}

#[test]
fn what_is_no_secret_is_not_asked_for() {
    let vault = vault(&[("dlt_secrets_toml", "[sources]\nowner = 'ada'"), ("sources", "[sources]\nrepo = 'x'")]);
    let config = config(&vault, EXACT);
    let settings = Settings::new(&config).section(["sources"]);
    assert_eq!(settings.get::<String>("owner").unwrap().as_deref(), Some("ada"));
    assert_eq!(settings.get::<String>("repo").unwrap(), None);
    assert_eq!(*vault.asked.lock().unwrap(), ["dlt_secrets_toml"]);
}

#[test]
fn a_vault_that_fails_is_asked_once_and_named() {
    let vault = vault(&[("sources", "broken")]);
    let config = config(&vault, VaultOptions::default());
    for _ in 0..2 {
        let error = Settings::new(&config).section(["sources"]).get::<Secret>("api_key").unwrap_err();
        assert_eq!(error.to_string(), "failed to read `api_key` from sources (vault)");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("nothing listens"));
    }
    assert_eq!(vault.asked.lock().unwrap().len(), 3);
}

#[test]
fn what_is_no_settings_is_an_error_that_shows_nothing() {
    let config = config(&vault(&[("sources", "hunter2")]), VaultOptions::default());
    let error = Settings::new(&config).section(["sources"]).get::<Secret>("api_key").unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("neither TOML nor YAML nor JSON"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_missing_setting_says_what_the_vault_was_asked_for() {
    let config = config(&vault(&[("sources", "denied"), ("sources-github", "a = 1")]), VaultOptions::default());
    let settings = Settings::new(&config).section(["sources", "github"]);
    assert_eq!(settings.get::<Secret>("api_key").unwrap(), None);
    let text = settings.require::<Secret>("api_key").unwrap_err().to_string();
    let expected = "vault: read sources-github; no entry dlt_secrets_toml, p-dlt_secrets_toml, p-sources, p-sources-github; \
                    access to sources is denied: no role";
    assert!(text.contains(expected), "{text}");
}
