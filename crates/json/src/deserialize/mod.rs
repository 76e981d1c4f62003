//! Deserialization: nodes into types of a program, and other formats into values.

mod error;
mod key;
mod node;
#[cfg(test)]
mod tests;
mod value;
mod variant;

pub use error::DeserializeError;
