//! Where rows come from.

/// Where a row comes from.
#[derive(Clone, Copy)]
pub(super) enum RowOrigin<'i> {
    /// The source row itself.
    Root,
    /// Element `index` of a list of a row.
    List { above: ParentRow<'i>, index: i64 },
}

/// A row that has lists.
#[derive(Clone, Copy)]
pub(super) struct ParentRow<'i> {
    pub(super) id: &'i str,
    pub(super) root_id: &'i str,
    /// The number of the root row, where it is merged.
    pub(super) root_row: Option<i128>,
}
