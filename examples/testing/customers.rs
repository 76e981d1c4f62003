//! Tests of a resource against a scripted API, with a database in a temporary folder.

use std::error::Error;

use catchment::rest_client::testing::{ScriptedResponse, ScriptedServer};
use catchment::rest_client::{RestClient, RetryPolicy};
use catchment::{DuckDb, LoadInfo, Pipeline, Resource, WriteDisposition};

/// The resource to test. It is usually part of the program.
fn customers(base_url: &str) -> Result<Resource, catchment::rest_client::Error> {
    let retry = RetryPolicy { backoff_factor: 0.0, ..RetryPolicy::default() };
    let client = RestClient::builder().base_url(base_url).retry(retry).build()?;
    let customers = Resource::stream("customers", move |_| Ok(client.paginate(client.request("/customers")?)));
    Ok(customers.write_disposition(WriteDisposition::Merge).primary_key(["id"]))
}

/// Loads the customers of an API, and returns the report and the result of a query.
async fn load(api: &ScriptedServer, sql: &str) -> Result<(LoadInfo, String), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let pipeline = Pipeline::new("test", DuckDb::new(dir.path().join("test.duckdb")), "test_data").pipelines_dir(dir.path());
    let info = pipeline.run(customers(&api.url())?).await?;
    Ok((info, pipeline.sql_client().query(sql).await?.to_string()))
}

#[tokio::test]
async fn all_pages_are_loaded() -> Result<(), Box<dyn Error>> {
    let api = ScriptedServer::start(|request| match request.param("page") {
        None => {
            let next = format!("<http://{}/customers?page=2>; rel=\"next\"", request.header("host").unwrap_or_default());
            ScriptedResponse::json(200, r#"[{"id": 1, "name": "Ada"}]"#).header("link", next)
        }
        Some(_) => ScriptedResponse::json(200, r#"[{"id": 2, "name": "Alan"}]"#),
    });
    let (info, names) = load(&api, "SELECT string_agg(name, ', ' ORDER BY id) AS names FROM customers").await?;
    assert_eq!((info.row_counts()["customers"], info.warnings().count()), (2, 0));
    assert!(names.contains("Ada, Alan"), "{names}");
    assert_eq!(api.requests().len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_overloaded_api_is_retried() -> Result<(), Box<dyn Error>> {
    let api = ScriptedServer::start(|request| match request.index {
        0 => ScriptedResponse::json(503, "{}"),
        _ => ScriptedResponse::json(200, r#"[{"id": 1, "name": "Ada"}]"#),
    });
    let (info, _) = load(&api, "SELECT 1").await?;
    assert_eq!(info.row_counts()["customers"], 1);
    Ok(())
}

#[tokio::test]
async fn an_error_contains_the_response() -> Result<(), Box<dyn Error>> {
    let api = ScriptedServer::start(|_| ScriptedResponse::json(401, r#"{"error": "who are you?"}"#));
    let error = load(&api, "SELECT 1").await.err().ok_or("status 401 must be an error")?;
    let message = catchment::error_chain(error.as_ref(), ": ");
    assert!(message.contains("401 Unauthorized") && message.contains("who are you?"), "{message}");
    Ok(())
}
