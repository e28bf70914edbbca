//! Who may use the endpoints of the pages: the pages themselves, and programs that are no browser.

use axum::extract::Request;
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::reply;
use crate::sandbox::http::is_loopback;

/// What a browser says about where a request comes from. Older ones say it by the origin alone.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A page of another origin may have a browser send something here, and cannot keep it from saying so. And it may be led here
/// under a name of its own, so the name has to be one of this machine's.
pub(super) async fn own_pages_only(request: Request, next: Next) -> Response {
    if !is_own(&request) {
        let why = "only the simulator's own pages, under a loopback name, may ask for this";
        return reply::refusal(StatusCode::FORBIDDEN, "forbidden", why, None);
    }
    if request.method() == Method::POST && !is_json(&request) {
        let why = "application/json is expected";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return reply::refusal(status, "unsupported_media_type", why, None);
    }
    next.run(request).await
}

fn is_own(request: &Request) -> bool {
    let Some(host) = text(request, &header::HOST).filter(|host| is_loopback(host)) else {
        return false;
    };
    let origin = text(request, &header::ORIGIN)
        .is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    // `none` is a person at the address bar.
    let site =
        text(request, &SEC_FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    origin && site
}

/// A form of another page cannot claim this type, and a script of another page has to ask first.
fn is_json(request: &Request) -> bool {
    text(request, &header::CONTENT_TYPE).is_some_and(|kind| {
        let (kind, _) = kind.split_once(';').unwrap_or((kind, ""));
        kind.trim().eq_ignore_ascii_case("application/json")
    })
}

/// A header; a text that cannot be right for one that is no text.
fn text<'r>(request: &'r Request, name: &HeaderName) -> Option<&'r str> {
    let value = request.headers().get(name)?;
    Some(value.to_str().unwrap_or("?"))
}
