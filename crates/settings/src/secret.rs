//! A string that cannot be printed.

use std::fmt;
use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

/// A string that must not be printed: a password, a key, a token.
///
/// It does not implement `Display`, its `Debug` output is `Secret(***)`, and its memory is overwritten on drop.
/// [`Secret::expose`] is the only access to the string, so that every use can be found.
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
    /// Returns the string. Do not write it to errors, logs or `Debug` output.
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
        // Omits the length too: it would help to guess the secret.
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_string() {
        let secret = Secret::from("hunter2");
        for shown in [format!("{secret:?}"), format!("{secret:#?}"), format!("{:?}", Some(vec![secret.clone()]))] {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(***)");
    }

    #[test]
    fn clones_are_equal() {
        let secret = Secret::from(String::from("a"));
        assert_eq!(secret.clone(), secret);
        assert_eq!(secret.expose(), "a");
        assert_ne!(secret, Secret::from("b"));
    }
}
