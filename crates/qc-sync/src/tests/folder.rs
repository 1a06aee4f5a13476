//! A real folder and an emulated project.

mod merge;
mod step;
mod world;
