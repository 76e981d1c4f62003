//! What the body of a page says about further pages, beside its rows.

use catchment_json::{Kind, Node, NodeId, Path};

use super::hint::letters;
use super::range::whole;
use crate::response::Response;

/// Objects that APIs put the facts about pages into.
const CONTAINERS: &[&str] = &[
    "meta",
    "metadata",
    "pagination",
    "paging",
    "page",
    "pages",
    "pager",
    "pageinfo",
    "responsemetadata",
    "links",
    "cursors",
    "cursor",
    "info",
    "listinfo",
    "additionaldata",
];

const TOTALS: &[&str] = &[
    "total",
    "count",
    "totalcount",
    "totalresults",
    "totalitems",
    "totalelements",
    "totalrows",
    "totalrecords",
    "totalsize",
    "totalhits",
    "totalentries",
    "hits",
    "nbhits",
    "numfound",
    "recordsfiltered",
    "odatacount",
];

const MORE: &[&str] = &[
    "hasmore",
    "hasnext",
    "hasnextpage",
    "more",
    "moreavailable",
    "morerecords",
    "moreresults",
    "istruncated",
    "truncated",
    "moreitemsincollection",
];

const LAST: &[&str] = &["islast", "islastpage", "last", "lastpage", "done", "complete"];

const PAGE_COUNTS: &[&str] = &["totalpages", "pages", "pagecount", "pagescount", "lastpage", "numpages", "nbpages", "totalpage"];

const PAGES: &[&str] = &["page", "currentpage", "pagenumber", "pageno", "pageindex", "current", "number"];

const OFFSETS: &[&str] = &["offset", "skip", "startat", "start", "from", "startindex"];

/// Sizes that stand beside an offset, and sizes that stand beside the number of a page.
const LIMITS: &[&str] = &["limit", "maxresults", "top", "first", "max", "maxrecords", "take", "results"];
const SIZES: &[&str] = &["perpage", "pagesize", "size", "itemsperpage", "hitsperpage", "resultsperpage"];

/// Keys of an object with a `total` that is an amount of money or belongs to one entity.
const AMOUNTS: &[&str] = &["id", "currency", "subtotal", "amount", "tax", "price", "vat", "discount"];

/// Deeper, and in more objects, nothing is looked for.
const MAX_DEPTH: usize = 5;
const MAX_FIELDS: usize = 500;

/// A scalar beside the rows.
#[derive(Debug, Clone)]
pub(super) struct Field<'d> {
    keys: Vec<String>,
    /// Its key in lower case, without what separates words.
    name: String,
    pub(super) node: Node<'d>,
}

impl Field<'_> {
    pub(super) fn path(&self) -> Path {
        Path::of_keys(self.keys.clone())
    }

    pub(super) fn key(&self) -> &str {
        self.keys.last().map(String::as_str).unwrap_or_default()
    }
}

/// The scalars of a body beside its rows, in the objects around them and in those for facts about pages.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs<'d> {
    fields: Vec<Field<'d>>,
    /// The keys that lead to the list of rows.
    list: Vec<String>,
    /// How many elements the list has.
    pub(super) elements: u64,
}

impl<'d> Signs<'d> {
    /// Those of a body that is JSON; of another one none.
    pub(super) fn of(response: &'d Response) -> Signs<'d> {
        let Ok(document) = response.document() else { return Signs::default() };
        let mut signs = Signs { elements: response.rows().ids.len() as u64, ..Signs::default() };
        if let Some(first) = response.rows().ids.first() {
            let mut found: Option<(NodeId, Vec<String>, u64)> = None;
            find_list(document.root(), &mut Vec::new(), *first, &mut found);
            if let Some((_, keys, elements)) = found {
                (signs.list, signs.elements) = (keys, elements);
            }
        }
        let list = signs.list.clone();
        collect(document.root(), &mut Vec::new(), &list, &mut signs.fields);
        signs
    }

    /// The first field with one of the names, in their order, whose value is right.
    fn find(&self, names: &[&str], is_right: impl Fn(&Field<'d>) -> bool) -> Option<&Field<'d>> {
        names.iter().find_map(|name| self.fields.iter().find(|field| field.name == *name && is_right(field)))
    }

    fn number(&self, names: &[&str]) -> Option<(&Field<'d>, u64)> {
        let field = self.find(names, |field| whole(field.node).is_some())?;
        Some((field, whole(field.node)?))
    }

    /// Whether a flag says that there are further pages, and the flag.
    pub(super) fn more(&self) -> Option<(Path, bool)> {
        let flag = |names, negated: bool| {
            let field = self.find(names, |field| truth(field.node).is_some())?;
            Some((field.path(), truth(field.node)? != negated))
        };
        flag(MORE, false).or_else(|| flag(LAST, true))
    }

    /// How many rows all pages have.
    pub(super) fn total(&self) -> Option<(Path, u64)> {
        let is_rows = |field: &Field<'d>| {
            let around = field.keys.len();
            let beside = |other: &Field<'d>| {
                other.keys.len() == around && other.keys.iter().zip(&field.keys).take(around - 1).all(|(a, b)| a == b)
            };
            let is_amount = matches!(field.name.as_str(), "total" | "count" | "hits")
                && self.fields.iter().any(|other| beside(other) && AMOUNTS.contains(&other.name.as_str()));
            whole(field.node).is_some() && !is_amount
        };
        let field = self.find(TOTALS, is_rows)?;
        Some((field.path(), whole(field.node)?))
    }

    pub(super) fn page_count(&self) -> Option<(Path, u64)> {
        self.number(PAGE_COUNTS).map(|(field, pages)| (field.path(), pages))
    }

    pub(super) fn page(&self) -> Option<(String, u64)> {
        self.number(PAGES).map(|(field, page)| (field.key().to_owned(), page))
    }

    pub(super) fn offset(&self) -> Option<(String, u64)> {
        let field = self.find(OFFSETS, |field| whole(field.node).is_some())?;
        Some((field.key().to_owned(), whole(field.node)?))
    }

    pub(super) fn limit(&self) -> Option<u64> {
        self.number(LIMITS).map(|(_, limit)| limit)
    }

    pub(super) fn size(&self) -> Option<u64> {
        self.number(SIZES).map(|(_, size)| size)
    }

    /// A string that is not empty, under one of the names.
    pub(super) fn token(&self, names: &[&str]) -> Option<&Field<'d>> {
        self.find(names, |field| field.node.text().is_some_and(|text| !text.is_empty()))
    }

    /// Whether there is a field, whatever its value.
    pub(super) fn has(&self, starts: &str) -> bool {
        self.fields.iter().any(|field| field.name.starts_with(starts))
    }

    /// The path to the `id` of the last row, where rows have one.
    pub(super) fn last_id(&self, response: &'d Response) -> Option<Path> {
        let last = response.row_nodes().last()?.get("id")?;
        let is_scalar = matches!(last.kind(), Kind::Text | Kind::Integer);
        let list = if self.list.is_empty() { "$".to_owned() } else { Path::of_keys(self.list.clone()).as_str().to_owned() };
        Path::parse(&format!("{list}[-1].id")).ok().filter(|_| is_scalar)
    }
}

fn truth(node: Node<'_>) -> Option<bool> {
    let text = node.text();
    match (node.bool(), text.as_deref()) {
        (Some(truth), _) => Some(truth),
        (None, Some("true")) => Some(true),
        (None, Some("false")) => Some(false),
        _ => None,
    }
}

/// Finds the list that the first row stands in: the last one that begins before it.
fn find_list(node: Node<'_>, keys: &mut Vec<String>, first: NodeId, found: &mut Option<(NodeId, Vec<String>, u64)>) {
    if node.kind() == Kind::Array {
        if node.id() < first && found.as_ref().is_none_or(|(id, ..)| *id < node.id()) {
            *found = Some((node.id(), keys.clone(), node.elements().count() as u64));
        }
        return;
    }
    if keys.len() > MAX_DEPTH {
        return;
    }
    for (key, value) in node.entries().filter(|(_, value)| matches!(value.kind(), Kind::Array | Kind::Object)) {
        if value.id() > first {
            break;
        }
        keys.push(key.name().into_owned());
        find_list(value, keys, first, found);
        keys.pop();
    }
}

fn collect<'d>(node: Node<'d>, keys: &mut Vec<String>, list: &[String], fields: &mut Vec<Field<'d>>) {
    for (key, value) in node.entries() {
        if fields.len() >= MAX_FIELDS || keys.len() >= MAX_DEPTH {
            return;
        }
        let name = letters(&key.name());
        keys.push(key.name().into_owned());
        match value.kind() {
            Kind::Array => {}
            Kind::Object => {
                // Elasticsearch counts in an object
                let inner = value.get("value").filter(|_| name == "total");
                if let Some(node) = inner {
                    let keys = keys.iter().cloned().chain(["value".to_owned()]).collect();
                    fields.push(Field { keys, name, node });
                } else if CONTAINERS.contains(&name.as_str()) || name.starts_with("next") || list.starts_with(keys) {
                    collect(value, keys, list, fields);
                }
            }
            _ => fields.push(Field { keys: keys.clone(), name, node: value }),
        }
        keys.pop();
    }
}
