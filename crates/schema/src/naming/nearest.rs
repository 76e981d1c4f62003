//! The name that was meant.

/// The bytes of a name beyond which it is like no other.
const MAX_LENGTH: usize = 1000;

/// The one of `names` that is most like `found`, if it is alike enough: by `at_least` thousandths.
///
/// ```
/// use catchment_schema::naming::nearest;
///
/// assert_eq!(nearest("isues", ["issues", "labels"], 500), Some("issues"));
/// assert_eq!(nearest("x", ["issues", "labels"], 500), None);
/// ```
pub fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>, at_least: u32) -> Option<&'n str> {
    // the distance takes as much memory as both lengths times each other
    if found.len() > MAX_LENGTH {
        return None;
    }
    let likeness = |name: &str| (strsim::normalized_damerau_levenshtein(found, name) * 1000.0) as u32;
    names.into_iter().max_by_key(|name| likeness(name)).filter(|name| likeness(name) >= at_least)
}
