//! The service on a loopback port, for clients in any language.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to people and programs"
)]

use std::{
    env,
    error::Error,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr},
    process::ExitCode,
};

use lexopt::{Arg, Parser, ValueExt as _};
use qc_emulator::{Emulator, Server};
use qc_proto::{ApiToken, Credentials, Language, UserId};

const HELP: &str = "\
The QuantConnect file API on a loopback port, in memory.

Usage: qc-emulator [--port N] [--user-id ID] [--api-token TOKEN]

Options:
  --port N           the port of 127.0.0.1 to listen on [default: a free one]
  --user-id ID       the user that it knows [env: QUANTCONNECT_USER_ID] [default: generated]
  --api-token TOKEN  the user's token [env: QUANTCONNECT_API_TOKEN] [default: generated];
                     in the environment it does not show in a list of processes
  -h, --help         this text
  -V, --version      the version

When it is ready it prints one line of JSON with base_url, user_id, api_token and project_id, the number of a
Python project with the default files. It stops on Ctrl-C, and what it holds is gone.

Example:
  QUANTCONNECT_USER_ID=1 QUANTCONNECT_API_TOKEN=test qc-emulator --port 5612
";

struct Settings {
    port: u16,
    credentials: Credentials,
}

fn main() -> ExitCode {
    let settings = match settings() {
        Ok(Some(settings)) => settings,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("qc-emulator: {error}\nTry `qc-emulator --help`.");
            return ExitCode::from(2);
        }
    };
    match run(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("qc-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

/// None when there was only something to print.
fn settings() -> Result<Option<Settings>, Box<dyn Error>> {
    let mut port = 0;
    let mut user_id = env::var("QUANTCONNECT_USER_ID").ok();
    let mut token = env::var("QUANTCONNECT_API_TOKEN").ok();
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => port = arguments.value()?.parse()?,
            Arg::Long("user-id") => user_id = Some(arguments.value()?.string()?),
            Arg::Long("api-token") => token = Some(arguments.value()?.string()?),
            Arg::Short('h') | Arg::Long("help") => {
                print!("{HELP}");
                return Ok(None);
            }
            Arg::Short('V') | Arg::Long("version") => {
                println!("qc-emulator {}", env!("CARGO_PKG_VERSION"));
                return Ok(None);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let user_id = match user_id {
        Some(text) => text.parse()?,
        None => UserId::new(100_000 + u64::from(getrandom::u32()?) % 900_000),
    };
    let token = ApiToken::new(match token {
        Some(token) => token,
        None => generated_token()?,
    })?;
    Ok(Some(Settings { port, credentials: Credentials::new(user_id, token) }))
}

fn generated_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[tokio::main(flavor = "current_thread")]
async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let Settings { port, credentials } = settings;
    let mut emulator = Emulator::new(credentials.clone());
    let project = emulator.add_project("Emulated", Language::Python);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::start_on(emulator, address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}; try another --port"))?;
    // Before anyone is told that it is ready: whoever reads that may stop it at once.
    let stopped = stop_signal()?;
    let ready = serde_json::json!({
        "base_url": server.base_url(),
        "user_id": credentials.user_id().to_string(),
        "api_token": credentials.token().expose_secret(),
        "project_id": project,
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;
    drop(stdout);
    stopped.await?;
    server.shutdown().await;
    Ok(())
}

/// Listens from now on, and not from when it is awaited.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => Ok(()),
            _ = terminated.recv() => Ok(()),
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
