//! Finding known secrets in a text.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

use crate::Secret;

/// Secrets of this length are found as parts of words and in other forms; half of a secret that is twice as long is found too.
const LONG: usize = 8;

/// How much of a secret is shown before an ellipsis at most, less one byte.
const SHORTEST_CUT: usize = 4;

/// Finds secrets, all at the same time.
pub(super) struct Matcher {
    /// As [`normalized`].
    secrets: Vec<Vec<u8>>,
    patterns: Vec<Pattern>,
    /// Finds the patterns, by their index. Nothing where it cannot be built; then every text is taken for a secret.
    automaton: Option<AhoCorasick>,
}

/// What a pattern is of a secret.
struct Pattern {
    secret: usize,
    part: Part,
}

enum Part {
    All,
    /// Another form of all of it.
    Form,
    Beginning,
    /// It begins at this byte of the secret.
    End(usize),
}

impl Matcher {
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Matcher {
        let (mut normal, mut patterns, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for secret in secrets.map(Secret::expose) {
            let index = normal.len();
            let mut add = |part, text: &[u8]| {
                patterns.push(Pattern { secret: index, part });
                texts.push(normalized(text));
            };
            add(Part::All, secret.as_bytes());
            if secret.len() >= LONG {
                forms(secret).for_each(|form| add(Part::Form, form.as_bytes()));
            }
            if secret.len() >= 2 * LONG {
                let half = secret.len().div_ceil(2);
                let (beginning, end) = (secret.ceil_char_boundary(half), secret.floor_char_boundary(secret.len() - half));
                add(Part::Beginning, secret.get(..beginning).unwrap_or(secret).as_bytes());
                add(Part::End(end), secret.get(end..).unwrap_or(secret).as_bytes());
            }
            normal.push(normalized(secret.as_bytes()));
        }
        Matcher { secrets: normal, patterns, automaton: AhoCorasick::new(texts).ok() }
    }

    /// The places to mask in a text.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.secrets.is_empty() {
            return Vec::new();
        }
        let text = normalized(text);
        let Some(automaton) = &self.automaton else { return std::iter::once(0..text.len()).collect() };
        let mut found = self.cut(&text);
        for hit in automaton.find_overlapping_iter(&text) {
            let Some(Pattern { secret, part }) = self.patterns.get(hit.pattern().as_usize()) else { continue };
            let secret = self.secrets.get(*secret).map_or(&[][..], Vec::as_slice);
            let (before, after) = (text.get(..hit.start()).unwrap_or_default(), text.get(hit.end()..).unwrap_or_default());
            found.push(match part {
                Part::All if secret.len() < LONG && !is_word(before, after) => continue,
                Part::All | Part::Form => hit.range(),
                Part::Beginning => {
                    hit.start()..hit.end() + same(secret.get(hit.len()..).unwrap_or_default().iter(), after.iter())
                }
                Part::End(start) => {
                    hit.start() - same(secret.get(..*start).unwrap_or_default().iter().rev(), before.iter().rev())..hit.end()
                }
            });
        }
        found
    }

    /// Beginnings of secrets before an ellipsis, where a text was cut.
    fn cut(&self, text: &[u8]) -> Vec<Range<usize>> {
        let ends = (0..text.len()).filter(|at| {
            let (before, after) = text.split_at(*at);
            after.starts_with("…".as_bytes()) || (after.starts_with(b"...") && !before.ends_with(b"."))
        });
        let mut found = Vec::new();
        for end in ends {
            let before = text.get(..end).unwrap_or_default();
            let cuts = self.secrets.iter().filter(|secret| secret.len() >= LONG).filter_map(|secret| {
                let lengths = (SHORTEST_CUT..secret.len()).rev();
                lengths.into_iter().find(|length| secret.get(..*length).is_some_and(|start| before.ends_with(start)))
            });
            found.extend(cuts.max().map(|length| end - length..end));
        }
        found
    }
}

/// A text as it is compared: `+` stands for a space in forms, and some servers change capitals.
fn normalized(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if *byte == b'+' { b' ' } else { byte.to_ascii_lowercase() }).collect()
}

fn is_word(before: &[u8], after: &[u8]) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii());
    !is_part(before.last()) && !is_part(after.first())
}

/// How many bytes are the same.
fn same<'b>(left: impl Iterator<Item = &'b u8>, right: impl Iterator<Item = &'b u8>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

/// A secret in hexadecimal digits, and in Base64 after zero, one and two other bytes, which decide how its bits fall.
fn forms(secret: &str) -> impl Iterator<Item = String> {
    let hex = secret.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let base64 = [(0, 0), (1, 2), (2, 3)].into_iter().flat_map(move |(others, mixed)| {
        let bytes = [&[0; 2][..others], secret.as_bytes()].concat();
        // the last character has bits of the byte after the secret too
        let kept = |text: String| text.get(mixed..text.len() - usize::from(bytes.len() % 3 != 0)).map(str::to_owned);
        [kept(BASE64_STANDARD_NO_PAD.encode(&bytes)), kept(BASE64_URL_SAFE_NO_PAD.encode(&bytes))]
    });
    std::iter::once(hex).chain(base64.flatten())
}
