//! What every audience's pages load: the style sheet, the icon, the fonts.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use crate::Foundation;
use crate::frame;

pub(crate) fn routes() -> Router<Foundation> {
    Router::new().route(frame::STYLE_PATH, get(style)).route("/icon.svg", get(icon)).route("/fonts/{name}", get(font))
}

/// A script of ours.
pub(crate) fn script(text: &'static str) -> Response {
    let kept = (header::CACHE_CONTROL, "public, max-age=3600");
    (frame::HEADERS, [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), kept], text).into_response()
}

async fn style() -> Response {
    let kept = (header::CACHE_CONTROL, "public, max-age=3600");
    // The page's own headers first: the kind of content is the sheet's.
    (frame::HEADERS, [(header::CONTENT_TYPE, "text/css; charset=utf-8"), kept], frame::STYLE).into_response()
}

async fn icon() -> Response {
    const ICON: &str = include_str!("../assets/icon.svg");
    let kept = (header::CACHE_CONTROL, "public, max-age=86400");
    (frame::HEADERS, [(header::CONTENT_TYPE, "image/svg+xml"), kept], ICON).into_response()
}

/// The fonts, by name.
const FONTS: [(&str, &[u8]); 5] = [
    ("eb-garamond-latin.woff2", include_bytes!("../assets/fonts/eb-garamond-latin.woff2")),
    ("eb-garamond-latin-ext.woff2", include_bytes!("../assets/fonts/eb-garamond-latin-ext.woff2")),
    ("source-sans-3-latin.woff2", include_bytes!("../assets/fonts/source-sans-3-latin.woff2")),
    ("source-sans-3-latin-ext.woff2", include_bytes!("../assets/fonts/source-sans-3-latin-ext.woff2")),
    ("noto-naskh-arabic.woff2", include_bytes!("../assets/fonts/noto-naskh-arabic.woff2")),
];

async fn font(Path(name): Path<String>) -> Response {
    let Some((_, font)) = FONTS.into_iter().find(|(own, _)| *own == name) else { return StatusCode::NOT_FOUND.into_response() };
    let kept = (header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    (frame::HEADERS, [(header::CONTENT_TYPE, "font/woff2"), kept], font).into_response()
}
