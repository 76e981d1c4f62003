//! The tests of the article "Building Custom API Pipelines with dlt", in Rust.

use catchment::rest_api::{RestApi, Spec};
use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use catchment::{Pipeline, Source};

use crate::dataset::Dataset;

fn shop() -> ScriptedServer {
    let rows: Vec<_> = (0..50).map(|id| format!(r#"{{"id": {id}, "name": "customer {id}"}}"#)).collect();
    let rows = format!("[{}]", rows.join(","));
    ScriptedServer::start(move |_| ScriptedResponse::json(200, &rows))
}

fn my_api_source(shop: &ScriptedServer) -> Source {
    let spec = format!(r#"{{"client": {{"base_url": "{}"}}, "resources": ["customers"]}}"#, shop.url());
    let spec: Spec = serde_json::from_str(&spec).unwrap();
    RestApi::new(&spec).source().unwrap()
}

/// The unit test of the article: a limited run against DuckDB, and a query.
#[tokio::test]
async fn customers_pipeline() {
    let (shop, dataset) = (shop(), Dataset::new());
    let pipeline = Pipeline::new("customers", dataset.destination(), "test_data").pipelines_dir(dataset.pipelines());
    let source = my_api_source(&shop).add_limit(10);
    let load_info = pipeline.run(source).await.unwrap();
    assert_eq!(load_info.row_counts().get("customers"), Some(&10));
    let result = pipeline.sql_client().query("SELECT count(*) FROM customers").await.unwrap();
    assert!(result.to_string().contains("| 10 "), "{result}");
}

/// The integration test of the article: the schema after extracting and normalizing, without a load.
#[tokio::test]
async fn schema_structure() {
    let (shop, dataset) = (shop(), Dataset::new());
    let pipeline = Pipeline::new("customers", dataset.destination(), "test_data").pipelines_dir(dataset.pipelines());
    pipeline.extract(my_api_source(&shop)).await.unwrap();
    pipeline.normalize().await.unwrap();
    let schema = pipeline.default_schema().unwrap();
    assert!(schema.tables["customers"].columns.contains_key("id"));
}
