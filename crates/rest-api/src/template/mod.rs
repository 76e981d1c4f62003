//! Texts with placeholders and references: `{resources.users.id}`, `${env:TOKEN}`; braces that are meant are doubled.

mod format_spec;
mod parse;
mod render;
mod value;

use std::fmt;

use catchment_json::{JsonPath, Value};
use catchment_settings::Secret;

pub(crate) use format_spec::FormatSpec;
pub(crate) use parse::has_reference;
pub(crate) use render::{RenderContext, RenderError, fields_of};
pub use value::ValueTemplate;

/// A text with placeholders and references, read once and filled in for each request.
///
/// Its `Debug` does not show what the text says, which may be a secret.
#[derive(Clone, PartialEq, Default)]
pub struct Template {
    pub(crate) parts: Vec<Part>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Part {
    Literal(String),
    /// A parameter that stands in a path.
    PathParam(String),
    /// What a parameter that stood there was, which is a value and no piece of a path.
    BoundParam(String),
    Incremental(CursorValue),
    Field(ParentFieldRef),
    /// A value that is written out in some way.
    Formatted(Box<Part>, FormatSpec),
    Reference(Reference),
    /// What a reference stands for.
    Resolved(Secret),
}

/// A value of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CursorValue {
    Start,
    Initial,
    End,
}

/// A field of a row of another resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParentFieldRef {
    pub(crate) resource: String,
    pub(crate) field: JsonPath,
}

/// What stands in the place of a value that is not to stand in the spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `${env:NAME}`: a variable of the environment.
    Env(String),
    /// `${secret:sources.github.token}`: a secret of the configuration, by its sections and its name.
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

/// Where a template stands, which decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TemplateContext {
    /// In the path of a URL: `{name}` is a parameter.
    Path,
    /// In parameters, headers and bodies.
    Request,
    /// Where there are references alone, and braces are braces.
    Client,
}

impl Template {
    /// Whether a value of the cursor stands in it.
    pub fn is_incremental(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.value(), Part::Incremental(_)))
    }

    /// Whether the end value of the cursor stands in it.
    pub(crate) fn has_end_value(&self) -> bool {
        self.parts.iter().any(|part| *part.value() == Part::Incremental(CursorValue::End))
    }

    /// Whether a value that is percent-encoded already stands in it.
    pub(crate) fn is_urlencoded(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Formatted(_, format) if format.is_urlencoded()))
    }

    /// The resources whose fields stand in it.
    pub(crate) fn resources(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::Field(of) = part.value() { Some(of.resource.as_str()) } else { None })
    }

    /// The fields of rows of other resources that stand in it.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &ParentFieldRef> {
        self.parts.iter().filter_map(|part| if let Part::Field(of) = part.value() { Some(of) } else { None })
    }

    /// The parameters that stand in it: `{name}` in a path.
    pub(crate) fn params(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::PathParam(name) = part.value() { Some(name.as_str()) } else { None })
    }

    /// Its references.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.parts.iter().filter_map(|part| if let Part::Reference(reference) = part { Some(reference) } else { None })
    }

    /// Whether it is a text that stands for itself.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Literal(_)))
    }

    /// The same template with its parameters bound: each by the parts that `bind` gives, which is told of the format that
    /// the parameter is written out with.
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

    /// The same template with its references resolved.
    pub(crate) fn resolve<E>(&self, resolve: &mut impl FnMut(&Reference) -> Result<Secret, E>) -> Result<Template, E> {
        let part = |part: &Part| match part {
            Part::Reference(reference) => resolve(reference).map(Part::Resolved),
            other => Ok(other.clone()),
        };
        Ok(Template { parts: self.parts.iter().map(part).collect::<Result<_, E>>()? })
    }

    /// The text with its placeholders as they are written.
    pub(crate) fn to_redacted_string(&self) -> String {
        let part = |part: &Part| match part {
            Part::Literal(text) | Part::BoundParam(text) => text.clone(),
            Part::Resolved(_) => "***".to_owned(),
            placeholder => format!("{placeholder:?}"),
        };
        self.parts.iter().map(part).collect()
    }

    /// The text of a template whose references are resolved and that has no placeholders.
    pub(crate) fn resolved_text(&self) -> String {
        self.parts.iter().filter_map(Part::literal).collect()
    }

    /// The text of a template whose references are resolved, up to its first placeholder, and whether there is none.
    pub(crate) fn literal_prefix(&self) -> (String, bool) {
        let prefix = self.parts.iter().map_while(Part::literal).collect();
        (prefix, self.parts.iter().all(|part| part.literal().is_some()))
    }

    /// The secrets that its references have stood for.
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
    /// Its text, which no data changes; none for a placeholder.
    fn literal(&self) -> Option<&str> {
        match self {
            Part::Literal(text) | Part::BoundParam(text) => Some(text),
            Part::Resolved(secret) => Some(secret.expose()),
            Part::PathParam(_) | Part::Incremental(_) | Part::Field(_) | Part::Formatted(..) | Part::Reference(_) => None,
        }
    }

    /// The part that is written out.
    pub(crate) fn value(&self) -> &Part {
        if let Part::Formatted(part, _) = self { part } else { self }
    }

    /// The same part as a value that is put into a path.
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

/// A scalar as Python writes it into a URL.
pub(crate) fn plain_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        other => other.to_plain_text(),
    }
}
