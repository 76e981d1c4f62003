//! Folders of settings and data.

use std::path::{Path, PathBuf};

use crate::{ConfigError, Environment, HostInfo, Profile};

/// The folders with settings. None of them has to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsDirs {
    /// The project's folder, with `config.toml` and `secrets.toml`. It takes precedence key by key.
    pub project: PathBuf,
    /// The user's folder, with files of the same names.
    pub global: PathBuf,
    /// The active profile. In each folder, `<profile>.config.toml` takes precedence over `config.toml`, and
    /// `<profile>.secrets.toml` over `secrets.toml`.
    pub profile: Option<Profile>,
    /// The folder where Kubernetes and Docker mount secrets: a file per secret, or a folder with a file of the same name.
    pub mounted_secrets_dir: PathBuf,
    /// The folder where Kubernetes mounts other settings, one file each.
    pub mounted_settings_dir: PathBuf,
}

impl SettingsDirs {
    /// Returns the folders of a project.
    ///
    /// The project is `CATCHMENT_PROJECT_DIR`, or `project_dir` if that is not set. Its settings folder is the value of
    /// `CATCHMENT_CONFIG_FOLDER`, by default `.catchment`. If that folder does not exist and `.dlt` does, it is `.dlt`. The
    /// user's folder is [`global_dir`]; the folders of mounted files are `/run/secrets` and `/run/config`.
    ///
    /// # Errors
    ///
    /// Returns an error if the project has profiles and the active one cannot be read or has an invalid name.
    pub fn discover(project_dir: &Path, environment: &Environment, host: &HostInfo) -> Result<Self, ConfigError> {
        let named = environment.path("CATCHMENT_PROJECT_DIR");
        let project_dir = named.as_deref().unwrap_or(project_dir);
        let own = project_dir.join(environment.get("CATCHMENT_CONFIG_FOLDER").unwrap_or(".catchment"));
        let reference = project_dir.join(".dlt");
        let project = if !own.is_dir() && reference.is_dir() { reference } else { own };
        let profile = Profile::active(&project, environment)?;
        Ok(Self { profile, global: global_dir(environment, host), ..Self::for_project(project) })
    }

    /// Returns a single settings folder, without profiles and user settings.
    pub fn for_project(project: impl Into<PathBuf>) -> Self {
        let project = project.into();
        Self {
            global: project.join("no-global-settings"),
            project,
            profile: None,
            mounted_secrets_dir: PathBuf::from("/run/secrets"),
            mounted_settings_dir: PathBuf::from("/run/config"),
        }
    }

    /// Returns the files named `name` in ascending order of precedence.
    pub(crate) fn files(&self, name: &str) -> Vec<PathBuf> {
        let names = |folder: &Path| {
            let of_profile = self.profile.as_ref().map(|profile| folder.join(format!("{}.{name}", profile.name())));
            [Some(folder.join(name)), of_profile]
        };
        [&self.global, &self.project].into_iter().flat_map(|folder| names(folder)).flatten().collect()
    }
}

/// Returns the user's folder for settings, which is also the default data folder. It is the first of:
/// - `/var/catchment` for the root user
/// - `<tmp>/catchment` without a writable home folder
/// - `$XDG_DATA_HOME/catchment` if the variable is set and `~/.catchment` does not exist
/// - `~/.catchment`
pub fn global_dir(environment: &Environment, host: &HostInfo) -> PathBuf {
    if host.is_root {
        return PathBuf::from("/var/catchment");
    }
    let Some(home) = &host.home else {
        return host.tmp.join("catchment");
    };
    match environment.path("XDG_DATA_HOME") {
        Some(data) if !host.has_dot_folder => data.join("catchment"),
        _ => home.join(".catchment"),
    }
}

/// Returns the data folder: `CATCHMENT_DATA_DIR`, or [`global_dir`] if that is not set.
///
/// ```
/// use std::path::{Path, PathBuf};
/// use catchment_config::{Environment, HostInfo, data_dir, pipelines_dir};
///
/// let host = HostInfo {
///     is_root: false,
///     home: Some(PathBuf::from("/home/ada")),
///     has_dot_folder: false,
///     tmp: PathBuf::from("/tmp"),
/// };
/// let none = Environment::default();
/// assert_eq!(data_dir(&none, &host), Path::new("/home/ada/.catchment"));
/// let set = Environment::from_iter([("CATCHMENT_DATA_DIR", "/data")]);
/// assert_eq!(pipelines_dir(&set, &host), Path::new("/data/pipelines"));
/// ```
pub fn data_dir(environment: &Environment, host: &HostInfo) -> PathBuf {
    let set = environment.path("CATCHMENT_DATA_DIR");
    set.unwrap_or_else(|| global_dir(environment, host))
}

/// Returns the default folder for working folders of pipelines: `pipelines` in [`data_dir`].
pub fn pipelines_dir(environment: &Environment, host: &HostInfo) -> PathBuf {
    data_dir(environment, host).join("pipelines")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host() -> HostInfo {
        HostInfo { is_root: false, home: Some(PathBuf::from("/home/ada")), has_dot_folder: false, tmp: PathBuf::from("/scratch") }
    }

    #[test]
    fn global_and_data_dir() {
        fn check(host: HostInfo, variables: &[(&str, &str)], global: &str, data: &str) {
            let environment = Environment::from_iter(variables.iter().copied());
            assert_eq!(global_dir(&environment, &host), Path::new(global));
            assert_eq!(data_dir(&environment, &host), Path::new(data));
            assert_eq!(pipelines_dir(&environment, &host), Path::new(data).join("pipelines"));
        }
        let root = HostInfo { is_root: true, ..host() };
        let homeless = HostInfo { home: None, ..host() };
        let dotted = HostInfo { has_dot_folder: true, ..host() };
        let xdg = ("XDG_DATA_HOME", "/xdg");
        let own = ("CATCHMENT_DATA_DIR", "/data");

        check(host(), &[], "/home/ada/.catchment", "/home/ada/.catchment");
        check(host(), &[xdg], "/xdg/catchment", "/xdg/catchment");
        check(host(), &[("XDG_DATA_HOME", "")], "/home/ada/.catchment", "/home/ada/.catchment");
        check(dotted, &[xdg], "/home/ada/.catchment", "/home/ada/.catchment");
        check(homeless, &[xdg], "/scratch/catchment", "/scratch/catchment");
        check(root.clone(), &[xdg], "/var/catchment", "/var/catchment");
        check(root, &[own], "/var/catchment", "/data");
        check(host(), &[xdg, own], "/xdg/catchment", "/data");
    }

    #[test]
    fn the_project_folder() {
        fn check(folders: &[&str], expected: &str) {
            let project = tempfile::tempdir().unwrap();
            for folder in folders {
                std::fs::create_dir(project.path().join(folder)).unwrap();
            }
            let check = |environment: Environment, expected: &Path| {
                let found = SettingsDirs::discover(project.path(), &environment, &host()).unwrap();
                assert_eq!(found.project, expected);
                assert_eq!(found.global, Path::new("/home/ada/.catchment"));
            };
            check(Environment::default(), &project.path().join(expected));
            check(Environment::from_iter([("CATCHMENT_PROJECT_DIR", "/app")]), Path::new("/app/.catchment"));
            check(Environment::from_iter([("CATCHMENT_CONFIG_FOLDER", ".catchment")]), &project.path().join(expected));
        }
        check(&[".catchment"], ".catchment");
        check(&[".catchment", ".dlt"], ".catchment");
        check(&[".dlt"], ".dlt");
        check(&[], ".catchment");
    }
}
