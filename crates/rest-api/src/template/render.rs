//! Rendering of templates to strings and values.

use catchment_extract::{ResumePoint, Row};
use catchment_json::{Node, Object, Value};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use thiserror::Error;

use super::{CursorValue, Part, Template, ValueTemplate, plain_text};
use crate::convert::CursorConversion;
use crate::parent_fields::MissingParentValue;

/// Characters that must be escaped in a URL path (RFC 3986, `pchar`). A slash is not escaped and separates segments.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A placeholder that cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum RenderError {
    /// The row has no value for the field.
    #[error(transparent)]
    Missing(#[from] MissingParentValue),
    /// A value that is not allowed in the position of the placeholder.
    #[error(
        "field `{field}` of the row of resource `{resource}` is {found}, which is not allowed in {position}; reference another field"
    )]
    WrongKind { resource: String, field: String, found: String, position: &'static str },
    /// A value that does not match the format of the placeholder.
    #[error("{0}")]
    Format(String),
    /// A cursor value that cannot be converted.
    #[error("`convert`: {0}")]
    Convert(String),
}

/// The values of placeholders in one request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RenderContext<'f> {
    pub(crate) start: &'f ResumePoint,
    pub(crate) convert: Option<&'f CursorConversion>,
    /// The start of the run, in microseconds since 1970.
    pub(crate) now: i64,
    /// The parent row and its ancestors, nearest first, with the names of their resources.
    pub(crate) rows: &'f [(&'f str, &'f Row)],
}

impl RenderContext<'_> {
    /// Renders the path of a URL. Values of rows and cursors are percent-encoded except for slashes. A complete URL from a
    /// row at the start of the path is not encoded.
    pub(crate) fn path(&self, template: &Template) -> Result<String, RenderError> {
        let mut path = String::new();
        for part in &template.parts {
            let text = match part {
                Part::Literal(text) => {
                    path.push_str(text);
                    continue;
                }
                Part::PathParam(value) | Part::BoundParam(value) => value.clone(),
                Part::Field(_) | Part::Formatted(..) | Part::Incremental(_) | Part::Time(_) => {
                    let text = plain_text(&self.part(part)?);
                    if let Part::Field(field) = part.value()
                        && (text.is_empty() || text.split('/').any(|segment| matches!(segment, "." | "..")))
                    {
                        return Err(field.wrong_kind(field.find(self.rows)?, "a path"));
                    }
                    let is_encoded = matches!(part, Part::Formatted(_, format) if format.is_urlencoded());
                    if is_encoded || (path.is_empty() && matches!(part, Part::Field(_)) && is_url(&text)) {
                        path.push_str(&text);
                        continue;
                    }
                    text
                }
                Part::Reference(_) => String::new(),
                Part::Resolved(secret) => secret.expose().to_owned(),
            };
            path.extend(utf8_percent_encode(&text, PATH));
        }
        Ok(path)
    }

    /// Renders a template as a string. Missing cursor values are empty.
    pub(crate) fn text(&self, template: &Template) -> Result<String, RenderError> {
        template.parts.iter().map(|part| Ok(plain_text(&self.part(part)?))).collect()
    }

    /// Renders a template as a string, or as a value of its type if it is a single placeholder.
    pub(crate) fn typed(&self, template: &Template) -> Result<Value, RenderError> {
        match template.parts.as_slice() {
            [part] => self.part(part),
            _ => self.text(template).map(Value::from),
        }
    }

    /// Renders the templates in a value.
    pub(crate) fn value(&self, template: &ValueTemplate) -> Result<Value, RenderError> {
        Ok(match template {
            ValueTemplate::Plain(value) => value.clone(),
            ValueTemplate::Text(template) => self.typed(template)?,
            ValueTemplate::List(elements) => {
                Value::Array(elements.iter().map(|element| self.value(element)).collect::<Result<_, _>>()?)
            }
            ValueTemplate::Object(entries) => {
                let mut object = Object::with_capacity(entries.len());
                for (key, value) in entries {
                    object.insert(self.text(key)?, self.value(value)?);
                }
                Value::Object(object)
            }
        })
    }

    fn part(&self, part: &Part) -> Result<Value, RenderError> {
        Ok(match part {
            Part::Literal(text) | Part::PathParam(text) | Part::BoundParam(text) => Value::from(text.as_str()),
            Part::Incremental(value) => self.cursor(*value)?,
            Part::Field(field) => field.find(self.rows)?.to_value(),
            Part::Time(time) => Value::from(time.text(self.now)),
            Part::Formatted(part, format) => Value::from(format.apply(&self.part(part)?).map_err(RenderError::Format)?),
            Part::Reference(_) => Value::from(""),
            Part::Resolved(secret) => Value::from(secret.expose()),
        })
    }

    /// Returns a cursor value, or an empty string if it is not set yet.
    pub(crate) fn cursor(&self, which: CursorValue) -> Result<Value, RenderError> {
        let value = match which {
            CursorValue::Start => &self.start.last_value,
            CursorValue::Initial => &self.start.initial_value,
            CursorValue::End => &self.start.end_value,
        };
        let Some(value) = value else { return Ok(Value::from("")) };
        let value = ResumePoint::strip_type_mark(value);
        match self.convert {
            Some(convert) => convert.apply(value).map_err(RenderError::Convert),
            None => Ok(value),
        }
    }
}

/// Returns the field names of a row, for messages.
pub(crate) fn fields_of(row: Node<'_>) -> String {
    row.entries().map(|(key, _)| key.name()).collect::<Vec<_>>().join(", ")
}

fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
