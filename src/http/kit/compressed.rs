//! Bodies that are kept compressed: sent as they are to whoever takes gzip, unpacked for everybody else.

use std::future::Ready;
use std::future::ready;
use std::io::Read;

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::http::header::AcceptEncoding;
use actix_web::http::header::ContentEncoding;
use actix_web::http::header::Encoding;
use actix_web::http::header::Header;
use actix_web::web::Bytes;
use anyhow::Context;
use flate2::read::GzDecoder;

use crate::http::kit::failure::Failure;
use crate::http::kit::operation::Takes;
use crate::kernel::error::Result;
use crate::state::blocking;

/// Whether the caller takes gzip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    gzip: bool,
}

impl Takes for Accepted {}

impl FromRequest for Accepted {
    type Error = Failure;
    type Future = Ready<std::result::Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let gzip = request.headers().contains_key(header::ACCEPT_ENCODING)
            && AcceptEncoding::parse(request).is_ok_and(|accepted| {
                let offered = [Encoding::gzip(), Encoding::identity()];
                accepted.negotiate(offered.iter()) == Some(Encoding::gzip())
            });
        ready(Ok(Self { gzip }))
    }
}

/// Answers with `body`, something of that type in gzip.
pub async fn answer(accepted: Accepted, media_type: &str, body: Bytes) -> Result<HttpResponse> {
    let mut response = HttpResponse::Ok();
    response
        .content_type(media_type)
        .insert_header((header::VARY, header::ACCEPT_ENCODING.as_str()));
    if accepted.gzip {
        return Ok(response.insert_header(ContentEncoding::Gzip).body(body));
    }
    let plain = blocking(move || {
        let mut plain = Vec::new();
        GzDecoder::new(body.as_ref())
            .read_to_end(&mut plain)
            .context("a stored document is no gzip")?;
        Ok(plain)
    });
    Ok(response.body(plain.await?))
}
