//! The request's body, which tells the attempt's record what hyper does with it.

use std::{
    error, fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::body::{Body, Frame, SizeHint};
use qc_proto::bytes::{Buf, Bytes};

use super::progress::Progress;

/// The whole body in one piece, handed out only while the caller still waits for an answer.
pub(super) struct SendBody {
    bytes: Bytes,
    empty: bool,
    progress: Arc<Progress>,
}

impl SendBody {
    pub(super) fn new(bytes: Bytes, progress: Arc<Progress>) -> Self {
        Self { empty: bytes.is_empty(), bytes, progress }
    }
}

impl Body for SendBody {
    type Data = Piece;
    type Error = GivenUp;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Piece>, GivenUp>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        if !self.progress.take() {
            return Poll::Ready(Some(Err(GivenUp)));
        }
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready(Some(Ok(Frame::data(Piece { bytes, progress: Arc::clone(&self.progress) }))))
    }

    fn is_end_stream(&self) -> bool {
        if self.empty {
            // The only sign that hyper gives of having taken a request without a body.
            self.progress.take();
            self.progress.written();
        }
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

/// The body's bytes on their way out; the record learns when the last one has been passed on.
pub(super) struct Piece {
    bytes: Bytes,
    progress: Arc<Progress>,
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        self.bytes.len()
    }

    fn chunk(&self) -> &[u8] {
        &self.bytes
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        if self.bytes.is_empty() {
            self.progress.written();
        }
    }
}

/// Why a connection that comes too late gets no body.
#[derive(Debug)]
pub(super) struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the caller has given the request up")
    }
}

impl error::Error for GivenUp {}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use qc_proto::{Delivery, Phase, http::Request};

    use super::*;

    fn body(text: &'static str) -> (SendBody, Arc<Progress>) {
        let bytes = Bytes::from_static(text.as_bytes());
        let progress = Progress::new(&Request::new(bytes.clone()));
        (SendBody::new(bytes, Arc::clone(&progress)), progress)
    }

    fn poll(body: &mut SendBody) -> Option<Result<Frame<Piece>, GivenUp>> {
        match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(frame) => frame,
            Poll::Pending => panic!("the body is in memory"),
        }
    }

    #[test]
    fn looking_at_the_body_is_not_taking_it() {
        let (body, progress) = body("{}");
        assert!(!body.is_end_stream());
        assert_eq!(body.size_hint().exact(), Some(2));
        assert_eq!(progress.give_up(), Delivery::NotSent);
    }

    #[test]
    fn the_record_follows_the_piece_to_its_last_byte() {
        let (mut body, progress) = body("{}");
        let mut piece = poll(&mut body).unwrap().unwrap().into_data().ok().unwrap();
        assert!(body.is_end_stream());
        assert!(poll(&mut body).is_none());
        piece.advance(1);
        assert_eq!((progress.phase(), piece.chunk()), (Phase::Send, &b"}"[..]));
        piece.advance(1);
        assert_eq!(progress.phase(), Phase::Head);
        assert_eq!(progress.give_up(), Delivery::MaybeSent);
    }

    #[test]
    fn a_body_given_up_is_refused() {
        let (mut body, progress) = body("{}");
        assert_eq!(progress.give_up(), Delivery::NotSent);
        assert!(matches!(poll(&mut body), Some(Err(GivenUp))));
    }

    #[test]
    fn an_empty_body_counts_as_taken_once_hyper_asks_for_it() {
        let (body, progress) = body("");
        assert!(body.is_end_stream());
        assert_eq!(progress.phase(), Phase::Head);
    }
}
