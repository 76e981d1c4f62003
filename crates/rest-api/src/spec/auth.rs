//! Credentials.

use catchment_json::Value;

use super::client::template;
use super::keys::Keys;
use crate::shape::{COUNT, Field, Kind, Shape, Tagged};
use crate::template::In;
use crate::{Mistake, Template, ValueTemplate};

pub(super) static AUTH: Tagged = Tagged {
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

static BEARER: Shape = Shape::new(
    "bearer",
    "A token in the header `Authorization`.",
    &[Field::new("token", Kind::Template, "The token; looked up in the configuration where it is left out.")],
);

static API_KEY: Shape = Shape::new(
    "api_key",
    "A key in a header, the query or a cookie.",
    &[
        Field::new("name", Kind::Template, "The name of the header, parameter or cookie; Authorization by default."),
        Field::new("api_key", Kind::Template, "The key; looked up in the configuration where it is left out."),
        Field::new("location", Kind::OneOf(&LOCATIONS), "Where it goes; header by default."),
    ],
);

static HTTP_BASIC: Shape = Shape::new(
    "http_basic",
    "HTTP basic authentication.",
    &[
        Field::new("username", Kind::Template, "The user; looked up in the configuration where it is left out."),
        Field::new("password", Kind::Template, "The password; looked up in the configuration where it is left out."),
    ],
);

static CLIENT_CREDENTIALS: Shape = Shape::new(
    "oauth2_client_credentials",
    "OAuth 2, a program for itself (RFC 6749, 4.4).",
    &[
        Field::new("access_token_url", Kind::Template, "The URL of the token endpoint."),
        Field::new("client_id", Kind::Template, "What the program is known by; looked up where it is left out."),
        Field::new("client_secret", Kind::Template, "Its secret; looked up in the configuration where it is left out."),
        Field::new(
            "access_token_request_data",
            Kind::MapOf(&Kind::Any),
            "Further fields of the request for a token, such as scope.",
        ),
        Field::new(
            "default_token_expiration",
            COUNT,
            "How many seconds a token lasts whose answer does not say so; 3600 by default.",
        ),
        Field::new(
            "credentials_in_header",
            Kind::Bool,
            "Whether id and secret go into the header, not into the body; false by default.",
        ),
        Field::new("access_token", Kind::Refused("it is fetched"), ""),
        Field::new("session", Kind::Refused("retries and time-outs are those of the configuration (`runtime`)"), ""),
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
    Own {
        /// The type.
        name: String,
        /// All other keys.
        settings: ValueTemplate,
    },
}

impl AuthSpec {
    /// Reads a name or an object.
    pub(super) fn read(value: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> AuthSpec {
        let keys = Keys::of(value, path);
        let mut text = |key: &str| template(&keys, key, mistakes);
        match AUTH.type_of(value) {
            "bearer" => AuthSpec::Bearer { token: text("token") },
            "api_key" => AuthSpec::ApiKey { name: text("name"), api_key: text("api_key"), location: keys.owned_text("location") },
            "http_basic" => AuthSpec::HttpBasic { username: text("username"), password: text("password") },
            "oauth2_client_credentials" => AuthSpec::OAuth2ClientCredentials {
                access_token_url: text("access_token_url"),
                client_id: text("client_id"),
                client_secret: text("client_secret"),
                access_token_request_data: entries(&keys, "access_token_request_data", mistakes),
                default_token_expiration: keys.integer("default_token_expiration"),
                credentials_in_header: keys.bool("credentials_in_header").unwrap_or_default(),
            },
            own => AuthSpec::Own { name: own.to_owned(), settings: references(&Tagged::settings(value), path, mistakes) },
        }
    }
}

fn entries(keys: &Keys<'_>, key: &str, mistakes: &mut Vec<Mistake>) -> Vec<(String, ValueTemplate)> {
    let path = keys.path(key);
    let entry = |(name, value): (&String, &Value)| (name.clone(), references(value, &format!("{path}.{name}"), mistakes));
    keys.object(key).map(entry).collect()
}

/// A value in whose strings references may stand.
fn references(value: &Value, path: &str, mistakes: &mut Vec<Mistake>) -> ValueTemplate {
    ValueTemplate::read(value, In::Client, path, &mut |path, problem| mistakes.push(Mistake::new(path, problem)))
}
