//! The typed form of a spec.

mod client;
mod columns;
mod disposition;
mod endpoint;
mod incremental;
mod keys;
mod paginator;
mod resource;
mod top;

use catchment_extract::Incremental;
use catchment_json::Path;
use catchment_schema::{Column, Contract, MergeOptions, WriteDisposition};

use crate::Template;

pub use paginator::{PaginatorSpec, ParamSpec, RangeSpec, TotalSpec};

/// A description of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The name of the source; `rest_api` by default.
    pub name: String,
    /// How the API is reached.
    pub client: ClientSpec,
    /// What is loaded from it, defaults merged in.
    pub resources: Vec<ResourceSpec>,
    /// The pipeline that it is loaded by.
    pub pipeline: PipelineSpec,
}

/// Defaults for the pipeline; flags win over them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PipelineSpec {
    /// The name of the pipeline.
    pub pipeline_name: Option<String>,
    /// The name of the destination.
    pub destination: Option<String>,
    /// The name of the dataset.
    pub dataset_name: Option<String>,
    /// The folder of schema files that are imported before a run.
    pub import_schema_path: Option<String>,
    /// The folder that schemas are exported to after a run.
    pub export_schema_path: Option<String>,
}

/// How an API is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientSpec {
    /// The URL that paths are relative to.
    pub base_url: String,
    /// Headers of every request.
    pub headers: Vec<(String, String)>,
    /// How to come from page to page; found out by default.
    pub paginator: PaginatorSpec,
}

/// A resource of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceSpec {
    /// Its name.
    pub name: String,
    /// The table that its rows go to; the name by default.
    pub table_name: Option<String>,
    /// What a load does with the rows that the table has.
    pub write_disposition: WriteDisposition,
    /// The fields that tell rows apart.
    pub primary_key: Vec<String>,
    /// The fields by which new rows replace old ones when they are merged.
    pub merge_key: Vec<String>,
    /// How rows are merged, where they are.
    pub merge: MergeOptions,
    /// Columns that are declared.
    pub columns: Vec<Column>,
    /// What rows may change of its tables.
    pub schema_contract: Option<Contract>,
    /// How deep objects and lists are taken apart.
    pub max_table_nesting: Option<u32>,
    /// Whether it is loaded; it is by default.
    pub selected: bool,
    /// Whether it runs beside others; it does by default.
    pub parallelized: bool,
    /// Whether a run goes on in the middle of the pages, which has to be right for the API; it does not by default.
    pub resumable: bool,
    /// Where its rows are.
    pub endpoint: EndpointSpec,
}

/// Where the rows of a resource are.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointSpec {
    /// The path, relative to the base URL; the name of the resource by default.
    pub path: Template,
    /// Parameters of the query.
    pub params: Vec<(String, Template)>,
    /// Headers, over those of the client.
    pub headers: Vec<(String, Template)>,
    /// How to come from page to page; as the client says by default.
    pub paginator: Option<PaginatorSpec>,
    /// Where the rows are in a page; found out by default.
    pub data_selector: Option<Path>,
    /// How new rows are told from old ones; all are new by default.
    pub incremental: Option<IncrementalSpec>,
}

/// How new rows are told from those of earlier runs.
#[derive(Debug, Clone, PartialEq)]
pub struct IncrementalSpec {
    /// The cursor.
    pub cursor: Incremental,
    /// The parameter of the query that gets the start value.
    pub start_param: Option<String>,
    /// The parameter of the query that gets the end value.
    pub end_param: Option<String>,
}
