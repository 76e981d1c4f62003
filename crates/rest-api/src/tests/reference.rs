//! The tables of keys in `docs/src/reference/spec.md`, written from the shapes that specs are checked against.

use std::collections::BTreeMap;

use crate::spec::SPEC;
use crate::spec_schema::{FieldSchema, ObjectSchema, ValueType};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/spec.md");
const END: &str = "<!-- end -->";

/// Returns the section of the page that describes an object.
fn section(name: &str) -> &str {
    match name {
        "auth" => "authentication",
        "column" | "named_column" => "columns",
        "contract" => "schema-contracts",
        "cursor_of_rows" | "incremental" => "incremental-loading",
        "nested_hints" => "nested-hints",
        "paginator" => "paginators",
        "param" => "parameters",
        "processing_step" => "processing-steps",
        "reference" => "references",
        "resource" => "resources",
        "resource_defaults" => "resource-defaults",
        "response_action" => "response-actions",
        "write_disposition" => "write-dispositions",
        other => other,
    }
}

/// Collects the objects that a kind refers to, by name; those of a type as `paginator.cursor`.
fn collect(kind: &'static ValueType, shapes: &mut BTreeMap<String, &'static ObjectSchema>) {
    let mut add = |name: String, shape: &'static ObjectSchema| {
        if shapes.insert(name, shape).is_none() {
            shape.fields.iter().for_each(|field| collect(&field.kind, shapes));
        }
    };
    match kind {
        ValueType::Object(shape) => add(shape.name.to_owned(), shape),
        ValueType::Tagged(tagged) => {
            tagged.variants.iter().for_each(|(name, shape)| add(format!("{}.{name}", tagged.name), shape))
        }
        ValueType::ListOf(each) | ValueType::MapOf(each) => collect(each, shapes),
        ValueType::Either(kinds, _) => kinds.iter().for_each(|kind| collect(kind, shapes)),
        _ => {}
    }
}

/// Returns the table of an object's keys.
fn table(shape: &ObjectSchema) -> String {
    let mut text = "\n| key | type | default | meaning |\n|---|---|---|---|\n".to_owned();
    for FieldSchema { key, kind, doc, is_required } in shape.fields {
        if matches!(kind, ValueType::Unsupported(_)) {
            continue;
        }
        let (doc, default) = split_default(doc);
        let default = if *is_required { "required".to_owned() } else { default };
        text.push_str(&format!("| `{key}` | {} | {} | {} |\n", type_of(kind), escape(&default), escape(&doc)));
    }
    text + "\n"
}

/// Splits `The method; GET by default.` into a description and a default.
fn split_default(doc: &str) -> (String, String) {
    let Some((start, rest)) = doc.split_once(" by default") else { return (doc.to_owned(), String::new()) };
    let (before, default) = start.rsplit_once("; ").unwrap_or((start, ""));
    match default.split_whitespace().count() {
        1 => (format!("{before}{rest}"), format!("`{}`", default.trim_matches('`'))),
        // a sentence rather than a value
        _ => (doc.to_owned(), String::new()),
    }
}

fn type_of(kind: &ValueType) -> String {
    match kind {
        ValueType::Text | ValueType::Name => "string".to_owned(),
        ValueType::Template => "[template](#placeholders)".to_owned(),
        ValueType::JsonPath => "[JSONPath](#paths)".to_owned(),
        ValueType::Bool => "boolean".to_owned(),
        ValueType::Number => "number".to_owned(),
        ValueType::Integer(from, i64::MAX) => format!("integer ≥ {from}"),
        ValueType::Integer(from, to) => format!("integer, {from} to {to}"),
        ValueType::Names => "string or list of strings".to_owned(),
        ValueType::OneOf(names) => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        ValueType::Any => "any".to_owned(),
        ValueType::Object(shape) => link(shape.name, "object"),
        ValueType::Tagged(tagged) => link(tagged.name, "name or object"),
        ValueType::ListOf(each) => format!("list of: {}", type_of(each)),
        ValueType::MapOf(each) => format!("map of: {}", type_of(each)),
        ValueType::Either(kinds, _) => kinds.iter().map(type_of).collect::<Vec<_>>().join(" or "),
        ValueType::Unsupported(_) => String::new(),
    }
}

fn link(name: &str, what: &str) -> String {
    format!("[{what}](#{})", section(name))
}

/// Escapes what Markdown would take for markup, outside of `code`; a `|` also there.
fn escape(text: &str) -> String {
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => part.replace('*', "\\*").replace(" _", " \\_").replace('<', "\\<"),
        _ => format!("`{part}`"),
    };
    text.split('`').enumerate().map(part).collect::<String>().replace('|', "\\|")
}

#[test]
fn tables_of_the_reference_are_current() {
    static WHOLE: ValueType = ValueType::Object(&SPEC);
    let mut shapes = BTreeMap::new();
    collect(&WHOLE, &mut shapes);
    let page = std::fs::read_to_string(PATH).unwrap();
    let mut current = String::new();
    let mut parts = page.split("<!-- generated: ");
    current.push_str(parts.next().unwrap());
    for part in parts {
        let (name, rest) = part.split_once(" -->\n").expect("the name of an object");
        let (_, rest) = rest.split_once(END).expect(END);
        let shape = shapes.remove(name).unwrap_or_else(|| panic!("{name} is not an object of specs, or has two tables"));
        current.push_str(&format!("<!-- generated: {name} -->\n{}{END}{rest}", table(shape)));
    }
    // the same keys as others, or none
    let is_left_out = |name: &str, shape: &ObjectSchema| {
        shape.fields.is_empty()
            || matches!(name, "named_column" | "resource_defaults" | "cursor_of_rows" | "paginator.json_response")
    };
    let missing: Vec<_> = shapes.iter().filter(|(name, shape)| !is_left_out(name, shape)).map(|(name, _)| name).collect();
    assert!(missing.is_empty(), "spec.md has no tables of {missing:?}: add `<!-- generated: NAME -->` and `{END}`");
    if std::env::var_os("CATCHMENT_UPDATE").is_some() {
        std::fs::write(PATH, &current).unwrap();
    }
    assert!(
        page == current || std::env::var_os("CATCHMENT_UPDATE").is_some(),
        "docs/src/reference/spec.md is not current: CATCHMENT_UPDATE=1 cargo test -p catchment-rest-api reference"
    );
}
