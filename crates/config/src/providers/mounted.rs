//! Settings in files that Kubernetes or Docker mounts, one for each: `/run/secrets/sources--api-key`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_settings::{Found, Key, Place, Secret, SettingsError, Value};

use crate::SettingsFolders;

/// The folders with such files, of those that are there.
#[derive(Debug, Default)]
pub(crate) struct Mounted {
    secrets: Option<PathBuf>,
    settings: Option<PathBuf>,
}

impl Mounted {
    pub(crate) fn find(folders: &SettingsFolders) -> Mounted {
        let there = |folder: &PathBuf| folder.is_dir().then(|| folder.clone());
        Mounted { secrets: there(&folders.mounted_secrets), settings: there(&folders.mounted_settings) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.secrets.is_none() && self.settings.is_none()
    }

    /// What stands in the file for a variable: secrets in one folder, all else in the other. Kubernetes makes a folder of
    /// the name with a file of the name in it, Docker a file.
    pub(crate) fn get(&self, key: &Key, variable: &str) -> Result<Option<Found>, SettingsError> {
        let Some(folder) = (if key.is_secret() { &self.secrets } else { &self.settings }) else {
            return Ok(None);
        };
        // Names of both have to be labels of DNS.
        let name = variable.to_lowercase().replace('_', "-");
        let mut file = folder.join(&name);
        if file.is_dir() {
            file.push(&name);
        }
        let place = Place { file: Some(file.clone()), ..Place::new("mounted file", name) };
        match read(&file) {
            Ok(value) => {
                Ok(value.map(|value| Found { value: Value::Text(value), place, masked: key.is_secret(), misplaced: false }))
            }
            Err(source) => {
                Err(SettingsError::Unreadable { name: key.name().to_owned(), place: Box::new(place), source: source.into() })
            }
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |folder: &PathBuf| format!("mounted files: looked for the same names in {}", folder.display());
        self.secrets.iter().chain(&self.settings).map(note).collect()
    }
}

/// The text of a file without the line break at its end, which editors and `echo` add; none where there is no file.
fn read(file: &Path) -> std::io::Result<Option<Secret>> {
    match std::fs::read_to_string(file) {
        Ok(text) => {
            let text = Secret::from(text);
            let value = text.expose();
            let value = value.strip_suffix('\n').map_or(value, |value| value.strip_suffix('\r').unwrap_or(value));
            Ok(Some(Secret::from(value)))
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use catchment_settings::Scope;

    use super::*;

    #[test]
    fn files_and_folders_by_the_name_of_the_variable() {
        let home = tempfile::tempdir().unwrap();
        let folders = SettingsFolders {
            mounted_secrets: home.path().join("secrets"),
            mounted_settings: home.path().join("config"),
            ..SettingsFolders::of_project(home.path())
        };
        for (file, text) in [
            ("secrets/sources--api-key", "hunter2\n"),
            ("secrets/padded", " hunter2 \r\n"),
            ("secrets/folder/folder", "-----BEGIN\nhunter2\n\n"),
            ("config/workers", "4"),
        ] {
            let file = home.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        std::fs::write(home.path().join("secrets/latin1"), b"\xe9").unwrap();
        let mounted = Mounted::find(&folders);
        let check = |variable: &str, secret: bool, expected: Option<&str>| {
            let found = mounted.get(&Key::new(Scope::new(), "key", secret), variable).unwrap();
            assert_eq!(found.map(|found| found.value), expected.map(Value::from), "{variable}");
        };
        check("SOURCES__API_KEY", true, Some("hunter2"));
        check("PADDED", true, Some(" hunter2 "));
        check("FOLDER", true, Some("-----BEGIN\nhunter2\n"));
        check("WORKERS", false, Some("4"));
        check("WORKERS", true, None);
        check("PADDED", false, None);
        let error = mounted.get(&Key::new(Scope::new(), "key", true), "LATIN1").unwrap_err();
        let shown = error.to_string().replace(&home.path().display().to_string(), "");
        assert_eq!(shown, "failed to read `key` from latin1 (mounted file: /secrets/latin1)");
        assert_eq!(Mounted::find(&SettingsFolders { mounted_secrets: home.path().join("none"), ..folders }).secrets, None);
    }
}
