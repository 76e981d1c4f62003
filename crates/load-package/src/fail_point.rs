//! Fail points: named positions in the code at which a test ends the process.

/// Marks a position at which a test can end the process. Without the feature `failpoints` it expands to nothing.
///
/// ```
/// catchment_load_package::fail_point!("package::sealed");
/// ```
#[cfg(feature = "failpoints")]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {
        $crate::__fail::fail_point!($name)
    };
}

/// Marks a position at which a test can end the process. Without the feature `failpoints` it expands to nothing.
///
/// ```
/// catchment_load_package::fail_point!("package::sealed");
/// ```
#[cfg(not(feature = "failpoints"))]
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {};
}
