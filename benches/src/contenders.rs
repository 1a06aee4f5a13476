//! Each client connects with one call, and then makes as many as it is told.

use std::cell::Cell;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy, rt::TokioExecutor};
use qc_proto::http::Request;
use serde_json::{Value, json};

use crate::{NAME, Service, content};

/// Makes so many updates.
pub type Updates = Box<dyn Fn(usize)>;

/// The facade, with so many calls in flight.
#[must_use]
pub fn facade(service: &Service, in_flight: usize) -> Updates {
    let builder =
        qc_files::Client::builder(service.credentials.clone()).base_url(service.server.base_url());
    let project = builder.build().unwrap().project(service.project).unwrap();
    let content = content();
    on_this_thread(in_flight, async move || project.update(NAME, content.clone()).await.unwrap())
}

/// The facade without futures.
#[must_use]
pub fn blocking(service: &Service, _: usize) -> Updates {
    let builder = qc_files::blocking::Client::builder(service.credentials.clone())
        .base_url(service.server.base_url());
    let project = builder.build().unwrap().project(service.project).unwrap();
    let content = content();
    one_by_one(move || project.update(NAME, content.clone()).unwrap())
}

/// The least that a call can cost: hyper-util's pooled client sends bytes that were built and signed before.
#[must_use]
pub fn floor(service: &Service, in_flight: usize) -> Updates {
    let (url, body) = (service.url(), Bytes::from(service.body()));
    let (headers, executor) = (service.signer()(), TokioExecutor::new());
    let client: legacy::Client<_, Full<Bytes>> = legacy::Client::builder(executor).build_http();
    on_this_thread(in_flight, async move || {
        let mut request = Request::post(&url).body(Full::new(body.clone())).unwrap();
        *request.headers_mut() = headers.clone();
        let response = client.request(request).await.unwrap();
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        assert!(answer.ends_with(b"true}"), "refused: {answer:?}");
    })
}

/// The same signed call with reqwest.
#[must_use]
pub fn reqwest(service: &Service, in_flight: usize) -> Updates {
    let (url, signed) = (service.url(), service.signer());
    let (project, content) = (service.project, content());
    let client = reqwest::Client::new();
    on_this_thread(in_flight, async move || {
        let fields = json!({ "projectId": project, "name": NAME, "content": content });
        let request = client
            .post(&url)
            .headers(signed())
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&fields).unwrap());
        check(&request.send().await.unwrap().bytes().await.unwrap());
    })
}

/// The same signed call with ureq.
#[must_use]
pub fn ureq(service: &Service, _: usize) -> Updates {
    let (url, signed) = (service.url(), service.signer());
    let (project, content) = (service.project, content());
    let agent = ureq::Agent::new_with_defaults();
    one_by_one(move || {
        let fields = json!({ "projectId": project, "name": NAME, "content": content });
        let mut request = agent.post(&url).header("content-type", "application/json");
        for (name, value) in &signed() {
            request = request.header(name, value);
        }
        let mut response = request.send(&serde_json::to_vec(&fields).unwrap()).unwrap();
        check(response.body_mut().read_to_string().unwrap().as_bytes());
    })
}

/// Every client looks at its answer: this client does.
fn check(answer: &[u8]) {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    assert!(answer["success"] == true, "refused: {answer}");
}

fn one_by_one(call: impl Fn() + 'static) -> Updates {
    call();
    Box::new(move |count| (0..count).for_each(|_| call()))
}

fn on_this_thread(in_flight: usize, call: impl AsyncFn() + 'static) -> Updates {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let updates = move |count: usize| {
        let left = Cell::new(count);
        let until_none_is_left = || async {
            while let Some(less) = left.get().checked_sub(1) {
                left.set(less);
                call().await;
            }
        };
        runtime.block_on(join_all((0..in_flight).map(|_| until_none_is_left())));
    };
    updates(in_flight);
    Box::new(updates)
}
