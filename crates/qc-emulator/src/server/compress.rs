//! Answers that travel compressed.

use std::io::{self, Write as _};

use flate2::{Compression, write::GzEncoder};
use qc_proto::{
    bytes::Bytes,
    http::{HeaderValue, Response, header},
};

/// The same answer with its body compressed, and a head that says so.
pub(crate) fn gzip(response: Response<Bytes>) -> io::Result<Response<Bytes>> {
    let (mut head, body) = response.into_parts();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&body)?;
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(Response::from_parts(head, encoder.finish()?.into()))
}
