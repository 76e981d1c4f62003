//! Redaction of URLs.

use catchment_settings::Redactor;
use url::Url;

/// Returns the URL without user, password and fragment, and with `***` for the values of parameters with
/// [secret names](crate::is_secret_name), so that it can be printed and stored.
///
/// ```
/// use catchment_rest_client::{Url, redact_url};
///
/// let url = Url::parse("https://me:pw@api.example.com/issues?page=2&api_key=42")?;
/// assert_eq!(redact_url(&url), "https://api.example.com/issues?page=2&api_key=***");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn redact_url(url: &Url) -> String {
    shown(url, &Redactor::default())
}

/// Returns the URL as [`redact_url`] does, and masks the secrets of the redactor too.
pub(crate) fn shown(url: &Url, redactor: &Redactor) -> String {
    let mut url = url.clone();
    remove_user(&mut url);
    // removes the fragment after masking, because a secret may extend into it
    let shown = redactor.redact(url.as_str());
    shown.split('#').next().unwrap_or_default().to_owned()
}

/// Removes user and password from a URL.
pub(crate) fn remove_user(url: &mut Url) {
    // both fail only for URLs that cannot contain a user
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

#[cfg(test)]
mod tests {
    use super::{redact_url, shown};
    use url::Url;

    #[test]
    fn known_secrets_are_masked_in_path_and_query() {
        let check = |url: &Url, secrets: &[&str], expected: &str| {
            assert_eq!(shown(url, &secrets.iter().map(|secret| (*secret).into()).collect()), expected);
        };
        let mut url = Url::parse("https://a.b/bot-s3 é%2F/send?who=s3+%C3%A9%2F&n=1").unwrap();
        url.query_pairs_mut().append_pair("m", "x s3 é/");
        check(&url, &["s3 é/", "n"], "https://a.b/bot-***/send?who=***&n=1&m=x+***");
        check(&Url::parse("https://a.b/bot-s3 é/send").unwrap(), &["s3 é"], "https://a.b/bot-***/send");
    }

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let url = Url::parse(&format!("https://a.b/c?{query}")).unwrap();
        assert_eq!(redact_url(&url), format!("https://a.b/c?{expected}"));
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
    fn other_parameters_are_unchanged() {
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
        assert_eq!(redact_url(&url), "https://a.b:8443/c");
    }
}
