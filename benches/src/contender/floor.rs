//! The floor: hyper-util's pooled client sending bytes that were built and signed before.

use anyhow::{Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use qc_proto::http::Request;

use super::task::Task;

pub(crate) async fn run(task: &Task) -> Result<()> {
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let (url, body, headers) = (task.url(), Bytes::from(task.body()?), task.signed()?);
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
