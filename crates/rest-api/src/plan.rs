//! Execution plans: the resources of a run and their first requests.

use std::collections::HashMap;
use std::fmt;

use catchment_extract::ResumePoint;
use catchment_schema::WriteDisposition;

use crate::endpoint::Endpoint;
use crate::{CounterSpec, PaginatorSpec, ParamTarget, ResourceSpec, RestApi, SourceError, SourceErrorKind, TotalSpec};

/// A resource in an execution plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedResource {
    /// The name of the resource.
    pub name: String,
    /// The number of ancestors.
    pub depth: usize,
    /// The parent resource.
    pub parent: Option<String>,
    /// The table of the rows, as spelled in the spec.
    pub table_name: String,
    /// The write disposition of the table.
    pub write_disposition: WriteDisposition,
    /// Method and URL of the first request, without secrets. A dependent resource shows its placeholders.
    pub first_request: String,
    /// The paginator with its main settings, or that it is detected.
    pub paginator: String,
}

impl RestApi<'_> {
    /// Returns the plan of a run, with each resource after its parent. `start_of` returns the start of a resource's range.
    ///
    /// ```
    /// use catchment_rest_api::{SpecFormat, RestApi, Spec};
    ///
    /// let spec = r#"{"client": {"base_url": "https://api.example.com"}, "resources": [
    ///     {"name": "comments", "endpoint": "posts/{resources.posts.id}/comments"},
    ///     {"name": "posts", "endpoint": {"path": "posts", "paginator": "page_number"}}]}"#;
    /// let spec = Spec::parse(spec, SpecFormat::Json)?;
    /// let plan = RestApi::new(&spec).plan(|_| Default::default())?;
    /// assert_eq!(plan.iter().map(|resource| resource.to_string()).collect::<Vec<_>>(), [
    ///     "posts: append into posts\n  GET https://api.example.com/posts?page=0\n  paginator: page_number (parameter page from 0)",
    ///     "  comments: append into comments, for each row of posts\n    GET https://api.example.com/posts/{resources.posts.id}/comments\n    paginator: detected from the first response",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the errors of [`source`](Self::source).
    pub fn plan(&self, start_of: impl Fn(&str) -> ResumePoint) -> Result<Vec<PlannedResource>, SourceError> {
        let endpoints = self.endpoints(self.now())?;
        let (mut plan, mut children, mut specs) = (Vec::new(), ChildrenByParent::new(), HashMap::new());
        for (spec, endpoint) in &endpoints {
            specs.entry(spec.name.as_str()).or_insert(*spec);
            if let Some(parent) = &spec.parent {
                children.entry(parent.as_str()).or_default().push((spec, endpoint));
            }
        }
        for (spec, endpoint) in endpoints.iter().filter(|(spec, _)| spec.parent.is_none()) {
            plan.push(planned(spec, 0, first_request(spec, endpoint, &start_of(&spec.name), self.now())?));
            add_dependents(&children, &spec.name, 1, &mut plan);
        }
        let default = &self.spec.client.paginator;
        for planned in &mut plan {
            let spec = specs.get(planned.name.as_str());
            planned.paginator = shown(spec.and_then(|spec| spec.endpoint.paginator.as_ref()).unwrap_or(default));
        }
        Ok(plan)
    }
}

/// Adds the dependent resources of `parent` recursively.
fn add_dependents(children: &ChildrenByParent<'_>, parent: &str, depth: usize, plan: &mut Vec<PlannedResource>) {
    let of = |parent: &str, depth| children.get(parent).into_iter().flatten().rev().map(move |child| (depth, child));
    let mut pending: Vec<_> = of(parent, depth).collect();
    while let Some((depth, (spec, endpoint))) = pending.pop() {
        plan.push(planned(spec, depth, endpoint.shown()));
        pending.extend(of(&spec.name, depth + 1));
    }
}

/// The dependent resources of each resource.
type ChildrenByParent<'f> = HashMap<&'f str, Vec<(&'f ResourceSpec, &'f Endpoint)>>;

fn planned(spec: &ResourceSpec, depth: usize, first_request: String) -> PlannedResource {
    PlannedResource {
        name: spec.name.clone(),
        depth,
        parent: spec.parent.clone(),
        table_name: spec.table_name.clone().unwrap_or_else(|| spec.name.clone()),
        write_disposition: spec.hints.write_disposition,
        first_request,
        paginator: String::new(),
    }
}

/// Returns the description of a paginator with its main settings.
pub(crate) fn shown(spec: &PaginatorSpec) -> String {
    let target = |param: &ParamTarget| match param {
        ParamTarget::Query(name) => format!("parameter {name}"),
        ParamTarget::Body(path) => format!("body field {path}"),
    };
    let end = |range: &CounterSpec| match &range.total {
        TotalSpec::Path(path) => format!(", total at {path}"),
        TotalSpec::Default | TotalSpec::None => String::new(),
    };
    match spec {
        PaginatorSpec::Auto => "detected from the first response".to_owned(),
        PaginatorSpec::SinglePage => "single_page".to_owned(),
        PaginatorSpec::HeaderLink { links_next_key } => format!("header_link (relation {links_next_key})"),
        PaginatorSpec::JsonLink { next_url_path } => format!("json_link (URL at {next_url_path})"),
        PaginatorSpec::HeaderCursor { cursor_key, cursor_param } => {
            format!("header_cursor (header {cursor_key}, parameter {cursor_param})")
        }
        PaginatorSpec::Cursor { cursor_path, param, .. } => format!("cursor (cursor at {cursor_path}, {})", target(param)),
        PaginatorSpec::Offset { limit, range, .. } => {
            format!("offset ({}, limit {limit}{})", target(&range.param), end(range))
        }
        PaginatorSpec::PageNumber { range, .. } => {
            format!("page_number ({} from {}{})", target(&range.param), range.first, end(range))
        }
        PaginatorSpec::Custom { name, .. } => name.clone(),
    }
}

fn first_request(spec: &ResourceSpec, endpoint: &Endpoint, start: &ResumePoint, now: i64) -> Result<String, SourceError> {
    let failed = |problem| SourceError { path: format!("resource `{}`", spec.name), kind: problem };
    let windows = endpoint.windows(start, now).transpose().map_err(|error| failed(SourceErrorKind::Custom(error.to_string())))?;
    let start = windows.as_ref().and_then(|windows| windows.first()).unwrap_or(start);
    let request = endpoint.request(start, None).map_err(|error| failed(SourceErrorKind::Custom(error.to_string())))?;
    let request = endpoint.client().prepare_first_request(request).map_err(|error| failed(error.into()))?;
    let url = endpoint.client().redacted_url(&request.full_url());
    Ok(format!("{} {url}", request.method))
}

impl fmt::Display for PlannedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indent = "  ".repeat(self.depth);
        write!(f, "{indent}{}: {} into {}", self.name, self.write_disposition, self.table_name)?;
        if let Some(parent) = &self.parent {
            write!(f, ", for each row of {parent}")?;
        }
        write!(f, "\n{indent}  {}\n{indent}  paginator: {}", self.first_request, self.paginator)
    }
}
