//! The client without futures: no runtime, on any thread. It needs the feature `blocking`.
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::{error::Error, panic::resume_unwind, thread};

use qc_emulator::Emulator;
use qc_files::blocking::Client;

fn main() -> Result<(), Box<dyn Error>> {
    // An emulator on a port of its own, with one user and one project.
    let server = Emulator::start()?;
    let credentials = server.emulator().credentials();
    let (id, _) = server.emulator().projects().remove(0);
    let client = Client::builder(credentials).base_url(server.base_url()).build()?;
    let project = client.project(id)?;

    project.create("alpha.py", "PERIOD = 14\n")?;
    project.rename("alpha.py", "signals/alpha.py")?;
    // A client may be used by many threads at a time: they share connections and what was learned of the clock.
    thread::scope(|scope| {
        let project = &project;
        let threads = [0, 1, 2, 3].map(|number| {
            scope.spawn(move || project.create(format!("beta_{number}.py"), "PERIOD = 21\n"))
        });
        let joined = threads.map(|thread| thread.join().unwrap_or_else(|why| resume_unwind(why)));
        joined.into_iter().collect::<Result<(), _>>()
    })?;
    for file in project.read_all()? {
        println!("{} has {} bytes", file.name, file.content.len());
    }
    Ok(())
}
