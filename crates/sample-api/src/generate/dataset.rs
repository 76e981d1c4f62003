//! The dataset and its revisions.

use super::issue::{IssueRecord, write_issue};
use super::json::JsonWriter;
use super::random::{Purpose, Random};
use super::timeline::Timeline;

/// Each revision changes one issue in this many.
const CHANGED_ONE_IN: u64 = 20;

/// A deterministic dataset of issues, numbered from 1.
///
/// The JSON text of an issue is generated on demand; the dataset itself holds about 70 bytes per
/// issue. The same arguments produce the same bytes on every machine.
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
    /// Issue numbers, sorted by `updated_at`, then number.
    pub(super) by_updated: Vec<u64>,
    /// Issue numbers, sorted by `comments`, then number.
    pub(super) by_comments: Vec<u64>,
}

impl Issues {
    /// Creates revision 0 of a dataset of `count` issues.
    pub fn new(count: u32, seed: u64) -> Self {
        Self::at_revision(seed, count, 0)
    }

    /// Creates a dataset of `base_count` issues and applies `revision` rounds of changes.
    ///
    /// Each round changes one issue in 20: it has a new title, one label more or less, and an
    /// `updated_at` later than all previous ones. It also adds new issues: 1 % of `base_count`, at least
    /// two. All other issues stay identical. The cost grows linearly with `revision`. Each `updated_at` is
    /// unique for up to 100 revisions.
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

    /// Returns the number of issues, open and closed. They are numbered from 1.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether the dataset has no issues.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the JSON text of an issue, or `None` if the number does not exist.
    pub fn issue(&self, number: u64) -> Option<String> {
        let entry = self.entry(number)?;
        let mut out = String::new();
        write_issue(self.seed, number, entry, &mut JsonWriter::new(&mut out));
        Some(out)
    }

    /// Iterates over all issues in the order of their numbers, as JSON arrays of `per_page` issues. Pages
    /// are generated lazily; the last one may be shorter. A `per_page` of 0 counts as 1.
    pub fn pages(&self, per_page: usize) -> impl Iterator<Item = String> {
        let per_page = per_page.max(1);
        let count = self.len() as u64;
        (1..=count).step_by(per_page).map(move |first| self.array(first..=count.min(first.saturating_add(per_page as u64 - 1))))
    }

    /// Returns a JSON array of the issues with these numbers, in this order.
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
    for (block, number) in entries.chunks_mut(CHANGED_ONE_IN as usize).zip((1..).step_by(CHANGED_ONE_IN as usize)) {
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
    fn the_same_arguments_produce_the_same_bytes() {
        let all = |issues: Issues| issues.pages(64).collect::<Vec<_>>();
        assert_eq!(all(Issues::new(300, 9)), all(Issues::at_revision(9, 300, 0)));
        assert_eq!(all(Issues::at_revision(9, 300, 3)), all(Issues::at_revision(9, 300, 3)));
        assert_ne!(all(Issues::new(300, 9)), all(Issues::new(300, 10)));
        // an issue does not depend on the size of the dataset
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
    fn a_revision_changes_one_issue_in_twenty_and_adds_some() {
        let (before, after) = (Issues::at_revision(4, 1_000, 1), Issues::at_revision(4, 1_000, 2));
        let latest = parsed(&before).iter().map(|issue| issue["updated_at"].to_string()).max();
        let (mut changed, mut fewer, mut more) = (0, 0, 0);
        for (old, new) in parsed(&before).iter().zip(&parsed(&after)) {
            if old == new {
                continue;
            }
            changed += 1;
            assert_ne!(old["title"], new["title"]);
            assert!(Some(new["updated_at"].to_string()) > latest, "{new}");
            assert_eq!(old["created_at"], new["created_at"]);
            assert_eq!(old["body"], new["body"]);
            let labels = |issue: &Value| issue["labels"].as_array().unwrap().len();
            fewer += usize::from(labels(new) < labels(old));
            more += usize::from(labels(new) > labels(old));
        }
        assert_eq!((changed, fewer + more), (51, 51));
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
