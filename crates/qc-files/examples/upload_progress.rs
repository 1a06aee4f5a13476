//! The progress of a large upload: a transport that counts what was sent stands before the real one.
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use qc_emulator::Emulator;
use qc_files::{
    Client, Transport,
    qc_proto::{Attempt, Failure, bytes::Bytes, http::Response},
    qc_transport::{BoxFuture, HyperTransport},
};

/// Adds up the bodies of the requests that were answered. One that is sent again counts again: it went over the wire.
#[derive(Debug)]
struct Counting<T> {
    transport: T,
    sent: Arc<AtomicUsize>,
}

impl<T: Transport> Transport for Counting<T> {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            let bytes = attempt.request.body().len();
            let answer = self.transport.send(attempt).await?;
            self.sent.fetch_add(bytes, Relaxed);
            Ok(answer)
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Emulator::start()?;
    let credentials = service.emulator().credentials();
    let (id, _) = service.emulator().projects().remove(0);
    let sent = Arc::new(AtomicUsize::new(0));
    let transport = Counting { transport: HyperTransport::new(), sent: Arc::clone(&sent) };
    let client =
        Client::builder(credentials).base_url(service.base_url()).transport(transport).build()?;
    let project = &client.project(id)?;

    let files: Vec<_> =
        (0..40).map(|n| (format!("data/part_{n}.py"), "x = 1\n".repeat(5_000))).collect();
    let total: usize = files.iter().map(|(_, content)| content.len()).sum();
    // Four at a time: the service is far away, and a request waits most of the time.
    stream::iter(files)
        .map(|(name, content)| async move { project.create(name, content).await })
        .buffer_unordered(4)
        .try_for_each(async |()| {
            println!("{} of {total} bytes", sent.load(Relaxed).min(total));
            Ok(())
        })
        .await?;
    println!("done: {} files", project.read_all().await?.into_iter().count());
    Ok(())
}
