//! The type [`Layout`].

use std::ops::Range;

/// The width to which columns shrink before columns are omitted.
const MIN_WIDTH: usize = 8;

/// The width of a separator, ` │ `.
const SEPARATOR_WIDTH: usize = 3;

/// The columns of a table from left to right, with their widths.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// The shown columns.
    pub(super) columns: Vec<ColumnLayout>,
    /// The omitted columns, which are adjacent.
    pub(super) omitted: Range<usize>,
}

/// The layout of a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColumnLayout {
    /// The position in the result, from 0.
    pub(super) index: usize,
    /// The width in terminal cells.
    pub(super) width: usize,
    /// Whether longer values are shortened to the width. Otherwise they shift the rest of their line.
    pub(super) is_shortened: bool,
}

impl Layout {
    /// Lays out columns with the given widths within `max_width`: shrinks the widest columns, then omits columns in the middle.
    /// The first column is always shown.
    pub(super) fn new(widths: &[usize], max_width: Option<usize>) -> Layout {
        let max_width = max_width.unwrap_or(usize::MAX);
        let omitted = omitted_columns(widths, max_width);
        let shown: Vec<(usize, usize)> =
            widths.iter().copied().enumerate().filter(|(index, _)| !omitted.contains(index)).collect();
        let shown_widths: Vec<usize> = shown.iter().map(|(_, width)| *width).collect();
        let available = max_width.saturating_sub(frame_width(shown.len(), !omitted.is_empty()));
        let columns = shown.iter().zip(shrink(&shown_widths, available)).map(|(&(index, full), width)| ColumnLayout {
            index,
            width,
            is_shortened: width < full,
        });
        Layout { columns: columns.collect(), omitted }
    }
}

/// Returns the width of the separators of a table, and of the column `…` if columns are omitted.
fn frame_width(columns: usize, has_omitted: bool) -> usize {
    let mark = if has_omitted { SEPARATOR_WIDTH + 1 } else { 0 };
    columns.saturating_sub(1) * SEPARATOR_WIDTH + mark
}

/// Returns the fewest columns in the middle without which the others fit into `max_width` after they have shrunk.
fn omitted_columns(widths: &[usize], max_width: usize) -> Range<usize> {
    let columns = widths.len();
    let minimum =
        |range: Range<usize>| -> usize { widths.get(range).unwrap_or_default().iter().map(|width| *width.min(&MIN_WIDTH)).sum() };
    for shown in (1..=columns).rev() {
        let (start, end) = (shown.div_ceil(2), columns - shown / 2);
        let cells = minimum(0..start) + minimum(end..columns);
        if shown == 1 || cells + frame_width(shown, shown < columns) <= max_width {
            return start..end;
        }
    }
    0..0
}

/// Shrinks the widest columns so that all fit into `available`, but not below [`MIN_WIDTH`].
fn shrink(widths: &[usize], available: usize) -> Vec<usize> {
    let mut sorted = widths.to_vec();
    sorted.sort_unstable();
    let (mut remaining, mut columns) = (available, sorted.len());
    for width in sorted {
        if width > remaining / columns {
            break;
        }
        remaining -= width;
        columns -= 1;
    }
    if columns == 0 {
        return widths.to_vec();
    }
    // The remaining columns are equally wide, the first ones by one more if the width is not divisible.
    let (limit, mut wider) = (remaining / columns, remaining % columns);
    let shrunk = widths.iter().map(|&width| {
        if width <= limit {
            return width;
        }
        let extra = usize::from(wider > 0);
        wider -= extra;
        width.min((limit + extra).max(MIN_WIDTH))
    });
    shrunk.collect()
}

#[cfg(test)]
mod tests {
    use super::Layout;

    /// `expected` lists the shown columns as `index:width`, with `!` if values are shortened, and `…` for omitted columns.
    #[track_caller]
    fn check(widths: &[usize], max_width: impl Into<Option<usize>>, expected: &str) {
        let layout = Layout::new(widths, max_width.into());
        let mut shown = Vec::new();
        for column in &layout.columns {
            if !layout.omitted.is_empty() && column.index == layout.omitted.end {
                shown.push("…".to_owned());
            }
            let mark = if column.is_shortened { "!" } else { "" };
            shown.push(format!("{}:{}{mark}", column.index, column.width));
        }
        if !layout.omitted.is_empty() && layout.omitted.end == widths.len() {
            shown.push("…".to_owned());
        }
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn columns_that_fit_are_unchanged() {
        check(&[], None, "");
        check(&[], 0, "");
        check(&[5, 100], None, "0:5 1:100");
        check(&[5, 100], 108, "0:5 1:100");
    }

    #[test]
    fn the_widest_columns_shrink() {
        check(&[5, 100], 107, "0:5 1:99!");
        check(&[5, 100], 16, "0:5 1:8!");
        check(&[40, 3, 30], 49, "0:20! 1:3 2:20!");
        check(&[40, 3, 30], 50, "0:21! 1:3 2:20!");
        check(&[40, 3, 10], 50, "0:31! 1:3 2:10");
        check(&[0, 100], 20, "0:0 1:17!");
        check(&[11, 11, 12], 39, "0:11 1:11 2:11!");
        check(&[12, 11, 11], 40, "0:12 1:11 2:11");
    }

    #[test]
    fn columns_in_the_middle_are_omitted() {
        check(&[9, 9, 9], 30, "0:8! 1:8! 2:8!");
        check(&[9, 9, 9], 29, "0:9 … 2:9");
        check(&[9, 9, 9], 24, "0:9 … 2:8!");
        check(&[9, 9, 9], 22, "0:9 …");
        check(&[1, 1, 1, 1, 1, 1], 17, "0:1 1:1 … 4:1 5:1");
        check(&[2; 100], 30, "0:2 1:2 2:2 … 98:2 99:2");
    }

    #[test]
    fn the_first_column_is_always_shown() {
        check(&[3, 3], 0, "0:3 …");
        check(&[30, 30], 5, "0:8! …");
        check(&[30], 5, "0:8!");
    }
}
