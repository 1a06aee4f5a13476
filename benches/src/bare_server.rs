//! The least that a server can do: hyper answering the same bytes, whatever is asked. It prints its address.
#![allow(clippy::print_stdout, reason = "a program says where it is")]

use std::{convert::Infallible, env};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let answer = Bytes::from(env::args().nth(1).unwrap_or_else(|| "{\"success\":true}".to_owned()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let tasks = tokio::task::LocalSet::new();
    tasks
        .run_until(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let answer = answer.clone();
                tokio::task::spawn_local(async move {
                    let service = service_fn(move |request: Request<Incoming>| {
                        let answer = answer.clone();
                        async move {
                            let _ = request.into_body().collect().await;
                            Ok::<_, Infallible>(Response::new(Full::new(answer)))
                        }
                    });
                    let _ =
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        })
        .await
}
