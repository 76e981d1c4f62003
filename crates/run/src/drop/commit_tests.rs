//! Tests of commit and sync, with a destination that stores only state and schemas.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use catchment_json::Value;
use catchment_load::testing::StandardSql;
use catchment_load::{
    Capabilities, CommitScope, Destination, DestinationFuture, Dialect, IdentifierCase, IdentifierCharacters, IdentifierRules,
    LengthUnit, LoadError, LoadOutcome, LoadResult, RecordBatchStream, RestoreRequest, Restored, RowFormat,
};
use catchment_load_package::{PackageFooter, PackageHeader, PackageQueue, RefreshTables, SealedPackage, WriterOptions};
use catchment_schema::{MergeStrategy, Schema, Table, TimestampUnit};
use catchment_settings::Redactor;
use catchment_state::State;
use tokio_util::sync::CancellationToken;

use super::DropRequest;
use crate::environment::SystemEnvironment;
use crate::error::RunError;
use crate::options::RunOptions;
use crate::plan::LoadIdGenerator;
use crate::progress::ProgressSink;
use crate::runner::Runner;
use crate::working_dir::{ResourceLocks, SchemaFiles, WorkingDir};

/// State and schemas in memory.
#[derive(Default)]
struct Metadata {
    state: Option<State>,
    schemas: BTreeMap<String, Schema>,
    /// The dropped tables of each load.
    loads: Vec<Vec<String>>,
    is_unavailable: bool,
}

#[derive(Default)]
struct MetadataOnly(Mutex<Metadata>);

impl MetadataOnly {
    fn with<T>(&self, change: impl FnOnce(&mut Metadata) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn load_now(&self, package: &SealedPackage) -> Result<LoadResult, LoadError> {
        self.with(|metadata| {
            if metadata.is_unavailable {
                let (step, location) = ("begin".to_owned(), self.location());
                return Err(LoadError::Unavailable { step, location, reason: "it is down".to_owned() });
            }
            let PackageFooter { schema, state, .. } = package.footer();
            metadata.state = Some(state.clone());
            metadata.schemas.insert(schema.name.clone(), schema.clone());
            metadata.loads.push(package.header().refresh.dropped.clone());
            Ok(LoadOutcome::Loaded.into())
        })
    }
}

impl Destination for MetadataOnly {
    fn kind(&self) -> &'static str {
        "metadata"
    }

    fn location(&self) -> String {
        "memory".to_owned()
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &StandardSql
    }

    fn restore<'d>(&'d self, request: &'d RestoreRequest, _: &'d CancellationToken) -> DestinationFuture<'d, Restored> {
        let (state, schema) = self.with(|metadata| (metadata.state.clone(), metadata.schemas.get(&request.schema).cloned()));
        Box::pin(async { Ok(Restored { state, schema, ..Restored::default() }) })
    }

    fn load<'d>(&'d self, package: Arc<SealedPackage>, _: &'d CancellationToken) -> DestinationFuture<'d, LoadResult> {
        Box::pin(async move { self.load_now(&package) })
    }

    fn query<'d>(&'d self, _: &'d str, _: &'d str, _: &'d CancellationToken) -> DestinationFuture<'d, RecordBatchStream> {
        Box::pin(async { Err(LoadError::Cancelled) })
    }
}

const CAPABILITIES: Capabilities = Capabilities {
    identifiers: IdentifierRules {
        max_length: 63,
        length_unit: LengthUnit::Bytes,
        case: IdentifierCase::Sensitive,
        characters: IdentifierCharacters::All,
    },
    max_columns: None,
    commit_scope: CommitScope::Table,
    transactional_ddl: true,
    max_tables_in_transaction: None,
    merge_strategies: &MergeStrategy::ALL,
    nested_types: false,
    decimal_precision: 38,
    timestamp_unit: TimestampUnit::Microsecond,
    local_timestamp_unit: None,
    text_with_nul: false,
    row_format: RowFormat::Arrow,
};

/// A pipeline with the sources `a` and `b`, each with a resource and a table of the same name.
struct Fixture {
    runner: Runner,
    destination: Arc<MetadataOnly>,
    _dir: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let destination = Arc::new(MetadataOnly::default());
        destination.with(|metadata| {
            let mut state = State::new("p", "d", "metadata");
            for name in ["a", "b"] {
                let mut schema = Schema::new(name);
                schema.tables.insert(name.to_owned(), Table::root(name, name));
                schema.update_version();
                metadata.schemas.insert(name.to_owned(), schema);
                state.add_schema(name);
                state.mark_resource_loaded(name, name);
            }
            state.update_version();
            metadata.state = Some(state);
        });
        let runner = Runner {
            pipeline: "p".to_owned(),
            dataset: "d".to_owned(),
            destination: destination.clone(),
            working_dir: WorkingDir::new(dir.path(), "p"),
            schema_files: SchemaFiles::default(),
            options: RunOptions::default(),
            environment: Arc::new(SystemEnvironment),
            progress: ProgressSink::default(),
            load_ids: LoadIdGenerator::default(),
            redactor: Redactor::default(),
        };
        Fixture { runner, destination, _dir: dir }
    }

    /// Plans a drop, calls `meanwhile`, and commits the plan. Returns the dropped tables, or the error.
    fn commit<G>(&self, resources: &[&str], meanwhile: impl FnOnce(&Fixture) -> G) -> Result<Vec<Vec<String>>, RunError> {
        block_on(async {
            let request = DropRequest::of_resources(resources.iter().copied());
            let plan = self.runner.plan_drop(&request, &CancellationToken::new()).await?;
            let _held = meanwhile(self);
            let info = plan.commit().await?;
            let loads = self.destination.with(|metadata| metadata.loads.clone());
            assert_eq!(info.packages.len(), loads.len());
            Ok(loads)
        })
    }

    /// Checks that a commit fails, changes nothing in the dataset and leaves no package.
    #[track_caller]
    fn check_error<G>(&self, meanwhile: impl FnOnce(&Fixture) -> G, expected: &str) {
        let error = self.commit(&["a"], meanwhile).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(self.destination.with(|metadata| metadata.loads.is_empty() && metadata.schemas["a"].tables.contains_key("a")));
    }

    fn packages(&self) -> Vec<String> {
        self.runner.packages().unwrap().load_ids(PackageQueue::Normalized).unwrap()
    }

    /// Seals a package with rows of resources of source `a`.
    fn seal_package(&self, load_id: &str, resources: &[&str]) {
        let header = PackageHeader {
            load_id: load_id.to_owned(),
            created_at: 1,
            dataset: "d".to_owned(),
            source: "a".to_owned(),
            resources: resources.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect(),
            fingerprint: String::new(),
            base_state: State::new("p", "d", "t"),
            base_schema: None,
            refresh: RefreshTables::default(),
        };
        let writer = self.runner.packages().unwrap().create_package(header, WriterOptions::default()).unwrap();
        let (schema, state) = (Schema::new("a"), State::new("p", "d", "t"));
        drop(writer.seal(PackageFooter { schema, state, findings: Value::Null }).unwrap());
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn each_schema_is_one_package() {
    let fixture = Fixture::new();
    assert_eq!(fixture.commit(&["a", "b"], |_| ()).unwrap(), [["a"], ["b"]]);
    fixture.destination.with(|metadata| {
        assert!(metadata.schemas.values().all(|schema| schema.data_tables().next().is_none()));
        let state = metadata.state.clone().unwrap();
        assert!(state.known_resources("a").is_empty() && state.known_resources("b").is_empty());
        assert_eq!(fixture.runner.working_dir.state(), Some(state));
    });
    assert_eq!(fixture.packages(), [""; 0]);
    assert!(fixture.runner.working_dir.schema("a").is_some_and(|schema| !schema.tables.contains_key("a")));
}

#[test]
fn without_a_match_nothing_is_loaded() {
    let fixture = Fixture::new();
    assert!(fixture.commit(&["x"], |_| ()).unwrap().is_empty());
    assert!(!fixture.runner.working_dir.exists());
}

#[test]
fn plans_are_displayed_and_serialized() {
    let fixture = Fixture::new();
    let plan = |request: &DropRequest| block_on(fixture.runner.plan_drop(request, &CancellationToken::new())).unwrap();
    insta::assert_snapshot!(plan(&DropRequest::of_resources(["a", "c"])), @r"
    pipeline p, dataset d of memory
      schema a
        drop resources: a
        drop tables: a (never loaded)
      warning: resource `c` does not exist in the pipeline; it has `a`, `b`
    ");
    insta::assert_snapshot!(plan(&DropRequest::default()), @r"
    pipeline p, dataset d of memory
      nothing to drop
    ");
    let json = serde_json::to_string(&plan(&DropRequest::of_resources(["a"]))).unwrap();
    insta::assert_snapshot!(json, @r#"{"pipeline_name":"p","dataset_name":"d","destination":"memory","schemas":[{"schema":"a","resources":["a"],"tables":[{"name":"a","has_rows":false}],"state":[],"cursors":[]}],"warnings":[]}"#);
    fixture.destination.with(|metadata| metadata.state = None);
    insta::assert_snapshot!(plan(&DropRequest::default()), @r"
    pipeline p, dataset d of memory
      nothing to drop
      warning: dataset `d` of memory has no state of pipeline `p`
    ");
}

#[test]
fn a_stale_plan_is_rejected() {
    let change_state = |fixture: &Fixture| {
        fixture.destination.with(|metadata| metadata.state.as_mut().unwrap().set_source_value("b", "x", Some(Value::from(1))));
    };
    Fixture::new().check_error(change_state, "the drop is stale: another run has changed the state or a schema");
    let change_schema = |fixture: &Fixture| {
        fixture.destination.with(|metadata| {
            let schema = metadata.schemas.get_mut("a").unwrap();
            schema.tables.insert("c".to_owned(), Table::root("c", "c"));
            schema.update_version();
        });
    };
    Fixture::new().check_error(change_schema, "the drop is stale: another run has changed the state or a schema");
}

#[test]
fn locked_resources_are_not_dropped() {
    let lock = |resource: &'static str| {
        move |fixture: &Fixture| ResourceLocks::acquire(fixture.runner.working_dir.path(), [resource], 0).unwrap()
    };
    Fixture::new().check_error(lock("a"), "resource `a` is locked by another run");
    assert_eq!(Fixture::new().commit(&["a"], lock("b")).unwrap(), [["a"]]);
}

#[test]
fn pending_packages_of_the_resources_prevent_a_drop() {
    let seal = |resources: &'static [&'static str]| move |fixture: &Fixture| fixture.seal_package("1.5", resources);
    let expected = "package 1.5 of pipeline `p` is pending and has rows of resource `a`; run the pipeline to load it, or remove it \
                    with `catchment pipeline p abort-packages`";
    Fixture::new().check_error(seal(&["z", "a"]), expected);
    Fixture::new().check_error(seal(&[]), "package 1.5 of pipeline `p` is pending and changes the state of the pipeline");
    assert_eq!(Fixture::new().commit(&["a"], seal(&["z"])).unwrap(), [["a"]]);
    // The plan already fails.
    let fixture = Fixture::new();
    fixture.seal_package("1.5", &["a"]);
    fixture.check_error(|_| panic!("planned"), expected);
}

#[test]
fn a_failed_drop_leaves_no_pending_package() {
    let fixture = Fixture::new();
    fixture.check_error(|fixture| fixture.destination.with(|metadata| metadata.is_unavailable = true), "it is down");
    assert_eq!(fixture.packages(), [""; 0]);
    assert_eq!(fixture.runner.working_dir.state(), None);
}

#[test]
fn sync_restores_the_copies() {
    let fixture = Fixture::new();
    let sync = || block_on(fixture.runner.sync(&CancellationToken::new()));
    insta::assert_snapshot!(sync().unwrap(), @r"
    pipeline p restored from dataset d of memory
      state version 1
      schema a: version 1
      schema b: version 1
    ");
    assert_eq!(fixture.runner.working_dir.state(), fixture.destination.with(|metadata| metadata.state.clone()));
    fixture.seal_package("1.5", &["a"]);
    let expected = "pipeline `p` has pending packages: 1.5; run the pipeline to load them, or remove them with `catchment \
                    pipeline p abort-packages`";
    assert_eq!(sync().unwrap_err().to_string(), expected);
    let info = block_on(fixture.runner.sync_discarding_pending(&CancellationToken::new())).unwrap();
    assert_eq!((info.discarded.as_slice(), fixture.packages()), (["1.5".to_owned()].as_slice(), Vec::new()));
    fixture.destination.with(|metadata| metadata.state = None);
    let expected = "has no state of pipeline `p`; nothing was changed";
    let error = sync().unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
    assert!(fixture.runner.working_dir.state().is_some(), "the copies are kept");
}
