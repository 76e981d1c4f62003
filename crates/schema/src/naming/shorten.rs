//! Shortening of names to the length limit of a destination.

use crate::short_hash;

/// Shortens `name` to `max_length` characters by replacing its middle with the [`tag`] of `original`.
pub fn shorten(name: &str, original: &str, max_length: Option<usize>) -> String {
    let length = name.chars().count();
    match max_length {
        Some(max) if length > max => {
            let tag = tag(original);
            let kept = max.saturating_sub(tag.len());
            let head = name.chars().take(kept / 2 + kept % 2);
            let tail = name.chars().skip(length - kept / 2);
            head.chain(tag.chars()).chain(tail).collect()
        }
        _ => name.to_owned(),
    }
}

/// Returns a hash tag of six characters: four bytes of the SHAKE128 of `original` in base64, reduced to lowercase letters
/// and digits.
pub fn tag(original: &str) -> String {
    short_hash::<4>(original).replace('/', "a").replace('+', "b").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{shorten, tag};

    #[test]
    fn tags_and_short_names_match_dlt() {
        assert_eq!(tag("x"), "5hlf4w");
        let long = "a".repeat(70);
        assert_eq!(tag(&long), "mo6cba");
        assert_eq!(shorten(&long, &long, Some(63)), format!("{}mo6cba{}", "a".repeat(29), "a".repeat(28)));
        assert_eq!(shorten(&long, &long, Some(20)), "aaaaaaamo6cbaaaaaaaa");
        assert_eq!(shorten("short", "short", Some(20)), "short");
        assert_eq!(shorten(&long, &long, None), long);
    }
}
