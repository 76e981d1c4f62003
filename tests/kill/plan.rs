//! The plan: which runs are killed, and when.

use std::collections::BTreeMap;

use crate::scenario::Scenario;

/// A run to be interrupted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kill {
    pub(crate) scenario: Scenario,
    /// The revision of the source: 0 loads into a new dataset, 1 into the dataset of revision 0.
    pub(crate) revision: u32,
    pub(crate) at: At,
    pub(crate) interrupt: Interrupt,
    /// When the next run is killed too, before an uninterrupted run.
    pub(crate) again: Option<At>,
}

/// What is ended in the middle of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// The process of the run, by `SIGKILL`.
    Process,
    /// The server of the destination, which starts again at once. The run must succeed nevertheless.
    Server,
}

/// When a run is killed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum At {
    /// At the `pass`-th pass of a step, counted from 1.
    Step { step: &'static str, pass: u32 },
    /// After this fraction of the duration of a run.
    Time(f64),
}

/// The number of passes of each step in a run, by scenario and revision.
pub(crate) type Passes = BTreeMap<(&'static str, u32), BTreeMap<String, u32>>;

/// Plans `count` kills. Three quarters are at steps: first each step of each scenario in a randomly chosen revision, then in
/// the other revision. The rest are at random times. Every fourth run is killed twice. If the destination is a server that
/// can be stopped, half of those at steps of the load and at random times are repeated as stops of the server.
pub(crate) fn plan(count: usize, steps: &[&'static str], has_server: bool, passes: &Passes, random: &mut Random) -> Vec<Kill> {
    let (mut once, mut in_the_other_run) = (Vec::new(), Vec::new());
    for scenario in Scenario::ALL {
        for &step in steps {
            let mut kills = Vec::new();
            for revision in [0, 1] {
                let passed = passes.get(&(scenario.name(), revision)).and_then(|passed| passed.get(step));
                if let Some(most) = passed {
                    let at = At::Step { step, pass: 1 + random.below(*most) };
                    kills.push(Kill { scenario, revision, at, interrupt: Interrupt::Process, again: None });
                }
            }
            if !kills.is_empty() {
                once.push(kills.swap_remove(random.below(kills.len() as u32) as usize));
            }
            in_the_other_run.append(&mut kills);
        }
    }
    random.shuffle(&mut once);
    random.shuffle(&mut in_the_other_run);
    let mut kills: Vec<_> = once.into_iter().chain(in_the_other_run).take(count * 3 / 4).collect();
    let at_times = count - kills.len();
    for scenario in Scenario::ALL.into_iter().cycle().take(at_times) {
        kills.push(Kill {
            scenario,
            revision: random.below(2),
            at: At::Time(random.part()),
            interrupt: Interrupt::Process,
            again: None,
        });
    }
    for kill in kills.iter_mut().step_by(4) {
        let step = steps[random.below(steps.len() as u32) as usize];
        kill.again = Some(if random.below(2) == 0 { At::Time(random.part()) } else { At::Step { step, pass: 1 } });
    }
    if has_server {
        let is_in_load = |kill: &&Kill| !matches!(kill.at, At::Step { step, .. } if !step.starts_with("load::"));
        let to_stop = kills.iter().filter(is_in_load).step_by(2).cloned();
        let stops: Vec<_> = to_stop.map(|kill| Kill { interrupt: Interrupt::Server, again: None, ..kill }).collect();
        kills.extend(stops);
    }
    kills
}

impl At {
    /// Returns an earlier moment, or `None` if this one must be reached.
    pub(crate) fn earlier(&self) -> Option<At> {
        match *self {
            At::Step { step, pass } => (pass > 1).then_some(At::Step { step, pass: pass / 2 }),
            At::Time(part) => Some(At::Time(part / 2.0)),
        }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014), seeded for reproducible plans.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number below `end`, which must not be 0.
    fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end as u32 + 1) as usize);
        }
    }

    /// Returns a number from 0 to 1, exclusive.
    fn part(&mut self) -> f64 {
        self.below(1000) as f64 / 1000.0
    }
}
