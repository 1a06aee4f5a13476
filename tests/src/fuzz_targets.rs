//! What the fuzzer runs: each target takes any bytes, and panics when something does not hold.
//!
//! `fuzz/` makes a binary of each; the test `corpus` runs every input that was kept.

mod answer;
mod call_step;

mod date_text;
mod diff_text;
mod emulator;
mod file_name;
mod form;
mod http_dates;
mod json_text;
mod requests;

use qc_proto::{ApiToken, Credentials, Invalid, UserId};

pub use answer::answer;
pub use call_step::call_step;

pub use emulator::emulator;
pub use file_name::file_name;
pub use form::form;
pub use http_dates::http_dates;

/// A target's name, which is also that of its corpus and its binary, and the target.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 6] = [
    ("answer", answer),
    ("call_step", call_step),
    ("emulator", emulator),
    ("file_name", file_name),
    ("form", form),
    ("http_dates", http_dates),
];

/// Long and odd enough that no input holds it by chance.
pub(crate) const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

pub(crate) fn credentials() -> Result<Credentials, Invalid> {
    Ok(Credentials::new(UserId::new(12345), ApiToken::new(TOKEN)?))
}
