//! A text that cannot print itself.

use std::fmt;
use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

/// A text that must not be seen: a password, a key, a token.
///
/// It has no `Display`, its `Debug` shows `Secret(***)`, and its memory is overwritten when it is
/// dropped. [`Secret::expose`] is the one way to the text, so that every use can be found.
///
/// ```
/// use catchment_settings::Secret;
///
/// let token = Secret::from(String::from("tk-123"));
/// assert_eq!(format!("{token:?}"), "Secret(***)");
/// assert_eq!(token.expose(), "tk-123");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. Do not put it into errors, logs or `Debug` output.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Hash for Secret {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.expose().hash(state);
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No length either: it narrows down what the secret is.
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_it() {
        let secret = Secret::from("hunter2");
        for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", Some(vec![secret.clone()]))] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(***)");
    }

    #[test]
    fn a_clone_is_equal_and_exposes_the_same() {
        let secret = Secret::from(String::from("a"));
        assert_eq!(secret.clone(), secret);
        assert_eq!(secret.expose(), "a");
        assert_ne!(secret, Secret::from("b"));
    }
}
