//! Texts with placeholders and references: `{resources.users.id}`, `${env:TOKEN}`. Literal braces are doubled.

mod format_spec;
mod parse;
mod render;
mod run_time;
mod value;

use std::fmt;

use catchment_json::{JsonPath, Value};
use catchment_settings::Secret;

pub(crate) use format_spec::FormatSpec;
pub(crate) use parse::has_reference;
pub(crate) use render::{RenderContext, RenderError, fields_of};
pub(crate) use run_time::RunTime;
pub use value::ValueTemplate;

/// A text with placeholders and references. It is parsed once and rendered for each request.
///
/// The `Debug` output hides literal text, which may be a secret.
#[derive(Clone, PartialEq, Default)]
pub struct Template {
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Part {
    Literal(String),
    /// A path parameter that is not bound yet.
    PathParam(String),
    /// The value of a bound path parameter. It is percent-encoded as a value.
    BoundParam(String),
    Incremental(CursorValue),
    Field(ParentFieldRef),
    /// A time relative to the start of the run.
    Time(RunTime),
    /// A value with a format.
    Formatted(Box<Part>, FormatSpec),
    Reference(Reference),
    /// The value of a reference.
    Resolved(Secret),
}

/// A cursor value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CursorValue {
    Start,
    Initial,
    End,
}

/// A field in a row of another resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParentFieldRef {
    pub(crate) resource: String,
    pub(crate) field: JsonPath,
}

/// A reference to a value outside the spec, such as `${env:TOKEN}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `${env:NAME}`: an environment variable.
    Env(String),
    /// `${secret:sources.github.token}`: a secret of the configuration, by sections and name.
    Secret(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Env(name) => write!(f, "${{env:{name}}}"),
            Reference::Secret(name) => write!(f, "${{secret:{name}}}"),
        }
    }
}

/// The position of a template in a spec, which determines the allowed placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TemplateContext {
    /// The path of a URL: `{name}` is a parameter.
    Path,
    /// Parameters, headers and bodies.
    Request,
    /// Settings of the client: only references are allowed, and braces are literal.
    Client,
}

impl Template {
    /// Returns whether the template contains a cursor value.
    pub fn is_incremental(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.value(), Part::Incremental(_)))
    }

    /// Returns whether the template contains the end value of the cursor.
    pub(crate) fn has_end_value(&self) -> bool {
        self.parts.iter().any(|part| *part.value() == Part::Incremental(CursorValue::End))
    }

    /// Returns whether the template contains a value that is already percent-encoded.
    pub(crate) fn is_urlencoded(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Formatted(_, format) if format.is_urlencoded()))
    }

    /// Returns the names of the resources whose fields the template references.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::Field(of) = part.value() { Some(of.resource.as_str()) } else { None })
    }

    /// Returns the fields of other resources that the template references.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &ParentFieldRef> {
        self.parts.iter().filter_map(|part| if let Part::Field(of) = part.value() { Some(of) } else { None })
    }

    /// Returns the names of the path parameters.
    pub(crate) fn params(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::PathParam(name) = part.value() { Some(name.as_str()) } else { None })
    }

    /// Returns the references.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| if let Part::Reference(reference) = part { Some(reference) } else { None })
    }

    /// Returns whether the template has neither placeholders nor references.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Literal(_)))
    }

    /// Binds the path parameters. `bind` receives the name and the format of a parameter and returns its parts.
    pub(crate) fn bind(self, mut bind: impl FnMut(&str, Option<&FormatSpec>) -> Vec<Part>) -> Template {
        let parts = self.parts.into_iter().flat_map(|part| match &part {
            Part::PathParam(name) => bind(name, None),
            Part::Formatted(value, format) => match &**value {
                Part::PathParam(name) => bind(name, Some(format)),
                _ => vec![part],
            },
            _ => vec![part],
        });
        Template { parts: parts.collect() }
    }

    /// Resolves the references.
    pub(crate) fn resolve<E>(&self, resolve: &mut impl FnMut(&Reference) -> Result<Secret, E>) -> Result<Template, E> {
        let part = |part: &Part| match part {
            Part::Reference(reference) => resolve(reference).map(Part::Resolved),
            other => Ok(other.clone()),
        };
        Ok(Template { parts: self.parts.iter().map(part).collect::<Result<_, E>>()? })
    }

    /// Returns the text with placeholders as written and secrets masked.
    pub(crate) fn to_redacted_string(&self) -> String {
        let part = |part: &Part| match part {
            Part::Literal(text) | Part::BoundParam(text) => text.clone(),
            Part::Resolved(_) => "***".to_owned(),
            placeholder => format!("{placeholder:?}"),
        };
        self.parts.iter().map(part).collect()
    }

    /// Returns the text of a resolved template without placeholders.
    pub(crate) fn resolved_text(&self) -> String {
        self.parts.iter().filter_map(Part::literal).collect()
    }

    /// Returns the text of a resolved template up to its first placeholder, and whether there is no placeholder.
    pub(crate) fn literal_prefix(&self) -> (String, bool) {
        let prefix = self.parts.iter().map_while(Part::literal).collect();
        (prefix, self.parts.iter().all(|part| part.literal().is_some()))
    }

    /// Returns the values of the resolved references.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.parts.iter().filter_map(|part| if let Part::Resolved(secret) = part { Some(secret) } else { None })
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parts).finish()
    }
}

impl Part {
    /// Returns the constant text of the part, or `None` for a placeholder.
    fn literal(&self) -> Option<&str> {
        match self {
            Part::Literal(text) | Part::BoundParam(text) => Some(text),
            Part::Resolved(secret) => Some(secret.expose()),
            Part::PathParam(_)
            | Part::Incremental(_)
            | Part::Field(_)
            | Part::Time(_)
            | Part::Formatted(..)
            | Part::Reference(_) => None,
        }
    }

    /// Returns the part without its format.
    pub(crate) fn value(&self) -> &Part {
        if let Part::Formatted(part, _) = self { part } else { self }
    }

    /// Converts a literal to the value of a path parameter.
    pub(crate) fn into_value(self) -> Part {
        if let Part::Literal(text) = self { Part::BoundParam(text) } else { self }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Literal(_) | Part::BoundParam(_) => f.write_str("…"),
            Part::PathParam(name) => write!(f, "{{{name}}}"),
            Part::Incremental(value) => write!(f, "{{incremental.{}}}", value.name()),
            Part::Field(of) => write!(f, "{{resources.{}.{}}}", of.resource, of.field.as_str()),
            Part::Time(time) => time.fmt(f),
            Part::Formatted(part, _) => part.fmt(f),
            Part::Reference(reference) => reference.fmt(f),
            Part::Resolved(secret) => secret.fmt(f),
        }
    }
}

impl CursorValue {
    pub(crate) fn name(self) -> &'static str {
        match self {
            CursorValue::Start => "start_value",
            CursorValue::Initial => "initial_value",
            CursorValue::End => "end_value",
        }
    }
}

/// Returns a scalar as text in Python's notation, which dlt uses in URLs.
pub(crate) fn plain_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_plain_text(),
    }
}
