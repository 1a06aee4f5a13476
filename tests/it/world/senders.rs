//! The transports over real sockets, as tests drive them: one attempt at a time, waiting for its end.

use qc_proto::{Attempt, Failure, bytes::Bytes, http::Response};
use qc_transport::{
    HyperTransport, Settings, Transport as _,
    blocking::{Transport as _, UreqTransport},
};

/// Sends an attempt over one transport, which lives as long as this does.
pub(crate) type Sender = Box<dyn Fn(Attempt) -> Result<Response<Bytes>, Failure>>;

/// Makes a transport with these settings.
type MakeSender = fn(Settings) -> Sender;

/// Every transport over real sockets.
pub(crate) const SENDERS: &[(&str, MakeSender)] = &[("hyper", hyper_sender), ("ureq", ureq_sender)];

pub(crate) fn hyper_sender(settings: Settings) -> Sender {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let transport = HyperTransport::with_settings(settings);
    Box::new(move |attempt| runtime.block_on(transport.send(attempt)))
}

pub(crate) fn ureq_sender(settings: Settings) -> Sender {
    let transport = UreqTransport::with_settings(settings);
    Box::new(move |attempt| transport.send(attempt))
}
