//! No lists in multiplications.
//!
//! minijinja repeats lists without copying them and without taking fuel for it: `[[[1] * 1000] * 1000] * 1000` takes no
//! memory, and as a text more than there is. So factors are checked: `a * b` is evaluated as
//! `a|_factor * b|_factor`. Filters come before all operators of two operands.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::tokens::{is_word, tokens};

/// What the filter is known by in checked expressions.
pub(super) const FILTER: &str = "_factor";

/// The filter: the value, unless it is a list.
pub(super) fn factor(value: Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            Err(Error::new(ErrorKind::InvalidOperation, "a list cannot be multiplied; `range` makes a list of numbers"))
        }
        _ => Ok(value),
    }
}

/// How much was read of the operand to the right of a `*`.
#[derive(Clone, Copy, PartialEq)]
enum Operand {
    /// There is none.
    None,
    /// Nothing but signs.
    Begun,
    /// A value, after which fields, arguments and filters may stand.
    Value,
    /// A value, and what a name must follow.
    BeforeName,
}

/// The expression with a check of each factor.
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
        // otherwise it stands for several arguments, or is a mistake
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

/// Whether a token is the last one of a value.
fn ends_operand(token: &str) -> bool {
    is_word(token) || matches!(token, ")" | "]" | "}") || token.starts_with(['"', '\''])
}

fn push_check(checked: &mut String) {
    checked.push('|');
    checked.push_str(FILTER);
    // a word may follow
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
