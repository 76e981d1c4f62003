//! Profiles of a project, such as `dev` and `prod`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::host::is_creatable;
use crate::{ConfigError, Environment, HostInfo, SettingsDirs};

/// The file in the settings folder that enables profiles.
const MARKER: &str = ".workspace";
/// The file in the settings folder that contains the default profile.
const PIN: &str = "profile-name";
/// The environment variable that selects the active profile.
const VARIABLE: &str = "WORKSPACE__PROFILE";

/// The active profile of a project. Each profile has separate settings files and folders for pipelines and local data.
///
/// A file `.workspace` in the settings folder enables profiles. The variable `WORKSPACE__PROFILE` selects the active
/// profile; else the file `profile-name` in the settings folder; else it is `dev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
}

impl Profile {
    /// Returns the active profile, or `None` if the project of this settings folder has no profiles.
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
            return Err(ConfigError::InvalidProfile { name, origin: from });
        }
        Ok(Some(Profile { name }))
    }

    /// Returns the name of the profile. It is part of file names.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Returns the first line of the file, or `None` if the file is missing or the line is empty.
fn pinned(pin: &Path) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(pin) {
        Ok(text) => Ok(text.lines().next().map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(ConfigError::Read { path: pin.to_owned(), source }),
    }
}

impl SettingsDirs {
    /// Returns the default folder of a profile for `kind` (`state` or `data`): `<settings folder>/<kind>/<profile>`. If the
    /// settings folder is not writable, `<tmp>/catchment/<kind>/<project>/<profile>`.
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
    fn selects_the_active_profile() {
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
            Err("invalid profile name \"../prod\" in the variable WORKSPACE__PROFILE: use letters, digits, `_` and `-`"),
        );
        check(true, None, Some("a b"), Err("invalid profile name \"a b\" in /profile-name: use letters, digits, `_` and `-`"));
    }
}
