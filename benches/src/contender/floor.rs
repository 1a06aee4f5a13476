//! The floor: hyper-util's pooled client sending bytes that were built and signed before.

use anyhow::{Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use qc_proto::http::Request;

use super::task::{NAME, Task};

pub(crate) async fn run(task: &Task) -> Result<()> {
    repeat(task, task.url(), Bytes::from(task.body()?)).await
}

/// The same, reading the file and not writing it: for servers, which answer 2 KB then.
pub(crate) async fn read(task: &Task) -> Result<()> {
    let body = serde_json::json!({ "projectId": task.project, "name": NAME });
    repeat(task, format!("{}/files/read", task.base_url), serde_json::to_vec(&body)?.into()).await
}

async fn repeat(task: &Task, url: String, body: Bytes) -> Result<()> {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let headers = task.signed()?;
    let one = || async {
        while task.next() {
            let mut request = Request::post(&url).body(Full::new(body.clone()))?;
            *request.headers_mut() = headers.clone();
            let answer = client.request(request).await?.into_body().collect().await?.to_bytes();
            ensure!(answer.ends_with(b"true}"), "refused: {answer:?}");
        }
        anyhow::Ok(())
    };
    super::facade::at_once(task.in_flight, one).await
}
