//! Display of checks.

use std::fmt;

use super::{CheckedField, CheckedPage, ResourceCheck};

/// The maximum number of fields that are listed.
const MAX_FIELDS: usize = 12;

impl fmt::Display for ResourceCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.page {
            Ok(page) => {
                writeln!(f, "{}: {}", self.name, summary(page))?;
                write_page(f, self.parent.as_deref(), page)
            }
            Err(error) => write!(f, "{}: {error}", self.name),
        }
    }
}

fn summary(page: &CheckedPage) -> String {
    let rows = match (page.rows, page.is_list) {
        (1, true) => "1 row".to_owned(),
        (1, false) => "a single row".to_owned(),
        (rows, _) => format!("{rows} rows"),
    };
    let kept =
        if page.loaded_rows == page.rows { String::new() } else { format!(" ({} after the processing steps)", page.loaded_rows) };
    format!("{rows}{kept}, {} in {:.2} s, status {}", size(page.body_len), page.elapsed.as_secs_f64(), page.status)
}

fn write_page(f: &mut fmt::Formatter<'_>, parent: Option<&str>, page: &CheckedPage) -> fmt::Result {
    write!(f, "  request: {}", page.request)?;
    if let (Some(parent), Some(row)) = (parent, &page.parent_row) {
        write!(f, "\n  for the row of {parent}: {row}")?;
    }
    let origin = if page.is_data_selector_configured { "configured" } else { "detected" };
    match &page.data_selector {
        Some(selector) => write!(f, "\n  rows: at {selector} ({origin})")?,
        None => write!(f, "\n  rows: the body itself")?,
    }
    let origin = if page.detected_paginator.is_some() { "detected" } else { "configured" };
    let more = if page.has_next_page { "further pages follow" } else { "no further pages" };
    write!(f, "\n  pagination: {} ({origin}), {more}", page.paginator)?;
    write!(f, "\n  fields: {}", fields(&page.fields))?;
    let key = choice(&page.primary_key.join(", "), &page.primary_key_candidates, "no unique identifier in this page");
    write!(f, "\n  primary key: {key}")?;
    let cursors: Vec<_> = page.cursor_candidates.iter().map(ToString::to_string).collect();
    let cursor = choice(page.cursor.as_deref().unwrap_or_default(), &cursors, "no timestamp in all rows of this page");
    write!(f, "\n  cursor: {cursor}")?;
    page.warnings.iter().try_for_each(|warning| write!(f, "\n  warning: {warning}"))
}

/// Describes the configured name, or else the candidates.
fn choice(configured: &str, candidates: &[String], none: &str) -> String {
    match (configured, candidates) {
        ("", []) => format!("not set; {none}"),
        ("", candidates) => format!("not set; candidates: {}", candidates.join(", ")),
        (configured, _) => format!("{configured} (configured)"),
    }
}

fn fields(fields: &[CheckedField]) -> String {
    let field = |field: &CheckedField| match field.types.as_slice() {
        [] => format!("{} null", field.name),
        types => format!("{} {}", field.name, types.join("/")),
    };
    let mut shown: Vec<_> = fields.iter().take(MAX_FIELDS).map(field).collect();
    let further = fields.len().saturating_sub(MAX_FIELDS);
    if further > 0 {
        shown.push(format!("and {further} more"));
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} KB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
