//! Cases of the conformance suite.

use super::context::TestContext;
use super::failure::{CaseFailure, Mismatch};
use crate::Destination;

/// A case: one behavior that all destinations share.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    group: &'static str,
    name: &'static str,
    body: fn(&mut TestContext<'_>) -> Result<(), Mismatch>,
}

impl Case {
    pub(super) const fn new(
        group: &'static str,
        name: &'static str,
        body: fn(&mut TestContext<'_>) -> Result<(), Mismatch>,
    ) -> Case {
        Case { group, name, body }
    }

    /// Returns the group in lower case with underscores, such as `append`, `replace` or `scd2`.
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// Returns the unique name: the group and the behavior, in lower case with underscores. It has at most 63 characters, so
    /// it can be the name of a dataset.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs the case against `dataset`, which must not exist yet.
    ///
    /// # Errors
    ///
    /// Returns an error with the first step whose result differs from the expected one.
    pub fn run(&self, destination: &dyn Destination, dataset: &str) -> Result<(), CaseFailure> {
        let run = || {
            let mut context = TestContext::new(destination, dataset)?;
            (self.body)(&mut context)?;
            context.check_integrity()
        };
        let failure = |Mismatch { step, expected, found }| CaseFailure { case: self.name, step, expected, found };
        run().map_err(failure)
    }
}

/// Declares the cases of a group, each a function of the same name.
macro_rules! cases {
    ($group:literal: $($case:ident,)*) => {
        pub(in crate::testing) const CASES: &[&[$crate::testing::Case]] =
            &[&[$($crate::testing::Case::new($group, concat!($group, "_", stringify!($case)), $case)),*]];
    };
}

/// Declares cases shared by several strategies, each a function of the same name that takes the strategy.
macro_rules! cases_by_strategy {
    (@one $case:ident [$(($group:literal, $strategy:ident)),*]) => {
        &[$($crate::testing::Case::new($group, concat!($group, "_", stringify!($case)), |context| $case(context, $strategy))),*]
    };
    ($strategies:tt: $($case:ident,)*) => {
        pub(in crate::testing) const CASES: &[&[$crate::testing::Case]] = &[$(cases_by_strategy!(@one $case $strategies)),*];
    };
}

pub(super) use {cases, cases_by_strategy};
