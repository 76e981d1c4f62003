//! Transliteration of names that dlt's convention would reduce to underscores.

use deunicode::deunicode;

use super::path::{EMPTY_KEY, SEPARATOR, normalize_path};
use super::shorten::tag;
use super::snake_case::{is_decimal_digit, normalize_identifier};

/// Normalizes `path` like [`normalize_path`], but transliterates non-Latin scripts to Latin letters first: `Имя` becomes
/// `imia`, not `x`.
///
/// Only parts with non-ASCII characters and without a letter from A to Z are transliterated. Other names equal dlt's. Many
/// Chinese characters have the same transliteration, so their names end with a hash tag, as do names that cannot be
/// transliterated.
///
/// ```
/// use catchment_schema::naming::transliterate_path;
///
/// assert_eq!(transliterate_path("Имя"), "imia");
/// assert_eq!(transliterate_path("日本"), "ri_ben_u08vmw");
/// assert_eq!(transliterate_path("naïve"), "na_ve");
/// ```
pub fn transliterate_path(path: &str) -> String {
    if path.is_ascii() {
        return normalize_path(path);
    }
    let parts = path.split(SEPARATOR).filter(|part| !part.trim().is_empty()).map(transliterate_identifier);
    parts.collect::<Vec<_>>().join(SEPARATOR)
}

/// Normalizes a key of the data with [`transliterate_path`]. A blank key becomes [`EMPTY_KEY`].
pub fn transliterate_key(key: &str) -> String {
    let name = transliterate_path(key);
    if name.is_empty() { EMPTY_KEY.to_owned() } else { name }
}

/// Normalizes `text` to one identifier with [`normalize_identifier`], after transliteration if dlt's convention would lose
/// the name.
pub fn transliterate_identifier(text: &str) -> String {
    let text = text.trim();
    if !is_lost(text) {
        return normalize_identifier(text);
    }
    let latin = normalize_identifier(&deunicode(text));
    if !latin.bytes().any(|b| b.is_ascii_lowercase()) || latin.bytes().all(|b| matches!(b, b'x' | b'_')) {
        return format!("x_{}", tag(text));
    }
    if text.chars().any(is_han) { format!("{latin}_{}", tag(text)) } else { latin }
}

/// Returns true if dlt's convention would map `text` and unrelated texts to the same name.
fn is_lost(text: &str) -> bool {
    let has_letter = text.bytes().any(|b| b.is_ascii_alphabetic());
    !has_letter && text.chars().any(|c| !c.is_ascii() && !is_decimal_digit(c))
}

/// Returns true if `c` is a Han character, as used in Chinese, Japanese and Korean.
fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x323af)
}

#[cfg(test)]
mod tests {
    use super::{transliterate_key, transliterate_path};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(transliterate_key(text), expected, "{text:?}");
    }

    #[test]
    fn names_in_ascii_or_with_latin_letters_equal_dlt_names() {
        check("naïve", "na_ve");
        check("Ünï", "_nx");
        check("日本 x", "_x");
        check("#", "x");
        check("$", "x");
        check("_", "x");
        check("", "_empty");
        check(" ", "_empty");
        check("\u{a0}", "_empty");
        check("٣", "_٣");
        check("camelCase", "camel_case");
        check("e__f", "e__f");
    }

    #[test]
    fn non_latin_scripts_are_transliterated() {
        check("Имя", "imia");
        check("Дата рождения", "data_rozhdeniia");
        check("όνομα", "onoma");
        check("名前", &format!("ming_qian_{}", crate::naming::tag("名前")));
        check("é", "e");
        check("2024年", &format!("_2024_nian_{}", crate::naming::tag("2024年")));
        check("Имя__Дата", "imia__data");
        check(" Имя ", "imia");
        assert_eq!(transliterate_path("x__Имя"), "x__imia");
    }

    #[test]
    fn symbols_become_words_or_tags() {
        check("😀", "grinning");
        check("€", "eur");
        check("\u{e000}", &format!("x_{}", crate::naming::tag("\u{e000}")));
    }

    #[test]
    fn chinese_homophones_get_different_names() {
        assert_ne!(transliterate_key("是"), transliterate_key("事"));
    }

    proptest::proptest! {
        #[test]
        fn transliteration_is_idempotent(text: String) {
            let name = transliterate_path(&text);
            proptest::prop_assert_eq!(transliterate_path(&name), name.clone());
            if text.bytes().any(|b| b.is_ascii_alphabetic()) && !text.contains("__") {
                proptest::prop_assert_eq!(name, crate::naming::normalize_path(&text));
            }
        }
    }
}
