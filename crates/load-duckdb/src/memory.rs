//! The memory limit of a load or a query, which grows if DuckDB runs out of memory.

use std::cell::Cell;

use duckdb::Connection;

use crate::{DuckDbOptions, MemoryLimit};

/// The initial limit of a load in bytes. A transaction keeps its rows in memory up to the limit.
const INITIAL_BYTES: u64 = 64_000_000;

/// The factor by which the limit grows for the next attempt.
const GROWTH: u64 = 4;

/// The maximum limit in bytes if the memory of the machine is unknown.
const FALLBACK_LIMIT: u64 = 1_000_000_000;

/// The memory settings of DuckDB across attempts.
pub(crate) struct MemoryController {
    limit: CurrentLimit,
    /// Whether dictionary compression of strings is enabled.
    dictionary: Cell<bool>,
}

enum CurrentLimit {
    Auto { bytes: Cell<u64>, machine: Cell<Option<u64>> },
    Fixed(String),
}

impl MemoryController {
    pub(crate) fn new(options: &DuckDbOptions) -> MemoryController {
        let limit = match &options.memory_limit {
            MemoryLimit::Auto => CurrentLimit::Auto { bytes: Cell::new(INITIAL_BYTES), machine: Cell::new(None) },
            MemoryLimit::Fixed(limit) => CurrentLimit::Fixed(limit.clone()),
        };
        MemoryController { limit, dictionary: Cell::new(true) }
    }

    /// Returns the limit in DuckDB's notation.
    pub(crate) fn setting(&self) -> String {
        match &self.limit {
            CurrentLimit::Auto { bytes, .. } => format!("{}B", bytes.get()),
            CurrentLimit::Fixed(limit) => limit.clone(),
        }
    }

    /// Returns the limit for display.
    pub(crate) fn display(&self) -> String {
        match &self.limit {
            CurrentLimit::Auto { bytes, .. } => format!("{} MB", bytes.get() / 1_000_000),
            CurrentLimit::Fixed(limit) => limit.clone(),
        }
    }

    /// Returns true if the limit is configured and does not grow.
    pub(crate) fn is_fixed(&self) -> bool {
        matches!(self.limit, CurrentLimit::Fixed(_))
    }

    pub(crate) fn uses_dictionary(&self) -> bool {
        self.dictionary.get()
    }

    /// Disables dictionary compression. Returns true if it was enabled.
    pub(crate) fn disable_dictionary(&self) -> bool {
        self.dictionary.replace(false)
    }

    /// Raises the limit to the initial limit plus `extra` bytes, up to the maximum of the machine. Returns true if it
    /// changed.
    pub(crate) fn reserve(&self, extra: u64) -> bool {
        match extra {
            0 => false,
            extra => self.raise_to(INITIAL_BYTES.saturating_add(extra)),
        }
    }

    /// Describes the attempt after [`grow`](MemoryController::grow) for the log.
    pub(crate) fn next_attempt(&self) -> String {
        match &self.limit {
            CurrentLimit::Auto { .. } => format!("with up to {} of memory", self.display()),
            CurrentLimit::Fixed(_) => "without dictionary compression".to_owned(),
        }
    }

    /// Prepares another attempt: raises the limit unless it is fixed, up to the maximum of the machine, and disables
    /// dictionary compression. Returns false if nothing changed.
    pub(crate) fn grow(&self) -> bool {
        let CurrentLimit::Auto { bytes, .. } = &self.limit else { return self.disable_dictionary() };
        self.raise_to(bytes.get().saturating_mul(GROWTH)) | self.disable_dictionary()
    }

    fn raise_to(&self, wanted: u64) -> bool {
        let CurrentLimit::Auto { bytes, machine } = &self.limit else { return false };
        if wanted <= bytes.get() {
            return false;
        }
        let most = machine.get().unwrap_or_else(machine_limit);
        machine.set(Some(most));
        let limit = wanted.min(most);
        limit > bytes.replace(limit.max(bytes.get()))
    }
}

/// Returns DuckDB's default limit in bytes, which respects container limits.
fn machine_limit() -> u64 {
    let read = || -> duckdb::Result<String> {
        Connection::open_in_memory()?.query_row("SELECT current_setting('memory_limit')", [], |row| row.get(0))
    };
    read().ok().and_then(|text| bytes(&text)).unwrap_or(FALLBACK_LIMIT)
}

/// Parses a size such as `18.8 GiB`, as DuckDB displays it, into bytes.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.split_once(' ')?;
    let power = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"].iter().position(|known| *known == unit)?;
    Some((number.parse::<f64>().ok()? * 1024_f64.powi(i32::try_from(power).ok()?)) as u64)
}

#[cfg(test)]
mod tests {
    use super::{MemoryController, bytes, machine_limit};
    use crate::DuckDbOptions;

    #[test]
    fn duckdb_sizes_are_parsed() {
        assert_eq!(bytes("18.8 GiB"), Some(20_186_346_291));
        assert_eq!(bytes("512 bytes"), Some(512));
        assert_eq!(bytes("lots"), None);
        assert!(machine_limit() > 64_000_000);
    }

    #[test]
    fn the_limit_grows_up_to_the_machine_limit() {
        let memory = MemoryController::new(&DuckDbOptions::new("x"));
        assert_eq!(memory.setting(), "64000000B");
        assert!(!memory.reserve(0) && memory.reserve(1_000_000) && !memory.reserve(500_000));
        assert_eq!(memory.display(), "65 MB");
        let mut attempts = 0;
        while memory.grow() {
            attempts += 1;
        }
        assert!((1..=8).contains(&attempts), "{attempts}");
        assert_eq!(memory.setting(), format!("{}B", machine_limit()));
    }

    #[test]
    fn a_configured_limit_does_not_grow() {
        let options = DuckDbOptions { memory_limit: "1GB".parse().unwrap(), ..DuckDbOptions::new("x") };
        let memory = MemoryController::new(&options);
        assert!(!memory.reserve(u64::MAX));
        assert!(memory.grow() && !memory.uses_dictionary(), "the second attempt disables dictionaries");
        assert!(!memory.grow());
        assert_eq!(memory.setting(), "1GB");
    }
}
