//! One case.

use super::context::TestContext;
use super::failure::{CaseFailure, Mismatch};
use crate::Destination;

/// One thing that every destination does in the same way.
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

    /// What it is about, in small letters with underscores: `append`, `replace`, `scd2` …
    pub fn group(&self) -> &'static str {
        self.group
    }

    /// Its name, which no other case has: the group and what is shown, in small letters with underscores. It has at most
    /// 63 characters, and so can be the name of a dataset.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it against `dataset`, which the destination does not have yet.
    ///
    /// # Errors
    ///
    /// The first step whose outcome is not what it has to be.
    pub fn run(&self, destination: &dyn Destination, dataset: &str) -> Result<(), CaseFailure> {
        let run = || {
            let mut trial = TestContext::new(destination, dataset)?;
            (self.body)(&mut trial)?;
            trial.check_integrity()
        };
        let failure = |Mismatch { step, expected, found }| CaseFailure { case: self.name, step, expected, found };
        run().map_err(failure)
    }
}

/// The cases of a group, each a function of that name.
macro_rules! cases {
    ($group:literal: $($case:ident,)*) => {
        pub(in crate::testing) const CASES: &[&[$crate::testing::Case]] =
            &[&[$($crate::testing::Case::new($group, concat!($group, "_", stringify!($case)), $case)),*]];
    };
}

/// Cases that are the same for several merge strategies, each a function of that name that takes the strategy.
macro_rules! cases_by_strategy {
    (@one $case:ident [$(($group:literal, $strategy:ident)),*]) => {
        &[$($crate::testing::Case::new($group, concat!($group, "_", stringify!($case)), |trial| $case(trial, $strategy))),*]
    };
    ($strategies:tt: $($case:ident,)*) => {
        pub(in crate::testing) const CASES: &[&[$crate::testing::Case]] = &[$(cases_by_strategy!(@one $case $strategies)),*];
    };
}

pub(super) use {cases, cases_by_strategy};
