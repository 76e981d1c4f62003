//! Indentation of compact JSON.

/// Returns compact JSON with one value per line and an indentation of two spaces. Works on the text, because a tree of a
/// large body needs many times its memory.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 2);
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let new_line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if is_text {
            out.push(c);
            is_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        new_line(depth, &mut out);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(depth, &mut out);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(depth, &mut out);
            }
            ':' => out.push_str(": "),
            c => {
                is_text = c == '"';
                out.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[track_caller]
    fn check(json: &str, expected: &str) {
        assert_eq!(indented(json), expected);
    }

    #[test]
    fn one_value_per_line() {
        check("[]", "[]");
        check(r#"{"a":{}}"#, "{\n  \"a\": {}\n}");
        check("[1,[2.0,null]]", "[\n  1,\n  [\n    2.0,\n    null\n  ]\n]");
        check(r#"{"a":1,"a":"b"}"#, "{\n  \"a\": 1,\n  \"a\": \"b\"\n}");
    }

    #[test]
    fn texts_are_unchanged() {
        check(r#"["{[,:]}"]"#, "[\n  \"{[,:]}\"\n]");
        check(r#"["\"{","\\",1]"#, "[\n  \"\\\"{\",\n  \"\\\\\",\n  1\n]");
    }
}
