//! Names of interaction files.

use url::Url;

/// Maximum length of host and path in a file name, in bytes.
const MAX_SLUG: usize = 80;

/// Minimum number of digits of a number.
const MIN_DIGITS: usize = 4;

/// Returns the name of an interaction file, such as `0001-get-api.example.com-repos-issues.json`. `url` has no secrets.
pub(super) fn file_name(number: u64, method: &str, url: &str) -> String {
    let target = match Url::parse(url) {
        Ok(url) => format!("{}{}{}", url.host_str().unwrap_or_default(), port(&url), url.path()),
        Err(_) => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
    };
    let slug = slug(&target);
    let dash = if slug.is_empty() { "" } else { "-" };
    format!("{number:0MIN_DIGITS$}-{}{dash}{slug}.json", method.to_ascii_lowercase())
}

/// Returns the number of an interaction file, by which interactions are ordered, or `None` for the names of other files.
pub(super) fn number(name: &str) -> Option<u64> {
    let mut parts = name.strip_suffix(".json")?.split('-');
    let (number, method) = (parts.next()?, parts.next()?);
    let is_number = number.len() >= MIN_DIGITS && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_lowercase());
    number.parse().ok().filter(|_| is_number && is_method)
}

fn port(url: &Url) -> String {
    url.port().map(|port| format!("-{port}")).unwrap_or_default()
}

/// Keeps ASCII letters, digits, dots and underscores, and replaces other characters by single dashes.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        let is_plain = c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
        if is_plain {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= MAX_SLUG {
            break;
        }
    }
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{file_name, number};

    #[track_caller]
    fn check(number: u64, method: &str, url: &str, expected: &str) {
        let found = file_name(number, method, url);
        assert_eq!(found, expected);
        assert_eq!(super::number(&found), Some(number));
    }

    #[test]
    fn names_show_method_host_and_path() {
        check(1, "GET", "https://api.example.com/repos/issues?page=2", "0001-get-api.example.com-repos-issues.json");
        check(12345, "POST", "http://127.0.0.1:8080/a//b/", "12345-post-127.0.0.1-8080-a-b.json");
        check(2, "GET", "https://a.b/***/send", "0002-get-a.b-send.json");
        check(3, "GET", "https://a.b/é%20x/../../etc", "0003-get-a.b-etc.json");
        check(4, "GET", "not a url?token=1", "0004-get-not-a-url.json");
        check(5, "GET", "", "0005-get.json");
    }

    #[test]
    fn the_length_is_bounded() {
        let name = file_name(1, "GET", &format!("https://a.b/{}", "x".repeat(1000)));
        assert_eq!(name.len(), "0001-get-.json".len() + super::MAX_SLUG);
    }

    #[test]
    fn other_names_have_no_number() {
        for name in ["issues.json", "x-1.json", "recording.json", "0001.json", "1-get.json", "0001-get.txt", ".0001-get.json.tmp"]
        {
            assert_eq!(number(name), None, "{name}");
        }
        assert_eq!(number("2024-01-01.json"), None);
    }
}
