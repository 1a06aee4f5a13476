//! The service's rules, as the official clients meet them, without any socket.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that panics is a test that failed")]

mod collaborators;
mod compile;
mod libraries;
mod locks;
mod patches;
mod projects;
mod quotas;
mod rate_limit;
mod service;
mod shapes;
mod users;

#[test]
fn every_endpoint_of_the_protocol_is_answered() {
    let mut service = service::Service::new();
    for path in qc_proto::PATHS {
        let answer = service.call(path, serde_json::json!({}));
        assert!(
            !answer.to_string().contains("Endpoint not found"),
            "{path}: add it to `Service::answer`"
        );
    }
}
