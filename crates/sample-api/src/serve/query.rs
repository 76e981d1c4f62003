//! Query parameters: defaults and validation.

use jiff::{Timestamp, civil, tz::TimeZone};
use url::form_urlencoded;

use crate::generate::{Direction, IssueFilter, Sort, StateFilter};

const DEFAULT_PER_PAGE: usize = 30;
const MAX_PER_PAGE: usize = 100;

/// The query parameters of a request, in request order.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

/// An invalid query parameter: its name and the expected value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Invalid {
    pub(super) parameter: &'static str,
    pub(super) expected: &'static str,
}

impl Parameters {
    /// Parses the query of a URL, without `?`.
    pub(super) fn parse(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Returns the value of a parameter; the last one if it is repeated.
    fn get(&self, name: &str) -> Option<&str> {
        let mut from_last = self.0.iter().rev();
        let (_, value) = from_last.find(|(key, _)| key == name)?;
        Some(value)
    }

    /// Returns the page number, starting at 1. Default: 1.
    pub(super) fn page(&self) -> Result<usize, Invalid> {
        self.positive("page", 1)
    }

    /// Returns the page size. Default: 30. Larger values are capped at 100, as in GitHub's API.
    pub(super) fn per_page(&self) -> Result<usize, Invalid> {
        Ok(self.positive("per_page", DEFAULT_PER_PAGE)?.min(MAX_PER_PAGE))
    }

    fn positive(&self, parameter: &'static str, default: usize) -> Result<usize, Invalid> {
        let Some(value) = self.get(parameter) else {
            return Ok(default);
        };
        value.parse().ok().filter(|&number| number > 0).ok_or(Invalid { parameter, expected: "a positive integer" })
    }

    /// Parses filter and sort order.
    pub(super) fn selection(&self) -> Result<IssueFilter, Invalid> {
        Ok(IssueFilter {
            state: match self.get("state") {
                None | Some("open") => StateFilter::Open,
                Some("closed") => StateFilter::Closed,
                Some("all") => StateFilter::All,
                Some(_) => return Err(invalid("state", "open, closed or all")),
            },
            since: self.get("since").map(seconds).transpose()?,
            sort: match self.get("sort") {
                None | Some("created") => Sort::Created,
                Some("updated") => Sort::Updated,
                Some("comments") => Sort::Comments,
                Some(_) => return Err(invalid("sort", "created, updated or comments")),
            },
            direction: match self.get("direction") {
                None | Some("desc") => Direction::Descending,
                Some("asc") => Direction::Ascending,
                Some(_) => return Err(invalid("direction", "asc or desc")),
            },
        })
    }
}

fn invalid(parameter: &'static str, expected: &'static str) -> Invalid {
    Invalid { parameter, expected }
}

/// Parses a time with an offset, or in UTC without one. Rounds fractions up, as all times of issues are
/// whole seconds.
fn seconds(text: &str) -> Result<i64, Invalid> {
    let in_utc = |time: civil::DateTime| time.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    let time: Timestamp = text
        .parse()
        .or_else(|_| text.parse().and_then(in_utc))
        .map_err(|_| invalid("since", "a time like 2024-05-31T00:00:00Z"))?;
    let (seconds, part) = (time.as_second(), time.subsec_nanosecond());
    Ok(if part > 0 { seconds + 1 } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_with_offset_or_in_utc() {
        let check = |text, expected| assert_eq!(seconds(text).ok(), expected, "{text}");
        check("2020-01-01T00:00:00Z", Some(1_577_836_800));
        check("2020-01-01T01:00:00+01:00", Some(1_577_836_800));
        check("2020-01-01T00:00:00.25Z", Some(1_577_836_801));
        check("2020-01-01T00:00:00", Some(1_577_836_800));
        check("2020-01-01", Some(1_577_836_800));
        check("1969-12-31T23:59:59.5Z", Some(0));
        check("yesterday", None);
        check("", None);
    }

    #[test]
    fn page_sizes_have_a_default_and_a_maximum() {
        let check = |query, expected: Option<(usize, usize)>| {
            let parameters = Parameters::parse(query);
            let sizes = parameters.page().and_then(|page| Ok((page, parameters.per_page()?)));
            assert_eq!(sizes.ok(), expected, "{query}");
        };
        check("", Some((1, 30)));
        check("page=3&per_page=7", Some((3, 7)));
        check("page=1&page=2", Some((2, 30)));
        check("per_page=101", Some((1, 100)));
        check("per_page=0", None);
        check("page=0", None);
        check("page=-1", None);
        check("page=two", None);
    }
}
