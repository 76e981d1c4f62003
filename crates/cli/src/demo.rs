//! `catchment demo`: loads a generated API from loopback, without network access.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use catchment::rest_api::{RestApi, Spec, SpecFormat};
use catchment::rest_client::RestClientBuilder;
use catchment::{DuckDb, Pipeline, QueryResult};
use catchment_sample_api::{Issues, Server};

use crate::args::DemoArgs;
use crate::failure::CliError;
use crate::output::Output;
use crate::settings::Configuration;
use crate::{logging, runtime};

const SEED: u64 = 7;
const ISSUES: u32 = 300;

pub(crate) fn demo(args: &DemoArgs, output: &Output) -> Result<(), CliError> {
    let configuration = Configuration::load(output)?;
    logging::init_logging(configuration.log_level()?, output);
    let client = configuration.rest_client()?;
    let demo = async {
        let demo = Demo::prepare(&args.dir, client, output.clone()).await?;
        demo.run().await
    };
    runtime::build_runtime()?.block_on(demo).map_err(CliError::Run)
}

struct Demo {
    dir: PathBuf,
    server: Server,
    /// Number of changes to the sample API in earlier runs.
    revision: u32,
    pipeline: Pipeline,
    client: RestClientBuilder,
    output: Output,
}

impl Demo {
    async fn prepare(dir: &Path, client: RestClientBuilder, output: Output) -> anyhow::Result<Demo> {
        std::fs::create_dir_all(dir).with_context(|| format!("failed to create {}", dir.display()))?;
        let revision = std::fs::read_to_string(dir.join("revision")).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        let server = Server::start(Issues::at_revision(SEED, ISSUES, revision))
            .await
            .context("failed to start the sample API on 127.0.0.1")?;
        let pipeline = Pipeline::new("demo", DuckDb::new(dir.join("demo.duckdb")), "github").pipelines_dir(dir.join("pipelines"));
        Ok(Demo { dir: dir.to_owned(), server, revision, pipeline, client, output })
    }

    async fn run(&self) -> anyhow::Result<()> {
        self.output.line(format_args!("serving a sample API with {ISSUES} or more issues on {}\n", self.server.base_url()))?;
        let created = r#""incremental": {"cursor_path": "created_at"}"#;
        self.step("append: issues created since the last run", "appended", "append", created).await?;
        self.step("replace: all issues", "replaced", "replace", "").await?;
        let updated =
            r#""incremental": {"cursor_path": "updated_at", "initial_value": "1970-01-01T00:00:00Z", "start_param": "since"}"#;
        self.step("merge: issues updated since the last run", "issues", "merge", updated).await?;
        let next = self.revision + 1;
        self.server.set_issues(Issues::at_revision(SEED, ISSUES, next));
        let revision = self.dir.join("revision");
        std::fs::write(&revision, next.to_string()).with_context(|| format!("failed to write {}", revision.display()))?;
        self.step("merge again: the API now has changed and new issues", "issues", "merge", updated).await?;
        let file = self.dir.join("demo.duckdb");
        let pipelines = self.dir.join("pipelines");
        self.output.line("run the demo again to load the next changes")?;
        self.output.line(format_args!(
            "inspect the result with `catchment pipeline demo info -v --pipelines-dir {}` or `duckdb {} -c 'FROM github.issues'`",
            pipelines.display(),
            file.display()
        ))?;
        Ok(())
    }

    /// Loads the issues into `table`, then prints the report and a summary of the table.
    async fn step(&self, title: &str, table: &str, disposition: &str, incremental: &str) -> anyhow::Result<()> {
        let comma = if incremental.is_empty() { "" } else { ", " };
        let spec = format!(
            r#"{{"name": "github", "client": {{"base_url": "{}"}}, "resources": [{{
                "name": "{table}", "primary_key": "id", "write_disposition": "{disposition}",
                "endpoint": {{"path": "repos/catchment/sample/issues", "params": {{"per_page": 100, "state": "all"}}{comma}{incremental}}}
            }}]}}"#,
            self.server.base_url()
        );
        let spec = Spec::parse(&spec, SpecFormat::Json)?;
        let source = RestApi::new(&spec).client(self.client.clone()).source()?;
        self.output.line(format_args!("== {title}"))?;
        let info = self.pipeline.run(source).await?;
        self.output.line(&info)?;
        self.output.line(format_args!("  new in table {table}: {} issues", info.row_counts().get(table).unwrap_or(&0)))?;
        self.output.line(format_args!("{}\n", self.query(table).await?))?;
        Ok(())
    }

    async fn query(&self, table: &str) -> anyhow::Result<QueryResult> {
        let sql = format!(
            "SELECT count(*) AS issues, count(DISTINCT id) AS distinct_ids, max(number) AS newest, max(updated_at)::VARCHAR AS updated, \
             (SELECT count(*) FROM {table}__labels) AS labels FROM {table}"
        );
        Ok(self.pipeline.sql_client().query(&sql).await?)
    }
}
