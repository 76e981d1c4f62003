//! URLs without their secrets.

use catchment_json::Value;
use catchment_settings::Secret;
use url::{Url, form_urlencoded};

/// A key with one of these in it is a secret, however it is spelled.
const PARTS: &[&str] = &["token", "secret", "password", "passwd", "signature", "apikey", "credential", "accesskey", "privatekey"];

/// A key with one of these as a word is a secret: `api-key`, `X-Auth`, `clientKey`, but not `monkey`.
const WORDS: &[&str] = &["key", "auth", "authorization", "sig", "pass", "pwd", "pw", "jwt", "session"];

/// A key that is one of these is a secret; as a word they are harmless, as in `country_code`.
const WHOLE: &[&str] = &["code", "sid", "hmac", "assertion"];

/// Tokens with one of these words name a place in a list and open nothing; to see them helps.
const PLACES: &[&str] = &["page", "next", "continuation", "sync"];

/// The URL as it may be shown and stored: without user, password and fragment, and with `***` for the values
/// of parameters whose names sound like secrets.
///
/// ```
/// use catchment_rest_client::{Url, redact};
///
/// let url = Url::parse("https://me:pw@api.example.com/issues?page=2&api_key=42")?;
/// assert_eq!(redact(&url), "https://api.example.com/issues?page=2&api_key=***");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn redact(url: &Url) -> String {
    let mut url = url.clone();
    remove_user(&mut url);
    url.set_fragment(None);
    // by hand, as a parser that writes the query again changes how the rest is encoded
    let query = url.query().map(|query| query.split('&').map(pair).collect::<Vec<_>>().join("&"));
    url.set_query(query.as_deref());
    url.into()
}

/// Takes user and password out of a URL.
pub(crate) fn remove_user(url: &mut Url) {
    // both fail only for URLs that cannot have a user
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// Shorter secrets would mask half the words of an answer, and are none.
pub(crate) const SHORTEST_SECRET: usize = 4;

/// The URL as it may be shown, where `secrets` of four characters and more may stand anywhere in it.
///
/// ```
/// use catchment_rest_client::{Secret, Url, redact_all};
///
/// let url = Url::parse("https://api.example.com/bot-s3cret/issues?key=42&page=2")?;
/// assert_eq!(redact_all(&url, &[Secret::from("s3cret")]), "https://api.example.com/bot-***/issues?key=***&page=2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn redact_all(url: &Url, secrets: &[Secret]) -> String {
    mask(redact(url), secrets)
}

/// A text with `***` for `secrets`, as they are and as URLs and JSON write them.
pub(crate) fn mask(text: String, secrets: &[Secret]) -> String {
    let secrets = secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= SHORTEST_SECRET);
    secrets.fold(text, |text, secret| {
        let in_query: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let in_json = Value::from(secret).to_string();
        let in_json = in_json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(secret).to_owned();
        let forms = [secret.to_owned(), in_query, in_path(secret), in_json];
        forms.iter().fold(text, |text, form| text.replace(form.as_str(), "***"))
    })
}

/// A text as it stands in the path of a URL.
fn in_path(text: &str) -> String {
    let mut url = Url::parse("http://x").ok();
    if let Some(url) = &mut url {
        url.set_path(&text.replace('%', "%25"));
    }
    url.and_then(|url| url.path().strip_prefix('/').map(str::to_owned))
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| text.to_owned())
}

fn pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, value)) if !value.is_empty() && is_secret(key) => format!("{key}=***"),
        _ => pair.to_owned(),
    }
}

fn is_secret(encoded: &str) -> bool {
    let key = form_urlencoded::parse(encoded.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
    sounds_secret(&key)
}

/// Whether the name of a parameter, a header or a setting sounds like that of a secret.
///
/// ```
/// use catchment_rest_client::sounds_secret;
///
/// assert!(sounds_secret("X-Api-Key") && sounds_secret("client_secret") && sounds_secret("Authorization"));
/// assert!(!sounds_secret("next_page_token") && !sounds_secret("monkey"));
/// ```
pub fn sounds_secret(name: &str) -> bool {
    let words = words(name);
    let joined = words.concat();
    let has_word = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_place = joined.ends_with("token") && has_word(PLACES);
    (PARTS.iter().any(|part| joined.contains(part)) && !is_place) || has_word(WORDS) || WHOLE.contains(&joined.as_str())
}

/// The words of `access_token`, `X-Api-Key` and `clientSecret`, in lower case.
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

#[cfg(test)]
mod tests {
    use super::{redact, redact_all};
    use url::Url;

    #[test]
    fn known_secrets_are_masked_wherever_they_stand() {
        let mut url = Url::parse("https://a.b/bot-s3 é%2F/send?who=s3+%C3%A9%2F&n=1").unwrap();
        url.query_pairs_mut().append_pair("m", "x s3 é/");
        assert_eq!(redact_all(&url, &["s3 é/".into(), "n".into()]), "https://a.b/bot-s3%20%C3%A9%2F/send?who=***&n=1&m=x+***");
        let url = Url::parse("https://a.b/bot-s3 é/send").unwrap();
        assert_eq!(redact_all(&url, &["s3 é".into()]), "https://a.b/bot-***/send");
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let url = Url::parse(&format!("https://a.b/c?{query}")).unwrap();
        assert_eq!(redact(&url), format!("https://a.b/c?{expected}"));
    }

    #[test]
    fn secrets_are_masked() {
        for key in [
            "token",
            "access_token",
            "api_key",
            "apikey",
            "API-Key",
            "key",
            "clientSecret",
            "password",
            "X-Amz-Signature",
            "sig",
            "auth",
            "code",
            "X-Amz-Credential",
            "X-Amz-Security-Token",
            "%74oken",
            "AWSAccessKeyId",
            "subscription-key",
        ] {
            check(&format!("{key}=s3cret"), &format!("{key}=***"));
        }
    }

    #[test]
    fn the_rest_stays_as_it_is() {
        for query in [
            "page=2&per_page=100",
            "author=me",
            "monkey=1",
            "country_code=DE",
            "page_token=abc",
            "nextPageToken=abc",
            "q=a%20b+c",
            "token=",
            "token",
            "",
        ] {
            check(query, query);
        }
    }

    #[test]
    fn user_and_fragment_are_dropped() {
        let url = Url::parse("https://user:pw@a.b:8443/c#access_token=1").unwrap();
        assert_eq!(redact(&url), "https://a.b:8443/c");
    }
}
