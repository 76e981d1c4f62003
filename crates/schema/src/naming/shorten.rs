//! Names that a destination has no room for.

use crate::short_hash;

/// `name` with a tag of `original` in its middle, where it has more than `max_length` characters.
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

/// Six characters that tell `original` apart: four bytes of SHAKE128 in base64, letters and digits only.
pub fn tag(original: &str) -> String {
    short_hash::<4>(original).replace('/', "a").replace('+', "b").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{shorten, tag};

    #[test]
    fn vectors_of_the_reference() {
        assert_eq!(tag("x"), "5hlf4w");
        let long = "a".repeat(70);
        assert_eq!(tag(&long), "mo6cba");
        assert_eq!(shorten(&long, &long, Some(63)), format!("{}mo6cba{}", "a".repeat(29), "a".repeat(28)));
        assert_eq!(shorten(&long, &long, Some(20)), "aaaaaaamo6cbaaaaaaaa");
        assert_eq!(shorten("short", "short", Some(20)), "short");
        assert_eq!(shorten(&long, &long, None), long);
    }
}
