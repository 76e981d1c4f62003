//! Pagination through arbitrary JSON.

use catchment_rest_client::{
    Auto, HeaderCursor, HeaderLink, HeaderMap, JsonCursor, JsonLink, JsonPath, Offset, PageNumber, Paginator, Request, Response,
    Url, Value,
};

/// Separator of page bodies in the input.
const SEPARATOR: u8 = 0;

/// Each paginator reads the pages sequentially and may return an error. If it continues, a paginator that resumes from its
/// position makes the same request.
pub fn pagination(bytes: &[u8]) {
    let url = Url::parse("https://api.example.com/issues").expect("a URL");
    for paginator in paginators() {
        let mut paginator = paginator;
        let mut request = Request::get(url.clone());
        if paginator.init_request(&mut request).is_err() {
            return;
        }
        for body in bytes.split(|byte| *byte == SEPARATOR) {
            let response = Response::from_parts(request.full_url(), 200, HeaderMap::new(), body).expect("200 is a status");
            if paginator.update_state(&response).is_err() || !paginator.has_next_page() {
                break;
            }
            let position = paginator.position();
            let mut next = request.clone();
            paginator.update_request(&mut next).expect("the parameter can be added");
            if let Some(position) = position {
                check_resume(&position, paginator.as_ref(), &request, &next);
            }
            let ahead = paginator.lookahead_requests(&next, 3);
            assert!(ahead.len() <= 3 && !ahead.contains(&next), "{ahead:?} after {next:?}");
            request = next;
        }
    }
}

/// Checks that a paginator that resumes from the stored position makes the same request.
fn check_resume(position: &Value, paginator: &dyn Paginator, request: &Request, next: &Request) {
    let stored = Value::parse(&position.to_string()).expect("a position is JSON");
    let mut resumed = paginator.clone_box();
    resumed.resume(&stored).expect("a valid position");
    let mut resumed_request = request.clone();
    resumed.update_request(&mut resumed_request).expect("the parameter can be added");
    assert_eq!(&resumed_request, next, "from {stored}");
}

fn paginators() -> Vec<Box<dyn Paginator>> {
    let path = |text| JsonPath::parse(text).expect("a path");
    vec![
        Auto::default().into(),
        HeaderLink::default().into(),
        HeaderCursor::new().into(),
        JsonLink::default().into(),
        JsonLink::new(path("$..next")).into(),
        JsonCursor::new().cursor_path(path("$..*[?@.rel == 'next' && !@.last]['href', 'url'][-1:]")).into(),
        JsonCursor::new().cursor_path(path("next")).into(),
        JsonCursor::new().cursor_path(path("meta.next")).has_more_path(path("more")).cursor_body_path("a.b").into(),
        Offset::new(2).into(),
        Offset::new(u64::MAX).offset(1).total_path(path("total")).into(),
        PageNumber::new().into(),
        PageNumber::new().base_page(1).total_path(path("pages")).has_more_path(path("more")).page_body_path("p").into(),
    ]
}
