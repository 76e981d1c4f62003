//! An API that always has more, to tell what it was asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

/// Serves rows with ids from after `since` on, each of a hundred bytes.
pub(crate) struct Feed {
    server: ScriptedServer,
    rows: Arc<AtomicI64>,
}

impl Feed {
    /// Serves so many rows an answer.
    pub(crate) fn start(rows: i64) -> Feed {
        Feed::watched(rows, |_| {})
    }

    /// Serves so many rows an answer, and calls `watch` with the index of each request before.
    pub(crate) fn watched(rows: i64, watch: impl Fn(usize) + Send + Sync + 'static) -> Feed {
        let rows = Arc::new(AtomicI64::new(rows));
        let served = Arc::clone(&rows);
        let server = ScriptedServer::start(move |request| {
            watch(request.index);
            let since: i64 = request.param("since").and_then(|since| since.parse().ok()).unwrap_or(0);
            let rows = since + 1..=since + served.load(Ordering::Relaxed);
            let rows: Vec<_> = rows.map(|id| format!(r#"{{"id":{id},"text":"{id:0100}"}}"#)).collect();
            ScriptedResponse::json(200, format!("[{}]", rows.join(",")))
        });
        Feed { server, rows }
    }

    pub(crate) fn serve(&self, rows: i64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    /// Appends to table `items`, from the last id on.
    pub(crate) fn spec(&self) -> String {
        format!(
            r#"{{"client":{{"base_url":"{}"}},"resources":[{{"name":"items","endpoint":{{"path":"items",
               "incremental":{{"cursor_path":"id","initial_value":0,"start_param":"since"}}}}}}]}}"#,
            self.server.url()
        )
    }

    /// The ids that it was asked to go on from, one for each request.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.server.requests().iter().map(|request| request.param("since").unwrap_or_default().to_owned()).collect()
    }
}
