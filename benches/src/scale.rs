//! An organisation of 10,000 projects at 20 requests a minute and user, in memory and in virtual time: prints `docs/scale.md`.
//!
//! Nothing of it depends on the machine or its clock, so that the page is the same wherever it is written.
#![allow(clippy::print_stdout, reason = "a program says what it found")]

mod scale {
    pub(crate) mod chapters {
        pub(crate) mod change;
        pub(crate) mod limits;
        pub(crate) mod mirror;
        pub(crate) mod order;
    }
    pub(crate) mod edits;
    pub(crate) mod follow;
    pub(crate) mod mirror;
    pub(crate) mod organisation;
    pub(crate) mod paper;
    pub(crate) mod text;
    pub(crate) mod timeline;
    pub(crate) mod wire;
}

use std::thread;

use anyhow::{Result, bail};

use crate::scale::{
    chapters::{change, limits, mirror, order},
    organisation::{PROJECTS, RATE},
    text::{Text, size},
};

fn main() -> Result<()> {
    let mut text = Text::default();
    text.say("# Toward scale");
    text.say(&format!(
        "Written by `cargo xtask scale`. An organisation has {} projects, and a user may send {RATE} requests a minute: \
         nobody has published a limit, but people who script against the service hold themselves to about that. The client \
         is the real one, with `Policy::requests_per_minute` at {RATE}, and so is the emulator behind it; between them time \
         is virtual, and a call takes 60 ms where nothing else is said. Beside what the simulation found stands what a \
         formula says: where the two part, one of them leaves something out, and the text says what.",
        size(PROJECTS)
    ));
    // Each has an organisation of its own.
    let chapters = [mirror::tell, order::tell, change::tell, limits::tell];
    thread::scope(|scope| {
        for writing in chapters.map(|chapter| scope.spawn(chapter)) {
            match writing.join() {
                Ok(chapter) => text.append(chapter?),
                Err(_) => bail!("a chapter panicked"),
            }
        }
        Ok(())
    })?;
    println!("{}", text.into_string().trim_end());
    Ok(())
}
