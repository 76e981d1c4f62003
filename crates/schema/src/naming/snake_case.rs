//! Normalization of single identifiers.

/// Normalizes `text` to an identifier: lowercase words joined by single underscores. Returns an empty string if `text` is
/// blank.
///
/// The steps follow dlt's `snake_case` convention exactly.
///
/// ```
/// use catchment_schema::naming::normalize_identifier;
///
/// assert_eq!(normalize_identifier("HTTPServer"), "http_server");
/// assert_eq!(normalize_identifier("a-b c"), "a_b_c");
/// ```
pub fn normalize_identifier(text: &str) -> String {
    let text = text.trim();
    if is_normal(text) {
        return text.to_owned();
    }
    let chars = separate_words(&separate_capitalised(&replace_characters(text)));
    let mut name = String::with_capacity(chars.len() + 4);
    if chars.first().is_some_and(|c| c.is_numeric()) {
        name.push('_');
    }
    let trailing = chars.iter().rev().take_while(|c| **c == '_').count();
    for c in chars.iter().take(chars.len() - trailing) {
        if *c != '_' || !name.ends_with('_') {
            name.push(c.to_ascii_lowercase());
        }
    }
    name.extend(std::iter::repeat_n('x', trailing));
    name
}

/// Returns true if `text` is already normalized, which most keys of APIs are.
fn is_normal(text: &str) -> bool {
    let bytes = text.as_bytes();
    let plain = bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    plain && !text.contains("__") && !text.ends_with('_') && !bytes.first().is_some_and(u8::is_ascii_digit)
}

/// Replaces some symbols by letters, and each run of other characters that are invalid in identifiers by `_`.
fn replace_characters(text: &str) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut in_run = false;
    for c in text.chars() {
        let c = match c {
            '+' | '*' => 'x',
            '-' => '_',
            '@' => 'a',
            '|' => 'l',
            c => c,
        };
        // dlt uses Python's `\d`, which matches decimal digits of all scripts.
        if c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && is_decimal_digit(c)) {
            out.push(c);
            in_run = false;
        } else if !in_run {
            out.push('_');
            in_run = true;
        }
    }
    out
}

/// Returns true if `c` is a decimal digit (Unicode category Nd) of a script in use. Digits are encoded in runs of ten,
/// listed by their zero.
pub(super) fn is_decimal_digit(c: char) -> bool {
    const ZEROS: [u32; 37] = [
        0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040,
        0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0,
        0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0,
    ];
    let code = u32::from(c);
    ZEROS.iter().any(|zero| (*zero..zero + 10).contains(&code))
}

/// `xWord` → `x_Word`: the regular expression `([^_])([A-Z][a-z]+)`.
fn separate_capitalised(chars: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len() + 8);
    let mut rest = chars;
    while let Some((first, tail)) = rest.split_first() {
        out.push(*first);
        let lower = tail.iter().skip(1).take_while(|c| c.is_ascii_lowercase()).count();
        if *first != '_' && tail.first().is_some_and(char::is_ascii_uppercase) && lower > 0 {
            let (word, after) = tail.split_at(lower + 1);
            out.push('_');
            out.extend(word);
            rest = after;
        } else {
            rest = tail;
        }
    }
    out
}

/// `aB` → `a_B`: the regular expression `([a-z0-9])([A-Z])`.
fn separate_words(chars: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(chars.len() + 8);
    for c in chars {
        if c.is_ascii_uppercase() && out.last().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            out.push('_');
        }
        out.push(*c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::normalize_identifier;

    fn check(text: &str, expected: &str) {
        assert_eq!(normalize_identifier(text), expected, "{text:?}");
    }

    #[test]
    fn identifiers_match_dlt() {
        check("FooBar", "foo_bar");
        check("fooBAR", "foo_bar");
        check("HTTPServer", "http_server");
        check("1abc", "_1abc");
        check("a__b", "a_b");
        check("___a", "_a");
        check("a___", "axxx");
        check("a_", "ax");
        check("_", "x");
        check("__", "xx");
        check("A-B", "a_b");
        check("a+b*c@d|e", "axbxcadle");
        check("é", "x");
        check("日本", "x");
        check("日本 x", "_x");
        check(" Sp ace ", "sp_ace");
        check("camelCase2Go", "camel_case2_go");
        check("ID2", "id2");
        check("userID", "user_id");
        check("IDs", "i_ds");
        check("ABc", "a_bc");
        check("a1B", "a1_b");
        check("iOSApp", "i_os_app");
        check("v2API", "v2_api");
        check("Ünï", "_nx");
        for symbol in ["$", "#", "-", "+", "'"] {
            check(symbol, "x");
        }
        check("_dlt_id", "_dlt_id");
        check("_Dlt", "_dlt");
        check("x.y.z", "x_y_z");
        check("a/b", "a_b");
        check("\t", "");
        check("+1", "x1");
        check("-1", "_1");
        check("٣a", "_٣a");
    }

    proptest::proptest! {
        #[test]
        fn normalization_is_idempotent(text: String) {
            let name = normalize_identifier(&text);
            proptest::prop_assert_eq!(normalize_identifier(&name), name.clone());
            proptest::prop_assert!(!name.contains("__") && !name.ends_with('_'));
        }
    }
}
