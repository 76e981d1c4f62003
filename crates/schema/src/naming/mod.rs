//! Table and column names in dlt's `snake_case` convention.

mod nearest;
mod path;
mod readable;
mod shorten;
mod snake_case;

pub use nearest::nearest;
pub use path::{EMPTY_KEY, SEPARATOR, join, normalize_key, normalize_path};
pub use readable::{transliterate_identifier, transliterate_key, transliterate_path};
pub use shorten::{shorten, tag};
pub use snake_case::normalize_identifier;
