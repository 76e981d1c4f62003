//! The fields of bodies that are masked by name.

use catchment_json::NodeKind;
use catchment_settings::is_secret_name;

use crate::auth::PUBLIC_FIELDS;

/// String fields of token responses (RFC 6749) and of user accounts. Names such as `key` and `token` are missing: in many
/// APIs they are data, such as the key of an issue.
const TOKEN_FIELDS: &[&str] = &[
    "access_token",
    "accessToken",
    "refresh_token",
    "refreshToken",
    "id_token",
    "idToken",
    "client_secret",
    "clientSecret",
    "password",
    "api_key",
    "apiKey",
];

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
    /// A response with credentials: all strings with secret names.
    CredentialResponse,
}

impl FieldRule {
    /// Returns true if a value is masked. `name` is the innermost key around it, empty if it has none.
    pub(super) fn masks(self, name: &str, kind: NodeKind) -> bool {
        let is_text = kind == NodeKind::String;
        match self {
            _ if kind == NodeKind::Null => false,
            FieldRule::Request => is_secret_name(name),
            FieldRule::Response => is_text && TOKEN_FIELDS.contains(&name),
            FieldRule::CredentialRequest => !matches!(kind, NodeKind::Array | NodeKind::Object) && !PUBLIC_FIELDS.contains(&name),
            FieldRule::CredentialResponse => is_text && is_secret_name(name) && name != "token_type",
        }
    }
}
