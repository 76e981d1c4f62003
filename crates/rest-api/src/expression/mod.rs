//! Jinja expressions over rows, responses and cursor values.

mod filter_names;
mod filters;
mod input_budget;
mod limits;
mod list_factors;
mod node;
mod output_budget;
#[cfg(test)]
mod tests;
mod tokens;
mod value;

use std::fmt;
use std::sync::Arc;

use catchment_json::{Document, NodeId, Value};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

pub(crate) use input_budget::InputBudget;
pub(crate) use node::JsonNode;
pub(crate) use output_budget::OutputBudget;
pub(crate) use value::map;

/// The maximum number of minijinja steps in one evaluation, which stops endless expressions.
const FUEL: u64 = 1_000_000;

/// A Jinja expression such as `row.state == "open" and row.comments > 3`, with the syntax, filters and tests of
/// [minijinja](https://docs.rs/minijinja/latest/minijinja/syntax/index.html). Missing fields are undefined, and so are
/// fields of undefined values. Lists cannot be multiplied. The filter `epoch` converts a timestamp to seconds, and
/// `timestamp` the reverse.
#[derive(Clone)]
pub struct Expression {
    text: String,
    /// The compiled text: `text` with checked factors.
    checked: String,
    environment: Arc<Environment<'static>>,
}

impl Expression {
    /// Parses an expression over `variables`.
    ///
    /// # Errors
    ///
    /// Returns a message that describes the error.
    pub(crate) fn parse(text: &str, variables: &[&str]) -> Result<Expression, String> {
        limits::check(text)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        filters::add(&mut environment);
        // never compile the text itself: minijinja evaluates constant products at compile time
        let checked = list_factors::checked(text);
        let compiled = environment.compile_expression(&checked).map_err(|error| problem(&error))?;
        let known: Vec<_> = environment.globals().map(|(name, _)| name.to_owned()).collect();
        let mut unknown: Vec<_> = compiled.undeclared_variables(false).into_iter().collect();
        unknown.retain(|name| !variables.contains(&name.as_str()) && !known.contains(name));
        unknown.sort();
        if let Some(name) = unknown.first() {
            let known: Vec<_> = variables.iter().map(|name| format!("`{name}`")).collect();
            return Err(format!("unknown variable `{name}`; available: {}", known.join(", ")));
        }
        drop(compiled);
        filter_names::check(text, &environment)?;
        Ok(Expression { text: text.to_owned(), checked, environment: Arc::new(environment) })
    }

    /// Returns the expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Evaluates the expression for a row, for testing. Processing steps evaluate it for each row of a page.
    ///
    /// ```
    /// use catchment_rest_api::{SpecFormat, Spec, ProcessingStep, Value};
    ///
    /// let spec = r#"{"client": {"base_url": "https://api.example.com"}, "resources": [
    ///     {"name": "issues", "processing_steps": [{"filter": "row.state == 'open'"}]}]}"#;
    /// let spec = Spec::parse(spec, SpecFormat::Json)?;
    /// let [ProcessingStep::Filter(is_open)] = spec.resources[0].processing_steps.as_slice() else { unreachable!() };
    /// assert_eq!(is_open.evaluate_row(&Value::object([("state", Value::from("open"))]))?, Value::from(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the evaluation fails or the result is too large.
    pub fn evaluate_row(&self, row: &Value) -> Result<Value, String> {
        self.compiled()?.evaluate_value("row", row)?.into_value()
    }

    /// Compiles the expression for repeated evaluation.
    pub(crate) fn compiled(&self) -> Result<Compiled<'_>, String> {
        self.environment.compile_expression(&self.checked).map(Compiled).map_err(|error| problem(&error))
    }
}

/// A compiled expression.
pub(crate) struct Compiled<'e>(minijinja::Expression<'e, 'e>);

impl Compiled<'_> {
    /// Evaluates the expression. `work` is the budget in which the JSON nodes among the variables count the values they
    /// read.
    pub(crate) fn evaluate<const N: usize>(
        &self,
        variables: [(&'static str, minijinja::Value); N],
        work: &InputBudget,
    ) -> Result<EvalResult, String> {
        let found = self.0.eval(value::map(variables)).map(EvalResult).map_err(|error| problem(&error));
        work.check()?;
        found
    }

    /// Evaluates the expression for a node of a document, as the variable `name`.
    pub(crate) fn evaluate_node(&self, name: &'static str, document: &Document, id: NodeId) -> Result<EvalResult, String> {
        let work = InputBudget::default();
        self.evaluate([(name, JsonNode::value(document, id, &work))], &work)
    }

    /// Evaluates the expression for a value, as the variable `name`.
    pub(crate) fn evaluate_value(&self, name: &'static str, value: &Value) -> Result<EvalResult, String> {
        self.evaluate([(name, value::to_jinja(value))], &InputBudget::default())
    }
}

/// The result of an evaluation.
pub(crate) struct EvalResult(minijinja::Value);

impl EvalResult {
    pub(crate) fn is_true(&self) -> bool {
        self.0.is_true()
    }

    pub(crate) fn into_value(self) -> Result<Value, String> {
        self.into_value_within(&mut OutputBudget::default())
    }

    /// Converts the result to a value within a memory budget.
    pub(crate) fn into_value_within(self, budget: &mut OutputBudget) -> Result<Value, String> {
        value::from_jinja(&self.0, budget)
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Expression) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

fn problem(error: &minijinja::Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return format!(
            "evaluation exceeds {FUEL} steps; shorten the lists and strings (a step is an operator, two list elements or \
             64 bytes of text)"
        );
    }
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}
