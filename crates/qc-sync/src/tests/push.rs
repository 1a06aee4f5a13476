//! Pushes and pulls against the emulator in memory: what they cost, what they leave when requests fail, and what becomes
//! of what other people save meanwhile.

mod cost;
mod deletions;
mod edits;
mod failures;
mod pulls;
mod repeated;
mod rounds;
mod settled;
mod single;
mod world;
