//! What jobs have used.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use catchment_load::LoadUsage;

use super::Job;

/// What the jobs of a load have used, by job id. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct JobUsage(Arc<Mutex<BTreeMap<String, LoadUsage>>>);

impl JobUsage {
    /// Records a job that has ended. It counts once.
    pub(super) fn record(&self, id: &str, job: &Job) {
        let bytes_billed = job.statistics.query.total_bytes_billed.number();
        let usage = LoadUsage { jobs: 1, bytes_billed, slot_ms: job.statistics.total_slot_ms.number() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), usage);
    }

    /// Returns the sum of all jobs, or `None` if the service reported nothing.
    pub(crate) fn total(&self) -> Option<LoadUsage> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let total = jobs.values().fold(LoadUsage::default(), |sum, job| LoadUsage {
            jobs: sum.jobs + job.jobs,
            bytes_billed: sum.bytes_billed.saturating_add(job.bytes_billed),
            slot_ms: sum.slot_ms.saturating_add(job.slot_ms),
        });
        Some(total).filter(|total| total.bytes_billed > 0 || total.slot_ms > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_counts_once() {
        let (usage, none) = (JobUsage::default(), JobUsage::default());
        let job: Job = serde_json::from_str(
            r#"{"statistics": {"totalSlotMs": "20", "query": {"totalBytesBilled": 10485760, "totalBytesProcessed": "5"}}}"#,
        )
        .unwrap();
        ["a", "b", "a"].iter().for_each(|id| usage.record(id, &job));
        assert_eq!(usage.total(), Some(LoadUsage { jobs: 2, bytes_billed: 20 << 20, slot_ms: 40 }));
        none.record("a", &Job::default());
        assert_eq!(none.total(), None);
    }
}
