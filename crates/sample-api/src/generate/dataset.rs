//! The data set and its revisions.

use super::issue::{IssueRecord, write_issue};
use super::json::JsonWriter;
use super::random::{Purpose, Random};
use super::timeline::Timeline;

/// One issue of so many is changed by each revision.
const TOUCHED_ONE_IN: u64 = 20;

/// A deterministic data set of issues, numbered from 1.
///
/// An issue's text is written when it is asked for; the data set itself holds about 70 bytes an
/// issue. The same arguments give the same bytes on every machine.
///
/// ```
/// use catchment_sample_api::Issues;
///
/// let issues = Issues::new(120, 7);
/// let sizes: Vec<usize> = issues.pages(50).map(|page| page.len()).collect();
/// assert_eq!(sizes.len(), 3);
/// assert!(issues.issue(120).is_some_and(|json| json.contains(r#""number":120,"#)));
/// assert_eq!(issues.issue(121), None);
/// ```
#[derive(Clone, Debug)]
pub struct Issues {
    pub(super) seed: u64,
    pub(super) entries: Vec<IssueRecord>,
    /// Numbers in the order of `updated_at`, then number.
    pub(super) by_updated: Vec<u64>,
    /// Numbers in the order of `comments`, then number.
    pub(super) by_comments: Vec<u64>,
}

impl Issues {
    /// `count` issues as they stand at first, which is revision 0.
    pub fn new(count: u32, seed: u64) -> Self {
        Self::at_revision(seed, count, 0)
    }

    /// The data set as it stands after `revision` rounds of changes.
    ///
    /// Each round builds on the one before: one issue in 20 has another title, labels added or
    /// removed, and an `updated_at` later than all before; and 1 % of `base_count`, at least two,
    /// new issues exist. Issues that no round touched stay the same to the byte. The work grows
    /// with `revision`; up to 100 revisions each `updated_at` is unique.
    ///
    /// ```
    /// use catchment_sample_api::Issues;
    ///
    /// let (before, after) = (Issues::new(100, 7), Issues::at_revision(7, 100, 1));
    /// assert_eq!(after.len(), before.len() + 2);
    /// let changed = (1..=100).filter(|&n| before.issue(n) != after.issue(n));
    /// assert_eq!(changed.count(), 5);
    /// ```
    pub fn at_revision(seed: u64, base_count: u32, revision: u32) -> Self {
        let base_count = u64::from(base_count);
        let timeline = Timeline::new(seed, base_count);
        let mut entries: Vec<IssueRecord> = (1..=base_count)
            .map(|number| {
                let (created, updated) = timeline.at_first(number);
                IssueRecord::new(seed, number, created, updated)
            })
            .collect();
        for round in 1..=revision {
            edit_issues(&mut entries, seed, round, &timeline);
            add(&mut entries, seed, round, &timeline, (base_count / 100).max(2));
        }
        Self::index(seed, entries)
    }

    fn index(seed: u64, entries: Vec<IssueRecord>) -> Self {
        let order = |key: fn(&IssueRecord) -> i64| {
            let mut numbers: Vec<(i64, u64)> = entries.iter().map(key).zip(1..).collect();
            numbers.sort_unstable();
            numbers.into_iter().map(|(_, number)| number).collect()
        };
        Self { seed, by_updated: order(|entry| entry.updated), by_comments: order(|entry| entry.comments as i64), entries }
    }

    /// How many issues there are, open and closed. Their numbers are 1 to this.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The JSON text of one issue; none if there is no issue of that number.
    pub fn issue(&self, number: u64) -> Option<String> {
        let entry = self.entry(number)?;
        let mut out = String::new();
        write_issue(self.seed, number, entry, &mut JsonWriter::new(&mut out));
        Some(out)
    }

    /// All issues in the order of their numbers as JSON arrays of `per_page` issues, the last one
    /// shorter. Each page is written when the iterator gets to it. A `per_page` of 0 counts as 1.
    pub fn pages(&self, per_page: usize) -> impl Iterator<Item = String> {
        let per_page = per_page.max(1);
        let count = self.len() as u64;
        (1..=count).step_by(per_page).map(move |first| self.array(first..=count.min(first.saturating_add(per_page as u64 - 1))))
    }

    /// The JSON array of the issues of these numbers, in this order.
    pub(crate) fn array(&self, numbers: impl IntoIterator<Item = u64>) -> String {
        let mut out = String::new();
        JsonWriter::new(&mut out).brackets(|json| {
            for number in numbers {
                if let Some(entry) = self.entry(number) {
                    write_issue(self.seed, number, entry, json);
                }
            }
        });
        out
    }

    pub(super) fn entry(&self, number: u64) -> Option<&IssueRecord> {
        let position = usize::try_from(number.checked_sub(1)?).ok()?;
        self.entries.get(position)
    }
}

/// Changes one issue of each block of successive numbers.
fn edit_issues(entries: &mut [IssueRecord], seed: u64, round: u32, timeline: &Timeline) {
    for (block, number) in entries.chunks_mut(TOUCHED_ONE_IN as usize).zip((1..).step_by(TOUCHED_ONE_IN as usize)) {
        let mut random = Random::new(seed, Purpose::Edits, number, u64::from(round));
        let chosen = random.below(block.len() as u64);
        if let Some(entry) = block.get_mut(chosen as usize) {
            entry.edits += 1;
            entry.updated = timeline.changed_in(round, number + chosen);
        }
    }
}

/// Adds new issues.
fn add(entries: &mut Vec<IssueRecord>, seed: u64, round: u32, timeline: &Timeline, count: u64) {
    for position in 0..count {
        let number = entries.len() as u64 + 1;
        let created = timeline.created_in(round, position);
        let updated = timeline.changed_in(round, number);
        entries.push(IssueRecord::new(seed, number, created, updated));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn parsed(issues: &Issues) -> Vec<Value> {
        let pages = issues.pages(100);
        pages.flat_map(|page| serde_json::from_str::<Vec<Value>>(&page).unwrap()).collect()
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        let all = |issues: Issues| issues.pages(64).collect::<Vec<_>>();
        assert_eq!(all(Issues::new(300, 9)), all(Issues::at_revision(9, 300, 0)));
        assert_eq!(all(Issues::at_revision(9, 300, 3)), all(Issues::at_revision(9, 300, 3)));
        assert_ne!(all(Issues::new(300, 9)), all(Issues::new(300, 10)));
        // an issue does not depend on how many there are
        assert_eq!(Issues::new(300, 9).issue(17), Issues::new(90, 9).issue(17));
    }

    #[test]
    fn ids_and_times_are_unique_and_in_order() {
        let mut seen = HashSet::new();
        let mut created = String::new();
        for issue in parsed(&Issues::at_revision(2, 2_000, 4)) {
            let text = |key: &str| issue[key].as_str().unwrap().to_owned();
            assert!(created < text("created_at"), "{issue}");
            created = text("created_at");
            assert!(created <= text("updated_at"), "{issue}");
            if issue["state"] == "closed" {
                assert!(created <= text("closed_at") && text("closed_at") <= text("updated_at"));
            }
            assert!(seen.insert(text("updated_at")), "{issue}");
            assert!(seen.insert(issue["id"].to_string()), "{issue}");
            assert!(seen.insert(text("node_id")), "{issue}");
        }
    }

    #[test]
    fn a_revision_changes_one_in_twenty_and_adds_some() {
        let (before, after) = (Issues::at_revision(4, 1_000, 1), Issues::at_revision(4, 1_000, 2));
        let latest = parsed(&before).iter().map(|issue| issue["updated_at"].to_string()).max();
        let (mut touched, mut fewer, mut more) = (0, 0, 0);
        for (old, new) in parsed(&before).iter().zip(&parsed(&after)) {
            if old == new {
                continue;
            }
            touched += 1;
            assert_ne!(old["title"], new["title"]);
            assert!(Some(new["updated_at"].to_string()) > latest, "{new}");
            assert_eq!(old["created_at"], new["created_at"]);
            assert_eq!(old["body"], new["body"]);
            let labels = |issue: &Value| issue["labels"].as_array().unwrap().len();
            fewer += usize::from(labels(new) < labels(old));
            more += usize::from(labels(new) > labels(old));
        }
        assert_eq!((touched, fewer + more), (51, 51));
        assert!(fewer > 0 && more > fewer, "{fewer} fewer, {more} more");
        assert_eq!((before.len(), after.len()), (1_010, 1_020));
    }

    #[test]
    fn pages_hold_all_issues() {
        let check = |count, per_page, expected: &[usize]| {
            let issues = Issues::new(count, 1);
            let lengths = issues.pages(per_page).map(|page| serde_json::from_str::<Vec<Value>>(&page).unwrap().len());
            assert_eq!(lengths.collect::<Vec<_>>(), expected, "{count} by {per_page}");
        };
        check(0, 10, &[]);
        check(1, 10, &[1]);
        check(20, 10, &[10, 10]);
        check(21, 10, &[10, 10, 1]);
        check(2, 0, &[1, 1]);
        check(2, usize::MAX, &[2]);
    }
}
