//! A tokenizer for the structure of expressions.

/// Splits an expression into tokens, including white space; joined they are the expression again. Strings, numbers, names
/// and `**` are one token each, and so is every other character.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (token, after) = rest.split_at_checked(length(rest)?)?;
        rest = after;
        Some(token)
    })
}

/// Returns whether a token is a name, a keyword or a number.
pub(super) fn is_word(token: &str) -> bool {
    token.starts_with(is_of_word)
}

/// Returns the length of the first token, or `None` at the end.
fn length(text: &str) -> Option<usize> {
    Some(match text.chars().next()? {
        quote @ ('\'' | '"') => string_length(text, quote),
        c if is_of_word(c) => word_length(text, c.is_ascii_digit()),
        _ if text.starts_with("**") => 2,
        c => c.len_utf8(),
    })
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word_length(text: &str, is_number: bool) -> usize {
    let end = |from: usize| text.get(from..).and_then(|rest| rest.find(|c| !is_of_word(c))).map_or(text.len(), |at| from + at);
    let length = end(0);
    let (word, after) = text.split_at_checked(length).unwrap_or((text, ""));
    let has_exponent = is_number && word.ends_with(['e', 'E']) && after.starts_with(['+', '-']);
    if has_exponent { end(length + 1) } else { length }
}

/// Returns the length of the string at the start of `text`, including quotes. An unterminated string extends to the end.
fn string_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == quote && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(tokens(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn expressions_are_split_into_tokens() {
        check("", &[]);
        check("row.a_1 ==2", &["row", ".", "a_1", " ", "=", "=", "2"]);
        check("a**b*c", &["a", "**", "b", "*", "c"]);
        check("1.5e-3-x", &["1", ".", "5e-3", "-", "x"]);
        check("rate-3", &["rate", "-", "3"]);
        check(r#"'a\'"b'~"\\""#, &[r#"'a\'"b'"#, "~", r#""\\""#]);
        check("'a", &["'a"]);
        check("é|ü", &["é", "|", "ü"]);
    }
}
