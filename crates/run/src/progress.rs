//! Telling of a run while it goes on.

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

/// What is done with the events of a run.
#[derive(Clone, Default)]
pub enum ProgressSink {
    /// Nothing; then none are made.
    #[default]
    Off,
    /// Lines on stderr, for people: each second one for each resource that has moved on, and one when it ends.
    Log,
    /// The same as lines of JSON on stdout, for programs.
    Json,
    /// A function gets each of them.
    Custom(Arc<dyn Fn(&ProgressEvent) + Send + Sync>),
}

impl fmt::Debug for ProgressSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProgressSink::Off => "Off",
            ProgressSink::Log => "Log",
            ProgressSink::Json => "Json",
            ProgressSink::Custom(_) => "Own",
        })
    }
}

/// How often lines are written.
const INTERVAL: Duration = Duration::from_secs(1);

/// Waits for `run`, and tells of it what comes through `events`.
pub(crate) async fn report_progress<T>(to: &ProgressSink, events: &ProgressChannel, run: impl Future<Output = T>) -> T {
    let write: &(dyn Fn(&ProgressEvent) + Send + Sync) = match to {
        ProgressSink::Off => return run.await,
        ProgressSink::Custom(function) => return forward_events(function.as_ref(), events, run).await,
        // That nobody reads them is no reason to stop the run.
        ProgressSink::Log => &|event| drop(writeln!(std::io::stderr(), "{}", text(event))),
        ProgressSink::Json => &|event| drop(writeln!(std::io::stdout(), "{}", json(event))),
    };
    let mut changed: BTreeMap<String, ProgressEvent> = BTreeMap::new();
    let mut receiver = events.subscribe();
    let (mut run, mut ticks) = (pin!(run), interval(INTERVAL));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // the first one comes at once
    ticks.tick().await;
    let result = loop {
        tokio::select! {
            biased;
            event = receiver.recv() => match event {
                Ok(event) => drop(changed.insert(event.resource.clone(), event)),
                // Each event has all counts, so the next one makes up for those that were lost.
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
    let (source, room) = (waited_for_pages.as_secs_f64(), waited_for_budget.as_secs_f64());
    let state = if *is_done { "done" } else { "so far" };
    format!("{resource}: {pages}, {rows}, {megabytes:.1} MB {state}; waited {source:.1} s for pages, {room:.1} s for room")
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
    fn events_as_lines() {
        let event = ProgressEvent {
            resource: "issues".to_owned(),
            pages: 12,
            rows: 1200,
            bytes: 5_340_000,
            waited_for_pages: Duration::from_millis(1500),
            waited_for_budget: Duration::from_millis(250),
            is_done: false,
        };
        insta::assert_snapshot!(text(&event), @"issues: 12 pages, 1200 rows, 5.3 MB so far; waited 1.5 s for pages, 0.2 s for room");
        insta::assert_snapshot!(json(&event), @r#"{"bytes":5340000,"event":"progress","is_done":false,"pages":12,"resource":"issues","rows":1200,"waited_for_budget":0.25,"waited_for_pages":1.5}"#);
    }
}
