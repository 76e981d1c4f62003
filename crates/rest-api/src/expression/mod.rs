//! Expressions in specs, in the language of Jinja, over rows, answers and cursor values.

mod filter_names;
mod functions;
mod limits;
mod list_factors;
mod node;
mod room;
#[cfg(test)]
mod tests;
mod tokens;
mod value;
mod work;

use std::fmt;
use std::sync::Arc;

use catchment_json::{Document, NodeId, Value};
use minijinja::{Environment, ErrorKind, UndefinedBehavior};

pub(crate) use node::JsonNode;
pub(crate) use room::OutputBudget;
pub(crate) use value::map;
pub(crate) use work::InputBudget;

/// Steps that one evaluation may take, so that no expression runs for ever.
const FUEL: u64 = 1_000_000;

/// An expression such as `row.state == "open" and row.comments > 3`: those of Jinja, as
/// [minijinja](https://docs.rs/minijinja/latest/minijinja/syntax/index.html) has them, with its filters and tests.
/// Missing fields are undefined, and so are fields of undefined values. Lists cannot be multiplied. The filter `epoch` converts
/// a timestamp to seconds, and `timestamp` the reverse.
#[derive(Clone)]
pub struct Expression {
    text: String,
    /// The text that is compiled: `text` with checked factors.
    checked: String,
    environment: Arc<Environment<'static>>,
}

impl Expression {
    /// Reads an expression that may use the variables `variables`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn parse(text: &str, variables: &[&str]) -> Result<Expression, String> {
        limits::check(text)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        functions::add(&mut environment);
        // never the text itself: minijinja computes constant products while it compiles
        let checked = list_factors::checked(text);
        let compiled = environment.compile_expression(&checked).map_err(|error| problem(&error))?;
        let known: Vec<_> = environment.globals().map(|(name, _)| name.to_owned()).collect();
        let mut unknown: Vec<_> = compiled.undeclared_variables(false).into_iter().collect();
        unknown.retain(|name| !variables.contains(&name.as_str()) && !known.contains(name));
        unknown.sort();
        if let Some(name) = unknown.first() {
            let known: Vec<_> = variables.iter().map(|name| format!("`{name}`")).collect();
            return Err(format!("it has no variable `{name}`; there is {}", known.join(", ")));
        }
        drop(compiled);
        filter_names::check(text, &environment)?;
        Ok(Expression { text: text.to_owned(), checked, environment: Arc::new(environment) })
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What the expression says of a row, to try it: steps of a spec evaluate theirs for each row of a page.
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
    /// Where it cannot be evaluated, or its result is too large.
    pub fn evaluate_row(&self, row: &Value) -> Result<Value, String> {
        self.compiled()?.evaluate_value("row", row)?.into_value()
    }

    /// The expression, ready for many values.
    pub(crate) fn compiled(&self) -> Result<Compiled<'_>, String> {
        self.environment.compile_expression(&self.checked).map(Compiled).map_err(|error| problem(&error))
    }
}

/// An expression that was read for some evaluations.
pub(crate) struct Compiled<'e>(minijinja::Expression<'e, 'e>);

impl Compiled<'_> {
    /// Evaluates the expression. `work` is the one that the JSON nodes among the variables count their values in.
    pub(crate) fn evaluate<const N: usize>(
        &self,
        variables: [(&'static str, minijinja::Value); N],
        work: &InputBudget,
    ) -> Result<EvalResult, String> {
        let found = self.0.eval(value::map(variables)).map(EvalResult).map_err(|error| problem(&error));
        work.check()?;
        found
    }

    /// What it says of one node of a document, which it knows as `name`.
    pub(crate) fn evaluate_node(&self, name: &'static str, document: &Document, id: NodeId) -> Result<EvalResult, String> {
        let work = InputBudget::default();
        self.evaluate([(name, JsonNode::value(document, id, &work))], &work)
    }

    /// What it says of a value, which it knows as `name`.
    pub(crate) fn evaluate_value(&self, name: &'static str, value: &Value) -> Result<EvalResult, String> {
        self.evaluate([(name, value::to_jinja(value))], &InputBudget::default())
    }
}

/// What an expression evaluates to.
pub(crate) struct EvalResult(minijinja::Value);

impl EvalResult {
    pub(crate) fn is_true(&self) -> bool {
        self.0.is_true()
    }

    pub(crate) fn into_value(self) -> Result<Value, String> {
        self.into_value_within(&mut OutputBudget::default())
    }

    /// The value, as far as there is room for it.
    pub(crate) fn into_value_within(self, room: &mut OutputBudget) -> Result<Value, String> {
        value::from_jinja(&self.0, room)
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
            "it takes more than {FUEL} steps; a list or a text in it is too long (a step is an operator, two elements of a list or \
             64 bytes of text)"
        );
    }
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}
