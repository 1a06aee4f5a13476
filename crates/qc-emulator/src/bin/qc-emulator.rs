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
    time::Duration,
};

use jiff::SignedDuration;

use lexopt::{Arg, Parser, ValueExt as _};
use qc_emulator::{Drift, Emulator, FAULT_FORMS, Rule, Server};
use qc_proto::{ApiToken, Credentials, Language, UserId, Window};

const HELP: &str = "\
The QuantConnect file API on a loopback port, in memory.

Usage: qc-emulator [--port N] [--user-id ID] [--api-token TOKEN] [--fault RULE]...

Options:
  --port N             the port of 127.0.0.1 to listen on [default: a free one]
  --user-id ID         the user that it knows [env: QUANTCONNECT_USER_ID] [default: generated]
  --api-token TOKEN    the user's token [env: QUANTCONNECT_API_TOKEN] [default: generated];
                       in the environment it does not show in a list of processes
  --fault RULE         lets something go wrong; may be given more than once, see below
  --seed N             chooses the requests that rules with a chance hit [default: drawn, and printed]
  --clock-skew TIME    sets the service's own clock wrong, such as by -2h
  --max-age TIME       how old a signature may be [default: 2h]
  --max-ahead TIME     how far in the future it may be [default: 5m]
  -h, --help           this text
  -V, --version        the version

When it is ready it prints one line of JSON with base_url, user_id, api_token and project_id, the number of a
Python project with the default files. It stops on Ctrl-C, and what it holds is gone.

Examples:
  QUANTCONNECT_USER_ID=1 QUANTCONNECT_API_TOKEN=test qc-emulator --port 5612
  qc-emulator --fault 'files/create:drop-after*2' --fault 'latency=200ms*always' --fault 'status=503@5%'

A rule is [ENDPOINT:]FAULT, and hits once; with *N the first N requests, with *always all, with @P% each with that
chance. TIME is written as 200ms, 30s or 5m; in the options above also as a number of seconds. Faults:
";

struct Settings {
    port: u16,
    credentials: Credentials,
    rules: Vec<Rule>,
    seed: Option<u64>,
    clock_skew: SignedDuration,
    window: Window,
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
    let mut rules: Vec<Rule> = Vec::new();
    let mut seed = None;
    let mut clock_skew = SignedDuration::ZERO;
    let mut window = Window::default();
    let mut arguments = Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("port") => port = arguments.value()?.parse()?,
            Arg::Long("user-id") => user_id = Some(arguments.value()?.string()?),
            Arg::Long("api-token") => token = Some(arguments.value()?.string()?),
            Arg::Long("fault") => rules.push(arguments.value()?.parse_with(str::parse)?),
            Arg::Long("seed") => seed = Some(arguments.value()?.parse()?),
            Arg::Long("clock-skew") => clock_skew = arguments.value()?.parse_with(time)?,
            Arg::Long("max-age") => window.past = arguments.value()?.parse_with(positive)?,
            Arg::Long("max-ahead") => window.future = arguments.value()?.parse_with(positive)?,
            Arg::Short('h') | Arg::Long("help") => {
                print!("{HELP}{}", faults());
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
    if rules.iter().any(Rule::is_by_chance) && seed.is_none() {
        seed = Some(getrandom::u64()?);
    }
    let credentials = Credentials::new(user_id, token);
    Ok(Some(Settings { port, credentials, rules, seed, clock_skew, window }))
}

/// The help's list of faults and drifts.
fn faults() -> String {
    let mut list = String::new();
    for (form, what) in FAULT_FORMS {
        list += &format!("  {form:<30} {what}\n");
    }
    let names: Vec<_> = Drift::ALL.iter().map(|drift| drift.name()).collect();
    list + "\nDrifts:\n  " + &names.join("\n  ") + "\n"
}

fn time(text: &str) -> Result<SignedDuration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(SignedDuration::from_secs(seconds));
    }
    text.parse().map_err(|_| "a time is written as 200ms, 30s, 5m or -2h, or in seconds".to_owned())
}

fn positive(text: &str) -> Result<Duration, String> {
    Duration::try_from(time(text)?).map_err(|_| "it must not be negative".to_owned())
}

fn generated_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[tokio::main(flavor = "current_thread")]
async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let Settings { port, credentials, rules, seed, clock_skew, window } = settings;
    let mut emulator = Emulator::new(credentials.clone())
        .with_window(window)
        .with_clock_skew(clock_skew.as_secs())
        .with_fault_seed(seed.unwrap_or_default());
    for rule in rules {
        emulator.add_rule(rule);
    }
    let project = emulator.add_project("Emulated", Language::Python);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = Server::start_on(emulator, address)
        .await
        .map_err(|error| format!("cannot listen on {address}: {error}; try another --port"))?;
    // Before anyone is told that it is ready: whoever reads that may stop it at once.
    let stopped = stop_signal()?;
    let mut ready = serde_json::json!({
        "base_url": server.base_url(),
        "user_id": credentials.user_id().to_string(),
        "api_token": credentials.token().expose_secret(),
        "project_id": project,
    });
    if let Some(seed) = seed {
        ready["fault_seed"] = seed.into();
    }
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
