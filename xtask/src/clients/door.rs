//! A proxy that leads nowhere and remembers who was asked for.
//!
//! It is what the clients are told to use for every host but this machine.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// What every request gets.
const ANSWER: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Nobody keeps the door longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

/// The closed door. Its thread ends with the task.
pub(super) struct Door {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Door {
    /// Listens on a free port of this machine.
    pub(super) fn close() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // Whoever does not stay for the answer was heard all the same.
                let _ = refuse(stream, &book);
            }
        });
        Ok(Self { address, asked })
    }

    /// What to write into the variables that name a proxy.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request since the last time, such as `CONNECT example.org:443`, a line each.
    pub(super) fn take(&self) -> String {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *asked).join("\n")
    }
}

/// Writes down who is asked for, and says no. That order: whoever has the answer may look at once.
/// All lines are read: a close with some unread may take the answer with it.
fn refuse(mut stream: TcpStream, book: &Mutex<Vec<String>>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().and_then(Result::ok).unwrap_or_default();
    let what = first.split(" HTTP/").next().filter(|what| !what.is_empty());
    let what = what.unwrap_or("a connection without a request").to_owned();
    book.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    stream.write_all(ANSWER)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::Door;

    #[test]
    fn everyone_is_refused_and_remembered_once() {
        let door = Door::close().unwrap();
        assert_eq!(door.take(), "");
        let mut stream = TcpStream::connect(door.address).unwrap();
        stream.write_all(b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert_eq!(door.take(), "CONNECT example.org:443");
        assert_eq!(door.take(), "");
    }
}
