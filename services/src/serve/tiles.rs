//! The published log as static files, for anybody: `/ledger/<year>/checkpoint` and `/ledger/<year>/tile/...` (C2SP tlog-tiles). A log that
//! was opened after a loss has a number behind its year: `/ledger/<year>-<number>/...`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use coffret_vault::tlog::TilePath;
use http::{HeaderValue, Response, StatusCode, Uri, header};

/// The log that lies in this folder.
pub(super) fn router(folder: PathBuf) -> Router {
    Router::new().route("/ledger/{*path}", get(file)).with_state(Arc::new(folder))
}

/// What lies at a path, and how it is given out; nothing for paths that no log has.
fn locate(folder: &Path, path: &str) -> Option<(PathBuf, &'static str, &'static str)> {
    let (year, rest) = path.strip_prefix("/ledger/")?.split_once('/')?;
    let number = |text: &str| (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !year.split_once('-').map_or_else(|| number(year), |(year, again)| number(year) && number(again)) {
        return None;
    }
    let place = folder.join("ledger").join(year).join(rest);
    if rest == "checkpoint" {
        return Some((place, "text/plain; charset=utf-8", "no-cache"));
    }
    // Only what is a tile's one name reaches the disk.
    rest.parse::<TilePath>().ok()?;
    // A tile, full or partial, is the same for ever.
    Some((place, "application/octet-stream", "public, max-age=31536000, immutable"))
}

fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn file(State(folder): State<Arc<PathBuf>>, uri: Uri) -> Response<Body> {
    let Some((place, kind, caching)) = locate(&folder, uri.path()) else { return bare(StatusCode::NOT_FOUND) };
    match tokio::fs::read(&place).await {
        Ok(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            // Public as it is: pages of anybody may verify it.
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => bare(StatusCode::NOT_FOUND),
        Err(cause) => {
            tracing::warn!(%cause, "a published file of the log cannot be read");
            bare(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_a_log_reach_the_disk() {
        let folder = Path::new("/log");
        let at = |path: &str| locate(folder, path).map(|(place, ..)| place.display().to_string());
        assert_eq!(at("/ledger/2026/checkpoint").as_deref(), Some("/log/ledger/2026/checkpoint"));
        assert_eq!(at("/ledger/2026/tile/0/x001/000.p/7").as_deref(), Some("/log/ledger/2026/tile/0/x001/000.p/7"));
        assert_eq!(at("/ledger/2026/tile/entries/000").as_deref(), Some("/log/ledger/2026/tile/entries/000"));
        assert_eq!(at("/ledger/2026-2/checkpoint").as_deref(), Some("/log/ledger/2026-2/checkpoint"));
        for none in [
            "/ledger/2026",
            "/ledger/2026/",
            "/ledger//checkpoint",
            "/ledger/../checkpoint",
            "/ledger/2026/../../vault.db",
            "/ledger/2026/tile/0/../../checkpoint",
            "/ledger/2026/tile/0/.000.1.2",
            "/ledger/2026/tile/0/0",
            "/ledger/2026/tile/9/000",
            "/ledger/2026/checkpoint/",
            "/ledger/2026/%63heckpoint",
            "/ledger/2026x/checkpoint",
            "/ledger/2026-/checkpoint",
            "/ledger/-2/checkpoint",
            "/ledger/2026-2-2/checkpoint",
        ] {
            assert_eq!(at(none), None, "{none}");
        }
    }
}
