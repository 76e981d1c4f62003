//! Settings in a vault. Each entry is fetched once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use catchment_settings::{FoundSetting, SettingKey, SettingLocation, SettingValue, SettingsError};

use crate::providers::Provider;
use crate::providers::layered_entries::{LayeredEntries, parse};
use crate::vault::{Vault, VaultEntry, VaultError, VaultOptions};

/// The entry with all kinds of settings. The reference uses the same name, so its vaults work.
const ALL: &str = "dlt_secrets_toml";
/// The sections with separate entries; so have their direct subsections.
const WITH_ENTRIES: [&str; 2] = ["sources", "destination"];

/// The provider for a vault. Caches its entries for the lifetime of the configuration.
#[derive(Debug)]
pub(crate) struct VaultProvider {
    vault: Box<dyn Vault>,
    options: VaultOptions,
    known: Mutex<VaultCache>,
}

#[derive(Debug, Default)]
struct VaultCache {
    /// The outcome of each fetch, by entry name.
    entries: BTreeMap<String, FetchStatus>,
    /// The names of all entries, if they were listed.
    listed: Option<Result<BTreeSet<String>, Arc<VaultError>>>,
    document: LayeredEntries,
}

#[derive(Debug, Clone)]
enum FetchStatus {
    Read,
    Absent,
    Denied(String),
    Failed(Arc<VaultError>),
}

impl VaultProvider {
    pub(crate) fn new(vault: impl Vault + 'static, options: VaultOptions) -> VaultProvider {
        VaultProvider { vault: Box::new(vault), options, known: Mutex::default() }
    }

    /// Returns the entries that may contain the path, with the sections of their fields. Later entries take precedence.
    fn entries<'p>(&self, key: &SettingKey, pipeline: Option<&str>, path: &'p [&'p str]) -> Vec<(String, &'p [&'p str])> {
        let mut entries = vec![(self.vault.entry_name(&[ALL]), Default::default())];
        if self.options.only_secrets && !key.is_secret() {
            return entries;
        }
        // Entries with the pipeline name come last, because later entries take precedence.
        let plain = path.get(usize::from(pipeline.is_some())..).unwrap_or_default();
        if let Some(pipeline) = pipeline {
            entries.push((self.vault.entry_name(&[pipeline, ALL]), path.get(..1).unwrap_or_default()));
        }
        for path in if pipeline.is_some() { vec![plain, path] } else { vec![plain] } {
            if let Some(at) = path.iter().position(|part| WITH_ENTRIES.contains(part)) {
                let sections = [at + 1, at + 2].into_iter().filter(|end| *end < path.len()).filter_map(|end| path.get(..end));
                entries.extend(sections.map(|sections| (self.vault.entry_name(sections), sections)));
            }
        }
        entries
    }

    /// Fetches the entry unless it is cached.
    fn fetch_cached(&self, known: &mut VaultCache, entry: &str, query: EntryQuery<'_>) -> FetchStatus {
        if let Some(fetched) = known.entries.get(entry) {
            return fetched.clone();
        }
        let fetched = self.fetch(known, entry, query);
        known.entries.insert(entry.to_owned(), fetched.clone());
        fetched
    }

    fn fetch(&self, known: &mut VaultCache, entry: &str, query: EntryQuery<'_>) -> FetchStatus {
        if self.options.list_secrets {
            match known.listed.get_or_insert_with(|| self.vault.list().map_err(Arc::new)) {
                Ok(listed) if !listed.contains(entry) => return FetchStatus::Absent,
                Ok(_) => {}
                Err(error) => return FetchStatus::Failed(Arc::clone(error)),
            }
        }
        let added = match (self.vault.fetch(entry), query) {
            (Ok(None), _) => return FetchStatus::Absent,
            (Err(VaultError::Denied(why)), _) => return FetchStatus::Denied(why),
            (Err(error), _) => return FetchStatus::Failed(Arc::new(error)),
            (Ok(Some(VaultEntry::Text(text))), EntryQuery::Settings(_)) => match parse(text.expose()) {
                Ok(settings) => (Vec::new(), settings),
                Err(problem) => return FetchStatus::Failed(Arc::new(VaultError::failed(problem))),
            },
            (Ok(Some(VaultEntry::Text(text))), EntryQuery::Value(path)) => (owned(path), SettingValue::Text(text)),
            (Ok(Some(VaultEntry::Fields(fields))), EntryQuery::Settings(path)) => (owned(path), SettingValue::Table(fields)),
            (Ok(Some(VaultEntry::Fields(fields))), EntryQuery::Value(path)) => {
                let (_, sections) = path.split_last().unwrap_or((&"", &[]));
                (owned(sections), SettingValue::Table(fields))
            }
        };
        known.document.add(added.0, added.1, entry);
        FetchStatus::Read
    }

    fn place_in(&self, entry: &str, path: &[&str]) -> SettingLocation {
        SettingLocation::new(self.vault.name(), format!("{} in {entry}", path.join(".")))
    }
}

/// The expected content of an entry: settings of these sections, or the value of a path.
#[derive(Clone, Copy)]
enum EntryQuery<'p> {
    Settings(&'p [&'p str]),
    Value(&'p [&'p str]),
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|part| (*part).to_owned()).collect()
}

impl Provider for VaultProvider {
    fn holds_secrets(&self) -> bool {
        true
    }

    fn is_empty(&self) -> bool {
        false
    }

    fn get(&self, key: &SettingKey, pipeline: Option<&str>, path: &[&str]) -> Result<Option<FoundSetting>, SettingsError> {
        // Holds the lock during the requests, so that no entry is fetched twice.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entries: Vec<_> =
            self.entries(key, pipeline, path).into_iter().map(|(entry, path)| (entry, EntryQuery::Settings(path))).collect();
        if !self.options.only_toml_fragments && (key.is_secret() || !self.options.only_secrets) {
            entries.push((self.vault.value_entry_name(path), EntryQuery::Value(path)));
        }
        for (entry, query) in entries {
            if let FetchStatus::Failed(source) = self.fetch_cached(&mut known, &entry, query) {
                return Err(SettingsError::Unreadable {
                    name: key.name().to_owned(),
                    location: Box::new(SettingLocation::new(self.vault.name(), entry)),
                    source: Box::new(source),
                });
            }
        }
        Ok(known.document.get(path).map(|(value, entry)| FoundSetting {
            value,
            location: self.place_in(entry, path),
            redact: true,
            misplaced: false,
        }))
    }

    fn location(&self, path: &[&str]) -> SettingLocation {
        SettingLocation::new(self.vault.name(), path.join("."))
    }

    fn keys(&self) -> Vec<(Vec<String>, SettingLocation)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let key = |(path, entry): (&Vec<String>, &str)| {
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            (path.clone(), self.place_in(entry, &parts))
        };
        known.document.keys().map(key).collect()
    }

    fn notes(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = |what: &str, is: fn(&FetchStatus) -> bool| {
            let names: Vec<&str> =
                known.entries.iter().filter(|(_, fetched)| is(fetched)).map(|(name, _)| name.as_str()).collect();
            (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
        };
        let parts: Vec<String> = [
            listed("read", |fetched| matches!(fetched, FetchStatus::Read)),
            listed("no entry", |fetched| matches!(fetched, FetchStatus::Absent)),
        ]
        .into_iter()
        .flatten()
        .chain(known.entries.iter().filter_map(|(entry, fetched)| match fetched {
            FetchStatus::Denied(why) => Some(format!("access to {entry} is denied: {why}")),
            _ => None,
        }))
        .collect();
        if parts.is_empty() { Vec::new() } else { vec![format!("{}: {}", self.vault.name(), parts.join("; "))] }
    }
}
