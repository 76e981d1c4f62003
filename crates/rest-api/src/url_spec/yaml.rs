//! The YAML text of a spec for a URL.

use std::fmt::Write as _;

use catchment_json::{JsonPath, Value};
use catchment_rest_client::DetectedPaginator;
use catchment_settings::Secret;

use super::{SavedPipeline, SavedSpec, UrlSpec, is_secret, quoted, variable};
use crate::{CheckedPage, ResourceCheck};

/// How secrets are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secrets {
    /// As they are, for a spec in memory.
    Literal,
    /// As references to environment variables.
    Variables,
}

/// Renders the spec of a URL.
pub(super) fn render(
    spec: &UrlSpec,
    pipeline: Option<SavedPipeline<'_>>,
    check: Option<&ResourceCheck>,
    secrets: Secrets,
) -> SavedSpec {
    let mut renderer = Renderer { spec, secrets, variables: Vec::new() };
    let mut text = String::new();
    if let Some(pipeline) = pipeline {
        text += "# Written by `catchment run URL --save-spec`. The reference describes all keys of spec files.\n";
        text += &pipeline_section(spec, pipeline);
    } else {
        let _ = writeln!(text, "name: {}", quoted(&spec.name));
    }
    text += &renderer.client();
    text += &renderer.resource(check.and_then(|check| check.page.as_ref().ok()));
    SavedSpec { text, variables: renderer.variables.into_iter().map(|(variable, _)| variable).collect() }
}

fn pipeline_section(spec: &UrlSpec, pipeline: SavedPipeline<'_>) -> String {
    format!(
        "name: {}\n\npipeline:\n  pipeline_name: {}\n  destination: {}\n  dataset_name: {}\n\n",
        quoted(&spec.name),
        quoted(pipeline.name),
        quoted(pipeline.destination),
        quoted(pipeline.dataset)
    )
}

struct Renderer<'s> {
    spec: &'s UrlSpec,
    secrets: Secrets,
    /// The environment variables that are referred to, with their values.
    variables: Vec<(String, Secret)>,
}

impl Renderer<'_> {
    /// Returns a secret as a quoted scalar: its value, or a reference to an environment variable.
    fn secret(&mut self, name: &str, value: &str) -> String {
        match self.secrets {
            Secrets::Literal => quoted(value),
            Secrets::Variables => quoted(&format!("${{env:{}}}", self.variable(name, value))),
        }
    }

    /// Returns the environment variable for a secret. Other secrets with the same name get a number.
    fn variable(&mut self, name: &str, value: &str) -> String {
        let base = variable(&self.spec.name, name);
        for number in 1.. {
            let name = if number == 1 { base.clone() } else { format!("{base}_{number}") };
            match self.variables.iter().find(|(known, _)| *known == name) {
                None => {
                    self.variables.push((name.clone(), Secret::from(value)));
                    return name;
                }
                Some((_, known)) if known.expose() == value => return name,
                Some(_) => {}
            }
        }
        base
    }

    fn client(&mut self) -> String {
        let spec = self.spec;
        let mut base = spec.url.clone();
        base.set_query(None);
        base.set_fragment(None);
        // the user info becomes credentials; a URL with a host accepts both changes
        let _ = base.set_username("");
        let _ = base.set_password(None);
        let base = base.as_str();
        let (base, _) = base.split_at(base.rfind('/').map_or(base.len(), |slash| slash + 1));
        let mut text = format!("client:\n  base_url: {}\n", quoted(base));
        let mut headers = String::new();
        let mut auth = self.user_credentials();
        for (name, value) in &spec.headers {
            match bearer_token(name, value.expose()) {
                Some(token) if auth.is_none() => {
                    auth = Some(format!("  auth:\n    type: bearer\n    token: {}\n", self.secret("token", token)));
                }
                _ => {
                    let value = if is_secret(name) { self.secret(name, value.expose()) } else { quoted(value.expose()) };
                    let _ = writeln!(headers, "    {}: {value}", quoted(name));
                }
            }
        }
        text += &auth.unwrap_or_default();
        if !headers.is_empty() {
            text += "  headers:\n";
            text += &headers;
        }
        text
    }

    /// Returns the credentials in the URL.
    fn user_credentials(&mut self) -> Option<String> {
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let (user, password) = (decode(self.spec.url.username()), decode(self.spec.url.password().unwrap_or_default()));
        if user.is_empty() && password.is_empty() {
            return None;
        }
        // some APIs expect an API key as the user name
        let (user, password) = match password.as_str() {
            "" => (self.secret("username", &user), quoted("")),
            password => (quoted(&user), self.secret("password", password)),
        };
        Some(format!("  auth:\n    type: http_basic\n    username: {user}\n    password: {password}\n"))
    }

    fn resource(&mut self, page: Option<&CheckedPage>) -> String {
        let spec = self.spec;
        let mut text = format!("\nresources:\n  - name: {}\n", quoted(&spec.name));
        text += &primary_key(&spec.primary_key, page);
        let _ = writeln!(text, "    write_disposition: {}", spec.effective_disposition());
        let path = spec.url.path().rsplit('/').next().unwrap_or_default();
        let _ = writeln!(text, "    endpoint:\n      path: {}", quoted(&escape_braces(path)));
        text += &self.params();
        if let Some(page) = page {
            text += &detected(page);
        }
        text + &cursor(spec.cursor_path.as_deref(), page)
    }

    fn params(&mut self) -> String {
        let mut values: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in self.spec.url.query_pairs() {
            let escaped = escape_braces(&value);
            let value = if is_secret(&name) { self.secret(&name, &escaped) } else { quoted(&escaped) };
            match values.iter_mut().find(|(known, _)| *known == name) {
                Some((_, values)) => values.push(value),
                None => values.push((name.into_owned(), vec![value])),
            }
        }
        if values.is_empty() {
            return String::new();
        }
        let mut text = "      params:\n".to_owned();
        for (name, values) in values {
            let name = quoted(&escape_braces(&name));
            let _ = match values.as_slice() {
                [value] => writeln!(text, "        {name}: {value}"),
                values => writeln!(text, "        {name}: [{}]", values.join(", ")),
            };
        }
        text
    }
}

/// Doubles braces, which are placeholders otherwise.
fn escape_braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// Returns the token of an `Authorization` header.
fn bearer_token<'v>(name: &str, value: &'v str) -> Option<&'v str> {
    let (scheme, token) = value.split_once(' ').filter(|_| name.eq_ignore_ascii_case("authorization"))?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn primary_key(fields: &[String], page: Option<&CheckedPage>) -> String {
    let candidates = page.map(|page| page.primary_key_candidates.as_slice()).unwrap_or_default();
    match (fields, candidates) {
        ([], []) => String::new(),
        ([], [first, ..]) => {
            format!("    # Unique in the first page: {}.\n    # primary_key: {}\n", candidates.join(", "), quoted(first))
        }
        ([field], _) => format!("    primary_key: {}\n", quoted(field)),
        (fields, _) => {
            format!("    primary_key: [{}]\n", fields.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Returns what the first page shows about rows and pagination.
fn detected(page: &CheckedPage) -> String {
    let mut text = String::new();
    match page.data_selector.as_ref().map(JsonPath::as_str) {
        Some(selector) => {
            let _ = writeln!(text, "      # Detected: the list of rows.\n      data_selector: {}", quoted(selector));
        }
        None => text += "      # The body itself contains the rows.\n",
    }
    match page.detected_paginator.as_ref().map(|paginator| (paginator, paginator_value(paginator))) {
        Some((_, Some(value))) => {
            let _ = writeln!(text, "      # Detected in the first page.\n      paginator: {value}");
        }
        Some((paginator, None)) => {
            let _ = writeln!(text, "      # The pagination is detected in each run. Last detected: {paginator}.");
        }
        None => {}
    }
    text
}

/// Returns the paginator as in a spec, or `None` if only detection follows it reliably: a parameter was guessed, or an API
/// without further pages may have some later.
fn paginator_value(paginator: &DetectedPaginator) -> Option<Value> {
    let object = |kind: &str, entries: &[(&str, &str)]| {
        let entries = entries.iter().map(|(key, value)| (*key, Value::from(*value)));
        Some(Value::object(std::iter::once(("type", Value::from(kind))).chain(entries)))
    };
    match paginator {
        DetectedPaginator::HeaderLink => object("header_link", &[]),
        DetectedPaginator::JsonLink(path) => object("json_link", &[("next_url_path", path.as_str())]),
        _ => None,
    }
}

fn cursor(path: Option<&str>, page: Option<&CheckedPage>) -> String {
    let Some(path) = path else {
        let candidate = page.and_then(|page| page.cursor_candidates.first());
        return candidate.map_or_else(String::new, |candidate| {
            format!(
                "      # To load only new rows:\n      # incremental:\n      #   cursor_path: {}\n      #   initial_value: \"-30d\"\n      \
                 #   start_param: since # the parameter by which the API filters\n",
                quoted(&candidate.path)
            )
        });
    };
    format!("    incremental:\n      cursor_path: {}\n", quoted(path))
}
