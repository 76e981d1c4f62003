//! Resolution of references and of missing fields of credentials.

use catchment_extract::Incremental;
use catchment_json::Value;
use catchment_settings::{ScopedSettings, Secret, SettingKey, SettingsError};

use crate::template::{Part, Reference, TemplateContext, has_reference};
use crate::{Template, ValueTemplate};

/// Looks up the secrets of a source.
#[derive(Debug, Clone)]
pub(crate) struct Secrets<'s> {
    settings: &'s ScopedSettings<'s>,
    /// The name of the source, which is a section of the lookup.
    source: &'s str,
}

impl<'s> Secrets<'s> {
    pub(crate) fn new(settings: &'s ScopedSettings<'s>, source: &'s str) -> Secrets<'s> {
        Secrets { settings, source }
    }

    /// Returns the value of a reference.
    pub(crate) fn resolve(&self, reference: &Reference) -> Result<Secret, SettingsError> {
        match reference {
            Reference::Env(name) => self.settings.variable(name),
            Reference::Secret(path) => {
                let (settings, name) = self.at(path);
                settings.require(name)
            }
        }
    }

    /// Returns the environment variable with exactly this name, which is not a secret.
    pub(crate) fn optional_variable(&self, name: &str) -> Option<String> {
        self.settings.variable(name).ok().map(|value| value.expose().to_owned())
    }

    /// Returns the configuration keys of a reference; empty for an environment variable.
    pub(crate) fn keys(&self, reference: &Reference) -> Vec<SettingKey> {
        match reference {
            Reference::Env(_) => Vec::new(),
            Reference::Secret(path) => {
                let (settings, name) = self.at(path);
                vec![settings.key::<Secret>(name)]
            }
        }
    }

    /// Returns the configuration keys of a field of credentials that is missing in the spec, in lookup order.
    pub(crate) fn keys_of_field(&self, name: &str) -> Vec<SettingKey> {
        self.scopes().map(|scope| scope.key::<Secret>(name)).to_vec()
    }

    /// Splits a dotted path into sections and a name.
    fn at<'p>(&self, path: &'p str) -> (ScopedSettings<'s>, &'p str) {
        let (sections, name) = path.rsplit_once('.').unwrap_or(("", path));
        let sections = sections.split('.').filter(|section| !section.is_empty());
        (self.settings.clone().section(sections), name)
    }

    /// Returns the text of a template without placeholders.
    pub(crate) fn text(&self, template: &Template) -> Result<Secret, SettingsError> {
        let resolved = template.resolve(&mut |reference| self.resolve(reference))?;
        Ok(Secret::from(resolved.resolved_text()))
    }

    /// Returns the value of a template without placeholders.
    pub(crate) fn value(&self, template: &ValueTemplate) -> Result<Value, SettingsError> {
        Ok(match template {
            ValueTemplate::Plain(value) => value.clone(),
            ValueTemplate::Text(template) => Value::from(self.text(template)?.expose()),
            ValueTemplate::List(elements) => {
                Value::Array(elements.iter().map(|element| self.value(element)).collect::<Result<_, _>>()?)
            }
            ValueTemplate::Object(entries) => {
                let entry =
                    |(key, value): &(Template, ValueTemplate)| Ok((self.text(key)?.expose().to_owned(), self.value(value)?));
                Value::Object(entries.iter().map(entry).collect::<Result<_, SettingsError>>()?)
            }
        })
    }

    /// Returns the cursor with its initial value and end value resolved.
    pub(crate) fn cursor(&self, cursor: &Incremental) -> Result<Incremental, SettingsError> {
        let mut cursor = cursor.clone();
        for limit in [&mut cursor.initial_value, &mut cursor.end_value] {
            if let Some(template) = limit.as_ref().and_then(bound_template) {
                *limit = Some(plain_value(self.text(&template)?.expose(), &template));
            }
        }
        Ok(cursor)
    }

    /// Returns a field of credentials from the spec, or from the configuration if it is missing in the spec.
    pub(crate) fn field(&self, given: Option<&Template>, name: &str) -> Result<Option<Secret>, SettingsError> {
        if let Some(template) = given {
            return self.text(template).map(Some);
        }
        for scope in self.scopes() {
            if let found @ Some(_) = scope.get::<Secret>(name)? {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Returns a required field of credentials; see [`Secrets::field`]. The error lists all searched locations.
    pub(crate) fn required(&self, given: Option<&Template>, name: &str) -> Result<Secret, SettingsError> {
        if let Some(found) = self.field(given, name)? {
            return Ok(found);
        }
        let [first, others @ ..] = self.scopes();
        let mut missing = first.require(name);
        for scope in others {
            if let (Err(SettingsError::Missing(fields)), Err(SettingsError::Missing(others))) =
                (&mut missing, scope.require::<Secret>(name))
            {
                for (field, other) in fields.iter_mut().zip(others) {
                    let known = field.searched.locations.clone();
                    field.searched.locations.extend(other.searched.locations.into_iter().filter(|found| !known.contains(found)));
                }
            }
        }
        missing
    }

    /// Returns the sections in which fields of credentials are looked up: first those of dlt, then without its section
    /// `credentials`. Never without any section, because a variable such as `USERNAME` often exists for another
    /// purpose.
    fn scopes(&self) -> [ScopedSettings<'s>; 3] {
        let under = |sections: &[&str]| self.settings.clone().section(sections.iter().copied());
        [
            under(&["sources", "rest_api", self.source]).fixed("credentials"),
            under(&["sources", "rest_api"]).fixed(self.source),
            under(&["sources"]).fixed("rest_api"),
        ]
    }
}

/// Returns the template of an initial value or an end value, or `None` if it has no references.
pub(crate) fn bound_template(value: &Value) -> Option<Template> {
    let text = value.as_str().filter(|text| has_reference(text))?;
    Template::parse(text, TemplateContext::Client).ok()
}

/// Returns the value of a resolved template. A number or a quoted string in JSON syntax is parsed if the template consists
/// of a single reference; anything else is a string.
fn plain_value(text: &str, template: &Template) -> Value {
    let is_alone = matches!(template.parts.as_slice(), [Part::Reference(_)]);
    let parsed = Value::parse(text).ok().filter(|value| is_alone && matches!(value, Value::Number(_) | Value::String(_)));
    parsed.unwrap_or_else(|| Value::from(text))
}
