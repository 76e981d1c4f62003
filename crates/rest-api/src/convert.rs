//! Conversion of cursor values for the API.

use std::fmt;
use std::sync::Arc;

use catchment_json::Value;

use crate::Expression;

/// The conversion of a cursor value before it is sent.
#[derive(Clone)]
pub enum CursorConversion {
    /// An expression over `value`, such as `value|epoch`.
    Expression(Expression),
    /// A function.
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
