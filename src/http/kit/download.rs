//! Stored bytes on their way out: whole, in part, or known already.

use std::fs::File;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::http::header::ETag;
use actix_web::http::header::EntityTag;
use actix_web::http::header::Header;
use actix_web::http::header::HeaderName;
use actix_web::http::header::IfNoneMatch;
use actix_web::http::header::IfRange;
use actix_web::http::header::Range;
use actix_web::web::Bytes;
use futures_util::stream;

use crate::content;
use crate::kernel::digest::Digest;
use crate::kernel::error::Result;
use crate::observe::metrics;
use crate::state::blocking;

/// Bytes read at a time: a 3 MB artifact takes a dozen trips to the disk.
const CHUNK: u64 = 256 * 1024;
const ARTIFACT_SIZE: HeaderName = HeaderName::from_static("x-pulp-artifact-size");

/// What artifacts are.
pub const ARTIFACT: &str = "application/gzip";

/// Answers with the bytes of `file`, whose digest is its strong ETag.
///
/// Never with a `Content-Encoding`: `ansible-galaxy` would undo it and find another checksum.
pub fn respond(
    request: &HttpRequest,
    file: File,
    digest: &Digest,
    media_type: &str,
) -> Result<HttpResponse> {
    let size = file.metadata().map_err(content::storage)?.len();
    let tag = EntityTag::new_strong(digest.to_string());
    let mut response = HttpResponse::Ok();
    response
        .insert_header(ETag(tag.clone()))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((ARTIFACT_SIZE, size))
        .content_type(media_type);
    if is_known(request, &tag) {
        return Ok(response.status(StatusCode::NOT_MODIFIED).finish());
    }
    let (first, last) = match wanted(request, &tag, size) {
        Wanted::Whole => (0, size.saturating_sub(1)),
        Wanted::Part(first, last) => {
            response.status(StatusCode::PARTIAL_CONTENT).insert_header((
                header::CONTENT_RANGE,
                format!("bytes {first}-{last}/{size}"),
            ));
            (first, last)
        }
        Wanted::Nothing => {
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
            return Ok(response.status(StatusCode::RANGE_NOT_SATISFIABLE).finish());
        }
    };
    let length = if size == 0 { 0 } else { last - first + 1 };
    metrics::downloaded_bytes(length);
    Ok(response.body(SizedStream::new(length, chunks(file, first, length))))
}

/// What of the bytes a request asks for.
enum Wanted {
    Whole,
    Part(u64, u64),
    Nothing,
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match request
        .headers()
        .contains_key(header::IF_NONE_MATCH)
        .then(|| IfNoneMatch::parse(request))
    {
        Some(Ok(IfNoneMatch::Any)) => true,
        Some(Ok(IfNoneMatch::Items(tags))) => tags.iter().any(|known| known.weak_eq(tag)),
        _ => false,
    }
}

/// One range is served; several, and what is no range, get the whole, as RFC 9110 §14.2 allows.
fn wanted(request: &HttpRequest, tag: &EntityTag, size: u64) -> Wanted {
    if *request.method() == Method::HEAD {
        return Wanted::Whole; // RFC 9110 §14.2: a range has a meaning for GET only
    }
    let Ok(Range::Bytes(specs)) = Range::parse(request) else {
        return Wanted::Whole;
    };
    let [spec] = specs.as_slice() else {
        return Wanted::Whole;
    };
    if request.headers().contains_key(header::IF_RANGE) {
        match IfRange::parse(request) {
            Ok(IfRange::EntityTag(known)) if known.strong_eq(tag) => {}
            _ => return Wanted::Whole,
        }
    }
    match spec.to_satisfiable_range(size) {
        Some((first, last)) => Wanted::Part(first, last),
        None => Wanted::Nothing,
    }
}

/// `length` bytes of `file` from `first` on, read off the reactor.
fn chunks(file: File, first: u64, length: u64) -> impl stream::Stream<Item = Result<Bytes>> {
    stream::try_unfold((file, first, length), |(file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = move || read_at(file, at, left.min(CHUNK)).map_err(content::storage);
        let (file, bytes) = blocking(read).await?;
        let count = bytes.len() as u64;
        Ok(Some((bytes, (file, at + count, left - count))))
    })
}

fn read_at(mut file: File, at: u64, count: u64) -> std::io::Result<(File, Bytes)> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; usize::try_from(count).unwrap_or(usize::MAX)];
    file.read_exact(&mut bytes)?;
    Ok((file, Bytes::from(bytes)))
}
