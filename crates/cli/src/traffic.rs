//! Recording and replay of the requests of a run.

use std::path::Path;

use catchment::rest_client::{Recorder, Recording, RestClientBuilder};
use catchment::{RunEnvironment as _, SystemEnvironment};

use crate::failure::CliError;

/// The source of the responses of a run, and the start of the run.
pub(crate) struct Traffic {
    kind: TrafficKind,
    now: i64,
}

enum TrafficKind {
    /// Requests are sent.
    Network,
    /// Requests are sent and recorded.
    Record(Recorder),
    /// Responses come from a recording.
    Replay(Recording),
}

impl Traffic {
    /// Sends all requests.
    pub(crate) fn network() -> Traffic {
        Traffic { kind: TrafficKind::Network, now: SystemEnvironment.now() }
    }

    /// Creates a recording in the folder `record`, or opens the one in `replay`.
    pub(crate) fn open(record: Option<&Path>, replay: Option<&Path>) -> Result<Traffic, CliError> {
        let usage = |error: catchment::rest_client::Error| CliError::Usage(error.into());
        match (record, replay) {
            (Some(folder), _) => {
                let recorder = Recorder::create(folder).map_err(usage)?;
                Ok(Traffic { now: recorder.recorded_at(), kind: TrafficKind::Record(recorder) })
            }
            (None, Some(folder)) => {
                let recording = Recording::open(folder).map_err(usage)?;
                Ok(Traffic { now: recording.recorded_at(), kind: TrafficKind::Replay(recording) })
            }
            (None, None) => Ok(Traffic::network()),
        }
    }

    /// Returns the same source of responses for requests that are not recorded.
    pub(crate) fn without_recording(&self) -> Traffic {
        let kind = match &self.kind {
            TrafficKind::Network | TrafficKind::Record(_) => TrafficKind::Network,
            TrafficKind::Replay(recording) => TrafficKind::Replay(recording.clone()),
        };
        Traffic { kind, now: self.now }
    }

    /// Returns the start of the run, in microseconds since 1970. A replay has that of its recording, so that relative times
    /// have the same values.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    pub(crate) fn is_replay(&self) -> bool {
        matches!(self.kind, TrafficKind::Replay(_))
    }

    /// Sets the source of responses of a client.
    pub(crate) fn apply(&self, client: RestClientBuilder) -> RestClientBuilder {
        match &self.kind {
            TrafficKind::Network => client,
            TrafficKind::Record(recorder) => client.record(recorder.clone()),
            TrafficKind::Replay(recording) => client.replay(recording.clone()),
        }
    }
}
