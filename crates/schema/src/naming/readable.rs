//! Names that dlt's convention would leave nothing of.

use deunicode::deunicode;

use super::path::{EMPTY_KEY, SEPARATOR, normalize_path};
use super::shorten::tag;
use super::snake_case::{is_decimal_digit, normalize_identifier};

/// `path` normalised as [`normalize_path`] does, but names in other scripts are written in Latin letters before: `Имя`
/// becomes `imia`, not `x`.
///
/// That is done to parts without a letter from A to Z; others, and names of symbols of ASCII, are those of dlt. Many
/// Chinese characters are written alike, so names with some have a tag at the end. So has what cannot be written.
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

/// The name of a key in the data by [`transliterate_path`].
pub fn transliterate_key(key: &str) -> String {
    let name = transliterate_path(key);
    if name.is_empty() { EMPTY_KEY.to_owned() } else { name }
}

/// `text` as one identifier, as [`normalize_identifier`] makes it of what can be read.
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

/// Whether dlt's convention makes the same name of texts that have nothing in common.
fn is_lost(text: &str) -> bool {
    let has_letter = text.bytes().any(|b| b.is_ascii_alphabetic());
    !has_letter && text.chars().any(|c| !c.is_ascii() && !is_decimal_digit(c))
}

/// Whether the character is a Chinese one, as Japanese and Korean have them too.
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
    fn names_with_latin_letters_or_in_ascii_are_those_of_the_reference() {
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
    fn names_in_other_scripts_are_written_in_latin_letters() {
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
    fn names_of_symbols_are_words_or_tags() {
        check("😀", "grinning");
        check("€", "eur");
        check("\u{e000}", &format!("x_{}", crate::naming::tag("\u{e000}")));
    }

    #[test]
    fn chinese_names_that_sound_alike_are_told_apart() {
        assert_ne!(transliterate_key("是"), transliterate_key("事"));
    }

    proptest::proptest! {
        #[test]
        fn readable_names_are_names_and_stay(text: String) {
            let name = transliterate_path(&text);
            proptest::prop_assert_eq!(transliterate_path(&name), name.clone());
            if text.bytes().any(|b| b.is_ascii_alphabetic()) && !text.contains("__") {
                proptest::prop_assert_eq!(name, crate::naming::normalize_path(&text));
            }
        }
    }
}
