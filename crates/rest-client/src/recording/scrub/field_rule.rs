//! The fields of bodies that are masked by name.

use catchment_json::NodeKind;
use catchment_settings::is_secret_name;

use super::field_name::is_any_of;
use crate::auth::PUBLIC_FIELDS;

/// String fields of token responses (RFC 6749) and of user accounts. Names such as `key` and `token` are not listed, because
/// in many APIs they are data, such as the key of an issue.
const TOKEN_FIELDS: &[&str] = &[
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "sessiontoken",
    "authtoken",
    "jwt",
    "clientsecret",
    "password",
    "apikey",
    "secretaccesskey",
    "secretkey",
    "privatekey",
];

/// Fields of responses with credentials that are not secret: type, scope and lifetime of a token.
const PUBLIC_TOKEN_FIELDS: &[&str] =
    &["tokentype", "scope", "expiresin", "expiresat", "expires", "extexpiresin", "refreshexpiresin", "issuedat"];

/// The rule by which the fields of a body are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldRule {
    /// A request: all fields with secret names.
    Request,
    /// A response: strings with the names of token responses.
    Response,
    /// A request for credentials: all fields but those that are public in OAuth 2. A replay with other credentials differs
    /// only in them.
    CredentialRequest,
    /// A response with credentials: all strings and numbers but type, scope and lifetime of a token.
    CredentialResponse,
}

impl FieldRule {
    /// Returns true if a value is masked. `name` is the innermost key around it, empty if it has none.
    pub(super) fn masks(self, name: &str, kind: NodeKind) -> bool {
        let is_text = kind == NodeKind::String;
        let is_number = matches!(kind, NodeKind::Integer | NodeKind::Float);
        match self {
            _ if kind == NodeKind::Null => false,
            FieldRule::Request => is_secret_name(name),
            FieldRule::Response => is_text && is_any_of(name, TOKEN_FIELDS),
            FieldRule::CredentialRequest => !matches!(kind, NodeKind::Array | NodeKind::Object) && !PUBLIC_FIELDS.contains(&name),
            FieldRule::CredentialResponse => (is_text || is_number) && !is_any_of(name, PUBLIC_TOKEN_FIELDS),
        }
    }
}
