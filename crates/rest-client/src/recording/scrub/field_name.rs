//! Comparison of names of fields and headers.

/// Returns whether a name is in a list of lowercase names without separators. Ignores case and separators of the name, so
/// that `access_token`, `accessToken` and `Access-Token` are equal.
pub(super) fn is_any_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|other| compact(name).eq(other.chars()))
}

/// Returns whether a name ends with an entry of such a list.
pub(super) fn ends_with_any_of(name: &str, list: &[&str]) -> bool {
    let name: String = compact(name).collect();
    list.iter().any(|end| name.ends_with(end))
}

fn compact(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_are_ignored() {
        for name in ["apikey", "api_key", "apiKey", "API-Key"] {
            assert!(is_any_of(name, &["token", "apikey"]), "{name}");
        }
        for name in ["", "key", "x_api_key", "api_keys"] {
            assert!(!is_any_of(name, &["token", "apikey"]), "{name}");
        }
        assert!(ends_with_any_of("x-api-key", &["apikey"]) && !ends_with_any_of("surrogate-key", &["apikey"]));
    }
}
