//! Unused keys and suggestions for misspelled ones.

use catchment_settings::{SettingLocation, SimilarKey};

/// A key that no setting uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedKey {
    /// The location of the key.
    pub location: SettingLocation,
    /// The full name of a known key with a similar name.
    pub suggestion: Option<String>,
}

/// Returns the keys that are neither in `known_keys` nor nested below one of them.
pub(crate) fn unused(keys: impl Iterator<Item = (Vec<String>, SettingLocation)>, known_keys: &[Vec<String>]) -> Vec<UnusedKey> {
    let is_known = |key: &[String]| known_keys.iter().any(|path| key.starts_with(path));
    let of_key = |(key, location): (Vec<String>, SettingLocation)| {
        let suggestion = known_keys.iter().find(|path| is_near(path, &key)).map(|path| path.join("."));
        UnusedKey { location, suggestion }
    };
    keys.filter(|(key, _)| !is_known(key)).map(of_key).collect()
}

/// Returns the keys that may be misspellings of one of `paths`.
pub(crate) fn similar_keys(paths: &[Vec<String>], keys: impl Iterator<Item = (Vec<String>, SettingLocation)>) -> Vec<SimilarKey> {
    let of_key = |(key, location): (Vec<String>, SettingLocation)| {
        let path = paths.iter().find(|path| is_near(path, &key))?;
        let suggestion = path.iter().zip(&key).find(|(path, key)| !path.eq_ignore_ascii_case(key))?.0.clone();
        Some(SimilarKey { location, suggestion })
    };
    keys.filter_map(of_key).collect()
}

/// Returns whether exactly one part of the key differs from the path, and only slightly. Ignores case.
fn is_near(path: &[String], key: &[String]) -> bool {
    if path.len() != key.len() {
        return false;
    }
    let mut others = path.iter().zip(key).filter(|(path, key)| !path.eq_ignore_ascii_case(key));
    match (others.next(), others.next()) {
        (Some((path, key)), None) => {
            // One edit, or two from eight letters on: `hots` for `host`, but not `gitlab` for `github`.
            let allowed = (path.chars().count() / 4).clamp(1, 2);
            strsim::damerau_levenshtein(&path.to_lowercase(), &key.to_lowercase()) <= allowed
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn suggests_similar_keys() {
        fn check(wanted: &str, key: &str, expected: Option<&str>) {
            let found = similar_keys(&[path(wanted)], [(path(key), SettingLocation::new("secrets.toml", key))].into_iter());
            assert_eq!(found.first().map(|near| near.suggestion.as_str()), expected, "{key}");
        }
        check("sources.api_key", "sources.api_ky", Some("api_key"));
        check("sources.api_key", "sources.apikey", Some("api_key"));
        check("sources.api_key", "source.api_key", Some("sources"));
        check("sources.api_key", "sources.API_KYE", Some("api_key"));
        check("sources.api_key", "sources.api_key", None);
        check("sources.api_key", "sources.token", None);
        check("sources.api_key", "source.api_ky", None);
        check("sources.github.api_key", "sources.gitlab.api_key", None);
        check("sources.api_key", "api_ky", None);
        check("host", "hots", Some("host"));
        check("key", "kex", Some("key"));
        check("key", "ley_", None);
    }

    #[test]
    fn reports_unused_keys() {
        let known_keys = [path("sources.api_key"), path("destination.credentials")];
        let keys = ["sources.api_key", "sources.api_ky", "destination.credentials.host", "other.key"];
        let found = unused(keys.into_iter().map(|key| (path(key), SettingLocation::new("config.toml", key))), &known_keys);
        let shown: Vec<_> = found.iter().map(|key| (key.location.key.as_str(), key.suggestion.as_deref())).collect();
        assert_eq!(shown, [("sources.api_ky", Some("sources.api_key")), ("other.key", None)]);
    }
}
