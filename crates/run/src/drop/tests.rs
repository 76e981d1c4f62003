//! Tests of planning.

use std::convert::Infallible;

use catchment_extract::{Incremental, Resource, ResumePoint, Row, Source};
use catchment_json::Value;
use catchment_schema::{Schema, Table, state_table};
use catchment_state::State;
use futures_util::stream;

use super::planner::{PlannedDrop, plan};
use super::{CursorAssignment, DropRequest};
use crate::plan::StoredPipeline;

/// Two sources: `shop` with a cursor on `items` and `orders`, and `blog` without a cursor.
const SOURCES: &str = r#"{
    "shop": {"note": 1, "resources": {
        "items": {"incremental": {"at": {"initial_value": 1, "last_value": 9, "unique_hashes": ["Tp44cKMYfAuJ"]}},
                  "_catchment": {"boundary": {"at": {"last_value": 9, "rows": 3}}}},
        "orders": {"incremental": {"at": {"last_value": "2024-05-31"}, "data.id": {"last_value": 4}}}
    }},
    "blog": {"resources": {}}
}"#;

fn schema(name: &str, tables: impl IntoIterator<Item = Table>) -> Schema {
    let mut schema = Schema::new(name);
    for mut table in tables.into_iter().chain([state_table()]) {
        if table.name != "users" {
            table.set_seen_data();
        }
        schema.tables.insert(table.name.clone(), table);
    }
    schema.update_version();
    schema
}

fn stored() -> StoredPipeline {
    let shop = [
        Table::root("items", "items"),
        Table::child("items__tags", "items"),
        Table::root("orders", "orders"),
        Table::root("users", "users"),
        Table::root("foreign", "foreign"),
    ];
    let schemas = [schema("shop", shop), schema("blog", [Table::root("posts", "posts")])];
    let mut state = State::new("p", "d", "t");
    for (source, source_state) in Value::parse(SOURCES).unwrap().as_object().cloned().unwrap() {
        state.set_source(&source, source_state.as_object().cloned().unwrap());
    }
    state.mark_resource_loaded("shop", "items");
    state.mark_resource_loaded("shop", "users");
    schemas.iter().for_each(|schema| state.add_schema(&schema.name));
    state.update_version();
    let schemas = schemas.map(|schema| (schema.name.clone(), schema)).into();
    StoredPipeline { state: Some(state), schemas, last_load_id: None }
}

fn planned(request: &DropRequest) -> PlannedDrop {
    let stored = stored();
    plan(request, &stored, stored.state.as_ref().unwrap()).unwrap()
}

fn show(planned: &PlannedDrop) -> String {
    let schemas = planned.schemas.iter().map(ToString::to_string);
    let warnings = planned.warnings.iter().map(|warning| format!("warning: {warning}"));
    schemas.chain(warnings).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(request: DropRequest, expected: &str) {
    let planned = planned(&request);
    assert_eq!(show(&planned), expected);
    for (shown, package) in planned.schemas.iter().zip(&planned.packages) {
        let tables: Vec<&str> = shown.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(package.refresh.dropped, tables);
        assert!(tables.iter().all(|table| !package.schema.tables.contains_key(*table)));
        let is_changed = package.state.hash() != package.base_state.hash();
        assert_eq!(is_changed, package.state.to_value().to_string() != package.base_state.to_value().to_string());
    }
}

#[track_caller]
fn check_error(request: DropRequest, expected: &str) {
    let stored = stored();
    assert_eq!(plan(&request, &stored, stored.state.as_ref().unwrap()).unwrap_err().to_string(), expected);
}

fn paths(paths: &[&str]) -> DropRequest {
    DropRequest { state_paths: paths.iter().map(ToString::to_string).collect(), ..DropRequest::default() }
}

fn cursor(text: &str) -> DropRequest {
    DropRequest { set_cursors: vec![text.parse().unwrap()], ..DropRequest::default() }
}

const ITEMS: &str = "schema shop
  drop resources: items
  drop tables: items, items__tags
  delete state: sources.shop.resources.items
  cursor `at` of items: 9 -> none, starts at its initial value";

#[test]
fn resources_are_dropped_with_child_tables_and_state() {
    check(DropRequest::of_resources(["items"]), ITEMS);
    check(DropRequest { resources: vec!["re:it".parse().unwrap()], ..DropRequest::default() }, ITEMS);
    check(DropRequest::of_resources(["users"]), "schema shop\n  drop resources: users\n  drop tables: users (never loaded)");
    check(
        DropRequest::of_resources(["posts", "users"]),
        "schema blog\n  drop resources: posts\n  drop tables: posts\nschema shop\n  drop resources: users\n  drop tables: users \
         (never loaded)",
    );
}

#[test]
fn only_state_is_dropped_on_request() {
    check(
        DropRequest { state_only: true, ..DropRequest::of_resources(["items"]) },
        "schema shop\n  drop resources: items\n  delete state: sources.shop.resources.items\n  cursor `at` of items: 9 -> none, \
         starts at its initial value",
    );
    check(DropRequest { state_only: true, ..DropRequest::of_resources(["users"]) }, "");
}

#[test]
fn a_request_can_be_restricted_to_a_source() {
    let all = |source: &str| DropRequest {
        resources: vec!["re:.*".parse().unwrap()],
        source: Some(source.to_owned()),
        ..DropRequest::default()
    };
    check(all("blog"), "schema blog\n  drop resources: posts\n  drop tables: posts");
    check_error(all("blob"), r#"pipeline has no source "blob"; did you mean `blog`?"#);
}

#[test]
fn all_resources_of_the_pipeline_are_dropped() {
    check(
        DropRequest { drop_all: true, ..DropRequest::default() },
        "schema blog
  drop resources: posts
  drop tables: posts
schema shop
  drop resources: items, orders, users
  drop tables: items, items__tags, orders, users (never loaded)
  delete state: sources.shop.resources.items, sources.shop.resources.orders
  cursor `at` of items: 9 -> none, starts at its initial value
  cursor `at` of orders: \"2024-05-31\" -> none, starts at its initial value
  cursor `data.id` of orders: 4 -> none, starts at its initial value
warning: resource `foreign` of schema `shop` is kept: this pipeline has no record of loading it, and another pipeline may have \
         loaded it; name the resource to drop it",
    );
}

#[test]
fn names_without_a_match_are_warnings() {
    check(
        DropRequest::of_resources(["itmes"]),
        "warning: resource `itmes` does not exist in the pipeline; did you mean `items`?",
    );
    check(
        DropRequest::of_resources(["x"]),
        "warning: resource `x` does not exist in the pipeline; it has `foreign`, `items`, `orders`, `posts`, `users`",
    );
    let expression = DropRequest { resources: vec!["re:_dlt".parse().unwrap()], ..DropRequest::default() };
    check(expression, "warning: pattern `re:_dlt` matches no resource of the pipeline");
    check(paths(&["none.at"]), "warning: state path `none.at` matches nothing in the state of any source");
    let empty = plan(&DropRequest::of_resources(["x"]), &StoredPipeline::default(), &State::new("p", "d", "t")).unwrap();
    assert_eq!(show(&empty), "warning: resource `x` does not exist in the pipeline, which has no resources");
}

#[test]
fn state_paths_are_deleted() {
    check(paths(&["note"]), "schema shop\n  delete state: sources.shop.note");
    check(
        paths(&["resources.orders.incremental['data.id']"]),
        "schema shop\n  delete state: sources.shop.resources.orders.incremental['data.id']\n  cursor `data.id` of orders: 4 -> \
         none, starts at its initial value",
    );
    check(
        paths(&["$"]),
        "schema blog
  delete state: sources.blog
schema shop
  delete state: sources.shop
  cursor `at` of items: 9 -> none, starts at its initial value
  cursor `at` of orders: \"2024-05-31\" -> none, starts at its initial value
  cursor `data.id` of orders: 4 -> none, starts at its initial value",
    );
}

#[test]
fn cursors_are_set() {
    let appended = "warning: resource `items` appends rows: the next run appends rows from 5 on again, even if table `items` already \
                    has them";
    check(cursor("items=5"), &format!("schema shop\n  cursor `at` of items: 9 -> 5\n{appended}"));
    check(
        cursor("orders:data.id=1"),
        "schema shop\n  cursor `data.id` of orders: 4 -> 1\nwarning: resource `orders` appends rows: the next run appends rows from \
         1 on again, even if table `orders` already has them",
    );
    let dropped = DropRequest { set_cursors: vec![CursorAssignment::new("items", "5")], ..DropRequest::of_resources(["items"]) };
    check(dropped, &ITEMS.replace("none, starts at its initial value", "5"));
}

#[test]
fn invalid_cursors_are_rejected() {
    let check = |text: &str, expected: &str| check_error(cursor(text), expected);
    let failed = |resource: &str, problem: &str| format!("failed to set the cursor of resource {resource:?}: {problem}");
    check("itmes=5", &failed("itmes", "the pipeline has no such resource; did you mean `items`?"));
    check("users=5", &failed("users", "it has no cursor in the state; set `incremental` and run it once"));
    check("items:id=5", &failed("items", "it has no cursor `id`; it has `at`"));
    check("orders=5", &failed("orders", "it has the cursors `at`, `data.id`; name one, as in `orders:at=5`"));
    check("items=x", r#"cursor `at` of resource `items` cannot be set to "x": expected an integer, such as 9"#);
    check(
        "orders:at=x",
        r#"cursor `at` of resource `orders` cannot be set to "x": expected a timestamp or date, such as "2024-05-31""#,
    );
}

#[test]
fn entries_in_tables_are_deleted_with_their_cursor() {
    #[track_caller]
    fn check(request: &DropRequest, expected: &[&str]) {
        let planned = planned(request);
        let keys = planned.packages.iter().flat_map(|package| &package.deleted_entries);
        let shown: Vec<_> = keys.map(|key| format!("{:?} {} {}", key.kind, key.resource, key.cursor_path)).collect();
        assert_eq!(shown, expected);
    }
    check(&DropRequest::of_resources(["items"]), &["Rows items at"]);
    check(&cursor("items=5"), &["Rows items at"]);
    check(&cursor("orders:at=2024-05-01"), &[]);
    check(&paths(&["note"]), &[]);
}

#[test]
fn changed_resources_are_affected() {
    #[track_caller]
    fn check(request: &DropRequest, expected: &str) {
        let planned = planned(request);
        let affected = planned.packages.iter().flat_map(|package| &package.resources);
        let shown = affected.map(|(source, of_source)| {
            format!("{source}: {}", of_source.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
        });
        assert_eq!(shown.collect::<Vec<_>>().join(", "), expected);
    }
    check(&DropRequest::of_resources(["items", "users"]), "shop: items users");
    check(&cursor("items=5"), "shop: items");
    check(&paths(&["resources.orders.incremental.at"]), "shop: orders");
    check(&paths(&["note"]), "shop: foreign items orders users");
}

#[test]
fn each_package_starts_from_the_state_after_the_previous_one() {
    let request = DropRequest { state_paths: vec!["$".to_owned()], ..DropRequest::default() };
    let planned = planned(&request);
    let [first, second] = planned.packages.as_slice() else { panic!("{:?}", planned.packages) };
    assert_eq!((first.base_state.version(), first.state.version(), second.state.version()), (1, 2, 3));
    assert_eq!(second.base_state, first.state);
    assert!(first.state.resource("shop", "items").is_some() && second.state.resource("shop", "items").is_none());
}

#[test]
fn dependent_resources_keep_the_parent_cursor_if_the_source_is_defined() {
    let items = Resource::rows("items", [1]).incremental(Incremental::new("at"));
    let orders = Resource::transformer("orders", "items", |_: Row, _: &ResumePoint| {
        stream::iter([Ok::<_, Infallible>(vec![Value::Null])])
    });
    let definition = Source::new("shop").with_resource(items).with_resource(orders);
    let state_of_orders = |definition: Option<Source>| {
        let planned = planned(&DropRequest { definition, ..DropRequest::of_resources(["items"]) });
        let package = planned.packages.into_iter().next().unwrap();
        package.state.resource("shop", "orders").and_then(|orders| orders.get("_catchment")).map(ToString::to_string)
    };
    assert_eq!(state_of_orders(None), None);
    let position = state_of_orders(Some(definition)).unwrap();
    assert!(position.starts_with(r#"{"fed":{"items":{"incremental":{"at":{"initial_value":1,"last_value":9"#), "{position}");
}
