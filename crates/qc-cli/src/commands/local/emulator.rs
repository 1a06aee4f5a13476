//! `qc emulator`: the service on a loopback port, for clients in any language.

use std::{fs, io, io::Write as _, net::SocketAddr, path::Path};

use anyhow::Context as _;
use qc_emulator::{Emulator, Rule, Server};
use qc_files::{
    ApiToken, Credentials, Language, ProjectId, UserId,
    credentials::{API_TOKEN, USER_ID},
    qc_proto::ClockTolerance,
};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::emulator::EmulatorArgs,
    error::CliError,
    exit::Exit,
    output::printer::{Printer, Report},
};

const NO_CHANCE: &str =
    "the system draws no random numbers: give --user-id, --api-token and --seed";

/// So many of the last requests are remembered, at least.
const HISTORY: usize = 10_000;

pub(crate) async fn run(settings: &EmulatorArgs, printer: &Printer) -> anyhow::Result<Exit> {
    let (credentials, seed) = (settings.credentials()?, settings.seed()?);
    let emulator = match &settings.data_dir {
        Some(folder) => Emulator::open(folder, credentials.clone()).map_err(CliError::Data)?,
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
    if let Some(duration) = settings.compile_time {
        emulator = emulator.with_compile_time(duration);
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
        return Err(CliError::Exposed(address).into());
    }
    let server =
        Server::start_on(emulator, address).await.map_err(|why| CliError::Port { address, why })?;
    // Before anyone is told that it is ready: whoever reads that may stop it at once.
    let stopped = stop_signal()?;
    let ready = ReadyReport {
        base_url: &server.base_url(),
        user_id: credentials.user_id().to_string(),
        api_token: credentials.token().expose_secret(),
        project_id: project,
        fault_seed: seed,
    };
    if let Some(path) = &settings.ready_file {
        keep(path, &ready).map_err(|why| CliError::Unwritable { path: path.clone(), why })?;
    }
    if printer.is_terminal() {
        printer.show(&ready)?;
    } else {
        // Programs read one line of JSON, whether they asked for JSON or not.
        printer.raw(format!("{}\n", serde_json::to_string(&ready)?).as_bytes())?;
    }
    stopped.await?;
    server.shutdown().await;
    Ok(Exit::Done)
}

/// What a client needs to know of an emulator that is ready. The names are those that programs read so far.
#[derive(Serialize)]
struct ReadyReport<'a> {
    base_url: &'a str,
    user_id: String,
    api_token: &'a str,
    project_id: ProjectId,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault_seed: Option<u64>,
}

impl Report for ReadyReport<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { base_url, user_id, api_token, project_id, .. } = self;
        let page = base_url.strip_suffix("/api/v2").unwrap_or(base_url);
        writeln!(out, "the emulator is ready, with project {project_id}; its page: {page}/\n")?;
        writeln!(out, "In another terminal:")?;
        writeln!(
            out,
            "  export QUANTCONNECT_BASE_URL={base_url} {USER_ID}={user_id} {API_TOKEN}={api_token}"
        )?;
        writeln!(out, "  qc clone {project_id} emulated\n\nCtrl-C stops it.")
    }
}

/// Whole or not at all, and for its owner only: a token is in it.
fn keep(path: &Path, ready: &ReadyReport<'_>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(file, "{}", serde_json::to_string(ready)?)?;
    file.persist(path)?;
    Ok(())
}

impl EmulatorArgs {
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
        let unusable = |why: String| CliError::Users { path: path.clone(), why };
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

#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

    let (mut interrupted, mut broken, mut closed) = (ctrl_c()?, ctrl_break()?, ctrl_close()?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => Ok(()),
            _ = broken.recv() => Ok(()),
            _ = closed.recv() => Ok(()),
        }
    })
}
