//! What calls tell a subscriber of `tracing`: a span a call, an event an attempt, and no secret. The only test of its program:
//! who listens is decided for all threads of one.
#![allow(clippy::unwrap_used, reason = "a test that panics is a test that failed")]

use std::{
    fmt::{Debug, Write as _},
    sync::{Arc, Mutex},
    time::Duration,
};

use qc_emulator::{Emulator, Fault, MemoryTransport, VirtualClock};
use qc_files::{ApiToken, Client, Credentials, Language, UserId};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber,
};

const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// Writes down everything that it is told, a line each.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Everything {
    fn line(&self, kind: &str, fields: impl FnOnce(&mut Line)) {
        let mut line = Line(kind.to_owned());
        fields(&mut line);
        *self.0.lock().unwrap() += &(line.0 + "\n");
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let kind = format!("span {}", span.metadata().target());
        self.line(&kind, |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.line("record", |line| values.record(line));
    }

    fn event(&self, event: &Event<'_>) {
        let kind = format!("event {}", event.metadata().target());
        self.line(&kind, |line| event.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[test]
fn a_call_is_a_span_and_an_attempt_an_event_and_none_tells_a_secret() {
    let told = Everything::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    subscriber::with_default(told.clone(), || {
        runtime.block_on(async {
            let credentials = Credentials::new(UserId::new(1), ApiToken::new(TOKEN).unwrap());
            let mut emulator = Emulator::new(credentials.clone());
            let id = emulator.add_project("Test", Language::Python);
            emulator.push_fault("status=503".parse().unwrap());
            emulator.push_fault(Fault::DropBefore);
            let clock = VirtualClock::new(Duration::from_secs(1_800_000_000));
            let transport = MemoryTransport::new(Arc::new(Mutex::new(emulator)), clock.clone());
            let client = Client::builder_with_parts(credentials, transport, clock).build();
            let project = client.unwrap().project(id).unwrap();
            project.read("main.py").await.unwrap();
            project.read("none.py").await.unwrap_err();
        });
    });
    let told = told.0.lock().unwrap().clone();
    let lines: Vec<&str> = told.lines().collect();
    let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
    assert_eq!(count("span qc_files "), 2, "{told}");
    assert_eq!(count("event qc_files message=attempt"), 4, "{told}");
    assert_eq!(count("event qc_files message=wait"), 2, "{told}");
    for said in [
        r#"otel.name="POST files/read" otel.kind="client""#,
        "quantconnect.project_id=20000001",
        r#"http.request.method="POST" http.request.resend_count=0"#,
        r#"http.response.status_code=503"#,
        r#"error.type="503""#,
        r#"error.type="connection""#,
        "quantconnect.maybe_sent=true",
        "http.request.resend_count=2",
        "http.response.status_code=200",
        r#"record error.type="fileNotFound""#,
    ] {
        assert!(told.contains(said), "{said} is missing:\n{told}");
    }
    assert!(!told.contains(TOKEN), "{told}");
    assert!(!told.contains("Basic ") && !told.contains("main.py"), "{told}");
}
