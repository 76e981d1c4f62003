use std::ops::ControlFlow;

use futures_util::stream;

use super::tests::{details, extract, fresh, row};
use crate::{Page, PageError, Resource, Source};

#[test]
fn page_warnings_are_part_of_the_outcome() {
    let pages = |name: &str| {
        let page = |warnings: &[&str]| {
            let page = Page::from(catchment_json::Selection::try_from(vec![row(1)])?);
            Ok::<_, PageError>(Page { warnings: warnings.iter().copied().map(str::to_owned).collect(), ..page })
        };
        Resource::pages(name, move |_| stream::iter([page(&["odd"]), page(&[]), page(&["odd", "late"])]))
    };
    let source =
        Source::new("s").with_resource(pages("a").selected(false)).with_resource(details("b", "a")).with_resource(pages("c"));
    let after = extract(&source, &fresh(), &|_| ControlFlow::Continue(())).unwrap();
    let shown: Vec<_> = after.warnings.iter().map(|w| format!("{} {} {}", w.resource, w.message, w.count)).collect();
    assert_eq!(shown, ["a odd 2", "c odd 2", "c late 1", "a late 1"]);
}
