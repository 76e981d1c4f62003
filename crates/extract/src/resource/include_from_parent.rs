//! Fields of parent rows in the rows of dependent resources.

use std::sync::Arc;

use catchment_json::{Node, NodeKind, Value};
use futures_util::{StreamExt as _, stream};
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

/// Fields of a parent row are included in a root resource.
#[derive(Debug, Error)]
#[error("`include_from_parent` requires a parent resource; use it with `Resource::transformer`")]
struct RootResource;

fn failed(error: impl Into<PageError>) -> PageStream {
    Box::pin(stream::iter([Err(error.into())]))
}

impl Resource {
    /// Copies fields of the parent row to each row of a dependent resource: the field `id` of the resource `users` becomes
    /// `_users_id`. A field is a key, or a path such as `address.city`.
    ///
    /// A run fails if a parent row lacks a field, if a row is not an object, and for a root resource.
    ///
    /// ```
    /// use catchment_extract::{PageError, Resource};
    /// use futures_util::stream;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Post {
    ///     title: String,
    /// }
    ///
    /// let posts = Resource::transformer("posts", "users", |user, _| {
    ///     let title = format!("first post of {}", user.get("name").unwrap_or_default().to_plain_text());
    ///     stream::iter([Ok::<_, PageError>(vec![Post { title }])])
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
                let including = move |row: Row, start: &ResumePoint| match included_fields(&name, &row, &fields) {
                    Ok(included) => Box::pin(pages(row, start).map(move |page| with_fields(page?, &included))) as PageStream,
                    Err(error) => failed(error),
                };
                PageFactory::Transformer { parent, pages: Arc::new(including) }
            }
            PageFactory::Root(_) => PageFactory::Root(Arc::new(|_| failed(RootResource))),
        };
        self
    }
}

/// A child row that is not an object, so that it cannot have further fields.
#[derive(Debug, Error)]
#[error("row {row} is not an object, so it cannot include fields of its parent row")]
struct NotAnObject {
    row: String,
}

fn with_fields(page: Page, included: &[(String, Value)]) -> Result<Page, PageError> {
    if let Some(row) = page.rows.nodes().find(|row| row.kind() != NodeKind::Object) {
        return Err(NotAnObject { row: row.excerpt(80) }.into());
    }
    Ok(Page { rows: page.rows.with_fields(included)?, ..page })
}

/// Returns the names and values of the included fields of a parent row.
fn included_fields(parent: &str, row: &Row, fields: &[String]) -> Result<Vec<(String, Value)>, MissingParentField> {
    let value = |field: &String| {
        let value = row.value_at(field).ok_or_else(|| MissingParentField {
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
