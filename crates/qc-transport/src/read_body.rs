//! Reading an answer's body without ever holding more than allowed.

use http_body::Body;
use http_body_util::BodyExt as _;
use qc_proto::bytes::{Bytes, BytesMut};

use crate::unread::{MAX_RESERVED_BYTES, Unread};

/// Reads the whole body, or stops as soon as it is known to hold more than `limit` bytes.
pub(crate) async fn read_body<B>(mut body: B, limit: usize) -> Result<Bytes, Unread<B::Error>>
where
    B: Body<Data = Bytes> + Unpin,
{
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(Unread::TooLarge);
    }
    // Most answers come in one piece, which is passed on as it is; only more than one is joined.
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(Unread::Broken)?.into_data() else {
            continue;
        };
        if data.len() > limit - first.len().max(joined.len()) {
            return Err(Unread::TooLarge);
        }
        if first.is_empty() {
            first = data;
            continue;
        }
        if joined.is_empty() {
            joined.reserve(announced.min(MAX_RESERVED_BYTES).max(first.len() + data.len()));
            joined.extend_from_slice(&first);
        }
        joined.extend_from_slice(&data);
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        convert::Infallible,
        pin::Pin,
        task::{Context, Poll},
    };

    use http_body::{Frame, SizeHint};

    use super::*;

    /// Pieces of a body, behind whatever length the server claims.
    struct Pieces {
        pieces: VecDeque<Bytes>,
        claimed: Option<u64>,
    }

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.pieces.pop_front().map(|piece| Ok(Frame::data(piece))))
        }

        fn size_hint(&self) -> SizeHint {
            self.claimed.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    /// The pieces, the length claimed, the limit, and what comes of it if not a refusal.
    type Case = (&'static [&'static str], Option<u64>, usize, Option<&'static str>);

    fn pieces(claimed: Option<u64>, texts: &[&'static str]) -> Pieces {
        Pieces {
            pieces: texts.iter().map(|text| Bytes::from_static(text.as_bytes())).collect(),
            claimed,
        }
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit_and_not_beyond() {
        let cases: &[Case] = &[
            (&[], None, 0, Some("")),
            (&["abc"], None, 3, Some("abc")),
            (&["abc"], None, 2, None),
            (&["ab", "c", "d"], Some(4), 4, Some("abcd")),
            (&["ab", "c", "d"], None, 4, Some("abcd")),
            (&["ab", "c", "d"], None, 3, None),
            (&["", "ab", "", "c"], None, 3, Some("abc")),
            (&["abcd"], Some(4), 3, None),
            // A server that claims a terabyte gets neither the memory nor our patience.
            (&["ab", "c"], Some(1 << 40), 3, None),
        ];
        for &(texts, claimed, limit, expected) in cases {
            match (read_body(pieces(claimed, texts), limit).await, expected) {
                (Ok(body), Some(expected)) => assert_eq!(body, expected, "{texts:?} in {limit}"),
                (Err(Unread::TooLarge), None) => {}
                (other, _) => panic!("{texts:?} in {limit}: {other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn one_piece_is_not_copied() {
        let piece = Bytes::from(vec![b'x'; 100]);
        let body = Pieces { pieces: [piece.clone()].into(), claimed: Some(100) };
        assert_eq!(read_body(body, 100).await.unwrap().as_ptr(), piece.as_ptr());
    }

    #[tokio::test]
    async fn a_claimed_length_reserves_no_more_than_the_cap() {
        let body = read_body(pieces(Some(u64::MAX), &["ab", "c"]), usize::MAX).await.unwrap();
        let capacity = body.try_into_mut().unwrap().capacity();
        assert!((3..=MAX_RESERVED_BYTES).contains(&capacity), "{capacity}");
    }
}
