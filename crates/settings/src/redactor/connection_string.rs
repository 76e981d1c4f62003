//! Passwords in connection strings.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::is_secret_name;

/// Returns the password in a connection string of a database, such as `postgresql://user:password@host/database`, as
/// written and decoded; nothing if it has none. Host and database are not secret, and messages need them.
///
/// Returns `None` for other secrets: HTTP URLs, whose path may be secret, and connection strings with further secrets in the
/// query.
pub(super) fn passwords(secret: &str) -> Option<Vec<Cow<'_, str>>> {
    let (scheme, rest) = secret.split_once("://")?;
    let is_database = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') && !scheme.starts_with("http");
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let has_other_secrets = query.split('&').any(|parameter| is_secret_name(parameter.split('=').next().unwrap_or_default()));
    // an `@` in the path may follow a password with characters that are not encoded
    if !is_database || has_other_secrets || path.contains('@') {
        return None;
    }
    let password = authority.rsplit_once('@').and_then(|(user_info, _)| user_info.split_once(':'));
    Some(password.map_or_else(Vec::new, |(_, password)| {
        let decoded = percent_decode_str(password).decode_utf8().unwrap_or(Cow::Borrowed(password));
        vec![password.into(), decoded]
    }))
}
