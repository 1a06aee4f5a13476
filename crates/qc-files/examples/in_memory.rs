//! A test of a program, without a socket: the emulator answers in memory, and its clock is the client's. Waits take no time,
//! and each fault comes when it was ordered.
#![allow(clippy::print_stdout, reason = "an example talks to a person")]
#![allow(clippy::unwrap_used, reason = "as in a test")]

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

use qc_emulator::{Emulator, Fault, MemoryTransport, VirtualClock};
use qc_files::{ApiToken, Client, Credentials, Effect, ErrorKind, Language, ProjectFiles, UserId};

/// What is tested: a program's own function.
async fn publish(project: &ProjectFiles) -> Result<(), qc_files::Error> {
    project.create("alpha.py", "PERIOD = 14\n").await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
    let mut emulator = Emulator::new(credentials.clone());
    let id = emulator.add_project("Test", Language::Python);
    let emulator = Arc::new(Mutex::new(emulator));

    // The client signs with the time of the clock that it is given: it has to be the emulator's.
    let clock = VirtualClock::new(Duration::from_secs(1_800_000_000));
    let transport = MemoryTransport::new(Arc::clone(&emulator), clock.clone());
    let client = Client::builder_with_parts(credentials, transport, clock.clone()).build()?;
    let project = client.project(id)?;

    // The file is created, and the answer is lost: the call looks, and does not create it twice.
    emulator.lock().unwrap().push_fault(Fault::DropAfter);
    publish(&project).await?;
    assert_eq!(emulator.lock().unwrap().applied().len(), 1);
    println!("created once, although the answer was lost");

    // The service is down: the call tries again until it gives up, which takes no real time.
    emulator.lock().unwrap().add_rule("status=503*always".parse()?);
    let error = publish(&project).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Server, Effect::Unknown));
    println!("{} requests and {:?} of waits: {error}", error.attempts(), clock.waits());

    // Too many requests: the call waits for as long as the service says, and a little longer. Later calls keep the pace.
    emulator.lock().unwrap().clear_faults();
    emulator.lock().unwrap().add_rule("files/update:rate-limit=7s".parse()?);
    project.update("alpha.py", "PERIOD = 21\n").await?;
    println!("waited {:?} for the rate limit", clock.waits().pop().unwrap());
    Ok(())
}
