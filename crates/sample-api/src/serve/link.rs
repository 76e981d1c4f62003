//! Pagination links.

use url::form_urlencoded;

use super::query::Parameters;

/// The links of one page. They are absolute and keep all parameters except `page`.
pub(super) struct PageLinks<'a> {
    pub(super) base_url: &'a str,
    pub(super) path: &'a str,
    pub(super) parameters: &'a Parameters,
    /// Page number, starting at 1; may be greater than `last`.
    pub(super) page: usize,
    /// Number of the last page, at least 1.
    pub(super) last: usize,
}

impl PageLinks<'_> {
    fn url(&self, page: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let Parameters(pairs) = self.parameters;
        query.extend_pairs(pairs.iter().filter(|(key, _)| key != "page"));
        query.append_pair("page", &page.to_string());
        format!("{}{}?{}", self.base_url, self.path, query.finish())
    }

    /// Returns the URL of the next page, or `None` on the last page.
    pub(super) fn next(&self) -> Option<String> {
        (self.page < self.last).then(|| self.url(self.page + 1))
    }

    /// Returns the value of the `Link` header, or `None` if there are no other pages.
    pub(super) fn header(&self) -> Option<String> {
        let mut links = Vec::new();
        let mut link = |url, relation| links.push(format!("<{url}>; rel=\"{relation}\""));
        if self.page > 1 {
            // beyond the last page, the previous page is the last one
            link(self.url(self.last.min(self.page - 1)), "prev");
        }
        if let Some(next) = self.next() {
            link(next, "next");
            link(self.url(self.last), "last");
        }
        if self.page > 1 {
            link(self.url(1), "first");
        }
        (!links.is_empty()).then(|| links.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, page: usize, last: usize, expected: Option<&str>) {
        let parameters = Parameters::parse(query);
        let links = PageLinks { base_url: "http://h", path: "/p", parameters: &parameters, page, last };
        assert_eq!(links.header().as_deref(), expected, "page {page} of {last}");
    }

    #[test]
    fn header_links_to_neighboring_pages() {
        check("", 1, 1, None);
        check("a=1", 1, 3, Some(r#"<http://h/p?a=1&page=2>; rel="next", <http://h/p?a=1&page=3>; rel="last""#));
        check(
            "page=2&since=2020-01-01T00%3A00%3A00%2B01%3A00",
            2,
            3,
            Some(concat!(
                r#"<http://h/p?since=2020-01-01T00%3A00%3A00%2B01%3A00&page=1>; rel="prev", "#,
                r#"<http://h/p?since=2020-01-01T00%3A00%3A00%2B01%3A00&page=3>; rel="next", "#,
                r#"<http://h/p?since=2020-01-01T00%3A00%3A00%2B01%3A00&page=3>; rel="last", "#,
                r#"<http://h/p?since=2020-01-01T00%3A00%3A00%2B01%3A00&page=1>; rel="first""#,
            )),
        );
        let from_last = r#"<http://h/p?page=2>; rel="prev", <http://h/p?page=1>; rel="first""#;
        check("page=3", 3, 3, Some(from_last));
        check("page=9", 9, 2, Some(from_last));
    }
}
