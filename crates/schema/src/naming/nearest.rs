//! Suggestions for misspelled names.

/// Longer names, in bytes, have no suggestion.
const MAX_LENGTH: usize = 1000;

/// Returns the name in `names` that is most similar to `found`, if its similarity is at least `at_least` thousandths.
///
/// ```
/// use catchment_schema::naming::nearest;
///
/// assert_eq!(nearest("isues", ["issues", "labels"], 500), Some("issues"));
/// assert_eq!(nearest("x", ["issues", "labels"], 500), None);
/// ```
pub fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>, at_least: u32) -> Option<&'n str> {
    // The edit distance needs memory proportional to the product of both lengths.
    if found.len() > MAX_LENGTH {
        return None;
    }
    let likeness = |name: &str| (strsim::normalized_damerau_levenshtein(found, name) * 1000.0) as u32;
    names.into_iter().max_by_key(|name| likeness(name)).filter(|name| likeness(name) >= at_least)
}
