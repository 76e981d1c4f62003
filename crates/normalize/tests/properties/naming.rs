//! Properties of normalized, joined and shortened names.

use catchment_schema::naming::{SEPARATOR, join, normalize_identifier, normalize_key, normalize_path, shorten, tag};
use proptest::prelude::*;

use crate::tables::config;

/// Generates text of characters that are special in names.
fn keys() -> impl Strategy<Value = String> {
    let characters = "aabzAZ09__ .-+*@|é日٣\t$";
    let characters: Vec<char> = characters.chars().collect();
    let few = prop::collection::vec(prop::sample::select(characters), 0..12).prop_map(|chars| chars.into_iter().collect());
    prop_oneof![4 => few, 1 => any::<String>()]
}

fn lengths() -> impl Strategy<Value = usize> {
    prop::sample::select(vec![8, 9, 16, 30, 63])
}

/// Returns true if `name` is a path of identifiers. Shortened names may not be.
fn is_path(name: &str) -> bool {
    let is_character = |c: char| c == '_' || c.is_ascii_lowercase() || c.is_numeric();
    let is_identifier = |part: &str| {
        !part.is_empty() && !part.ends_with('_') && !part.starts_with(char::is_numeric) && part.chars().all(is_character)
    };
    // `a___b` consists of `a` and `_b`.
    let mut parts = Vec::new();
    let mut rest = name;
    while let Some((part, after)) = rest.split_once(SEPARATOR) {
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts.into_iter().all(is_identifier)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn names_of_keys_are_paths_of_identifiers(key in keys()) {
        let name = normalize_key(&key);
        prop_assert!(is_path(&name), "{key:?} is {name}");
    }

    #[test]
    fn normalization_is_idempotent(key in keys()) {
        let name = normalize_key(&key);
        prop_assert_eq!(normalize_key(&name), name.clone());
        let path = normalize_path(&key);
        prop_assert_eq!(normalize_path(&path), path.clone());
        let identifier = normalize_identifier(&key);
        prop_assert_eq!(normalize_path(&identifier), identifier.clone());
    }

    #[test]
    fn joined_names_are_paths_of_identifiers(keys in prop::collection::vec(keys(), 1..4)) {
        let names: Vec<String> = keys.iter().map(|key| normalize_key(key)).collect();
        let joined = names.iter().fold(String::new(), |parent, name| join(&parent, name, None));
        prop_assert!(is_path(&joined), "{keys:?} are {joined}");
        prop_assert_eq!(normalize_path(&joined), joined.clone());
        prop_assert_eq!(joined, names.join(SEPARATOR));
    }

    #[test]
    fn shortened_names_fit_the_limit(keys in prop::collection::vec(keys(), 1..8), max in lengths()) {
        let name = keys.iter().map(|key| normalize_key(key)).collect::<Vec<_>>().join(SEPARATOR);
        let short = shorten(&name, &name, Some(max));
        let length = short.chars().count();
        prop_assert!(if name.chars().count() <= max { short == name } else { length == max }, "{short}");
        prop_assert_eq!(shorten(&short, &short, Some(max)), short.clone());
        // It begins and ends like the name, so both ends are valid.
        prop_assert!(!short.ends_with('_') && !short.starts_with(char::is_numeric) && !short.contains(char::is_uppercase));
    }

    #[test]
    fn shortened_names_stay_distinct(key in "[a-z]{40}", a in "[a-z]{1,9}", b in "[a-z]{1,9}", max in lengths()) {
        let short = |middle: &str| {
            let name = format!("{key}{SEPARATOR}{middle}{SEPARATOR}{key}");
            shorten(&name, &name, Some(max))
        };
        prop_assert_eq!(a == b, short(&a) == short(&b));
    }

    #[test]
    fn tags_are_valid_in_names(key in keys()) {
        let tag = tag(&key);
        prop_assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()), "{tag}");
        let tagged = format!("{}_{tag}", normalize_key(&key));
        prop_assert!(is_path(&tagged), "{tagged}");
        prop_assert_eq!(normalize_key(&tagged), tagged.clone());
    }
}
