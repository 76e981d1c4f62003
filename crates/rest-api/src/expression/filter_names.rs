//! Validation of the filters and tests in an expression.

use minijinja::Environment;

use super::tokens::{is_word, tokens};
use super::value::map;

/// Returns an error for an unknown filter or test. minijinja looks a name up only when it evaluates that branch.
pub(super) fn check(text: &str, environment: &Environment<'_>) -> Result<(), String> {
    let mut before = ["", ""];
    for token in tokens(text).filter(|token| !token.trim().is_empty()) {
        let kind = match before {
            [_, "|"] => "filter",
            // a field may be named like an operator
            [of, "is"] if of != "." && token != "not" => "test",
            ["is", "not"] => "test",
            _ => "",
        };
        if !kind.is_empty() && is_word(token) && !exists(kind, token, environment) {
            return Err(format!("unknown {kind} `{token}`; use a built-in {kind} of Jinja"));
        }
        let [_, last] = before;
        before = [last, token];
    }
    Ok(())
}

/// Returns whether a filter or test exists. `Environment` has no public lookup, but its tests `filter` and `test` do it.
fn exists(kind: &str, name: &str, environment: &Environment<'_>) -> bool {
    let question = format!("name is {kind}");
    let found = environment.compile_expression(&question).and_then(|compiled| compiled.eval(map([("name", name.into())])));
    found.is_ok_and(|found| found.is_true())
}
