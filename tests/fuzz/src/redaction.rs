//! Redaction of secrets.

use catchment_rest_client::{Redactor, Secret};

/// Redacted text never contains the secret, in any encoding of its characters.
///
/// Input: a byte for the length of the secret, a byte for the encoding of each character, the secret, the text.
pub fn redaction(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first() else { return };
    let length = 8 + usize::from(*length) % 32;
    let Some((encodings, rest)) = rest.split_at_checked(length) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let Some((secret, text)) = text.char_indices().nth(length).and_then(|(end, _)| text.split_at_checked(end)) else { return };
    // `***` is the replacement of a secret; zero bytes are removed from text, as between ASCII letters in UTF-16
    if secret.trim().len() < 8 || secret.contains(['*', '\0']) {
        return;
    }
    let redactor = Redactor::default();
    redactor.add(&Secret::from(secret));
    assert!(!redactor.contains_secret(&redactor.redact(text)), "{secret:?} in {:?}", redactor.redact(text));

    let encoded: String = secret.chars().zip(encodings).map(|(c, encoding)| encode(c, *encoding)).collect();
    let mut middle = text.len() / 2;
    while !text.is_char_boundary(middle) {
        middle -= 1;
    }
    let (before, after) = text.split_at(middle);
    // spaces, as adjacent text could become part of the encoding
    let redacted = redactor.redact(&format!("{before} {encoded} {after}")).into_owned();
    assert!(redacted.contains("***"), "{secret:?} as {encoded:?} in {redacted:?}");
    assert!(!redactor.contains_secret(&redacted), "{secret:?} as {encoded:?} in {redacted:?}");
}

fn encode(c: char, encoding: u8) -> String {
    let percent = || c.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    match encoding % 6 {
        // unencoded, except for characters that begin an encoding
        0 if !matches!(c, '%' | '\\' | '&') => c.to_string(),
        1 => format!("\\u{{{:x}}}", u32::from(c)),
        2 => format!("&#x{:x};", u32::from(c)),
        3 => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect(),
        _ => percent(),
    }
}
