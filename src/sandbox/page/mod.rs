//! The hosted page of the simulator, and a shop that embeds it.
//!
//! `/app/` is the page that the payor sees: the documents, and two endpoints that it looks and acts by. `/demo/` plays the
//! merchant. Neither is part of the API, so nothing that a browser asks for here is in the journal. What the shop's backend asks
//! the API for is.

mod app;
mod demo;
mod guard;
mod reply;
mod shop;
mod texts;
mod turn;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use url::Url;

use self::shop::Shop;
use super::world::Core;

/// The pages of a simulator that is reached at `base`.
pub(super) fn router(core: Arc<Core>, base: &Url) -> Router {
    let shop = Shop::new(Arc::clone(&core), base.clone());
    app::router()
        .with_state(core)
        .merge(demo::router().with_state(Arc::new(shop)))
        .method_not_allowed_fallback(async || {
            let why = "what has this path is asked for by another method";
            reply::refusal(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                why,
                None,
            )
        })
}
