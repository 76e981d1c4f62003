//! Limits of the length and the nesting depth of expressions.

use super::tokens::tokens;

/// The maximum length of an expression in bytes.
const MAX_BYTES: usize = 16 << 10;

/// The maximum nesting depth of operators, filters and parentheses. minijinja parses, evaluates and drops an expression
/// recursively: 1,200 levels of the worst kind use 1 MiB of stack, and tokio threads have 2 MiB.
const MAX_LEVELS: usize = 500;

/// Returns a message if an expression is too long or too deeply nested.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.len() > MAX_BYTES {
        return Err(format!(
            "expression has {} bytes, the maximum is {MAX_BYTES}; split it into several steps or shorten its lists",
            text.len()
        ));
    }
    match levels(text) {
        0..=MAX_LEVELS => Ok(()),
        levels => Err(format!(
            "operators, filters and parentheses are nested {levels} levels deep, the maximum is {MAX_LEVELS}; split the expression \
             into several steps, or compare with a list (`row.id in [1, 2]`)"
        )),
    }
}

/// The part of an expression read so far, within one pair of brackets.
#[derive(Default)]
struct Level {
    /// The levels before the last comma, `and`, `or`, `if` or `else`.
    before: usize,
    /// The number of operators since then.
    operators: usize,
    /// The levels of the deepest brackets since then.
    brackets: usize,
}

impl Level {
    fn levels(&self) -> usize {
        self.before.max(self.operators + self.brackets)
    }

    /// Ends an operand. `links` is 1 if the token combines it and the next operand into one value.
    fn separate(&mut self, links: usize) {
        *self = Level { before: self.levels() + links, ..Level::default() };
    }
}

/// Returns an upper bound of the depth of an expression's syntax tree. Consecutive operators each count as a level,
/// regardless of their associativity.
fn levels(text: &str) -> usize {
    let mut open = Vec::new();
    let mut level = Level::default();
    for token in tokens(text) {
        match token {
            "(" | "[" | "{" => {
                level.operators += 1;
                open.push(std::mem::take(&mut level));
            }
            ")" | "]" | "}" => {
                let inside = level.levels();
                level = open.pop().unwrap_or_default();
                level.brackets = level.brackets.max(inside);
            }
            "," | ":" | "else" => level.separate(0),
            "and" | "or" | "if" => level.separate(1),
            "not" | "is" | "in" | "+" | "-" | "*" | "**" | "/" | "%" | "~" | "|" | "." => level.operators += 1,
            _ => {}
        }
    }
    open.into_iter().rev().fold(level.levels(), |inside, level: Level| inside + level.levels())
}

#[cfg(test)]
mod tests {
    use super::{MAX_LEVELS, levels};
    use crate::Expression;
    use crate::expression::InputBudget;

    #[test]
    fn levels_are_counted() {
        #[track_caller]
        fn check(expression: &str, expected: usize) {
            assert_eq!(levels(expression), expected, "{expression}");
        }
        check("row", 0);
        check("row.a", 1);
        check("row.a.b|lower", 3);
        check("'a.b.c.d' ~ \"(\\\"(((\"", 1);
        check("(((1)))", 3);
        check("[1, [2, [3]], 4]", 3);
        check("row.id in [1, 2, 3, 4, 5]", 3);
        check("row.a == 1 or row.a == 2 or row.a == 3", 3);
        check("{'a': row.a|lower, 'b': row.b, 'c': f(row.c.d)}", 4);
        check("((", 2);
        check("))", 0);
    }

    /// Checks the result of an evaluation on half the stack of a tokio thread.
    #[track_caller]
    fn check(expression: String, expected: Result<(), &str>) {
        let evaluate = move || {
            let parsed = Expression::parse(&expression, &["row"])?;
            let found = parsed.compiled()?.evaluate([("row", minijinja::Value::from(1))], &InputBudget::default())?;
            found.is_true();
            drop(found);
            Ok::<_, String>(())
        };
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(evaluate).unwrap();
        let found = thread.join().unwrap();
        let problem = found.err().unwrap_or_default();
        assert_eq!(problem.split(';').next(), Some(expected.err().unwrap_or_default()));
    }

    #[test]
    fn expressions_with_thousands_of_operators_do_not_overflow_the_stack() {
        for operator in ["1+", "1-", "1*", "1~", "1 or ", "1 and ", "-", "not ", "1 if 0 else "] {
            check(format!("{}1", operator.repeat(MAX_LEVELS)), Ok(()));
        }
        // each of these has one or two levels
        for last in ["|default(1)", " is defined", "|int|abs", ".a.b"] {
            check(format!("{}1{}{}", "(".repeat(70), ")".repeat(70), last.repeat(200)), Ok(()));
        }
        for last in ["|zip", "|batch(1)", "|list", "|reverse", "[:]"] {
            check(format!("[1]{}", last.repeat(MAX_LEVELS / 2 - 1)), Ok(()));
        }
        check("-".repeat(4_000), Err("operators, filters and parentheses are nested 4000 levels deep, the maximum is 500"));
        check(format!("1{}", "+1".repeat(20_000)), Err("expression has 40001 bytes, the maximum is 16384"));
        check(
            format!("{}1", "[".repeat(16_000)),
            Err("operators, filters and parentheses are nested 16000 levels deep, the maximum is 500"),
        );
    }
}
