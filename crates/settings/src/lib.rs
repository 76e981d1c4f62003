//! Secrets that cannot print themselves, and how settings are looked up.
//!
//! A stage asks [`Settings`] for a field by its name and type; a [`Lookup`] says what stands where.
//! This crate reads no file and no environment: `catchment-config` is the [`Lookup`] that does, and
//! [`NoSettings`] the one for programs that want the defaults.
//!
//! A [`Value`] stays as it was found (a text of the environment is never retyped), and is converted
//! only when a typed getter asks. So `00712345` is that text as a password, and 712345 as a number.
//!
//! ```
//! use catchment_settings::{NoSettings, Settings};
//!
//! let settings = Settings::new(&NoSettings).section(["normalize"]);
//! assert!(settings.get::<bool>("numeric_widening")?.unwrap_or(true));
//! # Ok::<(), catchment_settings::SettingsError>(())
//! ```

mod connection;
mod convert;
mod error;
mod field;
mod fields;
mod key;
mod lookup;
mod numbers;
mod place;
mod redactor;
mod secret;
mod settings;
mod thread_count;
mod value;

pub use connection::{Connection, ConnectionError};
pub use convert::FromValue;
pub use error::{MissingField, SettingsError};
pub use field::{Explained, Field, explain, fields_of};
pub use fields::{Configured, Fields, Incomplete};
pub use key::{Key, Scope};
pub use lookup::{Found, Lookup, NoSettings};
pub use place::{Addition, Near, Place, Searched};
pub use redactor::{Redactor, sounds_secret};
pub use secret::Secret;
pub use settings::Settings;
pub use thread_count::ThreadCount;
pub use value::Value;
