//! Objects with data as keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use catchment::rest_client::testing::ScriptedServer;
use serde_json::{Value, json};

use super::{ok, spec};
use crate::command::Run;
use crate::dataset::Dataset;

/// duckdb/duckdb#14848, amir20/dozzle#4746: objects with IDs or dates as keys became thousands of columns, and loads hung.
/// Here each of two runs has 1,500 new keys.
#[test]
fn thousands_of_keys_become_columns_or_one_json_column_with_a_hint() {
    let run = Arc::new(AtomicU32::new(0));
    let run_of_server = Arc::clone(&run);
    let server = ScriptedServer::start(move |_| {
        let run = run_of_server.load(Ordering::Relaxed);
        let price = |key: u32| (format!("k{run}_{key:04}"), json!(f64::from(key) + 0.5));
        let prices = |row: u32| -> Value {
            let keys = if row == 0 { 0..1500 } else { row..row + 1 };
            keys.map(price).collect()
        };
        ok((0..3).map(|row| json!({"id": run * 10 + row, "prices": prices(row)})).collect())
    });
    let spec = spec(
        &server,
        json!([
            {"name": "wide", "endpoint": "rates"},
            {"name": "narrow", "endpoint": "rates", "columns": {"prices": {"data_type": "json"}}},
            {"name": "flat", "endpoint": "rates", "max_table_nesting": 0},
        ]),
    );
    let dataset = Dataset::new();
    for number in [0, 1] {
        run.store(number, Ordering::Relaxed);
        Run::new(&dataset, &spec).load(&[]);
    }
    assert_eq!(dataset.columns("wide").len(), 3 + 3000);
    let values = "SELECT prices__k1_1499, prices__k1_0001, prices__k0_0000 FROM wide WHERE id IN (10, 11) ORDER BY id";
    assert_eq!(dataset.query(values), "1499.5 1.5 -; - 1.5 -");
    for table in ["narrow", "flat"] {
        assert_eq!(dataset.columns(table), ["_dlt_id", "_dlt_load_id", "id", "prices"], "{table}");
    }
    let prices: Value = serde_json::from_str(&dataset.query("SELECT prices FROM narrow WHERE id = 11")).unwrap();
    assert_eq!(prices, json!({"k1_0001": 1.5}));
}
