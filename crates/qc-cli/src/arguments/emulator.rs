//! The options of `qc emulator`.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::SignedDuration;
use qc_emulator::{Drift, FAULT_FORMS, LibraryFiles, Rule};
use qc_files::{UserId, credentials, qc_proto::Tier};

use crate::arguments::tier;

// How the service is to behave.
#[derive(Debug, clap::Args)]
pub(crate) struct EmulatorArgs {
    /// The port to listen on [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// The address to listen on; one that other machines reach needs --expose
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) listen: IpAddr,
    /// Lets everyone who reaches the port read all projects on its page, edit files and order faults, without credentials
    #[arg(long)]
    pub(crate) expose: bool,
    /// Also writes what it prints when it is ready into this file, for scripts that wait for it
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Keeps projects in this folder: every write that was answered is on disk [default: in memory only]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The user that it knows [default: generated, or 1 with --data-dir]
    #[arg(long, value_name = "ID", env = credentials::USER_ID, hide_env_values = true)]
    pub(crate) user_id: Option<UserId>,
    /// The user's token; in the environment it does not show in a list of processes [default: generated]
    #[arg(long, value_name = "TOKEN", env = credentials::API_TOKEN, hide_env_values = true)]
    pub(crate) api_token: Option<String>,
    /// Holds files and projects to this tier's quotas [default: none]
    #[arg(long, value_name = "TIER", value_parser = tier())]
    pub(crate) tier: Option<Tier>,
    /// Answers each user only so many requests in this time, such as 20/1m [default: no limit]
    #[arg(long, value_name = "NUMBER/TIME", value_parser = rate_limit)]
    pub(crate) rate_limit: Option<(usize, Duration)>,
    /// Sends the files of a project's libraries unasked, after its own files or before them [default: only when asked]
    #[arg(long, value_name = "WHERE", num_args = 0..=1, default_missing_value = "last", value_parser = library_files())]
    pub(crate) library_files: Option<LibraryFiles>,
    /// Refuses edit control of a project while another environment has it [default: the last one that asks gets it]
    #[arg(long)]
    pub(crate) firm_locks: bool,
    /// How long a build waits in the queue [default: 0s]
    #[arg(long, value_name = "TIME", value_parser = positive)]
    pub(crate) compile_time: Option<Duration>,
    /// Lets more users in: a JSON file such as [{"user-id": "2", "api-token": "…", "projects": ["Strategy"]}]
    #[arg(long, value_name = "FILE")]
    pub(crate) users: Option<PathBuf>,
    /// Lets something go wrong; may be given more than once, see below
    #[arg(long = "fault", value_name = "RULE")]
    pub(crate) faults: Vec<Rule>,
    /// Makes the choice of requests by rules with a chance repeatable [default: drawn, and printed]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Sets the service's own clock wrong, such as by -2h
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub(crate) clock_skew: Option<SignedDuration>,
    /// How old a signature may be [default: 2h]
    #[arg(long, value_name = "TIME", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) max_age: Option<Duration>,
    /// How far in the future a signature may be [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) max_ahead: Option<Duration>,
}

/// The end of the help: what is printed, and all faults.
pub(crate) fn more_help() -> String {
    let mut help = String::from(
        "\
When it is ready it prints its address, the credentials and the number of a Python project, at first
with the default files: on a terminal as lines to type in another one, else as one line of JSON with
base_url, user_id, api_token and project_id. It stops on Ctrl-C, and its projects are gone then,
unless --data-dir keeps them.

Beside the service it has a page for people at /, GET /healthz, and for programs
GET /_emulator/state, GET /_emulator/requests, POST /_emulator/reset and
POST /_emulator/faults, which takes
{\"rules\": [\"files/create:drop-after*2\"], \"replace\": false}. POST /_emulator/edit, which takes
{\"project\": 20000001, \"name\": \"main.py\", \"content\": \"…\"}, changes a file as someone else would, to
stage a conflict. None of them shows a token.

Examples:
  QUANTCONNECT_USER_ID=1 QUANTCONNECT_API_TOKEN=test qc emulator --port 5612
  qc emulator --fault 'files/create:drop-after*2' --fault 'latency=200ms*always'
  qc emulator --fault 'status=503@5%' --seed 7
  qc emulator --data-dir ~/.cache/qc-emulator --tier free --rate-limit 20/1m

A rule is [ENDPOINT:]FAULT, and acts on one request; with *N on the first N requests, with *always
on all, with @P% on each with that chance. TIME is written as 200ms, 30s or 5m; in the options above
also as a number of seconds. Faults:
",
    );
    for (form, what) in FAULT_FORMS {
        help += &format!("  {form:<30} {what}\n");
    }
    let names: Vec<_> = Drift::ALL.iter().map(|drift| drift.name()).collect();
    help + "\nDrifts:\n  " + &names.join("\n  ")
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
    text.parse()
        .map_err(|_| "a time is written as 200ms, 30s, 5m or -2h, or in whole seconds".to_owned())
}

pub(crate) fn positive(text: &str) -> Result<Duration, String> {
    let time = time(text)
        .map_err(|_| "a time is written as 200ms, 30s or 5m, or in whole seconds".to_owned())?;
    Duration::try_from(time).map_err(|_| "it must not be negative".to_owned())
}
