//! What the body of a page says about further pages, beside its rows.

use catchment_json::{JsonPath, Node, NodeKind};

use super::fields::{Field, TOTAL_RELATION, collect, find_list};
use super::metadata_keys::{
    AMBIGUOUS_TOTALS, AMOUNTS, CERTAIN_MORE, CURSOR_KEYS, END_OF_STREAM, IN_NEXT, LAST, LIMITS, MORE, OFFSETS, PAGE_COUNTS,
    PAGES, SCROLLS, SIZES, TOTALS, UNFOLLOWED_TOKENS, fold_key,
};
use super::stepped_counter::parse_count;
use crate::response::Response;

/// The fields of a body beside its rows, in the objects around them and in those for facts about pages.
#[derive(Debug, Clone, Default)]
pub(super) struct PageMetadata<'d> {
    fields: Vec<Field<'d>>,
    /// The keys that lead to the list of rows.
    list: Vec<String>,
    /// How many elements the list has.
    pub(super) elements: u64,
}

impl<'d> PageMetadata<'d> {
    /// Those of a body that is JSON; of another one none.
    pub(super) fn of(response: &'d Response) -> PageMetadata<'d> {
        let Ok(document) = response.document() else { return PageMetadata::default() };
        let list = response.rows().ids.first().and_then(|first| find_list(document.root(), *first));
        let rows = response.rows().ids.len() as u64;
        let (list, elements) = list.map_or((Vec::new(), rows), |list| (list.keys, list.elements));
        PageMetadata { fields: collect(document.root(), &list), list, elements }
    }

    /// The first field with one of the names, in their order, whose value is right.
    fn find(&self, names: &[&str], is_right: impl Fn(&Field<'d>) -> bool) -> Option<&Field<'d>> {
        names.iter().find_map(|name| self.fields.iter().find(|field| field.name == *name && is_right(field)))
    }

    fn number(&self, names: &[&str]) -> Option<(&Field<'d>, u64)> {
        let field = self.find(names, |field| parse_count(field.node).is_some())?;
        Some((field, parse_count(field.node)?))
    }

    /// Whether a flag says that there are further pages, and the flag.
    pub(super) fn more(&self) -> Option<(JsonPath, bool)> {
        let flag = |names, negated: bool| {
            let field = self.find(names, |field| parse_flag(field.node).is_some())?;
            Some((field.path(), parse_flag(field.node)? != negated))
        };
        flag(MORE, false).or_else(|| flag(LAST, true))
    }

    /// A flag of further pages that even an object without a list does not have by chance.
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

    /// How many rows all pages have.
    pub(super) fn total(&self) -> Option<(JsonPath, u64)> {
        let field = self.total_field()?;
        Some((field.path(), parse_count(field.node)?))
    }

    /// Whether the total may be the number of rows of this page.
    pub(super) fn has_ambiguous_total(&self) -> bool {
        self.total_field().is_some_and(|field| AMBIGUOUS_TOTALS.contains(&field.name.as_str()))
    }

    /// Whether there may be more rows than the total.
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
        // `from` and `to` are the first and the last row of a numbered page
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

    /// A string that is not empty, under one of the names.
    pub(super) fn token(&self, names: &[&str]) -> Option<&Field<'d>> {
        self.find(names, |field| field.node.as_str().is_some_and(|text| !text.is_empty()))
    }

    /// A token or a number in an object under a key that begins with `next`.
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

    /// What leads to the next page in a way that is not known.
    pub(super) fn unfollowed(&self) -> Option<JsonPath> {
        let is_token = |field: &&Field<'d>| {
            let is_next =
                field.name.strip_prefix("next").is_some_and(|rest| CURSOR_KEYS.contains(&rest) || rest.ends_with("key"));
            field.is_nested() && (is_next || UNFOLLOWED_TOKENS.contains(&field.name.as_str()))
        };
        let nested = self.fields.iter().find(is_token);
        nested.or_else(|| self.token(&["lastevaluatedkey"])).map(Field::path)
    }

    /// The id of a scroll.
    pub(super) fn scroll(&self) -> Option<JsonPath> {
        self.token(SCROLLS).map(Field::path)
    }

    /// How many rows come after these, where that is said beside a cursor or a count.
    pub(super) fn remaining(&self) -> Option<(JsonPath, u64)> {
        let (field, remaining) = self.number(&["remaining", "remainingitemcount"])?;
        let counts = |other: &Field<'d>| other.is_beside(field) && matches!(other.name.as_str(), "count" | "cursor");
        let is_of_rows = field.name != "remaining" || self.fields.iter().any(counts);
        Some((field.path(), remaining)).filter(|_| is_of_rows)
    }

    /// The fields whose key begins with `next`.
    pub(super) fn next_fields(&self) -> impl Iterator<Item = &Field<'d>> {
        self.fields.iter().filter(|field| field.name.starts_with("next"))
    }

    /// Whether there is a field that begins so, whatever its value.
    pub(super) fn has(&self, starts: &str) -> bool {
        self.fields.iter().any(|field| field.name.starts_with(starts))
    }

    /// Whether there is a field of this name, whatever its value.
    pub(super) fn has_key(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Whether the list of rows has this key.
    pub(super) fn is_list(&self, name: &str) -> bool {
        self.list.last().is_some_and(|key| fold_key(key) == name)
    }

    /// The path to the `id` of the last row, where rows have one.
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
