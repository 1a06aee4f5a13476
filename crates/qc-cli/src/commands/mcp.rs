//! `qc mcp`: projects and folders as tools for AI agents, over the Model Context Protocol.

mod failure;
mod http;
mod rails;
mod resources;
mod roots;
mod server;
mod tools;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use rmcp::{ServiceExt as _, transport::stdio};
use tokio::sync::RwLock;

use crate::{
    arguments::{Arguments, mcp::McpArgs},
    commands::mcp::{
        rails::Rails,
        server::{Server, Settings},
    },
    exit::Exit,
    output::printer::Printer,
    place::connect,
};

/// Serves until the client goes, or Ctrl-C.
pub(crate) async fn run(
    arguments: &Arguments,
    mcp: &McpArgs,
    printer: &Printer,
) -> anyhow::Result<Exit> {
    let settings = Arc::new(Settings {
        client: connect::client(arguments, printer)?,
        printer: printer.clone(),
        rails: Rails::new(mcp),
        toolsets: mcp.toolsets.clone(),
        roots: roots::canonical(&mcp.root)?,
        poll: Duration::from_secs(mcp.poll.max(1)),
        calls: RwLock::default(),
    });
    if let Some(address) = mcp.http {
        return http::serve(settings, address, printer).await;
    }
    let server = Server::new(Arc::clone(&settings));
    let running = match server.serve(stdio()).await {
        Ok(running) => running,
        // A client that goes before it has said anything wants nothing.
        Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(Exit::Done),
        Err(error) => return Err(error).context("the client does not speak the protocol"),
    };
    tokio::select! {
        ended = running.waiting() => drop(ended?),
        pressed = tokio::signal::ctrl_c() => pressed?,
    }
    settings.finish().await;
    Ok(Exit::Done)
}
