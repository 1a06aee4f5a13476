//! What `qc doctor` found.

use std::io;

use serde::Serialize;

use super::forms::Forms;
use crate::{output::printer::Report, text::escape};

/// All that is told. Nothing private is in it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DoctorReport {
    pub(super) qc: &'static str,
    pub(super) system: String,
    #[serde(flatten)]
    pub(super) way: Way,
    /// The version of HTTP. None if no answer came.
    pub(super) http: Option<String>,
    /// Whether an answer was compressed on its way.
    pub(super) gzip: Option<bool>,
    /// How many seconds the service's clock is ahead of this machine's.
    pub(super) clock_offset_seconds: Option<i64>,
    pub(super) latency: Option<Latency>,
    /// Whether files of libraries came without being asked for: `yes`, `no` or `unknown`.
    pub(super) libraries_unasked: &'static str,
    /// The quotas that projects name, in KB.
    pub(super) max_file_sizes: Vec<i64>,
    pub(super) calls: Vec<CallReport>,
    pub(super) unreadable: Vec<Unreadable>,
    /// What went wrong before a question could be asked.
    pub(super) failed: Vec<String>,
}

/// The way to the service, as this machine sees it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Way {
    pub(super) service: String,
    pub(super) credentials: String,
    pub(super) proxy: String,
    pub(super) certificates: String,
}

/// How long `authenticate` took. The first opened the connection.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Latency {
    pub(super) first_ms: u64,
    pub(super) min_ms: u64,
    pub(super) median_ms: u64,
}

/// A question and its answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallReport {
    /// Such as `files/read`.
    pub(super) endpoint: &'static str,
    pub(super) asked: &'static str,
    pub(super) status: Option<u16>,
    /// `ok`, or what went wrong.
    pub(super) outcome: String,
    /// What stood before the JSON.
    pub(super) before_json: Option<&'static str>,
    pub(super) forms: Forms,
}

/// What this client would not have read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unreadable {
    pub(super) endpoint: &'static str,
    pub(super) path: String,
    pub(super) why: String,
}

impl Report for DoctorReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Way { service, credentials, proxy, certificates } = &self.way;
        writeln!(out, "qc {} on {}", self.qc, self.system)?;
        writeln!(out, "service: {}", escape(service))?;
        writeln!(out, "credentials: {}", escape(credentials))?;
        writeln!(out, "proxy: {proxy}\ncertificates: {certificates}")?;
        if let Some(http) = &self.http {
            let gzip = if self.gzip == Some(true) { "with" } else { "without" };
            writeln!(out, "http: {http}, {gzip} gzip")?;
        }
        match self.clock_offset_seconds {
            Some(-1..=1) => writeln!(out, "clock: right")?,
            Some(offset) if offset < 0 => {
                writeln!(out, "clock: {} s ahead of the service's", offset.unsigned_abs())?;
            }
            Some(offset) => writeln!(out, "clock: {offset} s behind the service's")?,
            None => writeln!(out, "clock: not known")?,
        }
        if let Some(Latency { first_ms, min_ms, median_ms }) = &self.latency {
            writeln!(
                out,
                "latency: {first_ms} ms first, then {min_ms} ms or more, median {median_ms} ms"
            )?;
        }
        writeln!(out, "library files unasked: {}", self.libraries_unasked)?;
        let sizes: Vec<String> = self.max_file_sizes.iter().map(i64::to_string).collect();
        let sizes = if sizes.is_empty() { "not told".to_owned() } else { sizes.join(", ") };
        writeln!(out, "maxFileSize: {sizes}")?;
        for failed in &self.failed {
            writeln!(out, "failed: {}", escape(failed))?;
        }
        self.calls.iter().try_for_each(|call| call.print(out))?;
        writeln!(out, "\nnot readable for this client:")?;
        if self.unreadable.is_empty() {
            writeln!(out, "  nothing")?;
        }
        for Unreadable { endpoint, path, why } in &self.unreadable {
            writeln!(out, "  {endpoint} {}: {}", escape(path), escape(why))?;
        }
        Ok(())
    }
}

impl CallReport {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let Self { endpoint, asked, status, outcome, before_json, forms } = self;
        let status = status.map(|status| format!("HTTP {status}, ")).unwrap_or_default();
        writeln!(out, "\n{endpoint} ({asked}): {status}{}", escape(outcome))?;
        if let Some(before) = before_json {
            writeln!(out, "  before the JSON: {before}")?;
        }
        forms
            .iter()
            .try_for_each(|(path, forms)| writeln!(out, "  {}: {}", escape(path), escape(forms)))
    }
}
