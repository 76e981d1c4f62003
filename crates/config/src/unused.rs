//! Keys that nobody asks for, and those that were meant.

use catchment_settings::{SettingLocation, SimilarKey};

/// A key that nobody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedKey {
    /// Where it stands.
    pub location: SettingLocation,
    /// The full key that it may have been meant to be.
    pub suggestion: Option<String>,
}

/// Those of `keys` that are not at one of the paths that are `asked` for, nor in a table that is.
pub(crate) fn unused(keys: impl Iterator<Item = (Vec<String>, SettingLocation)>, known_keys: &[Vec<String>]) -> Vec<UnusedKey> {
    let is_asked = |key: &[String]| known_keys.iter().any(|path| key.starts_with(path));
    let of_key = |(key, location): (Vec<String>, SettingLocation)| {
        let suggestion = known_keys.iter().find(|path| is_near(path, &key)).map(|path| path.join("."));
        UnusedKey { location, suggestion }
    };
    keys.filter(|(key, _)| !is_asked(key)).map(of_key).collect()
}

/// Those of `keys` that may be misspelt ones of `paths`.
pub(crate) fn similar_keys(paths: &[Vec<String>], keys: impl Iterator<Item = (Vec<String>, SettingLocation)>) -> Vec<SimilarKey> {
    let of_key = |(key, location): (Vec<String>, SettingLocation)| {
        let path = paths.iter().find(|path| is_near(path, &key))?;
        let suggestion = path.iter().zip(&key).find(|(path, key)| !path.eq_ignore_ascii_case(key))?.0.clone();
        Some(SimilarKey { location, suggestion })
    };
    keys.filter_map(of_key).collect()
}

/// Whether one part of the key is written almost like that of the path, and all others are the same; case does not count.
fn is_near(path: &[String], key: &[String]) -> bool {
    if path.len() != key.len() {
        return false;
    }
    let mut others = path.iter().zip(key).filter(|(path, key)| !path.eq_ignore_ascii_case(key));
    match (others.next(), others.next()) {
        (Some((path, key)), None) => {
            // One letter, two of eight: `hots` for `host`, but not `gitlab` for `github`.
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
    fn keys_that_are_written_almost_alike() {
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
    fn what_nobody_asks_for() {
        let known_keys = [path("sources.api_key"), path("destination.credentials")];
        let keys = ["sources.api_key", "sources.api_ky", "destination.credentials.host", "other.key"];
        let found = unused(keys.into_iter().map(|key| (path(key), SettingLocation::new("config.toml", key))), &known_keys);
        let shown: Vec<_> = found.iter().map(|key| (key.location.key.as_str(), key.suggestion.as_deref())).collect();
        assert_eq!(shown, [("sources.api_ky", Some("sources.api_key")), ("other.key", None)]);
    }
}
