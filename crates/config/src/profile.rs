//! Profiles of a project: `dev`, `prod`, and what else it has.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::host::is_creatable;
use crate::{ConfigError, Environment, HostInfo, SettingsDirs};

/// The file in the settings folder that says that the project has profiles.
const MARKER: &str = ".workspace";
/// The file in the settings folder that pins one.
const PIN: &str = "profile-name";
/// The variable that says which one is active.
const VARIABLE: &str = "WORKSPACE__PROFILE";

/// The active profile of a project: settings of its own, and local data and pipelines in folders of its own.
///
/// A project has profiles where its settings folder has a file called `.workspace`. Active is the one that the variable
/// `WORKSPACE__PROFILE` names, else the one in the file `profile-name` of the folder, else `dev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
}

impl Profile {
    /// The active one; none where the project in this settings folder has none.
    pub(crate) fn active(settings_folder: &Path, environment: &Environment) -> Result<Option<Profile>, ConfigError> {
        if !settings_folder.join(MARKER).is_file() {
            return Ok(None);
        }
        let named = environment.get(VARIABLE).map(str::to_owned).filter(|name| !name.is_empty());
        let (name, from) = match named {
            Some(name) => (name, format!("the variable {VARIABLE}")),
            None => {
                let pin = settings_folder.join(PIN);
                (pinned(&pin)?.unwrap_or_else(|| "dev".to_owned()), pin.display().to_string())
            }
        };
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        if !name.chars().all(is_plain) {
            return Err(ConfigError::InvalidProfile { name, from });
        }
        Ok(Some(Profile { name }))
    }

    /// Its name, which is a part of file names.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The first line of the file; none where there is no file, or nothing in its first line.
fn pinned(pin: &Path) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(pin) {
        Ok(text) => Ok(text.lines().next().map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Read { path: pin.to_owned(), source }),
    }
}

impl SettingsDirs {
    /// Where files of a profile stand by default: `state` and `data` in the project's settings folder, or where that
    /// cannot be written to in the folder for temporary files under the project's name; there a folder for each profile.
    pub(crate) fn profile_dir(&self, kind: &str, profile: &Profile, project: &str, host: &HostInfo) -> PathBuf {
        let folder = if is_creatable(&self.project) {
            self.project.join(kind)
        } else {
            host.tmp.join("catchment").join(kind).join(project)
        };
        folder.join(&profile.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_one_is_active() {
        fn check(marker: bool, variable: Option<&str>, pin: Option<&str>, expected: Result<Option<&str>, &str>) {
            let folder = tempfile::tempdir().unwrap();
            if marker {
                std::fs::write(folder.path().join(".workspace"), "").unwrap();
            }
            if let Some(pin) = pin {
                std::fs::write(folder.path().join("profile-name"), pin).unwrap();
            }
            let environment = Environment::from_iter(variable.map(|name| ("WORKSPACE__PROFILE", name)));
            let found = Profile::active(folder.path(), &environment);
            let found = found.map(|profile| profile.map(|profile| profile.name().to_owned()));
            let found = found.map_err(|error| error.to_string().replace(&folder.path().display().to_string(), ""));
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(String::as_str), expected);
        }
        check(false, Some("prod"), Some("prod"), Ok(None));
        check(true, None, None, Ok(Some("dev")));
        check(true, None, Some("tests\nmore"), Ok(Some("tests")));
        check(true, None, Some("\n"), Ok(Some("dev")));
        check(true, Some("prod"), Some("tests"), Ok(Some("prod")));
        check(true, Some(""), Some("tests"), Ok(Some("tests")));
        check(
            true,
            Some("../prod"),
            None,
            Err("the profile \"../prod\" of the variable WORKSPACE__PROFILE is no name: take letters, digits, `_` and `-`"),
        );
        check(true, None, Some("a b"), Err("the profile \"a b\" of /profile-name is no name: take letters, digits, `_` and `-`"));
    }
}
