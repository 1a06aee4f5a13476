//! What libraries below us log, at their most talkative, holds no secret.

use std::sync::Mutex;

use log::{LevelFilter, Log, Metadata, Record};
use qc_emulator::ServerThread;
use qc_files::{Client, blocking};

use crate::{
    secrets::printed::assert_clean,
    world::{credentials, emulator},
};

struct Everything(Mutex<String>);

static LOG: Everything = Everything(Mutex::new(String::new()));

impl Log for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

#[test]
fn logs_at_trace_level_show_no_token_and_no_signature() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();

    let waiting =
        blocking::Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    waiting.project(project).unwrap().create("a.py", "a").unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    runtime.block_on(client.project(project).unwrap().delete("a.py")).unwrap();

    let logged = LOG.0.lock().unwrap().clone();
    assert!(logged.contains("ureq"), "nothing was logged, so nothing was shown");
    assert_clean("a log", &logged);
    assert!(!logged.contains("Basic "), "an Authorization header is in a log: {logged}");
}
