//! A real folder, without a cloud.

mod kept;
mod libraries;
mod packs;
mod scan;
mod undo;
mod write;
