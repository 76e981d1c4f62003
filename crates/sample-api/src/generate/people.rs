//! Invented users and labels.

use super::random::{Random, mix};

const FIRST: [&str; 20] = [
    "rill", "brook", "delta", "weir", "tarn", "marsh", "sluice", "beck", "ford", "lagoon", "mist", "drizzle", "eddy", "spring",
    "floe", "oxbow", "moor", "cove", "polder", "reed",
];
const SECOND: [&str; 20] = [
    "",
    "a",
    "fan",
    "er",
    "son",
    "wick",
    "by",
    "ina",
    "hand",
    "o",
    "kin",
    "-w",
    "ley",
    "ward",
    "um",
    "and-stone",
    "ette",
    "walker",
    "-gauge",
    "-q",
];
/// Number of maintainers, which are the first users.
const MAINTAINERS: u64 = 8;

/// One of 400 users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct User(u64);

impl User {
    const COUNT: u64 = (FIRST.len() * SECOND.len()) as u64;

    /// Picks the author of an issue: in 22 % of the cases a maintainer.
    pub(super) fn author(random: &mut Random) -> Self {
        if random.chance(22) { Self::maintainer(random) } else { Self(MAINTAINERS + random.below(Self::COUNT - MAINTAINERS)) }
    }

    /// Picks a maintainer, such as the assignee of an issue.
    pub(super) fn maintainer(random: &mut Random) -> Self {
        Self(random.below(MAINTAINERS))
    }

    pub(super) fn login(self) -> String {
        let first = FIRST[(self.0 % FIRST.len() as u64) as usize];
        // shifted, so that maintainers have different endings
        let ending = (self.0 / FIRST.len() as u64 + self.0) % SECOND.len() as u64;
        format!("{first}{}", SECOND[ending as usize])
    }

    pub(super) fn id(self) -> u64 {
        // most have seven or eight digits, the earliest users have fewer
        12_000 + self.0 * self.0 * 600 + self.0
    }

    pub(super) fn association(self) -> &'static str {
        match self.0 {
            0..3 => "MEMBER",
            3..MAINTAINERS => "COLLABORATOR",
            other if other % 5 < 2 => "CONTRIBUTOR",
            _ => "NONE",
        }
    }
}

/// A label of issues.
pub(super) struct Label {
    pub(super) name: &'static str,
    /// The name, percent-encoded.
    pub(super) in_url: &'static str,
    pub(super) color: &'static str,
    /// Whether the label belongs to the default labels of a repository.
    pub(super) default: bool,
    pub(super) description: &'static str,
}

const fn label(name: &'static str, in_url: &'static str, color: &'static str, default: bool, description: &'static str) -> Label {
    Label { name, in_url, color, default, description }
}

/// An odd number of labels, so that steps of two visit all of them.
static LABELS: [Label; 9] = [
    label("leak", "leak", "1d76db", true, "Water goes where it should not"),
    label("dry", "dry", "c2a878", false, ""),
    label("gauge", "gauge", "5319e7", true, "A reading looks wrong"),
    label("flood", "flood", "0b3d91", false, ""),
    label("silt", "silt", "8d6e63", false, ""),
    label("new inlet", "new%20inlet", "2e7d32", true, "A wish for more"),
    label("dam", "dam", "455a64", false, "Walls, gates and spillways"),
    label("rain", "rain", "90caf9", true, "What comes from above"),
    label("waits for the weather", "waits%20for%20the%20weather", "eeeeee", false, ""),
];

/// Returns `count` different labels, beginning with the one at `start`.
pub(super) fn labels(start: u64, count: usize) -> impl Iterator<Item = &'static Label> {
    (0..count.min(LABELS.len())).map(move |position| {
        let index = start.wrapping_add(2 * position as u64) % LABELS.len() as u64;
        &LABELS[index as usize]
    })
}

impl Label {
    pub(super) fn id(&self) -> u64 {
        // ten digits
        let hash = self.name.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        1_000_000_000 + hash % 3_000_000_000
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn users_differ_in_login_and_id() {
        let users = || (0..User::COUNT).map(User);
        let logins: HashSet<_> = users().map(User::login).collect();
        let ids: HashSet<_> = users().map(User::id).collect();
        assert_eq!((logins.len(), ids.len()), (400, 400));
    }

    #[test]
    fn labels_of_an_issue_differ() {
        for start in 0..20 {
            let names: HashSet<_> = labels(start, 99).map(|label| label.name).collect();
            assert_eq!(names.len(), LABELS.len());
        }
        let ids: HashSet<_> = LABELS.iter().map(Label::id).collect();
        assert_eq!(ids.len(), LABELS.len());
    }
}
