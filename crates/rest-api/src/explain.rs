//! Where the secrets of a spec come from.

use catchment_rest_client::sounds_secret;
use catchment_settings::{Place, Settings};

use crate::secrets::Secrets;
use crate::template::Reference;
use crate::{AuthChoice, AuthSpec, Spec, Template, ValueTemplate};

/// A secret of a spec, and where it comes from. The secret itself is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretOrigin {
    /// The path of the key: `client.auth.token`.
    pub path: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It stands in the spec, where everybody sees it who sees the spec.
    Literal,
    /// It is looked up: by a reference, or as the spec leaves it out.
    LookedUp {
        /// The reference as it is written; none where the spec leaves it out.
        reference: Option<Reference>,
        /// Where it is found; none where it stands nowhere.
        found: Option<Place>,
    },
}

impl Spec {
    /// The secrets of the spec in the order of its keys: those of credentials, what references stand for, and literal texts
    /// whose keys sound like secrets.
    ///
    /// ```
    /// use catchment_rest_api::{Format, Origin, Spec};
    /// use catchment_settings::{NoSettings, Settings};
    ///
    /// let spec = r#"{"client": {"base_url": "https://api.example.com", "auth": {"token": "tk-1"}}, "resources": ["a"]}"#;
    /// let secrets = Spec::parse(spec, Format::Json)?.secrets(&Settings::new(&NoSettings));
    /// assert_eq!((secrets[0].path.as_str(), &secrets[0].origin), ("client.auth.token", &Origin::Literal));
    /// # Ok::<(), catchment_rest_api::SpecError>(())
    /// ```
    pub fn secrets<'s>(&'s self, settings: &'s Settings<'s>) -> Vec<SecretOrigin> {
        let mut found = Explainer { of: Secrets::new(settings, &self.name), secrets: Vec::new() };
        found.template("client.base_url", &self.client.base_url, false);
        for (name, value) in &self.client.headers {
            found.template(&format!("client.headers.{name}"), value, sounds_secret(name));
        }
        if let Some(auth) = &self.client.auth {
            found.auth("client.auth", auth);
        }
        for (index, resource) in self.resources.iter().enumerate() {
            let path = format!("resources[{index}].endpoint");
            if let AuthChoice::Own(auth) = &resource.endpoint.auth {
                found.auth(&format!("{path}.auth"), auth);
            }
            for (name, value) in &resource.endpoint.params {
                let name = name.resolved_text();
                value.each(&mut |template| found.template(&format!("{path}.params.{name}"), template, sounds_secret(&name)));
            }
            for (name, value) in &resource.endpoint.headers {
                let name = name.resolved_text();
                found.template(&format!("{path}.headers.{name}"), value, sounds_secret(&name));
            }
            resource.endpoint.each_template(&mut |key, template| {
                if !matches!(key, "params" | "headers") {
                    found.template(&format!("{path}.{key}"), template, false);
                }
            });
        }
        found.secrets
    }
}

struct Explainer<'s> {
    of: Secrets<'s>,
    secrets: Vec<SecretOrigin>,
}

impl Explainer<'_> {
    /// A text of the spec; `is_secret` says whether it is one where it stands there as it is.
    fn template(&mut self, path: &str, template: &Template, is_secret: bool) {
        let references: Vec<_> = template.references().cloned().collect();
        if references.is_empty() && is_secret && template.is_literal() && !template.resolved_text().is_empty() {
            self.secrets.push(SecretOrigin { path: path.to_owned(), origin: Origin::Literal });
        }
        for reference in references {
            let found = self.of.place(&reference);
            let origin = Origin::LookedUp { reference: Some(reference), found };
            self.secrets.push(SecretOrigin { path: path.to_owned(), origin });
        }
    }

    fn auth(&mut self, path: &str, auth: &AuthSpec) {
        let mut fields: Vec<(&str, &Option<Template>, bool)> = Vec::new();
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
                    value.each(&mut |template| self.template(&path, template, sounds_secret(name)));
                }
            }
            AuthSpec::Own { settings, .. } => self.own(path, settings),
        }
        for (name, given, is_secret) in fields {
            let path = format!("{path}.{name}");
            match given {
                Some(template) => self.template(&path, template, is_secret),
                None => {
                    let found = self.of.place_of_field(name);
                    self.secrets.push(SecretOrigin { path, origin: Origin::LookedUp { reference: None, found } });
                }
            }
        }
    }

    fn own(&mut self, path: &str, settings: &ValueTemplate) {
        if let ValueTemplate::Object(entries) = settings {
            for (name, value) in entries {
                let name = name.resolved_text();
                value.each(&mut |template| self.template(&format!("{path}.{name}"), template, sounds_secret(&name)));
            }
        }
    }
}
