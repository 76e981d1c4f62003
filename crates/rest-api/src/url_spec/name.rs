//! Names of resources from URLs.

use catchment_rest_client::Url;
use catchment_schema::naming::normalize_identifier;

/// File extensions that are not part of a name.
const EXTENSIONS: [&str; 5] = [".json", ".jsonl", ".php", ".aspx", ".html"];

/// Returns a name for the rows of a URL: the last segment of the path that is a word, else the host.
pub(super) fn resource_name(url: &Url) -> String {
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
    let found = segments.iter().rev().map(|segment| name(segment)).find(|name| is_word(name));
    found.unwrap_or_else(|| host_name(url.host_str().unwrap_or_default()))
}

fn name(segment: &str) -> String {
    let stem = EXTENSIONS.iter().find_map(|extension| segment.strip_suffix(extension)).unwrap_or(segment);
    // escapes become underscores
    normalize_identifier(&stem.replace('%', "_"))
}

/// Returns whether a name identifies a kind of rows, instead of one row or a version of the API.
fn is_word(name: &str) -> bool {
    let is_version = name.strip_prefix('v').is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '_'));
    let letters = name.chars().filter(char::is_ascii_alphabetic).count();
    let digits = name.chars().filter(char::is_ascii_digit).count();
    !is_version && letters > 0 && letters >= digits && !matches!(name, "api" | "rest") && name.len() <= 60
}

/// Returns the name of a host without its prefix and its top-level domain: `example` for `api.example.com`.
fn host_name(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').collect();
    let label = match labels.as_slice() {
        [.., name, _] if !name.is_empty() => name,
        _ => host,
    };
    let name = normalize_identifier(label);
    if is_word(&name) { name } else { "data".to_owned() }
}

#[cfg(test)]
mod tests {
    use catchment_rest_client::Url;

    use super::resource_name;

    #[test]
    fn names() {
        #[track_caller]
        fn check(url: &str, expected: &str) {
            assert_eq!(resource_name(&Url::parse(url).unwrap()), expected, "{url}");
        }
        check("https://api.github.com/repos/dlt-hub/dlt/issues", "issues");
        check("https://api.github.com/repos/dlt-hub/dlt/issues?state=all", "issues");
        check("https://api.example.com/v2/Order-Items/", "order_items");
        check("https://api.example.com/data/users.json", "users");
        check("https://api.example.com/users/42", "users");
        check("https://api.example.com/users/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "users");
        check("https://api.example.com/v1/", "example");
        check("https://api.example.com", "example");
        check("https://api.example.com/api/v1", "example");
        check("http://127.0.0.1:8080/", "data");
        check("http://localhost:8080/", "localhost");
        check("https://api.example.com/caf%C3%A9s", "caf_c3_a9s");
    }
}
