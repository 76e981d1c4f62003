//! The scenarios: source data and resource settings.

use catchment::extract::PageError;
use catchment::{Incremental, MergeOptions, MergeStrategy, Page, Resource, ResumePoint, WriteDisposition};
use catchment_json::{Selection, Value};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;

/// A way of loading the table `items`, whose rows have nested lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scenario {
    Append,
    /// Appends with a resumable resource.
    Resume,
    Replace,
    DeleteInsert,
    Upsert,
    InsertOnly,
    Scd2,
}

/// A row. The rows depend only on the revision of the source.
#[derive(Debug, Clone, Serialize)]
struct Item {
    id: u32,
    /// The cursor: the revision of the last change.
    changed: u32,
    value: String,
    /// An integer; a fraction in rows of later revisions, so that the column is widened.
    size: serde_json::Value,
    /// A column added by a later revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    lists: Vec<List>,
}

#[derive(Debug, Clone, Serialize)]
struct List {
    place: u32,
    numbers: Vec<u32>,
}

/// Number of rows in a page.
const PAGE: usize = 50;

impl Scenario {
    pub(crate) const ALL: [Scenario; 7] = [
        Scenario::Append,
        Scenario::Resume,
        Scenario::Replace,
        Scenario::DeleteInsert,
        Scenario::Upsert,
        Scenario::InsertOnly,
        Scenario::Scd2,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Scenario::Append => "append",
            Scenario::Resume => "resume",
            Scenario::Replace => "replace",
            Scenario::DeleteInsert => "delete-insert",
            Scenario::Upsert => "upsert",
            Scenario::InsertOnly => "insert-only",
            Scenario::Scd2 => "scd2",
        }
    }

    /// Returns whether row IDs are deterministic.
    pub(crate) fn has_stable_ids(self) -> bool {
        matches!(self, Scenario::Upsert | Scenario::InsertOnly | Scenario::Scd2)
    }

    /// Returns the resource of the source at `revision`.
    pub(crate) fn resource(self, revision: u32) -> Resource {
        let rows = rows(revision);
        let pages: Vec<Vec<Item>> = rows.chunks(PAGE).map(<[Item]>::to_vec).collect();
        let resource = Resource::pages("items", move |start| from(start, &pages)).primary_key(["id"]);
        let by_cursor = |resource: Resource| resource.incremental(Incremental::new("changed"));
        let merged = |strategy| MergeOptions { strategy, ..MergeOptions::default() };
        match self {
            Scenario::Append => by_cursor(resource),
            Scenario::Resume => by_cursor(resource).resumable(true),
            Scenario::Replace => resource.write_disposition(WriteDisposition::Replace),
            Scenario::DeleteInsert => by_cursor(resource.merge(merged(MergeStrategy::DeleteInsert))),
            Scenario::Upsert => by_cursor(resource.merge(merged(MergeStrategy::Upsert))),
            Scenario::InsertOnly => by_cursor(resource.merge(merged(MergeStrategy::InsertOnly))),
            // fixed, as the timestamps of versions are compared too
            Scenario::Scd2 => resource.merge(MergeOptions {
                boundary_timestamp: Some((1_704_067_200 + 86_400 * i64::from(revision)) * 1_000_000),
                ..merged(MergeStrategy::Scd2)
            }),
        }
    }
}

/// Returns the pages from the resume point on.
fn from(start: &ResumePoint, pages: &[Vec<Item>]) -> impl Stream<Item = Result<Page, PageError>> + use<> {
    let first = start.position.as_ref().and_then(Value::as_i64).and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
    let count = pages.len();
    let pages: Vec<_> = pages.iter().cloned().enumerate().skip(first).collect();
    futures_util::stream::iter(pages).map(move |(index, rows)| {
        let page = Page::from(Selection::try_from(rows)?);
        Ok(page.with_next_position((index + 1 < count).then(|| Value::from(index as u64 + 1))))
    })
}

/// Returns the rows at a revision: some are changed, some added, some removed.
fn rows(revision: u32) -> Vec<Item> {
    let ids = (10 * revision)..(300 + 20 * revision);
    let row = |id: u32| {
        let came = if id < 300 { 0 } else { (id - 300) / 20 + 1 };
        let changed = if id.is_multiple_of(10) { revision } else { came };
        let list = |place| List { place, numbers: (0..(id + changed + place) % 4).collect() };
        let size = if came > 0 { (f64::from(id) + 0.5).into() } else { id.into() };
        let note = (changed > 0).then(|| format!("changed in {changed}"));
        let lists = (0..(id + changed) % 3).map(list).collect();
        Item { id, changed, value: format!("{id} as of {changed}"), size, note, lists }
    };
    ids.map(row).collect()
}
