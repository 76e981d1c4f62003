//! The name that was meant.

/// The one of `names` that is most like `found`, if it is alike enough: by `at_least` thousandths.
///
/// ```
/// use catchment_schema::naming::nearest;
///
/// assert_eq!(nearest("isues", ["issues", "labels"], 500), Some("issues"));
/// assert_eq!(nearest("x", ["issues", "labels"], 500), None);
/// ```
pub fn nearest<'n>(found: &str, names: impl IntoIterator<Item = &'n str>, at_least: u32) -> Option<&'n str> {
    let likeness = |name: &str| (strsim::normalized_damerau_levenshtein(found, name) * 1000.0) as u32;
    names.into_iter().max_by_key(|name| likeness(name)).filter(|name| likeness(name) >= at_least)
}
