//! `qc doctor`: asks the service and says in which forms it answers. Reads only, and tells nothing private.

mod forms;
mod kept;
mod private;
mod report;
mod way;

use std::{env, time::Duration};

use qc_files::{
    Client, Endpoint, ErrorKind, Project, ProjectId,
    qc_proto::{
        Authenticate, DecodeError, FileList, Policy, ProjectFile, ProjectList, ReadFile, ReadFiles,
        ReadProjects, RemoteName, decode_answer, decode_request, http_times::http_date,
    },
};
use serde_json::Value;

use self::{
    kept::{KeepingTransport, Kept, Last},
    private::Private,
    report::{CallReport, DoctorReport, Latency, Unreadable},
};
use crate::{
    advice,
    arguments::Arguments,
    exit::Exit,
    output::printer::Printer,
    place::{connect, folder::ProjectFolder, project},
};

/// So often `authenticate` is asked, to see how long it takes.
const TIMES: usize = 3;
/// A file that no project has, to see a refusal.
const ABSENT: &str = "qc-doctor-asks-for-no-file.py";

pub(crate) async fn run(
    arguments: &Arguments,
    printer: &Printer,
    asked: Option<&str>,
) -> anyhow::Result<Exit> {
    let mut doctor = Doctor::new(arguments)?;
    match doctor.client(arguments, printer) {
        Ok(client) => doctor.ask(&client, asked).await,
        Err(error) => doctor.fail(Exit::from_error(&error), &advice::describe(&error)),
    }
    let exit = match doctor.exit {
        Exit::Done if !doctor.report.unreadable.is_empty() => Exit::Partly,
        exit => exit,
    };
    printer.show(&doctor.report)?;
    Ok(exit)
}

struct Doctor {
    report: DoctorReport,
    private: Private,
    last: Last,
    /// The first failure's.
    exit: Exit,
}

impl Doctor {
    fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let mut private = Private::default();
        let report = DoctorReport {
            qc: env!("CARGO_PKG_VERSION"),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            way: way::way(arguments, &mut private)?,
            libraries_unasked: "unknown",
            ..DoctorReport::default()
        };
        Ok(Self { report, private, last: Last::default(), exit: Exit::Done })
    }

    /// A client that asks once: what fails is told, not tried again.
    fn client(&mut self, arguments: &Arguments, printer: &Printer) -> anyhow::Result<Client> {
        let found = connect::find_credentials(arguments)?;
        self.report.way.credentials = self.private.hide(&connect::source_of(&found));
        self.private.add(&found.credentials.user_id().to_string(), "(user)");
        self.private.add(ABSENT, "(file)");
        let policy = Policy::default().with_max_attempts(1);
        let timeout = policy.attempt_timeout;
        let last = self.last.clone();
        let wrap = |transport| KeepingTransport::new(transport, last);
        let builder = connect::builder(arguments, printer, found.credentials, wrap)?;
        Ok(builder.policy(policy.with_deadline(timeout)).build()?)
    }

    fn fail(&mut self, exit: Exit, why: &str) {
        let why = self.private.hide(why);
        self.report.failed.push(why);
        self.note_exit(exit);
    }

    fn note_exit(&mut self, exit: Exit) {
        if self.exit == Exit::Done {
            self.exit = exit;
        }
    }

    async fn ask(&mut self, client: &Client, asked: Option<&str>) {
        let mut times = Vec::new();
        for number in 0..TIMES {
            let (accepted, kept) =
                self.call(client, Authenticate {}, "the credentials", number == 0).await;
            times.extend(kept.map(|kept| kept.took));
            if accepted.is_none() {
                break;
            }
        }
        self.report.latency = latency(&times);
        if self.exit == Exit::Credentials {
            return;
        }
        let (list, kept) = self.call(client, ReadProjects::all(), "all projects", true).await;
        self.look_at_projects(list.as_ref(), kept.as_ref());
        let list = list.unwrap_or_default();
        let Some(project) = self.choose(&list, asked) else {
            self.fail(Exit::NotFound, "files/read was not asked: no such project is known");
            return;
        };
        let read = ReadFiles::all(project);
        let (files, kept) = self.call(client, read, "a project's files", true).await;
        let settings = list.projects.iter().find(|each| each.project_id == project);
        self.look_at_files(files.is_some(), kept.as_ref(), settings);
        let absent = ReadFile::new(project, RemoteName::from_service(ABSENT));
        self.call(client, absent, "a file that does not exist, to see a refusal", true).await;
    }

    /// Asks one question.
    async fn call<E: Endpoint>(
        &mut self,
        client: &Client,
        endpoint: E,
        asked: &'static str,
        is_told: bool,
    ) -> (Option<E::Output>, Option<Kept>) {
        let result = client.execute(endpoint).await;
        let kept = self.last.take();
        let mut report = CallReport {
            endpoint: E::PATH,
            asked,
            status: kept.as_ref().map(|kept| kept.status),
            outcome: "ok".to_owned(),
            before_json: None,
            forms: forms::Forms::new(),
        };
        if let Some(kept) = &kept {
            self.look_at_way(kept);
            if let Some((before, answer)) = forms::json_of(&kept.body) {
                self.private.add_all_of(&answer);
                (report.before_json, report.forms) = (before, forms::forms(&answer));
            }
        }
        if let Err(error) = &result {
            report.outcome = self.outcome(error);
            if error.kind() != ErrorKind::FileNotFound {
                self.note_exit(Exit::from_call(error.kind()));
            }
        }
        if is_told || result.is_err() {
            self.report.calls.push(report);
        }
        (result.ok(), kept)
    }

    /// What a call's failure says, without what the answer held.
    fn outcome(&self, error: &qc_files::Error) -> String {
        if error.kind() == ErrorKind::Transport {
            return self.private.hide(&error.to_string());
        }
        let mut said = error.kind().to_string();
        if let Some(code) = error.code() {
            said += &format!(", errorCode {code}");
        }
        if !error.messages().is_empty() && !has_known_words(error.kind()) {
            said += ", in words that are not told: they may hold a name";
            return said;
        }
        for message in error.messages() {
            said += &format!(", \"{}\"", self.private.hide_in_words(message));
        }
        said
    }

    fn look_at_way(&mut self, kept: &Kept) {
        self.report.http = Some(format!("{:?}", kept.version));
        self.report.gzip = Some(kept.is_compressed || self.report.gzip == Some(true));
        let date = kept.date.as_ref().and_then(http_date);
        let offset = date.and_then(|date| seconds(date)?.checked_sub(seconds(kept.received)?));
        self.report.clock_offset_seconds = offset.or(self.report.clock_offset_seconds);
    }

    fn look_at_projects(&mut self, list: Option<&ProjectList>, kept: Option<&Kept>) {
        let Some(kept) = kept else { return };
        self.look_at_entries::<ProjectList, Project>(ReadProjects::PATH, "projects", kept);
        let Some(list) = list else { return };
        for project in &list.projects {
            self.report.max_file_sizes.extend(project.max_file_size);
        }
        self.report.max_file_sizes.sort_unstable();
        self.report.max_file_sizes.dedup();
        for (number, project) in list.projects.iter().enumerate() {
            for (field, is_read) in [
                ("parameters", project.parameters.is_some()),
                ("libraries", project.libraries.is_some()),
            ] {
                if !is_read {
                    self.report.unreadable.push(Unreadable {
                        endpoint: ReadProjects::PATH,
                        path: format!("project {number} of those that can be read, {field}"),
                        why: "it is of another form".to_owned(),
                    });
                }
            }
        }
    }

    fn look_at_files(&mut self, is_read: bool, kept: Option<&Kept>, settings: Option<&Project>) {
        let Some(kept) = kept else { return };
        self.look_at_entries::<FileList, ProjectFile>(ReadFiles::PATH, "files", kept);
        let Some((_, answer)) = forms::json_of(&kept.body) else { return };
        let files = forms::entries(answer.get("files"));
        let libraries = settings.and_then(|settings| settings.libraries.as_ref());
        self.report.libraries_unasked = match libraries {
            _ if files.iter().any(|file| is_of_library(file)) => "yes",
            Some(all) if is_read && !all.is_empty() => "no",
            Some(all) if all.is_empty() => "unknown: the project uses no library",
            _ => "unknown",
        };
        for (number, file) in files.into_iter().enumerate() {
            let name = file.get("name").and_then(Value::as_str).map(RemoteName::from_service);
            if let Some(Err(invalid)) = name.map(|name| name.clean()) {
                let why = format!("no name for a file here: {}", self.private.hide(invalid.why()));
                let path = format!("files[{number}].name");
                self.report.unreadable.push(Unreadable { endpoint: ReadFiles::PATH, path, why });
            }
        }
    }

    /// Tells what this client cannot read, entry by entry.
    fn look_at_entries<L, T>(&mut self, endpoint: &'static str, list: &str, kept: &Kept)
    where
        L: serde::de::DeserializeOwned,
        T: serde::de::DeserializeOwned,
    {
        let mut tell = |path: String, error: &DecodeError| {
            let (field, why) = private::of_decode(error);
            let path = match (&*path, &*field) {
                ("", _) => field,
                (_, ".") => path,
                _ => format!("{path}.{field}"),
            };
            self.report.unreadable.push(Unreadable { endpoint, path, why });
        };
        if let Err(error) = decode_answer::<L>(&kept.body) {
            return tell(String::new(), &error);
        }
        let Some((_, answer)) = forms::json_of(&kept.body) else { return };
        for (number, entry) in forms::entries(answer.get(list)).into_iter().enumerate() {
            if let Err(error) = decode_request::<T>(entry.to_string().as_bytes()) {
                tell(format!("{list}[{number}]"), &error);
            }
        }
    }

    /// The project that was asked for, else the folder's, else the one that was changed last.
    fn choose(&mut self, list: &ProjectList, asked: Option<&str>) -> Option<ProjectId> {
        if let Some(asked) = asked {
            self.private.add(asked, "(project)");
            let named = || Some(project::by_name(&list.projects, asked)?.project_id);
            return project::number(asked).or_else(named);
        }
        if let Ok(folder) = ProjectFolder::find() {
            return Some(folder.project_id());
        }
        let present = list.projects.iter().filter(|project| !project.is_in_recycle_bin());
        let changed =
            |project: &&Project| project.modified.as_ref().and_then(|time| time.since_epoch());
        Some(present.max_by_key(changed)?.project_id)
    }
}

/// Returns whether the service's words for it are known, so that no name is in them but that of the file.
fn has_known_words(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Credentials
            | ErrorKind::Clock
            | ErrorKind::FileNotFound
            | ErrorKind::RateLimited
            | ErrorKind::LockedOut
    )
}

/// As the service may spell it.
fn is_of_library(file: &Value) -> bool {
    match file.get("isLibrary") {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        Some(Value::String(text)) => matches!(&**text, "1" | "true"),
        _ => false,
    }
}

fn seconds(time: Duration) -> Option<i64> {
    i64::try_from(time.as_secs()).ok()
}

fn latency(times: &[Duration]) -> Option<Latency> {
    let millis = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let first_ms = millis(times.first()?);
    let mut rest: Vec<u64> = times.iter().skip(1).map(millis).collect();
    rest.sort_unstable();
    let min_ms = rest.first().copied().unwrap_or(first_ms);
    let median_ms = rest.get(rest.len() / 2).copied().unwrap_or(first_ms);
    Some(Latency { first_ms, min_ms, median_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_call_is_told_apart() {
        let times = [90, 7, 5, 6].map(Duration::from_millis);
        let Latency { first_ms, min_ms, median_ms } = latency(&times).unwrap();
        assert_eq!((first_ms, min_ms, median_ms), (90, 5, 6));
        assert!(latency(&[]).is_none());
        assert_eq!(latency(&times[..1]).unwrap().median_ms, 90);
    }
}
