//! Values of the cursor as the API wants them.

use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use crate::Expression;

/// How a value of the cursor is converted before it is sent: by an expression over `value`, or by a function.
#[derive(Clone)]
pub enum Convert {
    /// An expression, as specs have it: `value|epoch`.
    Expression(Expression),
    /// A function of a program.
    Function(Arc<dyn Fn(Value) -> Value + Send + Sync>),
}

impl Convert {
    pub(crate) fn apply(&self, value: Value) -> Result<Value, String> {
        match self {
            Convert::Expression(expression) => expression.compiled()?.of_value("value", &value)?.into_value(),
            Convert::Function(function) => Ok(function(value)),
        }
    }
}

impl fmt::Debug for Convert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Convert::Expression(expression) => expression.fmt(f),
            Convert::Function(_) => f.write_str("Function"),
        }
    }
}
