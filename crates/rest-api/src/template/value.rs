//! Values whose strings contain placeholders.

use catchment_json::Value;
use catchment_settings::Secret;

use super::{Reference, Template, TemplateContext};

/// A value whose strings may contain placeholders and references. A string that is a single placeholder is replaced by the
/// value itself and keeps its type.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueTemplate {
    /// Null, a boolean or a number.
    Plain(Value),
    /// A string.
    Text(Template),
    /// A list.
    List(Vec<ValueTemplate>),
    /// An object; its keys are templates too.
    Object(Vec<(Template, ValueTemplate)>),
}

impl ValueTemplate {
    /// Reads a value in `position`. `note` receives the path and the message of each error.
    pub(crate) fn read(
        value: &Value,
        position: TemplateContext,
        path: &str,
        note: &mut dyn FnMut(String, String),
    ) -> ValueTemplate {
        let template = |text: &str, path: &str, note: &mut dyn FnMut(String, String)| {
            Template::parse(text, position).unwrap_or_else(|problem| {
                note(path.to_owned(), problem);
                Template::default()
            })
        };
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => ValueTemplate::Plain(value.clone()),
            Value::String(text) => ValueTemplate::Text(template(text, path, note)),
            Value::Array(elements) => {
                let elements = elements.iter().enumerate();
                ValueTemplate::List(
                    elements.map(|(index, element)| Self::read(element, position, &format!("{path}[{index}]"), note)).collect(),
                )
            }
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let path = format!("{path}.{key}");
                    (template(key, &path, note), Self::read(value, position, &path, note))
                });
                ValueTemplate::Object(entries.collect())
            }
        }
    }

    /// Returns the value with placeholders as written and secrets masked.
    pub(crate) fn to_redacted_string(&self) -> Value {
        match self {
            ValueTemplate::Plain(value) => value.clone(),
            ValueTemplate::Text(template) => Value::from(template.to_redacted_string()),
            ValueTemplate::List(elements) => Value::Array(elements.iter().map(ValueTemplate::to_redacted_string).collect()),
            ValueTemplate::Object(entries) => {
                Value::object(entries.iter().map(|(key, value)| (key.to_redacted_string(), value.to_redacted_string())))
            }
        }
    }

    /// Calls `f` with every template in the value.
    pub(crate) fn for_each_template<'t>(&'t self, f: &mut dyn FnMut(&'t Template)) {
        match self {
            ValueTemplate::Plain(_) => {}
            ValueTemplate::Text(template) => f(template),
            ValueTemplate::List(elements) => elements.iter().for_each(|element| element.for_each_template(f)),
            ValueTemplate::Object(entries) => entries.iter().for_each(|(key, value)| {
                f(key);
                value.for_each_template(f);
            }),
        }
    }

    /// Resolves the references.
    pub(crate) fn resolve<E>(&self, resolve: &mut impl FnMut(&Reference) -> Result<Secret, E>) -> Result<ValueTemplate, E> {
        Ok(match self {
            ValueTemplate::Plain(value) => ValueTemplate::Plain(value.clone()),
            ValueTemplate::Text(template) => ValueTemplate::Text(template.resolve(resolve)?),
            ValueTemplate::List(elements) => {
                ValueTemplate::List(elements.iter().map(|element| element.resolve(resolve)).collect::<Result<_, E>>()?)
            }
            ValueTemplate::Object(entries) => {
                let mut resolved = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    resolved.push((key.resolve(resolve)?, value.resolve(resolve)?));
                }
                ValueTemplate::Object(resolved)
            }
        })
    }
}
