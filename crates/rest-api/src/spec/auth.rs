//! Credentials.

use catchment_json::Value;

use super::client::template;
use super::object_reader::ObjectReader;
use crate::spec_schema::{COUNT, FieldSchema, ObjectSchema, TaggedUnion, ValueType};
use crate::template::TemplateContext;
use crate::{SpecDiagnostic, Template, ValueTemplate};

pub(super) static AUTH: TaggedUnion = TaggedUnion {
    name: "auth",
    default: "bearer",
    variants: &[
        ("bearer", &BEARER),
        ("api_key", &API_KEY),
        ("http_basic", &HTTP_BASIC),
        ("oauth2_client_credentials", &CLIENT_CREDENTIALS),
    ],
    is_secret: true,
};

static BEARER: ObjectSchema = ObjectSchema::new(
    "bearer",
    "A token in the header `Authorization`.",
    &[FieldSchema::new("token", ValueType::Template, "The token; looked up in the configuration where it is left out.")],
);

static API_KEY: ObjectSchema = ObjectSchema::new(
    "api_key",
    "A key in a header, the query or a cookie.",
    &[
        FieldSchema::new("name", ValueType::Template, "The name of the header, parameter or cookie; Authorization by default."),
        FieldSchema::new("api_key", ValueType::Template, "The key; looked up in the configuration where it is left out."),
        FieldSchema::new("location", ValueType::OneOf(&LOCATIONS), "Where it goes; header by default."),
    ],
);

static HTTP_BASIC: ObjectSchema = ObjectSchema::new(
    "http_basic",
    "HTTP basic authentication.",
    &[
        FieldSchema::new("username", ValueType::Template, "The user; looked up in the configuration where it is left out."),
        FieldSchema::new("password", ValueType::Template, "The password; looked up in the configuration where it is left out."),
    ],
);

static CLIENT_CREDENTIALS: ObjectSchema = ObjectSchema::new(
    "oauth2_client_credentials",
    "OAuth 2, a program for itself (RFC 6749, 4.4).",
    &[
        FieldSchema::new("access_token_url", ValueType::Template, "The URL of the token endpoint."),
        FieldSchema::new("client_id", ValueType::Template, "What the program is known by; looked up where it is left out."),
        FieldSchema::new(
            "client_secret",
            ValueType::Template,
            "Its secret; looked up in the configuration where it is left out.",
        ),
        FieldSchema::new(
            "access_token_request_data",
            ValueType::MapOf(&ValueType::Any),
            "Further fields of the request for a token, such as scope.",
        ),
        FieldSchema::new(
            "default_token_expiration",
            COUNT,
            "How many seconds a token lasts whose answer does not say so; 3600 by default.",
        ),
        FieldSchema::new(
            "credentials_in_header",
            ValueType::Bool,
            "Whether id and secret go into the header, not into the body; false by default.",
        ),
        FieldSchema::new("access_token", ValueType::Unsupported("it is fetched"), ""),
        FieldSchema::new(
            "session",
            ValueType::Unsupported("retries and time-outs are those of the configuration (`runtime`)"),
            "",
        ),
    ],
);

const LOCATIONS: [&str; 4] = ["header", "query", "param", "cookie"];

/// Who asks. Fields that are not given are looked up in the configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthSpec {
    /// A token in the header `Authorization`.
    Bearer {
        /// The token.
        token: Option<Template>,
    },
    /// A key.
    ApiKey {
        /// The name of the header, parameter or cookie.
        name: Option<Template>,
        /// The key.
        api_key: Option<Template>,
        /// `header`, `query`, `param` (the same as `query`) or `cookie`.
        location: Option<String>,
    },
    /// HTTP basic authentication.
    HttpBasic {
        /// The user.
        username: Option<Template>,
        /// The password.
        password: Option<Template>,
    },
    /// OAuth 2, a program for itself.
    OAuth2ClientCredentials {
        /// The URL of the token endpoint.
        access_token_url: Option<Template>,
        /// What the program is known by.
        client_id: Option<Template>,
        /// Its secret.
        client_secret: Option<Template>,
        /// Further fields of the request for a token.
        access_token_request_data: Vec<(String, ValueTemplate)>,
        /// How many seconds a token lasts whose answer does not say so.
        default_token_expiration: Option<u64>,
        /// Whether id and secret go into the header.
        credentials_in_header: bool,
    },
    /// What a program has registered under this type, with the settings that it takes.
    Custom {
        /// The type.
        name: String,
        /// All other keys.
        settings: ValueTemplate,
    },
}

impl AuthSpec {
    /// Reads a name or an object.
    pub(super) fn read(value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> AuthSpec {
        let keys = ObjectReader::of(value, path);
        let mut text = |key: &str| template(&keys, key, diagnostics);
        match AUTH.type_of(value) {
            "bearer" => AuthSpec::Bearer { token: text("token") },
            "api_key" => AuthSpec::ApiKey { name: text("name"), api_key: text("api_key"), location: keys.owned_text("location") },
            "http_basic" => AuthSpec::HttpBasic { username: text("username"), password: text("password") },
            "oauth2_client_credentials" => AuthSpec::OAuth2ClientCredentials {
                access_token_url: text("access_token_url"),
                client_id: text("client_id"),
                client_secret: text("client_secret"),
                access_token_request_data: entries(&keys, "access_token_request_data", diagnostics),
                default_token_expiration: keys.integer("default_token_expiration"),
                credentials_in_header: keys.bool("credentials_in_header").unwrap_or_default(),
            },
            own => {
                AuthSpec::Custom { name: own.to_owned(), settings: references(&TaggedUnion::settings(value), path, diagnostics) }
            }
        }
    }
}

fn entries(keys: &ObjectReader<'_>, key: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> Vec<(String, ValueTemplate)> {
    let path = keys.path(key);
    let entry = |(name, value): (&String, &Value)| (name.clone(), references(value, &format!("{path}.{name}"), diagnostics));
    keys.object(key).map(entry).collect()
}

/// A value in whose strings references may stand.
fn references(value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> ValueTemplate {
    ValueTemplate::read(value, TemplateContext::Client, path, &mut |path, problem| {
        diagnostics.push(SpecDiagnostic::new(path, problem))
    })
}
