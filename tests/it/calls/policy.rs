//! What a call does about every outcome, for every class of request: run, counted, and written to the page.

use qc_emulator::{Fault, RefusalForm, RetryAfter, Rule, StallAt};
use qc_files::{Effect, Error, Language, Policy};
use qc_proto::{CreateCompile, Phase};

use crate::{
    page,
    world::{World, credentials},
};

/// What every call of a row meets.
struct Outcome {
    what: &'static str,
    /// By how many seconds this computer's clock is wrong.
    skew: i64,
    /// What comes of its requests, one after the other; the last of them may stay.
    faults: fn() -> Vec<Fault>,
}

const fn outcome(what: &'static str, faults: fn() -> Vec<Fault>) -> Outcome {
    Outcome { what, skew: 0, faults }
}

#[rustfmt::skip]
const OUTCOMES: &[Outcome] = &[
    outcome("no connection", || vec![Fault::NoConnection { phase: Phase::Connect }]),
    outcome("closed unanswered, not acted on", || vec![Fault::DropBefore]),
    outcome("closed unanswered, acted on", || vec![Fault::DropAfter]),
    outcome("reset, acted on", || vec![Fault::Reset { applied: true }]),
    outcome("stalled until the timeout, not acted on", || vec![Fault::Stall { at: StallAt::BeforeAnswer, applied: false }]),
    outcome("stalled until the timeout, acted on", || vec![Fault::Stall { at: StallAt::Body, applied: true }]),
    outcome("HTTP 500, not acted on", || vec![Fault::Status { status: 500, applied: false }]),
    outcome("HTTP 502, not acted on", || vec![Fault::Status { status: 502, applied: false }]),
    outcome("HTTP 502, acted on", || vec![Fault::Status { status: 502, applied: true }]),
    outcome("HTTP 503, not acted on", || vec![Fault::Status { status: 503, applied: false }]),
    outcome("HTTP 504, acted on", || vec![Fault::Status { status: 504, applied: true }]),
    outcome("HTTP 200 with a page of HTML, not acted on", || vec![Fault::Html { applied: false }]),
    outcome("HTTP 200 with a page of HTML, acted on", || vec![Fault::Html { applied: true }]),
    outcome("half an answer that says it is whole, acted on", || vec![Fault::TruncatedBody]),
    outcome("half an answer, acted on", || vec![Fault::ShortBody]),
    outcome("an answer over the limit, not acted on", || vec![Fault::Oversized { bytes: 1 << 40 }]),
    outcome("HTTP 408", || vec![Fault::Status { status: 408, applied: false }]),
    outcome("HTTP 429", || vec![Fault::RateLimited { retry_after: None }]),
    outcome("HTTP 429, `Retry-After` 30 seconds", || vec![Fault::RateLimited { retry_after: Some(RetryAfter::Seconds(30)) }]),
    outcome("HTTP 429, `Retry-After` as a date", || vec![Fault::RateLimited { retry_after: Some(RetryAfter::Date(30)) }]),
    Outcome { what: "credentials refused, and this computer's clock is 3 hours behind", skew: -10_800, faults: Vec::new },
    outcome("credentials refused as HTTP 200", || vec![Fault::Refuse(RefusalForm::Ok)]),
    outcome("credentials refused as HTTP 401", || vec![Fault::Refuse(RefusalForm::Unauthorized)]),
    outcome("credentials refused as HTTP 500", || vec![Fault::Refuse(RefusalForm::ServerError)]),
    outcome("refused in words that are known", || vec![Fault::Refusal("No write permission".to_owned())]),
    outcome("refused in words that are not known", || vec![Fault::Refusal("The stars are wrong".to_owned())]),
    outcome("closed unanswered, not acted on; then refused in known words", || vec![Fault::DropBefore, Fault::Refusal("No write permission".to_owned())]),
    outcome("closed unanswered, acted on; then no connection", || vec![Fault::DropAfter, Fault::NoConnection { phase: Phase::Connect }]),
    outcome("HTTP 302", || vec![Fault::Status { status: 302, applied: false }]),
    outcome("HTTP 400", || vec![Fault::Status { status: 400, applied: false }]),
    outcome("HTTP 413", || vec![Fault::Status { status: 413, applied: false }]),
];

/// Calls of one class, which must all do the same.
struct Class {
    name: &'static str,
    calls: &'static [Call],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Read,
    Authenticate,
    Update,
    ReplaceAll,
    Create,
    Rename,
    Delete,
    CreateProject,
    Patch,
    Compile,
    DeleteProject,
}

const CLASSES: &[Class] = &[
    Class { name: "`Safe`: read, authenticate", calls: &[Call::Read, Call::Authenticate] },
    Class {
        name: "`Converges`: update, replace all files",
        calls: &[Call::Update, Call::ReplaceAll],
    },
    Class {
        name: "`Verify`: create, rename, delete; delete a project",
        calls: &[Call::Create, Call::Rename, Call::Delete, Call::DeleteProject],
    },
    Class { name: "`Verify`, looking first: create a project", calls: &[Call::CreateProject] },
    Class { name: "`Never`: patch, order a build", calls: &[Call::Patch, Call::Compile] },
];

impl Call {
    async fn make(self, world: &World) -> Result<(), Error> {
        let files = world.files();
        match self {
            Self::Read => files.read_all().await.map(drop),
            Self::Authenticate => world.client.authenticate().await,
            Self::Update => files.update("main.py", "new\n").await,
            Self::ReplaceAll => files.replace_all([("main.py", "new\n".to_owned())]).await,
            Self::Create => files.create("new.py", "new\n").await,
            Self::Rename => files.rename("main.py", "new.py").await,
            Self::Delete => files.delete("main.py").await,
            Self::CreateProject => {
                world.client.create_project("New", Language::Python).await.map(drop)
            }
            Self::Patch => {
                files.patch("--- a/main.py\n+++ b/main.py\n@@ -1 +1 @@\n-old\n+new\n").await
            }
            Self::Compile => {
                let project_id = world.project;
                world.client.execute(CreateCompile::new(project_id)).await.map(drop)
            }
            Self::DeleteProject => world.client.delete_project(world.project).await,
        }
    }

    /// Whether what the call asks for is so.
    fn holds(self, world: &World) -> bool {
        let content = |name| world.file(name);
        let project =
            |name: &str| world.emulator().projects().iter().any(|(_, known)| known == name);
        match self {
            Self::Read | Self::Authenticate => true,
            Self::Update | Self::Patch => content("main.py").as_deref() == Some("new\n"),
            Self::ReplaceAll => {
                let names = world.emulator().file_names(world.project);
                content("main.py").as_deref() == Some("new\n") && names == ["main.py"]
            }
            Self::Create => content("new.py").as_deref() == Some("new\n"),
            Self::Rename => {
                content("main.py").is_none() && content("new.py").as_deref() == Some("old\n")
            }
            Self::Delete => content("main.py").is_none(),
            Self::CreateProject => project("New") && !project("New 1"),
            Self::Compile => {
                world.emulator().applied().iter().any(|one| one.endpoint == "compile/create")
            }
            Self::DeleteProject => project("Recycle Bin/Test"),
        }
    }

    /// Whether to apply it twice is the same as once.
    fn converges(self) -> bool {
        matches!(self, Self::Update | Self::ReplaceAll)
    }

    fn changes(self) -> bool {
        !matches!(self, Self::Read | Self::Authenticate)
    }
}

/// Whether the last of the faults comes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Once,
    Stays,
}

/// Makes one call that meets the outcome, checks what it claims, and says what it did.
async fn run(call: Call, outcome: &Outcome, last: Last) -> String {
    let world = World::with(credentials(), Policy::default(), 7, |_| ());
    world.clock.set_skew(outcome.skew);
    world.emulator().put_file(world.project, "main.py", "old\n");
    if call == Call::CreateProject && last == Last::Once && outcome.skew == 0 {
        // The look before it passes: what is met is met by the request itself.
        world.emulator().push_fault(Fault::None);
    }
    let faults = (outcome.faults)();
    for fault in &faults {
        world.emulator().push_fault(fault.clone());
    }
    if let (Last::Stays, Some(fault)) = (last, faults.last()) {
        world.emulator().add_rule(Rule::new(fault.clone()).always());
    }
    let result = call.make(&world).await;
    let emulator = world.emulator();
    let applied = emulator.applied().len();
    drop(emulator);

    let place = format!("{call:?}, {}, {last:?}", outcome.what);
    let sent = world.sent();
    let most = match (faults.last(), last) {
        // Only the deadline bounds it: twenty pauses of twenty seconds are longer.
        (Some(Fault::RateLimited { .. }), Last::Stays) => 20,
        _ => Policy::default().max_requests() as usize,
    };
    assert!(sent <= most, "{place}: {sent} requests");
    assert!(applied <= 1 || call.converges(), "{place}: applied {applied} times");
    assert!(world.kept_quiet(), "{place}: sent before `Retry-After` was over");
    let said = match result {
        Ok(()) => {
            assert!(call.holds(&world), "{place}: ok, and not so");
            assert_eq!(applied > 0, call.changes(), "{place}: ok, applied {applied} times");
            "ok".to_owned()
        }
        Err(error) => {
            if error.effect() == Effect::None {
                assert_eq!(applied, 0, "{place}: {error}");
            }
            format!("`{:?}`, {:?}", error.kind(), error.effect())
        }
    };
    format!("{said} · {sent} · {applied}")
}

fn table(last: Last) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut table = String::from("| outcome |");
    for class in CLASSES {
        table += &format!(" {} |", class.name);
    }
    table += "\n| --- |";
    table += &" --- |".repeat(CLASSES.len());
    for outcome in OUTCOMES {
        table += &format!("\n| {} |", outcome.what);
        for class in CLASSES {
            let mut cells: Vec<String> = class
                .calls
                .iter()
                .map(|call| runtime.block_on(run(*call, outcome, last)))
                .collect();
            cells.dedup();
            assert_eq!(cells.len(), 1, "{}, {}: {cells:?}", outcome.what, class.name);
            table += &format!(" {} |", cells.remove(0));
        }
    }
    table
}

#[test]
fn an_outcome_that_comes_once() {
    page::hold("faults.md", "once", &table(Last::Once));
}

#[test]
fn an_outcome_that_stays() {
    page::hold("faults.md", "always", &table(Last::Stays));
}
