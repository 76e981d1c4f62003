//! Detection of secrets by name.

use std::ops::Range;

/// Substrings that mark a name as secret, ignoring case and separators.
const SECRET_SUBSTRINGS: &[&str] =
    &["token", "secret", "password", "passwd", "signature", "apikey", "credential", "accesskey", "privatekey"];

/// Words that mark a name as secret: `api-key`, `X-Auth`, `clientKey`, but not `monkey`.
const SECRET_WORDS: &[&str] = &["key", "auth", "authorization", "sig", "pass", "pwd", "pw", "jwt", "session"];

/// Complete names that are secret. As a part of a name they are harmless, as in `country_code`.
const SECRET_NAMES: &[&str] = &["code", "sid", "hmac", "assertion"];

/// Words of pagination tokens, which grant no access and are useful in output.
const PAGINATION_WORDS: &[&str] = &["page", "next", "continuation", "sync"];

/// Returns whether a parameter, header or setting with this name probably holds a secret.
///
/// ```
/// use catchment_settings::is_secret_name;
///
/// assert!(is_secret_name("X-Api-Key") && is_secret_name("client_secret") && is_secret_name("Authorization"));
/// assert!(!is_secret_name("next_page_token") && !is_secret_name("monkey"));
/// ```
pub fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let joined = words.concat();
    let has_word = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_place = joined.ends_with("token") && has_word(PAGINATION_WORDS);
    (SECRET_SUBSTRINGS.iter().any(|part| joined.contains(part)) && !is_place)
        || has_word(SECRET_WORDS)
        || SECRET_NAMES.contains(&joined.as_str())
}

/// Splits `access_token`, `X-Api-Key` or `clientSecret` into lowercase words.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words
}

/// Returns the ranges of values of secret parameters, and of user names and passwords, in the URLs of a text.
pub(super) fn find(text: &[u8]) -> Vec<Range<usize>> {
    parameters(text).chain(users(text)).collect()
}

fn parameters(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    positions(text, b"=").filter_map(|equals| {
        let before = text.get(..equals)?;
        let start = before.iter().rposition(|byte| !is_of_name(*byte))?;
        let name = before.get(start + 1..)?;
        let is_parameter = matches!(before.get(start)?, b'?' | b'&' | b'#') && is_secret_name(&String::from_utf8_lossy(name));
        let value = text.get(equals + 1..)?;
        let length = value.iter().position(|byte| ends_value(*byte)).unwrap_or(value.len());
        // `==` is a comparison
        (is_parameter && length > 0 && !value.starts_with(b"=")).then_some(equals + 1..equals + 1 + length)
    })
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-[]~$+".contains(&byte)
}

fn ends_value(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_control() || b"&#\"'<>`\\".contains(&byte)
}

fn users(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    positions(text, b"://").filter_map(|colon| {
        let start = colon + 3;
        let rest = text.get(start..)?;
        let authority = rest.split(|byte| b"/?#\"'<>`\\".contains(byte) || byte.is_ascii_whitespace()).next()?;
        let length = authority.iter().rposition(|byte| *byte == b'@')?;
        (length > 0).then_some(start..start + length)
    })
}

fn positions<'t>(text: &'t [u8], part: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    text.windows(part.len()).enumerate().filter(move |(_, window)| *window == part).map(|(at, _)| at)
}
