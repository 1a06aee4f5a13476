//! Killed at any moment under load, it has lost no answered write, and nothing is half there.

use std::{
    collections::BTreeSet,
    env,
    io::{self, BufRead as _, BufReader, Read, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::SystemTime,
};

use qc_emulator::{Emulator, ServerThread};
use qc_proto::{Language, ProjectId, Signature, http::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{credentials, open};

const KILLS: usize = 100;
const CLIENTS: usize = 4;
/// Where the child keeps its projects; without this the test that is the child does nothing.
const FOLDER: &str = "QC_EMULATOR_TEST_FOLDER";

/// The program that is killed: this test, run alone in a process of its own.
#[test]
#[allow(clippy::print_stdout, reason = "a program says where it is")]
fn serve() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let server = ServerThread::start(open(Path::new(&folder))).unwrap();
    // Behind what the test harness prints on the same line.
    println!("\nserving at {}", server.address());
    io::stdout().flush().unwrap();
    // Until it is killed, or its parent has gone.
    let _ = io::stdin().read(&mut [0]);
}

fn start(folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::serve", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.find_map(|line| line.unwrap().strip_prefix("serving at ")?.parse().ok());
    (child, address.unwrap())
}

/// The last change up to this one of those that leave this rest; 0 stands for what was there at first.
fn newest(limit: u64, rest: u64) -> u64 {
    (1..=limit).rev().find(|change| change % 3 == rest).unwrap_or(0)
}

/// A client of a connection of its own. It knows what it has sent, and what was answered.
struct Client {
    number: usize,
    project: ProjectId,
    /// Counts up with each change; the last one that was sent, and the last one that was answered.
    sent: u64,
    answered: u64,
    made: BTreeSet<u64>,
}

impl Client {
    /// Changes one thing after another until the service is gone.
    fn work(&mut self, address: SocketAddr, answers: &AtomicUsize) {
        let Ok(mut stream) = TcpStream::connect(address) else { return };
        loop {
            self.sent = self.answered.max(self.sent) + 1;
            let (number, next) = (self.number, self.sent);
            let (endpoint, fields) = match next % 3 {
                // Two files at once: both, or none.
                0 => {
                    let was = newest(self.answered, 0);
                    let diff = |name: &str| {
                        format!("--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{was}\n+{next}\n")
                    };
                    let patch =
                        diff(&format!("left-{number}.py")) + &diff(&format!("right-{number}.py"));
                    ("files/patch", json!({"projectId": self.project, "patch": patch}))
                }
                1 => {
                    let name = format!("update-{number}.py");
                    (
                        "files/update",
                        json!({"projectId": self.project, "name": name, "content": next.to_string()}),
                    )
                }
                _ => {
                    let name = format!("made-{number}-{next}.py");
                    (
                        "files/create",
                        json!({"projectId": self.project, "name": name, "content": "x"}),
                    )
                }
            };
            let Ok(answer) = ask(&mut stream, endpoint, &fields) else { return };
            assert_eq!(answer["success"], true, "{endpoint} {fields}: {answer}");
            self.answered = next;
            if next % 3 == 2 {
                self.made.insert(next);
            }
            answers.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Looks at what is there after a restart, and goes on from it.
    fn check(&mut self, emulator: &Emulator) {
        let number = self.number;
        let value = |name: String| -> u64 {
            let text =
                emulator.file(self.project, &name).unwrap_or_else(|| panic!("{name} is gone"));
            text.trim().parse().unwrap_or_else(|_| panic!("{name} holds {text:?}"))
        };
        let (left, right) =
            (value(format!("left-{number}.py")), value(format!("right-{number}.py")));
        assert_eq!(left, right, "half a patch");
        let updated = value(format!("update-{number}.py"));
        for (seen, rest) in [(left, 0), (updated, 1)] {
            let (answered, sent) = (newest(self.answered, rest), newest(self.sent, rest));
            assert!(
                seen == answered || seen == sent,
                "{seen} is there, with {answered} answered and {sent} sent"
            );
        }
        for made in &self.made {
            let name = format!("made-{number}-{made}.py");
            assert!(
                emulator.file(self.project, &name).is_some(),
                "{name} was answered and is gone"
            );
        }
        // What was sent last may be there or not: from now on it is known.
        let took_effect = match self.sent % 3 {
            0 => left == self.sent,
            1 => updated == self.sent,
            _ => emulator.file(self.project, &format!("made-{number}-{}.py", self.sent)).is_some(),
        };
        if took_effect {
            self.answered = self.sent;
        } else {
            self.sent = self.answered;
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the server checks signatures against the real time")]
fn ask(stream: &mut TcpStream, endpoint: &str, fields: &Value) -> io::Result<Value> {
    let wall = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let mut headers = HeaderMap::new();
    Signature::new(&credentials(), wall).apply(&mut headers);
    let body = fields.to_string();
    let mut request = format!(
        "POST /api/v2/{endpoint} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in &headers {
        request += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

#[test]
fn killed_a_hundred_times_it_has_lost_no_answered_write() {
    let place = TempDir::new().unwrap();
    let mut emulator = open(place.path());
    let mut clients: Vec<Client> = (0..CLIENTS)
        .map(|number| {
            let project = emulator.add_project(&format!("Project {number}"), Language::Python);
            for name in ["left", "right", "update"] {
                emulator.put_file(project, &format!("{name}-{number}.py"), "0\n");
            }
            Client { number, project, sent: 0, answered: 0, made: BTreeSet::new() }
        })
        .collect();
    drop(emulator);
    let mut random = fastrand::Rng::with_seed(0);
    for round in 0..KILLS {
        // Who is alone is answered another way than those who share a write to the disk.
        let at_work = if round % 3 == 0 { 1 } else { CLIENTS };
        let (mut child, address) = start(place.path());
        let (answers, enough) = (AtomicUsize::new(0), random.usize(0..40));
        thread::scope(|scope| {
            for client in clients.iter_mut().take(at_work) {
                let answers = &answers;
                scope.spawn(move || client.work(address, answers));
            }
            while answers.load(Ordering::Relaxed) < enough {
                thread::yield_now();
            }
            child.kill().unwrap();
        });
        child.wait().unwrap();
        let emulator = open(place.path());
        clients.iter_mut().for_each(|client| client.check(&emulator));
    }
    let answered: u64 = clients.iter().map(|client| client.answered).sum();
    assert!(answered > KILLS as u64, "only {answered} changes were made");
}
