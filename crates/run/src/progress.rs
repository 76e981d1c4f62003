//! Progress output of runs.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use catchment_extract::{ProgressChannel, ProgressEvent};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

use crate::report::pluralize;

/// A sink for progress events.
#[derive(Clone, Default)]
pub enum ProgressSink {
    /// No progress output; no events are created.
    #[default]
    Off,
    /// Text lines on stderr: one per second for each resource with progress, and one when it ends.
    Log,
    /// JSON Lines on stdout, at the same times as `Log`.
    Json,
    /// A function that is called with each event.
    Custom(Arc<dyn Fn(&ProgressEvent) + Send + Sync>),
}

impl fmt::Debug for ProgressSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProgressSink::Off => "Off",
            ProgressSink::Log => "Log",
            ProgressSink::Json => "Json",
            ProgressSink::Custom(_) => "Custom",
        })
    }
}

/// The interval of progress lines.
const INTERVAL: Duration = Duration::from_secs(1);

/// Awaits `run` and reports its `events` to the sink.
pub(crate) async fn report_progress<T>(to: &ProgressSink, events: &ProgressChannel, run: impl Future<Output = T>) -> T {
    let write: &(dyn Fn(&ProgressEvent) + Send + Sync) = match to {
        ProgressSink::Off => return run.await,
        ProgressSink::Custom(function) => return forward_events(function.as_ref(), events, run).await,
        // Write errors are ignored: a closed stream must not stop the run.
        ProgressSink::Log => &|event| drop(writeln!(std::io::stderr(), "{}", text(event))),
        ProgressSink::Json => &|event| drop(writeln!(std::io::stdout(), "{}", json(event))),
    };
    let mut changed: BTreeMap<String, ProgressEvent> = BTreeMap::new();
    let mut receiver = events.subscribe();
    let (mut run, mut ticks) = (pin!(run), interval(INTERVAL));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick completes immediately.
    ticks.tick().await;
    let result = loop {
        tokio::select! {
            biased;
            event = receiver.recv() => match event {
                Ok(event) => drop(changed.insert(event.resource.clone(), event)),
                // Events carry totals, so the next one replaces lost ones.
                Err(RecvError::Lagged(_) | RecvError::Closed) => {}
            },
            _ = ticks.tick() => std::mem::take(&mut changed).values().for_each(write),
            result = &mut run => break result,
        }
    };
    while let Ok(event) = receiver.try_recv() {
        changed.insert(event.resource.clone(), event);
    }
    changed.values().for_each(write);
    result
}

async fn forward_events<T>(
    function: &(dyn Fn(&ProgressEvent) + Send + Sync),
    events: &ProgressChannel,
    run: impl Future<Output = T>,
) -> T {
    let mut receiver = events.subscribe();
    let mut run = pin!(run);
    let result = loop {
        tokio::select! {
            biased;
            event = receiver.recv() => if let Ok(event) = event { function(&event) },
            result = &mut run => break result,
        }
    };
    while let Ok(event) = receiver.try_recv() {
        function(&event);
    }
    result
}

fn text(event: &ProgressEvent) -> String {
    let ProgressEvent { resource, pages, rows, bytes, waited_for_pages, waited_for_budget, is_done } = event;
    let (pages, rows, megabytes) = (pluralize(*pages, "page"), pluralize(*rows, "row"), *bytes as f64 / 1e6);
    let (source, memory) = (waited_for_pages.as_secs_f64(), waited_for_budget.as_secs_f64());
    let state = if *is_done { "done" } else { "so far" };
    format!("{resource}: {pages}, {rows}, {megabytes:.1} MB {state}; waited {source:.1} s for pages, {memory:.1} s for memory")
}

fn json(event: &ProgressEvent) -> String {
    let ProgressEvent { resource, pages, rows, bytes, waited_for_pages, waited_for_budget, is_done } = event;
    serde_json::json!({
        "event": "progress",
        "resource": resource,
        "pages": pages,
        "rows": rows,
        "bytes": bytes,
        "waited_for_pages": waited_for_pages.as_secs_f64(),
        "waited_for_budget": waited_for_budget.as_secs_f64(),
        "is_done": is_done,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use catchment_extract::ProgressEvent;

    use super::{json, text};

    #[test]
    fn events_are_formatted_as_lines() {
        let event = ProgressEvent {
            resource: "issues".to_owned(),
            pages: 12,
            rows: 1200,
            bytes: 5_340_000,
            waited_for_pages: Duration::from_millis(1500),
            waited_for_budget: Duration::from_millis(250),
            is_done: false,
        };
        insta::assert_snapshot!(text(&event), @"issues: 12 pages, 1200 rows, 5.3 MB so far; waited 1.5 s for pages, 0.2 s for memory");
        insta::assert_snapshot!(json(&event), @r#"{"bytes":5340000,"event":"progress","is_done":false,"pages":12,"resource":"issues","rows":1200,"waited_for_budget":0.25,"waited_for_pages":1.5}"#);
    }
}
