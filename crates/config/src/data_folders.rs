//! Data folders of a project.

use std::path::{Path, PathBuf};

use catchment_settings::{FieldReader, FromSettings, IncompleteSettings, ScopedSettings, SettingsError};

use crate::{Config, Environment, HostInfo, pipelines_dir};

/// The data folders of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataDirs {
    /// The folder with the working folders of pipelines.
    pub pipelines: PathBuf,
    /// The folder with the files of local destinations. Empty for the current folder.
    pub local: PathBuf,
}

impl DataDirs {
    /// Returns the data folders of the project. Without profiles, these are the user's [`pipelines_dir`] and the current
    /// folder. With profiles, they are `state/<profile>/pipelines` and `data/<profile>` in the settings folder, unless
    /// `workspace.settings` sets others. `CATCHMENT_DATA_DIR` and `CATCHMENT_LOCAL_DIR` take precedence.
    ///
    /// # Errors
    ///
    /// Returns an error if `workspace.settings` contains an invalid value.
    pub fn discover(config: &Config, environment: &Environment, host: &HostInfo) -> Result<DataDirs, SettingsError> {
        let local = environment.path("CATCHMENT_LOCAL_DIR");
        let folders = config.folders().and_then(|folders| Some((folders, folders.profile.as_ref()?)));
        let Some((folders, profile)) = folders else {
            return Ok(DataDirs { pipelines: pipelines_dir(environment, host), local: local.unwrap_or_default() });
        };
        let workspace = ScopedSettings::new(config).read::<WorkspaceSettings>()?;
        let root = folders.project.parent().unwrap_or(Path::new(""));
        let name = workspace.name.unwrap_or_else(|| name_of(root));
        let or_default = |set: Option<PathBuf>, kind| {
            set.map_or_else(|| folders.profile_dir(kind, profile, &name, host), |folder| root.join(folder))
        };
        let data = environment.path("CATCHMENT_DATA_DIR").unwrap_or_else(|| or_default(workspace.working_dir, "state"));
        Ok(DataDirs {
            pipelines: data.join("pipelines"),
            local: local.unwrap_or_else(|| or_default(workspace.local_dir, "data")),
        })
    }
}

/// The folder settings of a project with profiles: `workspace.settings`.
#[derive(Debug)]
pub struct WorkspaceSettings {
    name: Option<String>,
    working_dir: Option<PathBuf>,
    local_dir: Option<PathBuf>,
}

impl FromSettings for WorkspaceSettings {
    fn scope(settings: ScopedSettings<'_>) -> ScopedSettings<'_> {
        settings.section(["workspace"]).fixed("settings")
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, IncompleteSettings> {
        Ok(WorkspaceSettings {
            name: fields.optional("name", "The project name, used for temporary folders if the settings folder is not writable. Default: the name of the project folder."),
            working_dir: fields.optional(
                "working_dir",
                "The folder whose subfolder `pipelines` holds the working folders of pipelines, relative to the project folder. \
                 Default: `.catchment/state/<profile>`.",
            ),
            local_dir: fields.optional(
                "local_dir",
                "The folder for local files, which holds the database files, relative to the project folder. Default: \
                 `.catchment/data/<profile>`.",
            ),
        })
    }
}

fn name_of(root: &Path) -> String {
    let root = std::path::absolute(root).ok();
    let name = root.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "catchment".to_owned())
}
