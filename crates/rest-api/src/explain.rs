//! Origins of the secrets of a spec.

use catchment_rest_client::is_secret_name;
use catchment_settings::{FoundSetting, ScopedSettings, SettingKey, SettingLocation, SettingValue, SettingsError};

use crate::secrets::{Secrets, bound_template};
use crate::template::Reference;
use crate::{AuthSpec, EndpointAuth, Spec, Template, ValueTemplate};

/// A secret of a spec and its origin, without its value.
#[derive(Debug)]
pub struct SecretOrigin {
    /// The path of the key, such as `client.auth.token`.
    pub path: String,
    /// The origin of the value.
    pub origin: SecretSource,
}

/// The origin of a secret.
#[derive(Debug)]
pub enum SecretSource {
    /// A literal in the spec, readable by everyone who can read the spec.
    Literal,
    /// A reference in the spec, with the configuration keys that it looks up. An environment variable has no keys.
    Reference(Reference, Vec<SettingKey>),
    /// A field of credentials that is missing in the spec, with the configuration keys to look up, in order.
    Configuration(&'static str, Vec<SettingKey>),
}

impl SecretOrigin {
    /// Returns the configuration keys to look up, in order.
    pub fn keys(&self) -> &[SettingKey] {
        match &self.origin {
            SecretSource::Literal => &[],
            SecretSource::Reference(_, keys) | SecretSource::Configuration(_, keys) => keys,
        }
    }

    /// Returns all configured values of the secret in lookup order; the first takes precedence. Each location occurs once.
    /// Literals in the spec are not included.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret is not configured, or if a location cannot be read.
    pub fn resolve_candidates(&self, spec: &Spec, settings: &ScopedSettings<'_>) -> Result<Vec<FoundSetting>, SettingsError> {
        if let SecretSource::Reference(Reference::Env(name), _) = &self.origin {
            let location = SettingLocation::variable(name);
            let value = SettingValue::Text(settings.variable(name)?);
            return Ok(vec![FoundSetting { value, location, redact: true, misplaced: false }]);
        }
        let mut found: Vec<FoundSetting> = Vec::new();
        for key in self.keys() {
            for candidate in settings.candidates(key)? {
                if found.iter().all(|known| known.location != candidate.location) {
                    found.push(candidate);
                }
            }
        }
        if found.is_empty() { self.ensure_available(spec, settings).map(|()| found) } else { Ok(found) }
    }

    /// Checks that the secret has a value.
    ///
    /// # Errors
    ///
    /// Returns an error with all searched locations if it has none.
    pub fn ensure_available(&self, spec: &Spec, settings: &ScopedSettings<'_>) -> Result<(), SettingsError> {
        let secrets = Secrets::new(settings, &spec.name);
        match &self.origin {
            SecretSource::Literal => Ok(()),
            SecretSource::Reference(reference, _) => secrets.resolve(reference).map(drop),
            SecretSource::Configuration(name, _) => secrets.required(None, name).map(drop),
        }
    }
}

impl Spec {
    /// Returns the secrets of the spec in the order of its keys: credentials, references, and literals whose keys have names
    /// of secrets. Nothing is looked up.
    ///
    /// ```
    /// use catchment_rest_api::{SpecFormat, SecretSource, Spec};
    /// use catchment_settings::{NoSettings, ScopedSettings};
    ///
    /// let spec = r#"{"client": {"base_url": "https://api.example.com", "auth": {"token": "tk-1"}}, "resources": ["a"]}"#;
    /// let secrets = Spec::parse(spec, SpecFormat::Json)?.secrets(&ScopedSettings::new(&NoSettings));
    /// assert_eq!(secrets[0].path, "client.auth.token");
    /// assert!(matches!(secrets[0].origin, SecretSource::Literal));
    /// # Ok::<(), catchment_rest_api::SpecError>(())
    /// ```
    pub fn secrets<'s>(&'s self, settings: &'s ScopedSettings<'s>) -> Vec<SecretOrigin> {
        let mut found = SecretCollector { of: Secrets::new(settings, &self.name), secrets: Vec::new() };
        found.template("client.base_url", &self.client.base_url, false);
        for (name, value) in &self.client.headers {
            found.template(&format!("client.headers.{name}"), value, is_secret_name(name));
        }
        if let Some(auth) = &self.client.auth {
            found.auth("client.auth", auth);
        }
        for (index, resource) in self.resources.iter().enumerate() {
            let path = format!("resources[{index}].endpoint");
            if let EndpointAuth::Override(auth) = &resource.endpoint.auth {
                found.auth(&format!("{path}.auth"), auth);
            }
            for (name, value) in &resource.endpoint.params {
                let name = name.resolved_text();
                value.for_each_template(&mut |template| {
                    found.template(&format!("{path}.params.{name}"), template, is_secret_name(&name))
                });
            }
            for (name, value) in &resource.endpoint.headers {
                let name = name.resolved_text();
                found.template(&format!("{path}.headers.{name}"), value, is_secret_name(&name));
            }
            if let Some(incremental) = &resource.endpoint.incremental {
                let limits = [("initial_value", &incremental.cursor.initial_value), ("end_value", &incremental.cursor.end_value)];
                for (key, value) in limits {
                    if let Some(template) = value.as_ref().and_then(bound_template) {
                        found.template(&format!("{path}.incremental.{key}"), &template, false);
                    }
                }
            }
            resource.endpoint.for_each_template(&mut |key, template| {
                if !matches!(key, "params" | "headers") {
                    found.template(&format!("{path}.{key}"), template, false);
                }
            });
        }
        found.secrets
    }
}

struct SecretCollector<'s> {
    of: Secrets<'s>,
    secrets: Vec<SecretOrigin>,
}

impl SecretCollector<'_> {
    /// Adds the secrets of a template. `is_secret` states whether a literal in this position is a secret.
    fn template(&mut self, path: &str, template: &Template, is_secret: bool) {
        let references: Vec<_> = template.references().cloned().collect();
        if references.is_empty() && is_secret && template.is_literal() && !template.resolved_text().is_empty() {
            self.secrets.push(SecretOrigin { path: path.to_owned(), origin: SecretSource::Literal });
        }
        for reference in references {
            let keys = self.of.keys(&reference);
            self.secrets.push(SecretOrigin { path: path.to_owned(), origin: SecretSource::Reference(reference, keys) });
        }
    }

    fn auth(&mut self, path: &str, auth: &AuthSpec) {
        let mut fields: Vec<(&'static str, &Option<Template>, bool)> = Vec::new();
        match auth {
            AuthSpec::Bearer { token } => fields.push(("token", token, true)),
            AuthSpec::ApiKey { api_key, .. } => fields.push(("api_key", api_key, true)),
            AuthSpec::HttpBasic { username, password } => {
                fields.extend([("username", username, false), ("password", password, true)]);
            }
            AuthSpec::OAuth2ClientCredentials {
                access_token_url, client_id, client_secret, access_token_request_data, ..
            } => {
                fields.extend([
                    ("access_token_url", access_token_url, false),
                    ("client_id", client_id, false),
                    ("client_secret", client_secret, true),
                ]);
                for (name, value) in access_token_request_data {
                    let path = format!("{path}.access_token_request_data.{name}");
                    value.for_each_template(&mut |template| self.template(&path, template, is_secret_name(name)));
                }
            }
            AuthSpec::Custom { settings, .. } => self.own(path, settings),
        }
        for (name, given, is_secret) in fields {
            let path = format!("{path}.{name}");
            match given {
                Some(template) => self.template(&path, template, is_secret),
                None => {
                    let origin = SecretSource::Configuration(name, self.of.keys_of_field(name));
                    self.secrets.push(SecretOrigin { path, origin });
                }
            }
        }
    }

    fn own(&mut self, path: &str, settings: &ValueTemplate) {
        if let ValueTemplate::Object(entries) = settings {
            for (name, value) in entries {
                let name = name.resolved_text();
                value
                    .for_each_template(&mut |template| self.template(&format!("{path}.{name}"), template, is_secret_name(&name)));
            }
        }
    }
}
