//! Settings in files mounted by Kubernetes or Docker, one file per setting: `/run/secrets/sources--api-key`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use catchment_settings::{FoundSetting, Secret, SettingKey, SettingLocation, SettingValue, SettingsError};

use crate::SettingsDirs;

/// The existing folders with mounted files.
#[derive(Debug, Default)]
pub(crate) struct MountedFiles {
    secrets: Option<PathBuf>,
    settings: Option<PathBuf>,
}

impl MountedFiles {
    pub(crate) fn find(folders: &SettingsDirs) -> MountedFiles {
        let existing = |folder: &PathBuf| folder.is_dir().then(|| folder.clone());
        MountedFiles { secrets: existing(&folders.mounted_secrets_dir), settings: existing(&folders.mounted_settings_dir) }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.secrets.is_none() && self.settings.is_none()
    }

    /// Returns the content of the file for a variable, from the folder for secrets or for other settings. Docker mounts a
    /// file with the name, Kubernetes a folder with the name that contains a file with the name.
    pub(crate) fn get(&self, key: &SettingKey, variable: &str) -> Result<Option<FoundSetting>, SettingsError> {
        let Some(folder) = (if key.is_secret() { &self.secrets } else { &self.settings }) else {
            return Ok(None);
        };
        // Kubernetes and Docker require names that are DNS labels.
        let name = variable.to_lowercase().replace('_', "-");
        let mut file = folder.join(&name);
        if file.is_dir() {
            file.push(&name);
        }
        let location = SettingLocation { file: Some(file.clone()), ..SettingLocation::new("mounted file", name) };
        match read(&file) {
            Ok(value) => Ok(value.map(|value| FoundSetting {
                value: SettingValue::Text(value),
                location,
                redact: key.is_secret(),
                misplaced: false,
            })),
            Err(source) => Err(SettingsError::Unreadable {
                name: key.name().to_owned(),
                location: Box::new(location),
                source: source.into(),
            }),
        }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |folder: &PathBuf| format!("mounted files: searched {}", folder.display());
        self.secrets.iter().chain(&self.settings).map(note).collect()
    }
}

/// Reads a file without the final line break, which editors and `echo` add. Returns `None` if the file does not exist.
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
    fn finds_files_and_folders_by_variable_name() {
        let home = tempfile::tempdir().unwrap();
        let folders = SettingsDirs {
            mounted_secrets_dir: home.path().join("secrets"),
            mounted_settings_dir: home.path().join("config"),
            ..SettingsDirs::for_project(home.path())
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
        let mounted = MountedFiles::find(&folders);
        let check = |variable: &str, secret: bool, expected: Option<&str>| {
            let found = mounted.get(&SettingKey::new(Scope::new(), "key", secret), variable).unwrap();
            assert_eq!(found.map(|found| found.value), expected.map(SettingValue::from), "{variable}");
        };
        check("SOURCES__API_KEY", true, Some("hunter2"));
        check("PADDED", true, Some(" hunter2 "));
        check("FOLDER", true, Some("-----BEGIN\nhunter2\n"));
        check("WORKERS", false, Some("4"));
        check("WORKERS", true, None);
        check("PADDED", false, None);
        let error = mounted.get(&SettingKey::new(Scope::new(), "key", true), "LATIN1").unwrap_err();
        let shown = error.to_string().replace(&home.path().display().to_string(), "");
        assert_eq!(shown, "failed to read `key` from latin1 (mounted file: /secrets/latin1)");
        assert_eq!(MountedFiles::find(&SettingsDirs { mounted_secrets_dir: home.path().join("none"), ..folders }).secrets, None);
    }
}
