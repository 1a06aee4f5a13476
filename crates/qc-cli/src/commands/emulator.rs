//! `qc emulator`: the service on a loopback port, for clients in any language.

use std::{
    fs, io,
    io::Write as _,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::SignedDuration;
use qc_emulator::{Drift, Emulator, FAULT_FORMS, LibraryFiles, Rule, Server};
use qc_files::qc_proto::{ClockTolerance, Tier};
use qc_files::{ApiToken, Credentials, Language, UserId, credentials};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{arguments::tier, exit::Exit, printer::Printer, settings::SettingsError};

const NO_CHANCE: &str =
    "the system draws no random numbers: give --user-id, --api-token and --seed";

/// So many of the last requests are remembered, at least.
const HISTORY: usize = 10_000;

// How the service is to behave.
#[derive(Debug, clap::Args)]
pub(crate) struct Settings {
    /// The port to listen on [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The address to listen on; another than this machine's own needs --expose
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    listen: IpAddr,
    /// Lets everyone who reaches the port read all projects on its page and order faults, without credentials
    #[arg(long)]
    expose: bool,
    /// Writes the line that says that it is ready into this file too, for scripts that wait for it
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Keeps projects in this folder: every write that was answered is on disk [default: in memory only]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The user that it knows [default: generated, or 1 with --data-dir]
    #[arg(long, value_name = "ID", env = credentials::USER_ID, hide_env_values = true)]
    user_id: Option<UserId>,
    /// The user's token; in the environment it does not show in a list of processes [default: generated]
    #[arg(long, value_name = "TOKEN", env = credentials::API_TOKEN, hide_env_values = true)]
    api_token: Option<String>,
    /// Holds files and projects to this tier's quotas [default: none]
    #[arg(long, value_name = "TIER", value_parser = tier())]
    tier: Option<Tier>,
    /// Answers each user so many requests a time only, such as 20/1m [default: no limit]
    #[arg(long, value_name = "NUMBER/TIME", value_parser = rate_limit)]
    rate_limit: Option<(usize, Duration)>,
    /// Sends the files of a project's libraries unasked, behind its own or before them [default: only when asked]
    #[arg(long, value_name = "WHERE", num_args = 0..=1, default_missing_value = "last", value_parser = library_files())]
    library_files: Option<LibraryFiles>,
    /// Refuses edit control of a project that another environment has acquired [default: the last one has it]
    #[arg(long)]
    firm_locks: bool,
    /// Lets more users in: a JSON file such as [{"user-id": "2", "api-token": "…", "projects": ["Strategy"]}]
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Lets something go wrong; may be given more than once, see below
    #[arg(long = "fault", value_name = "RULE")]
    faults: Vec<Rule>,
    /// Chooses the requests that rules with a chance hit [default: drawn, and printed]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Sets the service's own clock wrong, such as by -2h
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    clock_skew: Option<SignedDuration>,
    /// How old a signature may be [default: 2h]
    #[arg(long, value_name = "TIME", value_parser = positive, allow_hyphen_values = true)]
    max_age: Option<Duration>,
    /// How far in the future it may be [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = positive, allow_hyphen_values = true)]
    max_ahead: Option<Duration>,
}

/// The end of the help: what is printed, and all faults.
pub(crate) fn more_help() -> String {
    let mut help = String::from(
        "\
When it is ready it prints one line of JSON with base_url, user_id, api_token and project_id, the
number of a Python project, at first with the default files. It stops on Ctrl-C, and what it holds
is gone, but for what --data-dir keeps.

Beside the service it has a page for people at /, GET /healthz, and for programs
GET /_emulator/state, GET /_emulator/requests, POST /_emulator/reset and
POST /_emulator/faults, which takes
{\"rules\": [\"files/create:drop-after*2\"], \"replace\": false}. None of them shows a token.

Examples:
  QUANTCONNECT_USER_ID=1 QUANTCONNECT_API_TOKEN=test qc emulator --port 5612
  qc emulator --fault 'files/create:drop-after*2' --fault 'latency=200ms*always'
  qc emulator --fault 'status=503@5%' --seed 7
  qc emulator --data-dir ~/.cache/qc-emulator --tier free --rate-limit 20/1m

A rule is [ENDPOINT:]FAULT, and hits once; with *N the first N requests, with *always all, with
@P% each with that chance. TIME is written as 200ms, 30s or 5m; in the options above also as a
number of seconds. Faults:
",
    );
    for (form, what) in FAULT_FORMS {
        help += &format!("  {form:<30} {what}\n");
    }
    let names: Vec<_> = Drift::ALL.iter().map(|drift| drift.name()).collect();
    help + "\nDrifts:\n  " + &names.join("\n  ")
}

pub(crate) async fn run(settings: &Settings, printer: &Printer) -> anyhow::Result<Exit> {
    let (credentials, seed) = (settings.credentials()?, settings.seed()?);
    let emulator = match &settings.data_dir {
        Some(folder) => Emulator::open(folder, credentials.clone()).map_err(SettingsError::Data)?,
        None => Emulator::new(credentials.clone()),
    };
    let mut emulator = emulator
        .with_clock_tolerance(settings.clock_tolerance())
        .with_clock_skew(settings.clock_skew.map_or(0, |skew| skew.as_secs()))
        .with_fault_seed(seed.unwrap_or_default())
        .with_library_files(settings.library_files.unwrap_or_default())
        .with_history(HISTORY);
    if let Some(tier) = settings.tier {
        emulator = emulator.with_tier(tier);
    }
    if let Some((requests, per)) = settings.rate_limit {
        emulator = emulator.with_rate_limit(requests, per);
    }
    if settings.firm_locks {
        emulator = emulator.with_firm_locks();
    }
    for user in settings.users()? {
        user.enter(&mut emulator)?;
    }
    for rule in &settings.faults {
        emulator.add_rule(rule.clone());
    }
    let known = emulator.projects_of(credentials.user_id()).into_iter().next();
    let project = match known {
        Some((project, _)) => project,
        None => emulator.add_project("Emulated", Language::Python),
    };
    let address = SocketAddr::from((settings.listen, settings.port));
    if !settings.listen.is_loopback() && !settings.expose {
        return Err(SettingsError::Exposed(address).into());
    }
    let server = Server::start_on(emulator, address)
        .await
        .map_err(|why| SettingsError::Port(address, why))?;
    // Before anyone is told that it is ready: whoever reads that may stop it at once.
    let stopped = stop_signal()?;
    let mut ready = json!({
        "base_url": server.base_url(),
        "user_id": credentials.user_id().to_string(),
        "api_token": credentials.token().expose_secret(),
        "project_id": project,
    });
    if let Some(seed) = seed {
        ready["fault_seed"] = seed.into();
    }
    if let Some(path) = &settings.ready_file {
        keep(path, &ready).map_err(|why| SettingsError::Unwritable(path.clone(), why))?;
    }
    // One line and JSON, whether that was asked for or not.
    printer.raw(format!("{ready}\n").as_bytes())?;
    stopped.await?;
    server.shutdown().await;
    Ok(Exit::Done)
}

/// Whole or not at all, and for its owner only: a token is in it.
fn keep(path: &Path, ready: &Value) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(file, "{ready}")?;
    file.persist(path)?;
    Ok(())
}

impl Settings {
    fn credentials(&self) -> anyhow::Result<Credentials> {
        let user_id = match self.user_id {
            Some(user_id) => user_id,
            // Projects that are kept have to find their owner again.
            None if self.data_dir.is_some() => UserId::new(1),
            None => {
                UserId::new(100_000 + u64::from(getrandom::u32().context(NO_CHANCE)?) % 900_000)
            }
        };
        let token = match &self.api_token {
            Some(token) => token.clone(),
            None => generated_token().context(NO_CHANCE)?,
        };
        Ok(Credentials::new(user_id, ApiToken::new(token)?))
    }

    /// Needed where something is left to chance only.
    fn seed(&self) -> anyhow::Result<Option<u64>> {
        match self.seed {
            None if self.faults.iter().any(Rule::is_by_chance) => {
                Ok(Some(getrandom::u64().context(NO_CHANCE)?))
            }
            seed => Ok(seed),
        }
    }

    fn users(&self) -> anyhow::Result<Vec<User>> {
        let Some(path) = &self.users else { return Ok(Vec::new()) };
        let unusable = |why: String| SettingsError::Users(path.clone(), why);
        let text = fs::read(path).map_err(|why| unusable(why.to_string()))?;
        // A message of the parser may quote what it read, a token with it: where is enough.
        let users = serde_json::from_slice(&text).map_err(|why| {
            unusable(format!(
                "line {}, column {}: not as --help shows it",
                why.line(),
                why.column()
            ))
        });
        Ok(users?)
    }

    fn clock_tolerance(&self) -> ClockTolerance {
        let mut tolerance = ClockTolerance::default();
        tolerance.past = self.max_age.unwrap_or(tolerance.past);
        tolerance.future = self.max_ahead.unwrap_or(tolerance.future);
        tolerance
    }
}

/// One entry of a `--users` file: the names are those of the official tool's credentials file.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct User {
    user_id: String,
    api_token: String,
    #[serde(default)]
    projects: Vec<String>,
}

impl User {
    fn enter(self, emulator: &mut Emulator) -> anyhow::Result<()> {
        let user_id: UserId = self.user_id.parse()?;
        emulator.add_user(Credentials::new(user_id, ApiToken::new(self.api_token)?));
        let known = emulator.projects_of(user_id);
        let is_new = |project: &&String| known.iter().all(|(_, name)| name != *project);
        for project in self.projects.iter().filter(is_new) {
            emulator.add_project_for(user_id, project, Language::Python);
        }
        Ok(())
    }
}

fn library_files() -> impl TypedValueParser<Value = LibraryFiles> {
    PossibleValuesParser::new(["last", "first"]).map(|word| match word.as_str() {
        "first" => LibraryFiles::First,
        _ => LibraryFiles::Last,
    })
}

fn rate_limit(text: &str) -> Result<(usize, Duration), String> {
    let parsed = text.split_once('/').and_then(|(requests, per)| {
        Some((requests.parse().ok()?, positive(per).ok().filter(|per| !per.is_zero())?))
    });
    parsed.ok_or_else(|| "a limit is written as 20/1m: a number of requests, and a time".to_owned())
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
