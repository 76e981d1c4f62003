//! Rejects lists as factors.
//!
//! minijinja repeats a list lazily and charges no fuel for it: `[[[1] * 1000] * 1000] * 1000` uses no memory, but its
//! conversion to text takes gigabytes. Therefore `a * b` is compiled as `a|_factor * b|_factor`, and the filter rejects
//! lists. Filters bind tighter than binary operators.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::tokens::{is_word, tokens};

/// The name of the filter in checked expressions.
pub(super) const FILTER: &str = "_factor";

/// Returns the value, or an error for a list.
pub(super) fn factor(value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            Err(Error::new(ErrorKind::InvalidOperation, "lists cannot be multiplied; use `range` for a list of numbers"))
        }
        _ => Ok(value),
    }
}

/// The state of the operand to the right of a `*`.
#[derive(Clone, Copy, PartialEq)]
enum Operand {
    /// No operand is open.
    None,
    /// Only signs were read.
    Begun,
    /// A value was read; fields, arguments and filters may follow.
    Value,
    /// A value and a `.` or `|` were read; a name follows.
    BeforeName,
}

/// Returns the expression with the filter after each factor.
pub(super) fn checked(text: &str) -> String {
    let mut checked = String::with_capacity(text.len());
    let (mut operand, mut open, mut last) = (Operand::None, Vec::new(), "");
    for token in tokens(text) {
        if token.trim().is_empty() {
            checked.push_str(token);
            continue;
        }
        let continues = matches!(token, "." | "|" | "(" | "[");
        let ends = operand == Operand::Value && !continues;
        // any other `*` unpacks arguments, or is a syntax error
        let multiplies = token == "*" && ends_operand(last);
        if ends || multiplies {
            push_check(&mut checked);
        }
        checked.push_str(token);
        operand = match (token, if ends { Operand::None } else { operand }) {
            _ if multiplies => Operand::Begun,
            ("(" | "[" | "{", operand) => {
                open.push(if operand == Operand::None { Operand::None } else { Operand::Value });
                Operand::None
            }
            (")" | "]" | "}", _) => open.pop().unwrap_or(Operand::None),
            ("." | "|", Operand::Value) => Operand::BeforeName,
            ("-" | "+", Operand::Begun) => Operand::Begun,
            (_, Operand::Begun | Operand::BeforeName) => Operand::Value,
            (_, operand) => operand,
        };
        last = token;
    }
    if operand == Operand::Value {
        push_check(&mut checked);
    }
    checked
}

/// Returns whether a value can end with this token.
fn ends_operand(token: &str) -> bool {
    is_word(token) || matches!(token, ")" | "]" | "}") || token.starts_with(['"', '\''])
}

fn push_check(checked: &mut String) {
    checked.push('|');
    checked.push_str(FILTER);
    // separates the filter from a following word
    checked.push(' ');
}

#[cfg(test)]
mod tests {
    use super::{FILTER, checked};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(checked(text).replace(FILTER, "f"), expected);
    }

    #[test]
    fn factors_are_checked() {
        check("", "");
        check("row.a + 1", "row.a + 1");
        check("a * b", "a |f * b|f ");
        check("a.b[1]*c.d[2](3).e + 1", "a.b[1]|f *c.d[2](3).e |f + 1");
        check("a * b * c", "a |f * b |f * c|f ");
        check("a * -b ** 2", "a |f * -b |f ** 2");
        check("2 * a|int(1)|abs is odd", "2 |f * a|int(1)|abs |f is odd");
        check("(a * (b * [c])) * d", "(a |f * (b |f * [c]|f )|f ) |f * d|f ");
        check("f(a * b, c)", "f(a |f * b|f , c)");
        check("[a * {'b': c}.b, d]", "[a |f * {'b': c}.b|f , d]");
        check("dict(*a, **b)", "dict(*a, **b)");
        check("* 3", "* 3");
        check("a + * 3", "a + * 3");
        check("'a * b' * 1.5e-3", "'a * b' |f * 1.5e-3|f ");
    }
}
