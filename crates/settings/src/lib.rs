//! Typed access to settings, the [`Secret`] type, and redaction of secrets in text.
//!
//! A stage reads fields by name and type from [`ScopedSettings`], which looks them up in a [`Lookup`]. This crate reads
//! neither files nor the environment: `catchment-config` provides the [`Lookup`] that does, and [`NoSettings`] is for
//! programs that use the defaults.
//!
//! A [`SettingValue`] keeps the type of its source and is converted only by a typed getter. So `00712345` from the
//! environment is that exact string as a password, and 712345 as a number.
//!
//! ```
//! use catchment_settings::{NoSettings, ScopedSettings};
//!
//! let settings = ScopedSettings::new(&NoSettings).section(["normalize"]);
//! assert!(settings.get::<bool>("numeric_widening")?.unwrap_or(true));
//! # Ok::<(), catchment_settings::SettingsError>(())
//! ```
//!
//! [`FromSettings`] declares the fields of a configuration type; [`declared_fields`] and [`explain`] list them.
//! [`Redactor`] removes known secrets from text.

mod connection;
mod error;
mod field;
mod fields;
mod from_setting_value;
mod key;
mod location;
mod lookup;
mod parse_number;
mod redactor;
mod scoped_settings;
mod secret;
mod thread_count;
mod value;

pub use connection::{ConnectionParams, InvalidConnectionString};
pub use error::{MissingField, SettingsError};
pub use field::{FieldDeclaration, FieldExplanation, declared_fields, explain};
pub use fields::{FieldReader, FromSettings, IncompleteSettings};
pub use from_setting_value::FromSettingValue;
pub use key::{Scope, SettingKey};
pub use location::{LookupReport, SettingLocation, SimilarKey, SuggestedFix};
pub use lookup::{FoundSetting, Lookup, NoSettings};
pub use redactor::{Redactor, is_secret_name};
pub use scoped_settings::ScopedSettings;
pub use secret::Secret;
pub use thread_count::ThreadCount;
pub use value::SettingValue;
