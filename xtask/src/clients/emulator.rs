//! The emulator as a program of its own, on the one port that the official tool knows.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::stage::{API_TOKEN, USER_ID};

/// Where `QC_API=local` sends the official tool; it can be given no other port.
const PORT: u16 = 5612;

/// Where it is then, as the API's page would write it: with a slash at the end.
pub(super) const BASE_URL: &str = "http://localhost:5612/api/v2/";

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running emulator. It ends with its input, and so with this task, however that ends.
pub(super) struct Emulator {
    leash: Child,
}

impl Emulator {
    /// Starts it and waits until it is ready; the command is to run `qc`, and to end with its input.
    pub(super) fn start(mut command: Command, arguments: &[&str]) -> Result<Self> {
        command.args(["emulator", "--port", &PORT.to_string()]).args(arguments);
        command.env("QUANTCONNECT_USER_ID", USER_ID).env("QUANTCONNECT_API_TOKEN", API_TOKEN);
        let leash = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        // A leash that is dropped is let go of.
        let mut emulator = Self { leash: leash.context("cannot start the emulator")? };
        let out = emulator.leash.stdout.take().context("the emulator has no output")?;
        let mut ready = String::new();
        BufReader::new(out).read_line(&mut ready)?;
        ensure!(
            ready.contains("base_url"),
            "the emulator did not start; is another at port {PORT}, the only one that the tool knows?"
        );
        Ok(emulator)
    }

    /// Every request so far, such as `GET files/read 200`.
    pub(super) fn requests(&self) -> Result<Vec<String>> {
        let text = get("/_emulator/requests").context("the emulator tells nothing")?;
        named(&text).with_context(|| format!("the emulator's requests are not as expected: {text}"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.leash.stdin.take());
        // Nothing is left to be done where this fails.
        let _ = self.leash.wait();
    }
}

/// The requests in the emulator's own words.
fn named(text: &str) -> Option<Vec<String>> {
    let data: Value = serde_json::from_str(text).ok()?;
    let name = |request: &Value| {
        let (method, path) = (request["method"].as_str()?, request["path"].as_str()?);
        Some(format!("{method} {path} {}", request["status"].as_u64()?))
    };
    data["requests"].as_array()?.iter().map(name).collect()
}

/// The body of what is at this path.
fn get(path: &str) -> Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, PORT))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no end of the headers")?;
    ensure!(head.starts_with("HTTP/1.1 200 "), "{head}");
    Ok(body.to_owned())
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn requests_are_told_in_one_line_each() {
        let text = r#"{"requests": [{"method": "GET", "path": "files/read", "status": 200}]}"#;
        assert_eq!(named(text).unwrap(), ["GET files/read 200"]);
        assert_eq!(named(r#"{"requests": []}"#).unwrap(), [""; 0]);
        for wrong in ["", "{}", r#"{"requests": [{"method": "GET"}]}"#] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }
}
