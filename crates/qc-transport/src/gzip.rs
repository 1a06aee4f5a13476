//! Undoing gzip without ever holding more than allowed: a small answer can hold a huge one.

use std::io::{self, Read as _};

use flate2::bufread::MultiGzDecoder;
use qc_proto::{
    bytes::Bytes,
    http::{
        HeaderMap, HeaderValue,
        header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH},
        response::Parts,
    },
};

use crate::{
    transport::CompressedBytes,
    unread::{MAX_RESERVED_BYTES, Unread},
};

/// Asks for gzip, unless the request says otherwise.
pub(crate) fn accept(headers: &mut HeaderMap) {
    headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static("gzip"));
}

/// The body as it was before the server compressed it; any other encoding is left as it came.
pub(crate) fn inflate(
    head: &mut Parts,
    body: Bytes,
    limit: usize,
) -> Result<Bytes, Unread<io::Error>> {
    let is_gzip = head
        .headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"));
    if !is_gzip {
        return Ok(body);
    }
    // Sources shrink to a quarter or less.
    let reserved = body.len().saturating_mul(4).min(limit).min(MAX_RESERVED_BYTES);
    let mut inflated = Vec::with_capacity(reserved);
    // One byte more than allowed tells an answer that is too large from one that just fits.
    let readable = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(&body[..])
        .take(readable)
        .read_to_end(&mut inflated)
        .map_err(Unread::Broken)?;
    if inflated.len() > limit {
        return Err(Unread::TooLarge);
    }
    head.headers.remove(CONTENT_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    head.extensions.insert(CompressedBytes(body.len()));
    Ok(inflated.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use qc_proto::http::Response;

    use super::*;

    fn gzip(text: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap().into()
    }

    fn inflated(body: Bytes, limit: usize) -> Result<Bytes, Unread<io::Error>> {
        let mut head = Response::new(()).into_parts().0;
        let sent = body.len();
        head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("GZip"));
        head.headers.insert(CONTENT_LENGTH, HeaderValue::from(sent));
        let body = inflate(&mut head, body, limit)?;
        assert!(head.headers.is_empty(), "what no longer fits the body is gone");
        assert_eq!(head.extensions.get(), Some(&CompressedBytes(sent)));
        Ok(body)
    }

    #[test]
    fn the_limit_counts_what_comes_out() {
        assert_eq!(inflated(gzip(b"abc"), 3).unwrap(), "abc");
        assert_eq!(inflated(gzip(b""), 0).unwrap(), "");
        assert!(matches!(inflated(gzip(b"abcd"), 3), Err(Unread::TooLarge)));
        // 4 MiB of zeroes in 4 KiB.
        let bomb = gzip(&vec![0; 4 << 20]);
        assert!(bomb.len() < 10_000);
        assert!(matches!(inflated(bomb, 1 << 20), Err(Unread::TooLarge)));
    }

    #[test]
    fn broken_gzip_is_an_error_and_no_text() {
        let whole = gzip(b"some text that is long enough to be cut");
        for body in [whole.slice(..whole.len() / 2), whole.slice(..whole.len() - 1), "x".into()] {
            assert!(matches!(inflated(body, 100), Err(Unread::Broken(_))));
        }
    }

    #[test]
    fn what_is_not_gzip_is_left_alone() {
        let mut head = Response::new(()).into_parts().0;
        assert_eq!(inflate(&mut head, "abc".into(), 0).unwrap(), "abc");
        assert_eq!(head.extensions.get::<CompressedBytes>(), None);
    }
}
