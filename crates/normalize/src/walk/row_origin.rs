//! Origins of rows.

/// The origin of a row.
#[derive(Clone, Copy)]
pub(super) enum RowOrigin<'i> {
    /// The source row itself.
    Root,
    /// Element `index` of a list in the row `above`.
    List { above: ParentRow<'i>, index: i64 },
}

/// The ids of a row, for the rows of its lists.
#[derive(Clone, Copy)]
pub(super) struct ParentRow<'i> {
    pub(super) id: &'i str,
    pub(super) root_id: &'i str,
    /// The number of the root row, if its table is merged.
    pub(super) root_row: Option<i128>,
}
