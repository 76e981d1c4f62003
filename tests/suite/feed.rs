//! An endless API that records the requested cursor values.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use catchment_rest_client::testing::{ScriptedResponse, ScriptedServer};

/// A server of rows with IDs after `since`, of about a hundred bytes each.
pub(crate) struct Feed {
    server: ScriptedServer,
    rows: Arc<AtomicI64>,
}

impl Feed {
    /// Starts a server with `rows` rows per response.
    pub(crate) fn start(rows: i64) -> Feed {
        Feed::watched(rows, |_| {})
    }

    /// Starts a server with `rows` rows per response, which calls `watch` with the index of each request.
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

    /// Sets the number of rows per response.
    pub(crate) fn serve(&self, rows: i64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    /// Returns an incremental spec that appends to table `items`.
    pub(crate) fn spec(&self) -> String {
        format!(
            r#"{{"client":{{"base_url":"{}"}},"resources":[{{"name":"items","endpoint":{{"path":"items",
               "incremental":{{"cursor_path":"id","initial_value":0,"start_param":"since"}}}}}}]}}"#,
            self.server.url()
        )
    }

    /// Returns the cursor value of each request.
    pub(crate) fn requested_cursors(&self) -> Vec<String> {
        self.server.requests().iter().map(|request| request.param("since").unwrap_or_default().to_owned()).collect()
    }
}
