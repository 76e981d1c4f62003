//! Pagination metadata in the body of a page.

use catchment_json::{JsonPath, Node, NodeKind};

use super::fields::{Field, TOTAL_RELATION, collect, find_list};
use super::metadata_keys::{
    AMBIGUOUS_TOTALS, AMOUNTS, CERTAIN_MORE, CURSOR_KEYS, END_OF_STREAM, IN_NEXT, LAST, LIMITS, MORE, OFFSETS, PAGE_COUNTS,
    PAGES, SCROLLS, SIZES, TOTALS, UNFOLLOWED_TOKENS, fold_key,
};
use super::stepped_counter::parse_count;
use crate::response::Response;

/// The fields of a body outside its rows: in the objects around the list of rows, and in metadata objects.
#[derive(Debug, Clone, Default)]
pub(super) struct PageMetadata<'d> {
    fields: Vec<Field<'d>>,
    /// The path of the list of rows.
    list: Vec<String>,
    /// The number of elements in the list.
    pub(super) elements: u64,
}

impl<'d> PageMetadata<'d> {
    /// Collects the metadata of a JSON body. Empty for other bodies.
    pub(super) fn of(response: &'d Response) -> PageMetadata<'d> {
        let Ok(document) = response.document() else { return PageMetadata::default() };
        let list = response.rows().ids.first().and_then(|first| find_list(document.root(), *first));
        let rows = response.rows().ids.len() as u64;
        let (list, elements) = list.map_or((Vec::new(), rows), |list| (list.keys, list.elements));
        PageMetadata { fields: collect(document.root(), &list), list, elements }
    }

    /// Returns the first field with one of the names, in their order, for which `is_right` returns true.
    fn find(&self, names: &[&str], is_right: impl Fn(&Field<'d>) -> bool) -> Option<&Field<'d>> {
        names.iter().find_map(|name| self.fields.iter().find(|field| field.name == *name && is_right(field)))
    }

    fn number(&self, names: &[&str]) -> Option<(&Field<'d>, u64)> {
        let field = self.find(names, |field| parse_count(field.node).is_some())?;
        Some((field, parse_count(field.node)?))
    }

    /// Returns the path of a flag about further pages, and whether it indicates any.
    pub(super) fn more(&self) -> Option<(JsonPath, bool)> {
        let flag = |names, negated: bool| {
            let field = self.find(names, |field| parse_flag(field.node).is_some())?;
            Some((field.path(), parse_flag(field.node)? != negated))
        };
        flag(MORE, false).or_else(|| flag(LAST, true))
    }

    /// Returns the path of a flag that indicates further pages and is reliable even in an object without a list.
    pub(super) fn certainly_more(&self) -> Option<JsonPath> {
        self.find(CERTAIN_MORE, |field| parse_flag(field.node) == Some(true)).map(Field::path)
    }

    pub(super) fn is_end_of_stream(&self) -> bool {
        self.find(&[END_OF_STREAM], |field| parse_flag(field.node) == Some(true)).is_some()
    }

    fn total_field(&self) -> Option<&Field<'d>> {
        let is_rows = |field: &Field<'d>| {
            let is_amount = matches!(field.name.as_str(), "total" | "count" | "hits")
                && self.fields.iter().any(|other| other.is_beside(field) && AMOUNTS.contains(&other.name.as_str()));
            parse_count(field.node).is_some() && !is_amount
        };
        self.find(TOTALS, is_rows)
    }

    /// Returns the path and value of the total row count.
    pub(super) fn total(&self) -> Option<(JsonPath, u64)> {
        let field = self.total_field()?;
        Some((field.path(), parse_count(field.node)?))
    }

    /// Returns whether the total may count only the rows of this page.
    pub(super) fn has_ambiguous_total(&self) -> bool {
        self.total_field().is_some_and(|field| AMBIGUOUS_TOTALS.contains(&field.name.as_str()))
    }

    /// Returns whether the total is a lower bound.
    pub(super) fn is_total_a_lower_bound(&self) -> bool {
        self.find(&[TOTAL_RELATION], |field| field.node.as_str().as_deref() == Some("gte")).is_some()
    }

    pub(super) fn page_count(&self) -> Option<(JsonPath, u64)> {
        self.number(PAGE_COUNTS).map(|(field, pages)| (field.path(), pages))
    }

    pub(super) fn page(&self) -> Option<(&Field<'d>, u64)> {
        self.number(PAGES)
    }

    pub(super) fn offset(&self) -> Option<(&Field<'d>, u64)> {
        // beside `to`, `from` is the first row of a numbered page
        let is_offset = |field: &Field<'d>| parse_count(field.node).is_some() && !(field.name == "from" && self.has_key("to"));
        let field = self.find(OFFSETS, is_offset)?;
        Some((field, parse_count(field.node)?))
    }

    pub(super) fn limit(&self) -> Option<u64> {
        self.number(LIMITS).map(|(_, limit)| limit)
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.number(SIZES).map(|(_, size)| size)
    }

    /// Returns a field with one of the names whose value is a non-empty string.
    pub(super) fn token(&self, names: &[&str]) -> Option<&Field<'d>> {
        self.find(names, |field| field.node.as_str().is_some_and(|text| !text.is_empty()))
    }

    /// Returns a token or a number in an object under a key that begins with `next`.
    pub(super) fn token_in_next(&self) -> Option<&Field<'d>> {
        self.find(IN_NEXT, |field| {
            field.is_in_next()
                && match field.node.kind() {
                    NodeKind::String => field.node.as_str().is_some_and(|text| !text.is_empty()),
                    NodeKind::Integer => field.node.as_number() != Some("0"),
                    _ => false,
                }
        })
    }

    /// Returns the path of a token for the next page that is nested or has no known parameter.
    pub(super) fn unfollowed(&self) -> Option<JsonPath> {
        let is_token = |field: &&Field<'d>| {
            let is_next =
                field.name.strip_prefix("next").is_some_and(|rest| CURSOR_KEYS.contains(&rest) || rest.ends_with("key"));
            field.is_nested() && (is_next || UNFOLLOWED_TOKENS.contains(&field.name.as_str()))
        };
        let nested = self.fields.iter().find(is_token);
        nested.or_else(|| self.token(&["lastevaluatedkey"])).map(Field::path)
    }

    /// Returns the path of a scroll ID.
    pub(super) fn scroll(&self) -> Option<JsonPath> {
        self.token(SCROLLS).map(Field::path)
    }

    /// Returns the path and number of remaining rows. A field `remaining` is valid only beside a `cursor` or `count`.
    pub(super) fn remaining(&self) -> Option<(JsonPath, u64)> {
        let (field, remaining) = self.number(&["remaining", "remainingitemcount"])?;
        let counts = |other: &Field<'d>| other.is_beside(field) && matches!(other.name.as_str(), "count" | "cursor");
        let is_of_rows = field.name != "remaining" || self.fields.iter().any(counts);
        Some((field.path(), remaining)).filter(|_| is_of_rows)
    }

    /// Returns the fields whose names begin with `next`.
    pub(super) fn next_fields(&self) -> impl Iterator<Item = &Field<'d>> {
        self.fields.iter().filter(|field| field.name.starts_with("next"))
    }

    /// Returns whether the name of a field begins with `starts`.
    pub(super) fn has(&self, starts: &str) -> bool {
        self.fields.iter().any(|field| field.name.starts_with(starts))
    }

    /// Returns whether a field has this name.
    pub(super) fn has_key(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Returns whether the list of rows is under this key.
    pub(super) fn is_list(&self, name: &str) -> bool {
        self.list.last().is_some_and(|key| fold_key(key) == name)
    }

    /// Returns the path of the `id` of the last row, if it is a string or an integer.
    pub(super) fn last_id(&self, response: &'d Response) -> Option<JsonPath> {
        let last = response.row_nodes().last()?.get("id")?;
        let is_scalar = matches!(last.kind(), NodeKind::String | NodeKind::Integer);
        let list = if self.list.is_empty() { "$".to_owned() } else { JsonPath::from_keys(self.list.clone()).as_str().to_owned() };
        JsonPath::parse(&format!("{list}[-1].id")).ok().filter(|_| is_scalar)
    }
}

pub(super) fn parse_flag(node: Node<'_>) -> Option<bool> {
    let text = node.as_str();
    match (node.as_bool(), text.as_deref()) {
        (Some(truth), _) => Some(truth),
        (None, Some("true")) => Some(true),
        (None, Some("false")) => Some(false),
        _ => None,
    }
}
