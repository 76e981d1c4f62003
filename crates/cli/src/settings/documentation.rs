//! The tables in `docs/src/reference/settings.md`, generated from the declared settings.

use std::fmt::Write as _;

use catchment::Settings;
use catchment_config::{Config, Environment};

use super::{Configuration, groups};
use crate::generated_page::assert_current;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/reference/settings.md");
const BEGIN: &str =
    "<!-- The tables below are written by a test of catchment-cli: CATCHMENT_UPDATE=1 cargo nextest run -p catchment-cli -->\n";

/// Renders the tables of all settings.
fn tables() -> String {
    let mut text = String::new();
    let nothing = Config::from_environment(Environment::default());
    let configuration = Configuration(Settings::from_config(nothing, Environment::default()));
    for group in groups() {
        let fields = group.fields(&configuration, "<source>", "<pipeline>");
        // Writing to a `String` cannot fail.
        let _ = write!(text, "\n### {}\n\n", group.title);
        let _ = writeln!(text, "| setting | type | default | description |\n|---|---|---|---|");
        for field in &fields {
            let secret = if field.key.is_secret() { ", secret" } else { "" };
            let default = match (&field.default, field.required) {
                (Some(default), _) => format!("`{default}`"),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let path = group.path(field, "<source>");
            let _ = writeln!(text, "| `{path}` | {}{secret} | {default} | {} |", field.expected, field.description);
        }
    }
    text
}

#[test]
fn the_document_is_current() {
    let document = std::fs::read_to_string(PATH).unwrap();
    let (handwritten, _) = document.split_once(BEGIN).expect("the marker line before the tables");
    let current = format!("{handwritten}{BEGIN}{}", tables());
    assert_current(PATH, &document, &current);
}
