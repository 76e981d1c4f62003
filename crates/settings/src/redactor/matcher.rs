//! Search for known secrets in text.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

use crate::Secret;

/// The minimum length in bytes of secrets that are also found inside words and in other encodings. Halves are found of
/// secrets of at least twice this length.
pub(super) const MIN_SUBSTRING_LEN: usize = 8;

/// The minimum length in bytes of a secret prefix that is replaced before an ellipsis.
const SHORTEST_CUT: usize = 4;

/// Finds all secrets in one pass.
pub(super) struct Matcher {
    /// All encodings of the secrets, [`normalized`].
    secrets: Vec<Vec<u8>>,
    patterns: Vec<Pattern>,
    /// Matches `patterns` by index. `None` if it could not be built; then every text counts as a secret.
    automaton: Option<AhoCorasick>,
}

/// A search pattern: a part of an entry in `secrets`.
struct Pattern {
    secret: usize,
    part: MatchedPart,
}

enum MatchedPart {
    All,
    Beginning,
    /// The suffix that starts at this byte of the secret.
    End(usize),
}

impl Matcher {
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s Secret>) -> Matcher {
        let secrets: BTreeSet<Vec<u8>> =
            secrets.map(Secret::expose).flat_map(forms).map(|form| normalized(form.as_bytes())).collect();
        let secrets = Vec::from_iter(secrets);
        let (mut patterns, mut texts) = (Vec::new(), Vec::new());
        for (index, secret) in secrets.iter().enumerate() {
            let mut add = |part, text: &[u8]| {
                patterns.push(Pattern { secret: index, part });
                texts.push(text.to_vec());
            };
            add(MatchedPart::All, secret);
            if secret.len() >= 2 * MIN_SUBSTRING_LEN {
                let half = secret.len() / 2;
                add(MatchedPart::Beginning, secret.get(..secret.len() - half).unwrap_or(secret));
                add(MatchedPart::End(half), secret.get(half..).unwrap_or(secret));
            }
        }
        let automaton = AhoCorasick::new(texts).ok();
        Matcher { secrets, patterns, automaton }
    }

    /// Returns the ranges of secrets of at least `shortest` bytes in a text.
    pub(super) fn find(&self, text: &[u8], shortest: usize) -> Vec<Range<usize>> {
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
                MatchedPart::All if secret.len() < shortest || (secret.len() < MIN_SUBSTRING_LEN && !is_word(before, after)) => {
                    continue;
                }
                MatchedPart::All => hit.range(),
                MatchedPart::Beginning => {
                    hit.start()..hit.end() + same(secret.get(hit.len()..).unwrap_or_default().iter(), after.iter())
                }
                MatchedPart::End(start) => {
                    hit.start() - same(secret.get(..*start).unwrap_or_default().iter().rev(), before.iter().rev())..hit.end()
                }
            });
        }
        found
    }

    /// Returns the ranges of secret prefixes before an ellipsis, in truncated text.
    fn cut(&self, text: &[u8]) -> Vec<Range<usize>> {
        let ends = (0..text.len()).filter(|at| {
            let (before, after) = text.split_at(*at);
            after.starts_with("…".as_bytes()) || (after.starts_with(b"...") && !before.ends_with(b"."))
        });
        let mut found = Vec::new();
        for end in ends {
            let before = text.get(..end).unwrap_or_default();
            let cuts = self.secrets.iter().filter(|secret| secret.len() >= MIN_SUBSTRING_LEN).filter_map(|secret| {
                let mut lengths = (SHORTEST_CUT..secret.len()).rev();
                lengths.find_map(|length| {
                    let start = secret.get(..length)?;
                    [before, without_escape(before)].into_iter().find_map(|before| Some(before.strip_suffix(start)?.len()))
                })
            });
            found.extend(cuts.min().map(|start| start..end));
        }
        found
    }
}

/// Removes a truncated escape, entity or percent-encoding from the end of a text.
fn without_escape(text: &[u8]) -> &[u8] {
    let is_inside = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'{');
    let inside = text.iter().rev().take(7).take_while(is_inside).count();
    match text.get(..text.len() - inside).and_then(<[u8]>::split_last) {
        Some((b'%' | b'\\' | b'&', before)) => before,
        _ => text,
    }
}

/// Normalizes a text for comparison: `+` becomes a space, as in form encoding, and letters become lowercase, as some servers
/// change case.
fn normalized(text: &[u8]) -> Vec<u8> {
    text.iter().map(|byte| if *byte == b'+' { b' ' } else { byte.to_ascii_lowercase() }).collect()
}

fn is_word(before: &[u8], after: &[u8]) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii());
    !is_part(before.last()) && !is_part(after.first())
}

/// Returns the length of the common prefix.
fn same<'b>(left: impl Iterator<Item = &'b u8>, right: impl Iterator<Item = &'b u8>) -> usize {
    left.zip(right).take_while(|(left, right)| left == right).count()
}

/// Returns the secret and, if it is long enough, its hexadecimal and Base64 encodings. Base64 has three variants, because
/// the alignment depends on the number of preceding bytes modulo 3.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    if secret.len() >= MIN_SUBSTRING_LEN {
        forms.push(secret.bytes().map(|byte| format!("{byte:02x}")).collect());
        for (others, mixed) in [(0, 0), (1, 2), (2, 3)] {
            let bytes = [&[0; 2][..others], secret.as_bytes()].concat();
            // the last character also encodes bits of the byte after the secret
            let kept = |text: String| text.get(mixed..text.len() - usize::from(bytes.len() % 3 != 0)).map(str::to_owned);
            forms.extend(kept(BASE64_STANDARD_NO_PAD.encode(&bytes)));
            forms.extend(kept(BASE64_URL_SAFE_NO_PAD.encode(&bytes)));
        }
    }
    forms
}
