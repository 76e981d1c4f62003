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
    "A bearer token in the `Authorization` header.",
    &[FieldSchema::new("token", ValueType::Template, "The token; read from the configuration if missing.")],
);

static API_KEY: ObjectSchema = ObjectSchema::new(
    "api_key",
    "An API key in a header, a query parameter or a cookie.",
    &[
        FieldSchema::new("name", ValueType::Template, "The name of the header, parameter or cookie; Authorization by default."),
        FieldSchema::new("api_key", ValueType::Template, "The API key; read from the configuration if missing."),
        FieldSchema::new(
            "location",
            ValueType::OneOf(&LOCATIONS),
            "The part of the request that contains the key; header by default.",
        ),
    ],
);

static HTTP_BASIC: ObjectSchema = ObjectSchema::new(
    "http_basic",
    "HTTP basic authentication.",
    &[
        FieldSchema::new("username", ValueType::Template, "The user name; read from the configuration if missing."),
        FieldSchema::new("password", ValueType::Template, "The password; read from the configuration if missing."),
    ],
);

static CLIENT_CREDENTIALS: ObjectSchema = ObjectSchema::new(
    "oauth2_client_credentials",
    "The OAuth 2 client credentials grant (RFC 6749, section 4.4).",
    &[
        FieldSchema::new(
            "access_token_url",
            ValueType::Template,
            "The URL of the token endpoint; read from the configuration if missing.",
        ),
        FieldSchema::new("client_id", ValueType::Template, "The client ID; read from the configuration if missing."),
        FieldSchema::new("client_secret", ValueType::Template, "The client secret; read from the configuration if missing."),
        FieldSchema::new(
            "access_token_request_data",
            ValueType::MapOf(&ValueType::Any),
            "Additional fields of the token request, such as scope.",
        ),
        FieldSchema::new(
            "default_token_expiration",
            COUNT,
            "The lifetime of tokens in seconds if the response does not state one; 3600 by default.",
        ),
        FieldSchema::new(
            "credentials_in_header",
            ValueType::Bool,
            "Whether to send client ID and secret by HTTP basic authentication instead of in the body; false by default.",
        ),
        FieldSchema::new("access_token", ValueType::Unsupported("tokens are requested from `access_token_url`"), ""),
        FieldSchema::new("session", ValueType::Unsupported("set retries and timeouts in the configuration (`runtime`)"), ""),
    ],
);

const LOCATIONS: [&str; 4] = ["header", "query", "param", "cookie"];

/// Credentials for the API. Missing fields are read from the configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum AuthSpec {
    /// A bearer token in the `Authorization` header.
    Bearer {
        /// The token.
        token: Option<Template>,
    },
    /// An API key.
    ApiKey {
        /// The name of the header, parameter or cookie.
        name: Option<Template>,
        /// The API key.
        api_key: Option<Template>,
        /// `header`, `query`, `param` (an alias of `query`) or `cookie`.
        location: Option<String>,
    },
    /// HTTP basic authentication.
    HttpBasic {
        /// The user name.
        username: Option<Template>,
        /// The password.
        password: Option<Template>,
    },
    /// The OAuth 2 client credentials grant.
    OAuth2ClientCredentials {
        /// The URL of the token endpoint.
        access_token_url: Option<Template>,
        /// The client ID.
        client_id: Option<Template>,
        /// The client secret.
        client_secret: Option<Template>,
        /// Additional fields of the token request.
        access_token_request_data: Vec<(String, ValueTemplate)>,
        /// The lifetime of tokens in seconds if the response does not state one.
        default_token_expiration: Option<u64>,
        /// Whether to send ID and secret in a header.
        credentials_in_header: bool,
    },
    /// Credentials that are registered in code under this type, with their settings.
    Custom {
        /// The type.
        name: String,
        /// All other keys.
        settings: ValueTemplate,
    },
}

impl AuthSpec {
    /// Reads credentials from a type name or an object.
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

/// Reads a value whose strings may contain references.
fn references(value: &Value, path: &str, diagnostics: &mut Vec<SpecDiagnostic>) -> ValueTemplate {
    ValueTemplate::read(value, TemplateContext::Client, path, &mut |path, problem| {
        diagnostics.push(SpecDiagnostic::new(path, problem))
    })
}
