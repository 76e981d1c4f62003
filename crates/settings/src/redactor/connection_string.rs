//! Passwords in connection strings.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::is_secret_name;

/// Returns the password of a connection string of a database, such as `postgresql://user:password@host/database`, as
/// written and decoded. Host and database are not secret, and messages need them.
///
/// Returns `None` for other secrets: HTTP URLs, whose path may be secret, and URLs without a password or with further
/// secrets in the query.
pub(super) fn passwords(secret: &str) -> Option<[Cow<'_, str>; 2]> {
    let (scheme, rest) = secret.split_once("://")?;
    let is_database = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+') && !scheme.starts_with("http");
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user_info, _) = authority.rsplit_once('@')?;
    let (_, password) = user_info.split_once(':').filter(|(_, password)| !password.is_empty())?;
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let has_other_secrets = query.split('&').any(|parameter| is_secret_name(parameter.split('=').next().unwrap_or_default()));
    let decoded = percent_decode_str(password).decode_utf8().unwrap_or(Cow::Borrowed(password));
    (is_database && !has_other_secrets && !path.contains('@')).then(|| [password.into(), decoded])
}
