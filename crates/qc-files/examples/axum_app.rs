//! A web service that reads a project's files for others: one client for all requests.
//!
//! ```sh
//! cargo run -p qc-files --example axum_app
//! curl http://127.0.0.1:PORT/files/main.py   # in another terminal
//! ```
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::{error::Error, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use qc_emulator::Emulator;
use qc_files::{Client, ErrorKind, ProjectFiles};
use tokio::net::TcpListener;

/// What a failed call is to the caller of this service. The error itself may name things that are none of their business.
struct Failed(qc_files::Error);

impl From<qc_files::Error> for Failed {
    fn from(error: qc_files::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::FileNotFound => StatusCode::NOT_FOUND,
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            _ if self.0.is_timeout() => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, self.0.kind().name()).into_response()
    }
}

async fn list(State(project): State<Arc<ProjectFiles>>) -> Result<String, Failed> {
    let files = project.read_all().await?;
    Ok(files.into_iter().map(|file| format!("{}\n", file.name)).collect())
}

async fn read(
    State(project): State<Arc<ProjectFiles>>,
    Path(name): Path<String>,
) -> Result<String, Failed> {
    Ok(project.read(name).await?.content)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // In place of `Client::new(qc_files::credentials::discover()?)`.
    let service = Emulator::start()?;
    let credentials = service.emulator().credentials();
    let (id, _) = service.emulator().projects().remove(0);
    let client = Client::builder(credentials).base_url(service.base_url()).build()?;
    // Nobody waits for longer than that for a page.
    let project = client.project(id)?.with_deadline(Duration::from_secs(10));

    let app = Router::new()
        .route("/files", get(list))
        .route("/files/{*name}", get(read))
        .with_state(Arc::new(project));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/files", listener.local_addr()?);
    println!("Ctrl-C stops it.");
    axum::serve(listener, app).await?;
    Ok(())
}
