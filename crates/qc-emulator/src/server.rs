//! The service on a real socket, with a page for people.

pub(crate) mod answer_body;
pub(crate) mod connections;
pub(crate) mod console;
pub(crate) mod loopback;
pub(crate) mod request_body;
pub(crate) mod thread;
