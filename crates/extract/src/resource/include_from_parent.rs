//! Fields of parent rows in the rows of dependent resources.

use std::sync::Arc;

use catchment_json::{JsonPath, Node, NodeKind, Value};
use futures_util::StreamExt as _;
use thiserror::Error;

use super::{PageFactory, Resource};
use crate::page::{PageError, PageStream};
use crate::{Page, ResumePoint, Row};

/// A field of the parent row that does not exist.
#[derive(Debug, Error)]
#[error("the row of resource `{parent}` has no field `{field}` (available: {available})")]
struct MissingParentField {
    parent: String,
    field: String,
    available: String,
}

impl Resource {
    /// Copies fields of the parent row to each row of a dependent resource: the field `id` of the resource `users` becomes
    /// `_users_id`. A field is a key, or a path such as `address.city`. Has no effect on a root resource.
    ///
    /// A run fails if a parent row lacks a field.
    ///
    /// ```
    /// use catchment_extract::{PageError, Resource};
    /// use futures_util::stream;
    ///
    /// let posts = Resource::transformer("posts", "users", |user, _| {
    ///     let title = format!("first post of {}", user.get("name").unwrap_or_default());
    ///     stream::iter([Ok::<_, PageError>(vec![("title", title)])])
    /// })
    /// .include_from_parent(["id", "name"]);
    /// assert_eq!(posts.parent(), Some("users"));
    /// ```
    #[must_use]
    pub fn include_from_parent<F: Into<String>>(mut self, fields: impl IntoIterator<Item = F>) -> Resource {
        let fields: Arc<[String]> = fields.into_iter().map(Into::into).collect();
        self.pages = match self.pages {
            PageFactory::Transformer { parent, pages } => {
                let name = parent.clone();
                let including = move |row: Row, start: &ResumePoint| -> PageStream {
                    let included = included_fields(&name, &row, &fields);
                    let pages = pages(row, start);
                    match included {
                        Ok(included) => Box::pin(pages.map(move |page| with_fields(page?, &included))),
                        Err(error) => Box::pin(futures_util::stream::iter([Err(error.into())])),
                    }
                };
                PageFactory::Transformer { parent, pages: Arc::new(including) }
            }
            root @ PageFactory::Root(_) => root,
        };
        self
    }
}

fn with_fields(page: Page, included: &[(String, Value)]) -> Result<Page, PageError> {
    Ok(Page { rows: page.rows.with_fields(included)?, ..page })
}

/// Returns the names and values of the included fields of a parent row.
fn included_fields(parent: &str, row: &Row, fields: &[String]) -> Result<Vec<(String, Value)>, MissingParentField> {
    let value = |field: &String| {
        let by_path = || JsonPath::parse(field).ok()?.first(row.node()).map(Node::to_value);
        let value = row.get(field).or_else(by_path).ok_or_else(|| MissingParentField {
            parent: parent.to_owned(),
            field: field.clone(),
            available: keys(row.node()),
        })?;
        Ok((format!("_{parent}_{field}"), value))
    };
    fields.iter().map(value).collect()
}

/// Returns the keys of a row for an error message.
fn keys(row: Node<'_>) -> String {
    if row.kind() != NodeKind::Object {
        return format!("none, the row is {}", row.excerpt(40));
    }
    row.entries().map(|(key, _)| key.name().into_owned()).take(20).collect::<Vec<_>>().join(", ")
}
