//! Words, sentences and titles, escaped for JSON.

use super::random::Random;

/// Words that need no escaping.
#[rustfmt::skip]
const WORDS: [&str; 72] = [
    "river", "rain", "reservoir", "water", "stream", "level", "the", "the", "a", "of", "in", "to", "and",
    "after", "before", "when", "with", "above", "below", "is", "was", "rises", "falls", "flows", "fills",
    "drains", "overflows", "gauge", "spillway", "valley", "upstream", "downstream", "basin", "inlet",
    "outlet", "sluice", "gate", "dam", "lake", "marsh", "meadow", "snow", "melt", "storm", "cloud", "drought",
    "flood", "bank", "bed", "silt", "gravel", "current", "runoff", "discharge", "delta", "estuary", "tide",
    "weir", "pond", "canal", "bridge", "pump", "pipe", "measured", "slowly", "twice", "hourly", "northern",
    "shallow", "again", "not", "we",
];

/// Picks a word.
pub(super) fn word(random: &mut Random) -> &'static str {
    random.pick(&WORDS)
}

/// Writes a word with a capital first letter.
pub(super) fn capitalized(word: &str, out: &mut String) {
    let mut letters = word.chars();
    out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
    out.push_str(letters.as_str());
}

/// Writes a title: 11 to about 120 characters, with a mean of 49, sometimes with quotation marks.
pub(super) fn title(random: &mut Random, out: &mut String) {
    let mut length = 11 + random.below(30) + random.below(40);
    if random.chance(5) {
        length += random.below(40);
    }
    let end = out.len() + length as usize;
    let quoted = random.chance(4);
    capitalized(word(random), out);
    if quoted {
        out.push_str(" \\\"");
        out.push_str(word(random));
        out.push_str("\\\"");
    }
    while out.len() < end {
        out.push(' ');
        out.push_str(word(random));
    }
}
