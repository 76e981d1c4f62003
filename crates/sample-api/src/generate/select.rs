//! Filters and sort orders of issues.

use super::dataset::Issues;
use super::issue::IssueRecord;

/// Sort key. Ties are sorted by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Created,
    Updated,
    Comments,
}

/// Sort direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// Filter by state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StateFilter {
    Open,
    Closed,
    All,
}

/// Filter and sort order of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IssueFilter {
    pub(crate) state: StateFilter,
    /// Minimum time of the last change, in seconds since 1970.
    pub(crate) since: Option<i64>,
    pub(crate) sort: Sort,
    pub(crate) direction: Direction,
}

impl IssueFilter {
    fn matches(&self, entry: &IssueRecord) -> bool {
        let state = match self.state {
            StateFilter::Open => entry.closed.is_none(),
            StateFilter::Closed => entry.closed.is_some(),
            StateFilter::All => true,
        };
        state && self.since.is_none_or(|since| entry.updated >= since)
    }
}

impl Issues {
    /// Returns the number of issues that match `selection`.
    pub(crate) fn count(&self, selection: &IssueFilter) -> usize {
        let entries = self.entries.iter();
        entries.filter(|entry| selection.matches(entry)).count()
    }

    /// Returns the numbers of `take` matching issues in sort order, after skipping `skip`.
    pub(crate) fn select(&self, selection: &IssueFilter, skip: usize, take: usize) -> Vec<u64> {
        let count = self.len();
        let at = |position: usize| match selection.sort {
            // issues are numbered in the order of creation
            Sort::Created => Some(position as u64 + 1),
            Sort::Updated => self.by_updated.get(position).copied(),
            Sort::Comments => self.by_comments.get(position).copied(),
        };
        (0..count)
            .filter_map(|position| match selection.direction {
                Direction::Ascending => at(position),
                Direction::Descending => at(count - 1 - position),
            })
            .filter(|&number| self.entry(number).is_some_and(|entry| selection.matches(entry)))
            .skip(skip)
            .take(take)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: IssueFilter =
        IssueFilter { state: StateFilter::All, since: None, sort: Sort::Created, direction: Direction::Ascending };

    fn select(issues: &Issues, selection: &IssueFilter) -> Vec<u64> {
        let numbers = issues.select(selection, 0, usize::MAX);
        assert_eq!(numbers.len(), issues.count(selection));
        numbers
    }

    #[test]
    fn numbers_are_sorted_as_requested() {
        let issues = Issues::at_revision(3, 200, 2);
        let check = |sort, key: fn(&IssueRecord) -> i64| {
            let ascending = IssueFilter { sort, ..ALL };
            let numbers = select(&issues, &ascending);
            assert_eq!(numbers.len(), issues.len());
            let keys: Vec<_> = numbers.iter().map(|&n| (key(issues.entry(n).unwrap()), n)).collect();
            assert!(keys.is_sorted(), "{sort:?}");
            let mut reversed = select(&issues, &IssueFilter { direction: Direction::Descending, ..ascending });
            reversed.reverse();
            assert_eq!(reversed, numbers, "{sort:?}");
        };
        check(Sort::Created, |entry| entry.created);
        check(Sort::Updated, |entry| entry.updated);
        check(Sort::Comments, |entry| entry.comments as i64);
    }

    #[test]
    fn each_issue_is_open_or_closed() {
        let issues = Issues::new(200, 3);
        let count = |state| select(&issues, &IssueFilter { state, ..ALL }).len();
        assert_eq!(count(StateFilter::Open) + count(StateFilter::Closed), count(StateFilter::All));
        assert!(count(StateFilter::Open) > 0);
    }

    #[test]
    fn since_is_inclusive() {
        let issues = Issues::new(200, 3);
        let sort = Sort::Updated;
        let third_last = *select(&issues, &IssueFilter { sort, ..ALL }).iter().rev().nth(2).unwrap();
        let time = issues.entry(third_last).unwrap().updated;
        let check = |since, expected| {
            let selection = IssueFilter { since: Some(since), ..ALL };
            assert_eq!(issues.count(&selection), expected);
        };
        check(time, 3);
        check(time + 1, 2);
        check(i64::MAX, 0);
        check(0, 200);
    }

    #[test]
    fn pages_concatenate_to_the_full_selection() {
        let issues = Issues::new(50, 3);
        let closed = IssueFilter { state: StateFilter::Closed, ..ALL };
        let parts = (0..10).flat_map(|part| issues.select(&closed, part * 7, 7));
        assert_eq!(parts.collect::<Vec<_>>(), select(&issues, &closed));
    }
}
