//! Secrets that cannot print themselves, and how settings are looked up.
//!
//! A stage asks [`Settings`] for a field by its name and type; a [`Lookup`] says what stands where.
//! This crate reads no file and no environment: `catchment-config` is the [`Lookup`] that does, and
//! [`NoSettings`] the one for programs that want the defaults.
//!
//! A [`SettingValue`] stays as it was found (a text of the environment is never retyped), and is converted
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
mod error;
mod field;
mod fields;
mod from_setting_value;
mod key;
mod location;
mod lookup;
mod parse_number;
mod redactor;
mod secret;
mod settings;
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
pub use secret::Secret;
pub use settings::Settings;
pub use thread_count::ThreadCount;
pub use value::SettingValue;
