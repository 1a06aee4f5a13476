//! The bodies of answers over sockets, with the ways in which they fail.

use std::{
    io::{self, Write as _},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use hyper::body::{Body, Frame, SizeHint};
use qc_proto::{
    bytes::Bytes,
    http::{HeaderValue, Response, header},
};
use tokio::time::{Sleep, sleep};

/// Some bytes, then filler, then an end that need not be a good one.
#[derive(Debug)]
pub(crate) struct AnswerBody {
    bytes: Bytes,
    filler: u64,
    end: End,
    trickle: Option<Trickle>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    /// What was written goes out first: hyper drops what it has buffered when a body fails.
    FlushAndBreak,
    Break,
    /// Nothing more comes.
    Stall,
}

#[derive(Debug)]
struct Trickle {
    bytes: usize,
    every: Duration,
    /// Until the next piece; none before the first.
    pause: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    fn new(bytes: Bytes, filler: u64, end: End) -> Self {
        Self { bytes, filler, end, trickle: None }
    }

    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self::new(bytes, 0, End::Whole)
    }

    /// The connection breaks after the bytes.
    pub(crate) fn broken_off(bytes: Bytes) -> Self {
        Self::new(bytes, 0, End::FlushAndBreak)
    }

    /// Nothing more comes after the bytes.
    pub(crate) fn stalled(bytes: Bytes) -> Self {
        Self::new(bytes, 0, End::Stall)
    }

    pub(crate) fn filler(bytes: u64) -> Self {
        Self::new(Bytes::new(), bytes, End::Whole)
    }

    /// In pieces of so many bytes, with a pause between them.
    pub(crate) fn trickling(mut self, trickle: Option<(usize, Duration)>) -> Self {
        self.trickle = trickle.map(|(bytes, every)| Trickle { bytes, every, pause: None });
        self
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        static FILLER: [u8; 16 << 10] = [b'x'; 16 << 10];
        let this = &mut *self;
        if !this.bytes.is_empty() {
            let mut count = this.bytes.len();
            if let Some(Trickle { bytes, every, pause }) = &mut this.trickle {
                if let Some(pause) = pause {
                    ready!(pause.as_mut().poll(context));
                }
                *pause = Some(Box::pin(sleep(*every)));
                count = count.min(*bytes);
            }
            return Poll::Ready(Some(Ok(Frame::data(this.bytes.split_to(count)))));
        }
        if this.filler > 0 {
            let count = this.filler.min(FILLER.len() as u64);
            this.filler -= count;
            let chunk = Bytes::from_static(&FILLER).slice(..usize::try_from(count).unwrap_or(0));
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match this.end {
            End::Whole => Poll::Ready(None),
            End::Stall => Poll::Pending,
            End::FlushAndBreak => {
                this.end = End::Break;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::Break => Poll::Ready(Some(Err(io::Error::other("a fault was ordered")))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty() && self.filler == 0 && self.end == End::Whole
    }

    fn size_hint(&self) -> SizeHint {
        if self.end != End::Whole || self.filler > 0 {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.bytes.len() as u64)
        }
    }
}

/// The same answer with its body compressed, and a head that says so.
pub(crate) fn gzip(response: Response<Bytes>) -> io::Result<Response<Bytes>> {
    let (mut head, body) = response.into_parts();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&body)?;
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Ok(Response::from_parts(head, encoder.finish()?.into()))
}
