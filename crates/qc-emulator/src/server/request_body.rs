//! A request's body, as large and as slow as a client may be.

use std::{io, time::Duration};

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use qc_proto::bytes::{Bytes, BytesMut};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use crate::server::connections::ConnectionState;

/// The largest project has 64 MB. As a form each byte of it may take three.
const MOST: usize = 200 << 20;
/// From here on a body counts as large, of which only few are read at a time.
const LARGE: usize = 1 << 20;
/// So many large ones are read at a time.
pub(crate) const LARGE_AT_ONCE: usize = 2;
/// A client that sends nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A body that takes longer is given up, or two clients that never end would keep all large ones out.
const WHOLE: Duration = Duration::from_secs(120);

/// Why there is no body.
pub(crate) enum Unread {
    TooLarge,
    TooSlow,
    Broken(io::Error),
}

pub(crate) async fn read(
    body: Incoming,
    large: &Semaphore,
    connection: &ConnectionState,
) -> Result<Bytes, Unread> {
    timeout(WHOLE, read_all(body, large, connection)).await.unwrap_or(Err(Unread::TooSlow))
}

async fn read_all(
    mut body: Incoming,
    large: &Semaphore,
    connection: &ConnectionState,
) -> Result<Bytes, Unread> {
    // One that announces its size is not read first.
    if body.size_hint().lower() > MOST as u64 {
        return Err(Unread::TooLarge);
    }
    let mut read = BytesMut::new();
    let mut turn: Option<SemaphorePermit<'_>> = None;
    loop {
        let frame = match timeout(PATIENCE, body.frame()).await {
            Err(_) => return Err(Unread::TooSlow),
            Ok(None) => return Ok(read.freeze()),
            Ok(Some(Err(why))) => return Err(Unread::Broken(io::Error::other(why))),
            Ok(Some(Ok(frame))) => frame,
        };
        connection.moved();
        let Ok(data) = frame.into_data() else { continue };
        if read.len() + data.len() > MOST {
            return Err(Unread::TooLarge);
        }
        read.extend_from_slice(&data);
        if read.len() > LARGE && turn.is_none() {
            turn = large.acquire().await.ok();
        }
    }
}
