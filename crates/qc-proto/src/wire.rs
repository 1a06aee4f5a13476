//! Bytes and headers: signatures, answers, and the forms that the service's JSON comes in.

pub(crate) mod envelope;
pub mod http_times;
pub(crate) mod signature;
pub(crate) mod texts;
pub mod tolerant;
pub(crate) mod www_authenticate;
