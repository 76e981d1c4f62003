//! Request bodies.

use catchment_json::Value;
use url::form_urlencoded;

use crate::error_kind::ErrorKind;

/// The body of a request.
///
/// ```
/// use catchment_rest_client::{Body, Method, Request, Url, Value};
///
/// let url = Url::parse("https://api.example.com/search")?;
/// let query = Body::Json(Value::object([("query", Value::from("is:open"))]));
/// let mut request = Request::new(Method::POST, url).body(query);
/// request.set_body_field("page.size", 50)?;
/// assert_eq!(request.body, Some(Body::Json(Value::parse(r#"{"query": "is:open", "page": {"size": 50}}"#)?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
pub enum Body {
    /// A value, sent as `application/json`.
    Json(Value),
    /// Unencoded names and values, sent as `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Raw bytes. The headers set their content type.
    Bytes(Vec<u8>),
}

impl Body {
    /// Returns the content type that is sent unless the headers set one.
    pub(crate) fn content_type(&self) -> Option<&'static str> {
        match self {
            Body::Json(_) => Some("application/json"),
            Body::Form(_) => Some("application/x-www-form-urlencoded"),
            Body::Bytes(_) => None,
        }
    }

    /// Returns the encoded body.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Form(pairs) => form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }

    /// Sets the field at a dotted `path`, creating missing objects. In a form, the path is the name of the field.
    ///
    /// # Errors
    ///
    /// Returns an error if a value on the path is not an object, or the body is raw bytes.
    pub(crate) fn set(&mut self, path: &str, value: Value) -> Result<(), ErrorKind> {
        let blocked = |found: &str| Err(ErrorKind::InvalidBodyPath { path: path.to_owned(), found: found.to_owned() });
        match self {
            Body::Form(pairs) => {
                pairs.retain(|(name, _)| name != path);
                pairs.push((path.to_owned(), value.to_plain_text()));
                Ok(())
            }
            Body::Bytes(_) => blocked("raw bytes"),
            Body::Json(root) => {
                let mut at = root;
                for key in path.split('.') {
                    if at.is_null() {
                        *at = Value::object::<String>([]);
                    }
                    let kind = at.type_name();
                    let Some(object) = at.as_object_mut() else { return blocked(kind) };
                    at = object.entry(key.to_owned()).or_insert(Value::Null);
                }
                *at = value;
                Ok(())
            }
        }
    }
}

/// Omits the content, which may contain secrets.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Body::Json(value) => write!(f, "Json({})", value.type_name()),
            Body::Form(pairs) => write!(f, "Form({} fields)", pairs.len()),
            Body::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Value};

    #[track_caller]
    fn check(body: &str, path: &str, expected: &str) {
        let mut body = Body::Json(Value::parse(body).unwrap());
        let found = match body.set(path, Value::from(7)) {
            Ok(()) => String::from_utf8(body.bytes()).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn set_creates_missing_objects() {
        check("null", "page", r#"{"page":7}"#);
        check(r#"{"q":"x","page":1}"#, "page", r#"{"q":"x","page":7}"#);
        check("{}", "a.b.c", r#"{"a":{"b":{"c":7}}}"#);
        check(r#"{"a":{"b":1,"d":2}}"#, "a.b", r#"{"a":{"b":7,"d":2}}"#);
        check(r#"{"a":null}"#, "a.b", r#"{"a":{"b":7}}"#);
        check("[]", "a", "cannot set `a` in the request body: expected an object on this path, found a list");
        check(r#"{"a":1}"#, "a.b", "cannot set `a.b` in the request body: expected an object on this path, found a number");
    }

    #[test]
    fn form_fields_are_named_by_the_path() {
        let mut body = Body::Form(vec![("q".to_owned(), "a b".to_owned()), ("page.at".to_owned(), "1".to_owned())]);
        body.set("page.at", Value::from("2&3")).unwrap();
        assert_eq!(String::from_utf8(body.bytes()).unwrap(), "q=a+b&page.at=2%263");
        assert!(Body::Bytes(vec![]).set("a", Value::Null).is_err());
    }

    #[test]
    fn debug_output_hides_values() {
        let secret = Value::object([("k", Value::from("s3cret"))]);
        assert!(!format!("{:?}", Body::Json(secret)).contains("s3cret"));
    }
}
