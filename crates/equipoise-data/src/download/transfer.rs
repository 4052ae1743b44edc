//! The exchange with the server: ask for what is missing, write what comes.

use std::io::{self, Read};

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, StatusCode, Uri, header},
};

use super::{DownloadError, DownloadRequest, Progress, Timeouts, part::Part, staged::CHUNK};

/// How the program names itself.
const USER_AGENT: &str = concat!("equipoise/", env!("CARGO_PKG_VERSION"));

/// Bring the missing bytes into `part`.
pub(super) fn fetch(
    request: &DownloadRequest,
    part: &mut Part,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), DownloadError> {
    let agent = agent(&request.address, request.timeouts);
    let mut response = ask(&agent, request, part)?;
    if part.len() > 0 && starts_over(&response, part.len()) {
        part.clear()?;
        // An answer with the whole file is used as it is; any other was about a range that the
        // server does not have.
        if response.status() != StatusCode::OK {
            response = ask(&agent, request, part)?;
        }
    }
    let expected = if part.len() > 0 {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    if response.status() != expected {
        return Err(DownloadError::Status {
            address: request.address.clone(),
            status: response.status().as_u16(),
        });
    }
    let total = response
        .body()
        .content_length()
        .map(|rest| part.len().saturating_add(rest));
    if total.is_some_and(|total| total > request.max_bytes) {
        return Err(too_large(request));
    }
    if part.len() == 0 {
        part.note(&request.address, strong_etag(response.headers()))?;
    }
    receive(request, part, &mut response, total, progress)
}

/// A small file, whole.
pub(super) fn bytes(
    address: &str,
    timeouts: Timeouts,
    most: u64,
) -> Result<Vec<u8>, DownloadError> {
    let unreachable = |error: ureq::Error| DownloadError::Unreachable {
        address: address.to_owned(),
        source: Box::new(error),
    };
    let mut response = (agent(address, timeouts).get(address).call()).map_err(unreachable)?;
    if response.status() != StatusCode::OK {
        return Err(DownloadError::Status {
            address: address.to_owned(),
            status: response.status().as_u16(),
        });
    }
    let mut bytes = Vec::new();
    // One byte more tells a file that is too large from one that is not.
    let mut body = response.body_mut().as_reader().take(most.saturating_add(1));
    body.read_to_end(&mut bytes)
        .map_err(|source| unreachable(source.into()))?;
    if bytes.len() as u64 > most {
        return Err(DownloadError::TooLarge {
            origin: address.to_owned(),
            limit: most,
        });
    }
    Ok(bytes)
}

/// A client that keeps to the limits of a request.
fn agent(address: &str, timeouts: Timeouts) -> Agent {
    let uri = address.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host);
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(address.starts_with("https://"))
        .timeout_connect(Some(timeouts.connect))
        .timeout_recv_response(Some(timeouts.response))
        .timeout_per_read(Some(timeouts.stall))
        .user_agent(USER_AGENT)
        // The bytes of the file itself: a checksum and a range mean nothing for packed ones.
        .accept_encoding("identity");
    // The machine itself is never behind a proxy.
    if matches!(host, Some("localhost" | "127.0.0.1" | "[::1]")) {
        config = config.proxy(None);
    }
    config.build().into()
}

/// Ask for the file, from where `part` ends.
fn ask(
    agent: &Agent,
    request: &DownloadRequest,
    part: &Part,
) -> Result<Response<Body>, DownloadError> {
    let mut question = agent.get(&request.address);
    if part.len() > 0 {
        question = question.header(header::RANGE, format!("bytes={}-", part.len()));
        if let Some(etag) = part.etag() {
            question = question.header(header::IF_RANGE, etag);
        }
    }
    question.call().map_err(|error| DownloadError::Unreachable {
        address: request.address.clone(),
        source: Box::new(error),
    })
}

/// Whether an answer says that the file cannot go on from a place: the whole file comes, or
/// another range, or there is nothing from there on. A failure of the server says no such thing.
fn starts_over(response: &Response<Body>, from: u64) -> bool {
    match response.status() {
        StatusCode::OK | StatusCode::RANGE_NOT_SATISFIABLE => true,
        StatusCode::PARTIAL_CONTENT => {
            let start = response
                .headers()
                .get(header::CONTENT_RANGE)
                .and_then(|value| value.to_str().ok())
                .and_then(range_start);
            start != Some(from)
        }
        _ => false,
    }
}

/// The first byte of `bytes 100-199/200`.
fn range_start(content_range: &str) -> Option<u64> {
    let (start, _) = content_range
        .trim()
        .strip_prefix("bytes ")?
        .split_once('-')?;
    start.trim().parse().ok()
}

/// The `ETag`, if it stands for these very bytes: a weak one does not.
fn strong_etag(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::ETAG)
        .and_then(|etag| etag.to_str().ok())
        .filter(|etag| etag.starts_with('"'))
}

/// Write the body to `part`.
fn receive(
    request: &DownloadRequest,
    part: &mut Part,
    response: &mut Response<Body>,
    total: Option<u64>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), DownloadError> {
    let interrupted = |received: u64, part: &Part, source: io::Error| DownloadError::Interrupted {
        address: request.address.clone(),
        received,
        total,
        part: part.path(),
        source,
    };
    let mut body = response.body_mut().as_reader();
    let mut chunk = vec![0; CHUNK];
    loop {
        progress(Progress {
            received: part.len(),
            total,
        });
        match body.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => part.append(&chunk[..count])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(interrupted(part.len(), part, error)),
        }
        if part.len() > request.max_bytes {
            return Err(too_large(request));
        }
    }
    if total.is_some_and(|total| part.len() < total) {
        let source = io::ErrorKind::UnexpectedEof.into();
        return Err(interrupted(part.len(), part, source));
    }
    Ok(())
}

/// The error of a file that is larger than the request allows.
fn too_large(request: &DownloadRequest) -> DownloadError {
    DownloadError::TooLarge {
        origin: request.address.clone(),
        limit: request.max_bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_range() {
        assert_eq!(range_start("bytes 100-199/200"), Some(100));
        assert_eq!(range_start("bytes 0-0/*"), Some(0));
        for other in ["", "bytes */200", "lines 1-2/3", "bytes -5/9"] {
            assert_eq!(range_start(other), None, "{other}");
        }
    }

    #[test]
    fn only_a_strong_etag_is_kept() {
        let headers = |etag: &'static str| {
            HeaderMap::from_iter([(header::ETAG, header::HeaderValue::from_static(etag))])
        };
        assert_eq!(strong_etag(&headers("\"abc\"")), Some("\"abc\""));
        assert_eq!(strong_etag(&headers("W/\"abc\"")), None);
        assert_eq!(strong_etag(&HeaderMap::new()), None);
    }
}
