//! The setting `memory_limit`.

use std::fmt;
use std::str::FromStr;

/// The memory limit of DuckDB.
///
/// ```
/// use catchment_load_duckdb::MemoryLimit;
///
/// assert_eq!("auto".parse(), Ok(MemoryLimit::Auto));
/// assert_eq!("2 GB".parse(), Ok(MemoryLimit::Fixed("2 GB".to_owned())));
/// assert!("lots".parse::<MemoryLimit>().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum MemoryLimit {
    /// Starts with 64 MB and grows if the rows of a load need more or DuckDB runs out of memory. The maximum is DuckDB's
    /// default: 80 % of the memory of the machine or container.
    #[default]
    Auto,
    /// A fixed limit in DuckDB's notation: a number with `KB`, `MB`, `GB`, `TB` (powers of 1000), `KiB`, `MiB`, `GiB`, `TiB`
    /// (powers of 1024), or `%` of the memory of the machine.
    Fixed(String),
}

/// The error of an invalid memory limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `auto`, or a number with a unit such as 512MB, 2GB or 50%")]
pub struct InvalidMemoryLimit;

/// The units of DuckDB, in lower case.
const UNITS: &[&str] = &["kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "k", "m", "g", "t", "%"];

impl FromStr for MemoryLimit {
    type Err = InvalidMemoryLimit;

    fn from_str(text: &str) -> Result<Self, InvalidMemoryLimit> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("auto") {
            return Ok(MemoryLimit::Auto);
        }
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(InvalidMemoryLimit)?;
        let (number, unit) = text.split_at(end);
        let unit = unit.trim_start().to_ascii_lowercase();
        let max = if unit == "%" { 100.0 } else { f64::INFINITY };
        let is_in_range = number.parse::<f64>().is_ok_and(|number| number > 0.0 && number <= max);
        if is_in_range && UNITS.contains(&unit.as_str()) {
            Ok(MemoryLimit::Fixed(text.to_owned()))
        } else {
            Err(InvalidMemoryLimit)
        }
    }
}

impl fmt::Display for MemoryLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MemoryLimit::Auto => "auto",
            MemoryLimit::Fixed(limit) => limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryLimit;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(text.parse::<MemoryLimit>().ok().map(|limit| limit.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn limits_require_a_number_with_a_unit() {
        check("auto", Some("auto"));
        check(" AUTO ", Some("auto"));
        check("64MB", Some("64MB"));
        check("1.5 GiB", Some("1.5 GiB"));
        check("50%", Some("50%"));
        check("512m", Some("512m"));
        check("100%", Some("100%"));
        check("200%", None);
        check("", None);
        check("64", None);
        check("MB", None);
        check("0GB", None);
        check("-1", None);
        check("64 apples", None);
        check("1.2.3GB", None);
    }

    #[test]
    fn duckdb_accepts_every_unit() {
        for unit in super::UNITS {
            let config = duckdb::Config::default().with("memory_limit", format!("50{unit}")).unwrap();
            assert!(duckdb::Connection::open_in_memory_with_flags(config).is_ok(), "{unit}");
        }
    }
}
