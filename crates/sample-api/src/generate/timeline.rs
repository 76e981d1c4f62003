//! Creation and modification times of issues.
//!
//! Each issue is assigned one hour for its creation and one for its last change, so that both times are
//! unique without comparing issues. Each revision is assigned a time window after all earlier times.

use jiff::Timestamp;

use super::random::{Purpose, Random, mix};

/// 2020-01-01T00:00:00Z
const START: i64 = 1_577_836_800;
const HOUR: i64 = 3_600;
/// Hours in a block. An issue is last changed in the block after the one of its creation.
const BLOCK: u64 = 512;
/// Seconds between two changes of a revision.
const TICK: i64 = 30;

/// The timeline of one dataset, in seconds since 1970.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    seed: u64,
    first_window: i64,
    /// Number of changes that fit into the window of a revision; a power of two.
    slots: u64,
}

impl Timeline {
    pub(super) fn new(seed: u64, base_count: u64) -> Self {
        let blocks = base_count.div_ceil(BLOCK) + 1;
        Self {
            seed,
            first_window: START + (blocks * BLOCK) as i64 * HOUR,
            // doubled, so that issues added by revisions have unique slots too
            slots: (2 * base_count + 256).next_power_of_two(),
        }
    }

    /// Returns when an issue of revision 0 was created and last changed.
    pub(super) fn at_first(&self, number: u64) -> (i64, i64) {
        let mut random = Random::new(self.seed, Purpose::Times, number, 0);
        let slot = number.saturating_sub(1);
        let next_block = (slot / BLOCK + 1) * BLOCK;
        let mut within = |hour: u64| START + hour as i64 * HOUR + random.below(HOUR as u64) as i64;
        (within(slot), within(next_block + self.shuffled(slot, BLOCK)))
    }

    /// Returns when the issue that a revision adds at `position` was created.
    pub(super) fn created_in(&self, revision: u32, position: u64) -> i64 {
        self.window(revision) + (position % self.slots) as i64 * TICK
    }

    /// Returns when a revision changed an issue.
    pub(super) fn changed_in(&self, revision: u32, number: u64) -> i64 {
        let mut random = Random::new(self.seed, Purpose::Times, number, u64::from(revision));
        self.window(revision) + (self.slots + self.shuffled(number, self.slots)) as i64 * TICK + random.below(TICK as u64) as i64
    }

    /// Returns the start of the window of a revision: its first half is for creations, its second half for changes.
    fn window(&self, revision: u32) -> i64 {
        let earlier = i64::from(revision.saturating_sub(1));
        self.first_window + earlier * 2 * self.slots as i64 * TICK
    }

    /// Permutes any `size` successive numbers to 0 up to `size - 1`; `size` must be a power of two.
    fn shuffled(&self, number: u64, size: u64) -> u64 {
        // an odd factor makes it a permutation
        let factor = mix(self.seed) | 1;
        number.wrapping_mul(factor).wrapping_add(factor >> 32) & (size - 1)
    }
}

/// Formats a time as `YYYY-MM-DDTHH:MM:SSZ`. Times after the year 9999 are clamped to its end.
pub(super) fn iso(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn iso_formats_whole_seconds_in_utc() {
        let check = |seconds, expected| assert_eq!(iso(seconds), expected);
        check(START, "2020-01-01T00:00:00Z");
        check(START + 86_399, "2020-01-01T23:59:59Z");
        check(i64::MAX, "9999-12-30T22:00:00Z");
    }

    #[test]
    fn times_are_unique_and_in_order() {
        let timeline = Timeline::new(3, 2_000);
        let mut updates = HashSet::new();
        let mut before = 0;
        for number in 1..=2_000 {
            let (created, updated) = timeline.at_first(number);
            assert!(before < created && created <= updated, "issue {number}");
            assert!(updated < timeline.created_in(1, 0), "issue {number}");
            assert!(updates.insert(updated), "issue {number}");
            before = created;
        }
        for revision in 1..=3 {
            for number in 1..=2_060 {
                let updated = timeline.changed_in(revision, number);
                assert!(updates.insert(updated), "issue {number}");
                assert!(timeline.created_in(revision, 19) < updated);
                assert!(updated < timeline.created_in(revision + 1, 0));
            }
        }
    }
}
