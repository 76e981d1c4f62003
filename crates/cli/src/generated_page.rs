//! Pages of the book with generated parts.

/// Checks that the page at `path` is up to date. With the environment variable `CATCHMENT_UPDATE`, writes it instead.
#[track_caller]
pub(crate) fn assert_current(path: &str, page: &str, current: &str) {
    if std::env::var_os("CATCHMENT_UPDATE").is_some() {
        return std::fs::write(path, current).unwrap();
    }
    assert!(page == current, "{path} is out of date; run `CATCHMENT_UPDATE=1 cargo nextest run -p catchment-cli`");
}
