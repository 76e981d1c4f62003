//! Headers in recordings.

use catchment_json::{Node, NodeKind, write_text};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// Names and values of headers, in order. A repeated header has consecutive entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct StoredHeaders(Vec<(String, String)>);

impl<N: Into<String>> FromIterator<(N, String)> for StoredHeaders {
    fn from_iter<I: IntoIterator<Item = (N, String)>>(headers: I) -> StoredHeaders {
        StoredHeaders(headers.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }
}

impl StoredHeaders {
    /// Appends the headers as an entry of a JSON object, with a leading comma: strings, and lists of repeated headers.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(",\"headers\":{");
        for (index, values) in self.0.chunk_by(|(left, _), (right, _)| left == right).enumerate() {
            out.push_str(if index > 0 { "," } else { "" });
            write_text(values.first().map_or("", |(name, _)| name), out);
            out.push(':');
            match values {
                [(_, value)] => write_text(value, out),
                values => {
                    for (index, (_, value)) in values.iter().enumerate() {
                        out.push(if index > 0 { ',' } else { '[' });
                        write_text(value, out);
                    }
                    out.push(']');
                }
            }
        }
        out.push('}');
    }

    /// Reads the headers of a request or a response. They are optional.
    ///
    /// # Errors
    ///
    /// Returns a message if a header is not a string or a list of strings.
    pub(super) fn read(side: Node<'_>) -> Result<StoredHeaders, String> {
        let mut headers = Vec::new();
        for (name, value) in side.get("headers").into_iter().flat_map(Node::entries) {
            let name = name.name().into_owned();
            let values: Vec<Node<'_>> = match value.kind() {
                NodeKind::Array => value.elements().collect(),
                _ => vec![value],
            };
            for value in values {
                let value = value.as_str().ok_or_else(|| format!("the header `{name}` must be a string or a list of strings"))?;
                headers.push((name.clone(), value.into_owned()));
            }
        }
        Ok(StoredHeaders(headers))
    }

    /// Returns the headers for a replayed response.
    ///
    /// # Errors
    ///
    /// Returns a message if a name or a value is invalid in HTTP.
    pub(super) fn to_map(&self) -> Result<HeaderMap, String> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.0 {
            let invalid = || format!("the header `{name}` has a character that headers cannot contain");
            let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
            map.append(header, HeaderValue::from_bytes(value.as_bytes()).map_err(|_| invalid())?);
        }
        Ok(map)
    }
}
