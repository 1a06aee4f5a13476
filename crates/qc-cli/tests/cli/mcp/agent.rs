//! An agent's program: it starts the server and speaks to it, line by line.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::world::{TOKEN, World};

/// A test that waits longer has failed.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// The client of a server that was started.
pub(super) struct Agent {
    pub(super) child: Child,
    /// None closes the server's standard input.
    pub(super) input: Option<ChildStdin>,
    pub(super) output: Receiver<String>,
    next: u64,
}

impl Agent {
    pub(super) fn start(world: &World, options: &[&str]) -> Self {
        let mut agent = Self::silent(world, options);
        let hello = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test agent", "version": "1"},
        });
        let answer = agent.ask("initialize", hello);
        assert!(answer["result"]["instructions"].as_str().unwrap().contains("data"), "{answer}");
        agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        agent
    }

    fn silent(world: &World, options: &[&str]) -> Self {
        let directory =
            if world.folder().exists() { world.folder() } else { world.home.path().to_owned() };
        let mut command = world.command(&directory, &[&["mcp"], options].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (tell, output) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                assert!(!line.contains(TOKEN), "a secret is told: {line}");
                let _ = tell.send(line);
            }
        });
        let input = child.stdin.take();
        Self { child, input, output, next: 0 }
    }

    pub(super) fn send(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_bytes()).unwrap();
        input.write_all(b"\n").unwrap();
    }

    /// Sends a request and returns the answer to it.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(
            &json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string(),
        );
        loop {
            let line = self.output.recv_timeout(LIMIT).unwrap();
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// Calls a tool and returns what it says, and whether that is an error.
    pub(super) fn call(&mut self, tool: &str, arguments: Value) -> (Value, bool) {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let result = &answer["result"];
        assert!(result.is_object(), "{tool}: {answer}");
        (result["structuredContent"].clone(), result["isError"] == true)
    }

    #[track_caller]
    pub(super) fn does(&mut self, tool: &str, arguments: Value) -> Value {
        let (said, is_error) = self.call(tool, arguments);
        assert!(!is_error && said["success"] == true, "{tool}: {said}");
        said
    }

    #[track_caller]
    pub(super) fn fails(&mut self, tool: &str, arguments: Value, kind: &str) -> Value {
        let (said, is_error) = self.call(tool, arguments);
        assert!(is_error && said["kind"] == kind, "{tool}: {said}");
        for field in ["effect", "retryable", "hint"] {
            assert!(!said[field].is_null(), "{tool}: {said}");
        }
        said
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
