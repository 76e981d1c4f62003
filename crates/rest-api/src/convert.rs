//! Values of the cursor as the API wants them.

use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use crate::Expression;

/// How a value of the cursor is converted before it is sent: by an expression over `value`, or by a function.
#[derive(Clone)]
pub enum CursorConversion {
    /// An expression, as specs have it: `value|epoch`.
    Expression(Expression),
    /// A function of a program.
    Function(Arc<dyn Fn(Value) -> Value + Send + Sync>),
}

impl CursorConversion {
    pub(crate) fn apply(&self, value: Value) -> Result<Value, String> {
        match self {
            CursorConversion::Expression(expression) => expression.compiled()?.evaluate_value("value", &value)?.into_value(),
            CursorConversion::Function(function) => Ok(function(value)),
        }
    }
}

impl fmt::Debug for CursorConversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CursorConversion::Expression(expression) => expression.fmt(f),
            CursorConversion::Function(_) => f.write_str("Function"),
        }
    }
}
