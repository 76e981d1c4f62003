//! `catchment run`.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use catchment::extract::Source;
use catchment::rest_api::{Format, Spec, rest_api_source};
use catchment::{LoadInfo, Pipeline, ProgressTo, RunOptions, SchemaFiles};

use crate::args::{Progress, RunArgs};
use crate::failure::Failure;
use crate::settings::Configuration;
use crate::signals::Signals;
use crate::{logging, output, runtime};

pub(crate) fn run(args: &RunArgs) -> Result<(), Failure> {
    let spec = read_spec(&args.spec).map_err(Failure::Usage)?;
    let stem = || args.spec.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.pipeline_name.clone().or_else(|| spec.pipeline.pipeline_name.clone()).unwrap_or_else(stem);
    let dataset =
        args.dataset_name.clone().or_else(|| spec.pipeline.dataset_name.clone()).unwrap_or_else(|| format!("{name}_dataset"));
    let destination =
        args.destination.clone().or_else(|| spec.pipeline.destination.clone()).unwrap_or_else(|| "duckdb".to_owned());
    let configuration = Configuration::load()?.of_pipeline(&name);
    logging::start(&configuration.settings())?;
    let source = rest_api_source(&spec, configuration.rest_client()?).map_err(|error| Failure::Usage(error.into()))?;
    let source = apply_flags(source, args)?;
    let destination = configuration.destination(&destination, &name)?;
    let pipelines_dir = configuration.pipelines_dir(args.pipelines_dir.as_ref());
    let files = SchemaFiles {
        import_schema_path: spec.pipeline.import_schema_path.as_ref().map(PathBuf::from),
        export_schema_path: spec.pipeline.export_schema_path.as_ref().map(PathBuf::from),
    };
    let options = RunOptions { refresh: args.refresh, ..configuration.run_options()? };
    let pipeline = Pipeline::new(name, destination, dataset)
        .pipelines_dir(pipelines_dir)
        .options(options)
        .schema_files(files)
        .progress(progress(args.progress));
    let info = load(&pipeline, source)?;
    let written = match args.progress {
        Progress::Json => output::line(serde_json::to_string(&info).map_err(|error| Failure::Run(error.into()))?),
        Progress::Auto | Progress::Log | Progress::Off => output::line(info),
    };
    written.context("everything was loaded, but the report cannot be written to stdout").map_err(Failure::Run)
}

/// Runs on a runtime of its own, until a signal stops it.
fn load(pipeline: &Pipeline, source: Source) -> Result<LoadInfo, Failure> {
    runtime::start()?.block_on(async {
        let signals = Signals::listen().map_err(|error| Failure::Run(error.into()))?;
        let result = pipeline.run_until(source, signals.token()).await;
        match (result, signals.received()) {
            (Err(catchment::RunError::Stopped), Some(number)) => Err(Failure::Signal(number)),
            (result, _) => result.map_err(Failure::from),
        }
    })
}

fn progress(progress: Progress) -> ProgressTo {
    match progress {
        Progress::Json => ProgressTo::Json,
        Progress::Log => ProgressTo::Log,
        Progress::Auto if std::io::stderr().is_terminal() => ProgressTo::Log,
        Progress::Auto | Progress::Off => ProgressTo::Off,
    }
}

fn read_spec(path: &Path) -> anyhow::Result<Spec> {
    let format = Format::of_file(path).ok_or_else(|| anyhow!("{}: a spec is a .json or .toml file", path.display()))?;
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read the spec {}", path.display()))?;
    Spec::parse(&text, format).with_context(|| format!("the spec {} is wrong", path.display()))
}

fn apply_flags(mut source: Source, args: &RunArgs) -> Result<Source, Failure> {
    if !args.select.is_empty() {
        source = source.select(&args.select).map_err(|unknown| Failure::Usage(anyhow!("--select: {unknown}")))?;
    }
    for resource in &mut source.resources {
        resource.limit.rows = args.limit.or(resource.limit.rows);
        resource.write_disposition = args.write_disposition.unwrap_or(resource.write_disposition);
    }
    Ok(source)
}
