//! Backfill: loading a cursor range in windows, one package per window.

use catchment_extract::{LastValueFunc, ProgressChannel, Resource, Source, Windows};
use catchment_json::Value;
use catchment_load::LoadError;
use catchment_schema::{WriteDisposition, naming};
use futures_util::{StreamExt as _, stream};

use crate::error::RunError;
use crate::plan::Planner;
use crate::report::{Diagnostics, PackageInfo, PackageOutcome};
use crate::steps::{BuildOutcome, BuiltPackage, PackageBuilder, PackageLoader};

/// A backfill of a pipeline.
pub(crate) struct Backfill<'r> {
    pub(crate) planner: Planner<'r>,
    /// Builds windows, several at once.
    pub(crate) builder: PackageBuilder<'r>,
    pub(crate) loader: PackageLoader<'r>,
    pub(crate) events: &'r ProgressChannel,
}

impl Backfill<'_> {
    /// Loads the remaining `windows` in order. The diagnostics of windows without a package are added to `diagnostics`.
    pub(crate) async fn run(
        &self,
        source: &Source,
        windows: &Windows,
        diagnostics: &mut Diagnostics,
    ) -> Result<Vec<PackageInfo>, RunError> {
        let resource = single_resource(source)?;
        let unsupported = |problem: String| RunError::Backfill { resource: resource.name.clone(), problem };
        if let Some(problem) = self.unsupported_reason(resource) {
            return Err(unsupported(problem.to_owned()));
        }
        let Some(cursor) = &resource.incremental else {
            return Err(unsupported("it has no cursor; set `incremental`".to_owned()));
        };
        let restored = self.planner.stored.restore(&naming::normalize_identifier(&source.name), None).await?;
        let resource_state = restored.state.as_ref().and_then(|state| state.resource(&source.name, &resource.name));
        let remaining = windows.remaining(cursor, resource_state).map_err(|error| unsupported(error.to_string()))?;

        let build = |window: (Value, Value)| async move {
            let source = window_source(source, &resource.name, &window);
            Ok::<_, RunError>((self.build_window(&source).await?, source))
        };
        let mut built = stream::iter(remaining.into_iter().map(build)).buffered(windows.parallel.max(1));
        let mut loaded = Vec::new();
        while let Some(window) = built.next().await {
            let (package, source) = window?;
            let Some(package) = package.package(diagnostics) else { continue };
            loaded.extend(self.load_window(package, &source, diagnostics).await?);
        }
        Ok(loaded)
    }

    /// Returns the reason why the resource cannot be backfilled, if any.
    fn unsupported_reason(&self, resource: &Resource) -> Option<&'static str> {
        let is_greatest = resource.incremental.as_ref().is_none_or(|cursor| matches!(cursor.last_value_func, LastValueFunc::Max));
        let problems = [
            (self.planner.refresh.is_some(), "each window would refresh the previous one; refresh in a separate run"),
            (
                resource.write_disposition == WriteDisposition::Replace,
                "each window would replace the previous one; use append or merge instead",
            ),
            (!resource.limit.is_none(), "a limit would skip rows of a window; use smaller windows instead"),
            (resource.parent().is_some(), "it is a dependent resource; backfill its parent resource instead"),
            (!is_greatest, "windows require an ascending cursor; set `last_value_func` to max"),
        ];
        problems.into_iter().find(|(applies, _)| *applies).map(|(_, problem)| problem)
    }

    async fn build_window(&self, source: &Source) -> Result<BuildOutcome, RunError> {
        let plan = self.planner.plan(source).await?;
        self.builder.build_from_source(&plan, self.events).await
    }

    /// Loads the package of a window.
    ///
    /// A package that was built while an earlier window was loaded can be stale, for example because of conflicting types.
    /// It is then built again. Returns `None` if the rebuilt window has nothing to load, for example because another run has
    /// loaded it.
    async fn load_window(
        &self,
        package: BuiltPackage,
        source: &Source,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<PackageInfo>, RunError> {
        let loader = &self.loader;
        match loader.try_load(&package).await {
            Err(LoadError::Stale { reason }) => {
                tracing::info!("rebuilding stale package {}: {reason}", package.package.header().load_id);
                loader.store.remove_package(&package.package)?;
                let Some(again) = self.build_window(source).await?.package(diagnostics) else { return Ok(None) };
                loader.load(again, PackageOutcome::Loaded).await.map(Some)
            }
            loaded => loader.finish_load(package, loaded, PackageOutcome::Loaded).map(Some),
        }
    }
}

/// Returns the only selected resource.
fn single_resource(source: &Source) -> Result<&Resource, RunError> {
    let mut loaded = source.selected_resources();
    match (loaded.next(), loaded.next()) {
        (Some(resource), None) => Ok(resource),
        (found, _) => {
            let (resource, problem) =
                (source.name.clone(), if found.is_some() { "several resources are" } else { "no resource is" });
            let problem = format!("{problem} selected; select exactly one");
            Err(RunError::Backfill { resource, problem })
        }
    }
}

fn window_source(source: &Source, resource: &str, (start, end): &(Value, Value)) -> Source {
    let mut source = source.clone();
    if let Some(resource) = source.resource_mut(resource) {
        // Otherwise, the pages of an interrupted window could be resumed by another window.
        resource.resumable = false;
        resource.incremental = resource.incremental.take().map(|cursor| cursor.window(start.clone(), end.clone()));
    }
    source
}
