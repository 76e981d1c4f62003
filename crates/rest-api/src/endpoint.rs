//! Endpoints with their clients, ready for requests.

use catchment_extract::{PageError, ResumePoint, Row, WindowsError};
use catchment_json::{Selection, Value};
use catchment_rest_client::{Body, Method, Request, RestClient, Url};
use catchment_settings::{Secret, SettingsError, is_secret_name};
use thiserror::Error;

use crate::parent_fields::{MissingParentValue, ParentField};
use crate::secrets::Secrets;
use crate::template::{CursorValue, ParentFieldRef, Part, RenderContext, RenderError, fields_of, plain_text};
use crate::windows::windows;
use crate::{BodySpec, EndpointSpec, IncludedParentField, OnParentValueMissing, ResourceSpec, Template, ValueTemplate};

/// An endpoint with its client and resolved references.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The name of the resource.
    resource: String,
    client: RestClient,
    spec: EndpointSpec,
    /// The ancestors of the resource, nearest first.
    ancestors: Vec<String>,
    includes: Vec<IncludedParentField>,
    /// The fields of parent rows that requests require.
    parent_fields: Vec<ParentField>,
    /// A URL of the trusted origin in the spec, which receives credentials.
    home: Option<Url>,
    /// The start of the run, in microseconds since 1970.
    now: i64,
}

/// A request that cannot be built.
#[derive(Debug, Error)]
pub(crate) enum RequestError {
    #[error("cannot build the request")]
    Fill(#[from] RenderError),
    #[error(transparent)]
    Client(#[from] catchment_rest_client::Error),
}

/// A field of `include_from_parent` that is missing in the parent row.
#[derive(Debug, Error)]
#[error(
    "`include_from_parent`: the row of resource `{resource}` has no field `{field}` (available: {available}); set \
     `on_parent_value_missing: exclude` to use null"
)]
struct IncludeError {
    resource: String,
    field: String,
    available: String,
}

/// The fields that child rows include from their parent rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct IncludedFields {
    /// The names and values in the child rows.
    pub(crate) fields: Vec<(String, Value)>,
    /// Warnings about missing fields.
    pub(crate) warnings: Vec<String>,
}

impl Endpoint {
    /// Creates the endpoint of a resource for a run that starts at `now`, resolves its references, and adds its secrets to the
    /// redactor of the client.
    pub(crate) fn new(
        client: RestClient,
        resource: &ResourceSpec,
        ancestors: Vec<String>,
        secrets: &Secrets<'_>,
        now: i64,
    ) -> Result<Endpoint, SettingsError> {
        let spec = resolve_references(&resource.endpoint, secrets)?;
        each_secret(&spec, &mut |secret| client.redactor().add(secret));
        let (resource, includes) = (resource.name.clone(), resource.include_from_parent.clone());
        let parent_fields = ParentField::of_endpoint(&spec);
        let home = trusted_url(&client, &spec.path);
        Ok(Endpoint { resource, client, spec, ancestors, includes, parent_fields, home, now })
    }

    pub(crate) fn client(&self) -> &RestClient {
        &self.client
    }

    /// Returns the windows of the range from `start` up to `now`, or `None` if the endpoint has no windows.
    pub(crate) fn windows(&self, start: &ResumePoint, now: i64) -> Option<Result<Vec<ResumePoint>, WindowsError>> {
        let step = self.spec.incremental.as_ref()?.window?;
        Some(windows(start, step, now))
    }

    /// Builds the first request of a run, or of a parent row.
    pub(crate) fn request(&self, start: &ResumePoint, row: Option<&Row>) -> Result<Request, RequestError> {
        let rows = self.rows(row);
        let convert = self.spec.incremental.as_ref().and_then(|incremental| incremental.convert.as_ref());
        let fill = RenderContext { start, convert, now: self.now, rows: &rows };
        let mut request = self.client.request(&fill.path(&self.spec.path)?)?;
        request = request.method(Method::from_bytes(self.spec.method.as_bytes()).unwrap_or_default());
        // a source only reads, regardless of the method
        request.idempotent = true;
        for (name, value) in &self.spec.headers {
            request = request.header(&fill.text(name)?, &fill.text(value)?)?;
        }
        request.params = self.params(&fill)?;
        request.body = body(&self.spec.body, &fill)?;
        // only the spec determines which origins receive credentials, not a row
        Ok(self.client.restrict_to_origin(request, self.home.as_ref())?)
    }

    /// Returns method and URL of the first request without secrets, with placeholders as written.
    pub(crate) fn shown(&self) -> String {
        let mut params = Vec::new();
        for (name, value) in &self.spec.params {
            params.extend(param_values(&value.to_redacted_string()).map(|text| (name.to_redacted_string(), text)));
        }
        let shown = match self.client.request(&self.spec.path.to_redacted_string()) {
            Ok(mut request) => {
                request.params = params;
                self.client.redacted_url(&request.full_url())
            }
            Err(_) => self.spec.path.to_redacted_string(),
        };
        // restore the braces of placeholders, which were escaped
        let shown = [("%7B", "{"), ("%7D", "}")].iter().fold(shown, |shown, (escaped, brace)| shown.replace(escaped, brace));
        format!("{} {shown}", self.spec.method)
    }

    /// Returns the query parameters of a request.
    fn params(&self, fill: &RenderContext<'_>) -> Result<Vec<(String, String)>, RenderError> {
        let mut params = Vec::new();
        for (name, value) in &self.spec.params {
            let name = fill.text(name)?;
            params.extend(param_values(&fill.value(value)?).map(|text| (name.clone(), text)));
        }
        let Some(incremental) = &self.spec.incremental else { return Ok(params) };
        if let Some(name) = incremental.start_param.as_ref().filter(|_| fill.start.last_value.is_some()) {
            params.push((name.clone(), plain_text(&fill.cursor(CursorValue::Start)?)));
        }
        if let Some(name) = incremental.end_param.as_ref().filter(|_| fill.start.end_value.is_some()) {
            params.push((name.clone(), plain_text(&fill.cursor(CursorValue::End)?)));
        }
        Ok(params)
    }

    /// Returns the parent row and its ancestors with the names of their resources.
    fn rows<'r>(&'r self, row: Option<&'r Row>) -> Vec<(&'r str, &'r Row)> {
        self.ancestors.iter().map(String::as_str).zip(std::iter::successors(row, |row| row.parent())).collect()
    }

    /// Returns the names of the parent fields used in path, parameters and body, which identify a parent row across runs.
    /// Empty if there are none.
    pub(crate) fn parent_key_fields(&self) -> String {
        let mut fields = Vec::new();
        self.each_parent_field(|of| fields.push(format!("{}.{}", of.resource, of.field.as_str())));
        fields.join(", ")
    }

    /// Returns the values of [`Endpoint::parent_key_fields`]; null for missing fields.
    pub(crate) fn parent_key(&self, row: &Row) -> Value {
        let rows = self.rows(Some(row));
        let mut values = Vec::new();
        self.each_parent_field(|of| {
            let row = rows.iter().find(|(name, _)| *name == of.resource).map(|(_, row)| row.node());
            values.push(row.and_then(|row| of.field.first(row)).map(|node| node.to_value()).unwrap_or_default());
        });
        Value::Array(values)
    }

    /// Calls `f` for each parent field except those in headers, which contain changing tokens.
    fn each_parent_field(&self, mut f: impl FnMut(&ParentFieldRef)) {
        self.spec.for_each_template(&mut |key, template| {
            if key != "headers" {
                template.fields().for_each(&mut f);
            }
        });
    }

    /// Checks that a parent row has a value for each placeholder. Otherwise returns a warning that the row is skipped; it
    /// has the same text for all rows that lack the same field.
    ///
    /// # Errors
    ///
    /// Returns an error if a value is missing and `on_parent_value_missing` is `raise`, or if an object or a list is not
    /// allowed in its position.
    pub(crate) fn check_parent_row(&self, row: &Row) -> Result<Option<String>, RequestError> {
        let rows = self.rows(Some(row));
        let missing = match self.parent_fields.iter().try_for_each(|field| field.check(&rows)) {
            Ok(()) => return Ok(None),
            Err(RenderError::Missing(missing)) if self.spec.on_parent_value_missing == OnParentValueMissing::Exclude => missing,
            Err(error) => return Err(error.into()),
        };
        let MissingParentValue { resource, field, found } = &missing;
        let parent = self.ancestors.first().unwrap_or(resource);
        let of = if parent == resource { String::new() } else { format!(" of resource `{resource}`") };
        let cause = found.cause();
        tracing::debug!(resource = %self.resource, row = %row.node().excerpt(120), "skipped a parent row: field `{field}`{of} {cause}");
        Ok(Some(format!("skipped 1 row of resource `{parent}`: field `{field}`{of} {cause}")))
    }

    /// Returns the fields that child rows include from a parent row and its ancestors. They are not part of a request, so a
    /// missing field is null in the child rows.
    ///
    /// # Errors
    ///
    /// Returns an error if a field is missing and `on_parent_value_missing` is `raise`.
    pub(crate) fn included_fields(&self, row: &Row) -> Result<IncludedFields, PageError> {
        let rows = self.rows(Some(row));
        let mut included = IncludedFields::default();
        for IncludedParentField { resource, field } in &self.includes {
            let named = rows.iter().find(|(name, _)| resource.as_deref().is_none_or(|resource| resource == *name));
            let (resource, row) = named.ok_or("the parent row is missing")?;
            let name = format!("_{resource}_{field}");
            let value = match row.value_at(field) {
                Some(value) => value,
                None if self.spec.on_parent_value_missing == OnParentValueMissing::Raise => {
                    let (resource, field) = ((*resource).to_owned(), field.clone());
                    return Err(IncludeError { resource, field, available: fields_of(row.node()) }.into());
                }
                None => {
                    included.warnings.push(format!("1 row of resource `{resource}` has no field `{field}`: `{name}` is null"));
                    Value::Null
                }
            };
            included.fields.push((name, value));
        }
        Ok(included)
    }
}

/// Returns a URL of the origin of a path: the literal part of the path if it contains a complete origin, else the base URL.
fn trusted_url(client: &RestClient, path: &Template) -> Option<Url> {
    let (literal, is_all) = path.literal_prefix();
    let authority = literal.split_once("://").map_or("", |(_, rest)| rest);
    let is_whole = authority.contains(['/', '?', '#']) || is_all;
    let request = client.request(if is_whole { &literal } else { "" });
    request.ok().map(|request| request.url)
}

/// Returns the values of a parameter as the reference sends them: nulls are omitted, and a list is a repeated parameter.
fn param_values(value: &Value) -> impl Iterator<Item = String> + '_ {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values.iter().filter(|value| !value.is_null()).map(plain_text)
}

/// Adds fields to rows.
pub(crate) fn with_fields(rows: Selection, fields: &[(String, Value)]) -> Result<Selection, PageError> {
    if fields.is_empty() { Ok(rows) } else { Ok(rows.with_fields(fields)?) }
}

fn body(spec: &BodySpec, fill: &RenderContext<'_>) -> Result<Option<Body>, RenderError> {
    Ok(match spec {
        BodySpec::None => None,
        BodySpec::Json(value) => Some(Body::Json(fill.value(value)?)),
        BodySpec::Text(text) => Some(Body::Bytes(fill.text(text)?.into_bytes())),
        BodySpec::Form(fields) => {
            let mut form = Vec::with_capacity(fields.len());
            for (name, value) in fields {
                let name = fill.text(name)?;
                form.extend(param_values(&fill.value(value)?).map(|text| (name.clone(), text)));
            }
            Some(Body::Form(form))
        }
    })
}

/// Resolves the references of an endpoint.
fn resolve_references(spec: &EndpointSpec, secrets: &Secrets<'_>) -> Result<EndpointSpec, SettingsError> {
    let resolve = &mut |reference: &_| secrets.resolve(reference);
    let mut pairs = |entries: &[(Template, ValueTemplate)]| -> Result<Vec<_>, SettingsError> {
        entries.iter().map(|(name, value)| Ok((name.resolve(resolve)?, value.resolve(resolve)?))).collect()
    };
    let params = pairs(&spec.params)?;
    let body = match &spec.body {
        BodySpec::None => BodySpec::None,
        BodySpec::Form(fields) => BodySpec::Form(pairs(fields)?),
        BodySpec::Json(value) => BodySpec::Json(value.resolve(resolve)?),
        BodySpec::Text(text) => BodySpec::Text(text.resolve(resolve)?),
    };
    let headers = spec.headers.iter().map(|(name, value)| Ok((name.resolve(resolve)?, value.resolve(resolve)?)));
    let headers = headers.collect::<Result<_, SettingsError>>()?;
    Ok(EndpointSpec { path: spec.path.resolve(resolve)?, params, body, headers, ..spec.clone() })
}

/// Calls `f` for each secret of an endpoint: resolved references, and literals with names of secrets.
fn each_secret(spec: &EndpointSpec, f: &mut impl FnMut(&Secret)) {
    spec.for_each_template(&mut |_, template| template.secrets().for_each(&mut *f));
    let mut literal = |name: &Template, value: &Template| {
        if is_secret_name(&name.resolved_text()) && value.is_literal() {
            f(&Secret::from(value.resolved_text()));
        }
    };
    spec.headers.iter().for_each(|(name, value)| literal(name, value));
    spec.params.iter().for_each(|(name, value)| value.for_each_template(&mut |value| literal(name, value)));
}

/// Returns whether a path is that of a single entity: it ends with a placeholder.
pub(crate) fn is_entity(path: &Template) -> bool {
    let last = path.parts.iter().rev().find(|part| !matches!(part, Part::Literal(text) if text == "/"));
    matches!(last.map(Part::value), Some(Part::Field(_) | Part::BoundParam(_) | Part::Incremental(_)))
}
