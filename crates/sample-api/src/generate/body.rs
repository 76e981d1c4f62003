//! Issue bodies: paragraphs, lists, code and tables, escaped for JSON.

use super::random::Random;
use super::text::{capitalized, word};

/// Distribution of body lengths: (per mille of the issues, characters), linearly interpolated.
const LENGTHS: [(u64, u64); 11] = [
    (0, 0),
    (20, 0),
    (100, 150),
    (250, 540),
    (500, 1_120),
    (750, 2_000),
    (900, 3_100),
    (950, 4_600),
    (980, 6_500),
    (990, 11_000),
    (1_000, 17_000),
];

/// Non-ASCII characters in running text.
const SIGNS: [&str; 6] = ["°", "m³", "×", "—", "’", "ü"];

/// Returns the length of a body in characters: 0 to 17,000, with a mean of about 1,650.
fn length(random: &mut Random) -> u64 {
    // finer than per mille, so that all interpolated lengths occur
    let at = random.below(1_000_000);
    let mut from = (0, 0);
    for (per_mille, length) in LENGTHS {
        let to = (per_mille * 1_000, length);
        if at < to.0 {
            return from.1 + (to.1 - from.1) * (at - from.0) / (to.0 - from.0);
        }
        from = to;
    }
    from.1
}

/// Writes a body.
pub(super) fn body(random: Random, out: &mut String) {
    let mut body = BodyWriter::new(random, out);
    while body.left > 0 {
        body.block();
        body.line_break();
        body.line_break();
    }
}

struct BodyWriter<'a> {
    random: Random,
    out: &'a mut String,
    /// Characters still to write, counted before escaping.
    left: u64,
    quotes: bool,
    tables: bool,
    signs: bool,
    /// Whether lines of code and tables end without a carriage return.
    bare_line_feeds: bool,
}

impl<'a> BodyWriter<'a> {
    fn new(mut random: Random, out: &'a mut String) -> Self {
        let left = length(&mut random);
        Self {
            left,
            quotes: random.chance(62),
            tables: random.chance(10),
            signs: random.chance(10),
            bare_line_feeds: random.chance(60),
            random,
            out,
        }
    }

    /// Writes escaped text that represents `characters` characters.
    fn push(&mut self, escaped: &str, characters: usize) {
        self.out.push_str(escaped);
        self.left = self.left.saturating_sub(characters as u64);
    }

    /// Writes ASCII text that needs no escaping.
    fn plain(&mut self, text: &str) {
        self.push(text, text.len());
    }

    fn line_break(&mut self) {
        if self.left > 0 {
            self.push("\\r\\n", 2);
        }
    }

    /// Ends a line of code or of a table.
    fn program_line_break(&mut self) {
        if self.bare_line_feeds {
            self.push("\\n", 1);
        } else {
            self.line_break();
        }
    }

    fn block(&mut self) {
        match self.random.below(100) {
            0..24 if self.tables => self.table(),
            0..62 => self.paragraph(),
            62..78 => self.list(),
            78..84 => {
                self.plain("###");
                self.words(3);
            }
            _ => self.code(),
        }
    }

    fn paragraph(&mut self) {
        self.sentence();
        for _ in 0..self.random.below(4) {
            if self.left == 0 {
                break;
            }
            if self.random.chance(50) {
                self.line_break();
            } else {
                self.plain(" ");
            }
            self.sentence();
        }
    }

    fn sentence(&mut self) {
        let first = word(&mut self.random);
        capitalized(first, self.out);
        self.left = self.left.saturating_sub(first.len() as u64);
        let count = 5 + self.random.below(12);
        self.words(count);
        self.plain(".");
    }

    /// Writes up to `count` words, each after a space, until the body is full.
    fn words(&mut self, count: u64) {
        for _ in 0..count {
            if self.left == 0 {
                return;
            }
            self.plain(" ");
            let word = word(&mut self.random);
            match self.random.below(200) {
                0..4 if self.quotes => {
                    self.push("\\\"", 1);
                    self.plain(word);
                    self.push("\\\"", 1);
                }
                4..9 if self.signs => {
                    let sign = self.random.pick(&SIGNS);
                    self.push(sign, sign.chars().count());
                }
                _ => self.plain(word),
            }
        }
    }

    fn list(&mut self) {
        for item in 0..2 + self.random.below(4) {
            if item > 0 {
                self.line_break();
            }
            self.plain("-");
            let count = 3 + self.random.below(7);
            self.words(count);
        }
    }

    fn code(&mut self) {
        self.plain("```");
        self.program_line_break();
        for _ in 0..1 + self.random.below(7) {
            if self.left == 0 {
                break;
            }
            self.code_line();
            self.program_line_break();
        }
        self.plain("```");
    }

    fn code_line(&mut self) {
        let (one, other) = (word(&mut self.random), word(&mut self.random));
        match self.random.below(20) {
            0..2 => {
                self.push("D:\\\\", 3);
                self.plain(one);
                self.push("\\\\", 1);
                self.plain(other);
            }
            2 => {
                self.push("\\t", 1);
                self.plain("open ");
                self.plain(one);
            }
            3..5 if self.quotes => {
                self.plain("print(");
                self.push("\\\"", 1);
                self.plain(one);
                self.push("\\\"", 1);
                self.plain(")");
            }
            _ => {
                self.plain("let ");
                self.plain(one);
                self.plain(" = ");
                self.plain(other);
                let number = self.random.below(100_000).to_string();
                self.plain("(");
                self.plain(&number);
                self.plain(");");
            }
        }
    }

    /// Writes a table with box-drawing characters, as command-line tools print it.
    fn table(&mut self) {
        self.rule("┌", "┬", "┐");
        for _ in 0..2 + self.random.below(6) {
            if self.left == 0 {
                break;
            }
            for _ in 0..3 {
                let word = word(&mut self.random);
                self.push("│ ", 2);
                self.plain(word);
                self.plain("                 ".get(word.len()..).unwrap_or_default());
            }
            self.push("│", 1);
            self.program_line_break();
        }
        self.rule("└", "┴", "┘");
    }

    fn rule(&mut self, left: &str, middle: &str, right: &str) {
        for corner in [left, middle, middle] {
            self.push(corner, 1);
            self.push("──────────────────", 18);
        }
        self.push(right, 1);
        self.program_line_break();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::random::Purpose;

    #[test]
    fn lengths_are_skewed_with_a_long_tail() {
        let mut random = Random::new(5, Purpose::Body, 0, 0);
        let mut lengths: Vec<_> = (0..20_000).map(|_| length(&mut random)).collect();
        lengths.sort_unstable();
        let mean = lengths.iter().sum::<u64>() / 20_000;
        assert!((1_550..1_750).contains(&mean), "mean {mean}");
        let median = lengths[10_000];
        assert!((1_070..1_170).contains(&median), "median {median}");
        assert!(lengths[19_990] > 15_000);
    }

    #[test]
    fn bodies_are_valid_json_text() {
        for number in 0..500 {
            let mut out = String::from("\"");
            body(Random::new(5, Purpose::Body, number, 0), &mut out);
            out.push('"');
            let text: Result<String, _> = serde_json::from_str(&out);
            assert!(text.is_ok(), "{out}");
        }
    }
}
