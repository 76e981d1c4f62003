//! URLs without their secrets.

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
    // both fail only for URLs that cannot have a user
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    // by hand, as a parser that writes the query again changes how the rest is encoded
    let query = url.query().map(|query| query.split('&').map(pair).collect::<Vec<_>>().join("&"));
    url.set_query(query.as_deref());
    url.into()
}

fn pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, value)) if !value.is_empty() && is_secret(key) => format!("{key}=***"),
        _ => pair.to_owned(),
    }
}

fn is_secret(encoded: &str) -> bool {
    let key = form_urlencoded::parse(encoded.as_bytes()).next().map(|(key, _)| key.into_owned()).unwrap_or_default();
    let words = words(&key);
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
    use super::redact;
    use url::Url;

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
