//! Where rows come from.

/// Where a row comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'i> {
    /// Row `row` of page `ordinal`.
    Root { ordinal: u64, row: u64 },
    /// Element `index` of a list of a row.
    List { above: Above<'i>, index: i64 },
}

/// A row that has lists.
#[derive(Clone, Copy)]
pub(super) struct Above<'i> {
    pub(super) id: &'i str,
    pub(super) root_id: &'i str,
    /// The page.
    pub(super) ordinal: u64,
    /// The number of the root row, where it is merged.
    pub(super) root_row: Option<i128>,
}

impl Origin<'_> {
    pub(super) fn ordinal(&self) -> u64 {
        match self {
            Origin::Root { ordinal, .. } | Origin::List { above: Above { ordinal, .. }, .. } => *ordinal,
        }
    }
}
