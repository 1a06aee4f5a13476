//! A service whose answers are altered on the way.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use serde_json::Value;

use crate::world::{Ran, World};

/// Is told the endpoint, the request and the answer.
type Alter = Box<dyn Fn(&str, &Value, &mut Value) + Send + Sync>;

pub(crate) struct Altered {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Altered {
    pub(crate) fn new(
        world: &World,
        alter: impl Fn(&str, &Value, &mut Value) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = world.server.base_url();
        let (host, path) = base_url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let address = format!("http://{}/{path}", listener.local_addr().unwrap());
        let (host, alter): (_, Arc<Alter>) = (host.to_owned(), Arc::new(Box::new(alter)));
        let asked = Arc::default();
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (host, alter, heard) = (host.clone(), Arc::clone(&alter), Arc::clone(&heard));
                thread::spawn(move || serve(&client, &host, &alter, &heard));
            }
        });
        Self { address, asked }
    }

    /// Runs `qc` against it in the cloned folder, or where it will be made.
    pub(crate) fn qc(&self, world: &World, arguments: &[&str]) -> Ran {
        let folder = world.folder();
        let directory = if folder.exists() { folder } else { world.home.path().to_owned() };
        let mut command = world.command(&directory, arguments);
        command.env("QUANTCONNECT_BASE_URL", &self.address);
        Ran::new(command.output().unwrap(), arguments)
    }

    /// Every request so far: the endpoint and what was asked.
    pub(crate) fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers one connection.
fn serve(client: &TcpStream, host: &str, alter: &Alter, heard: &Mutex<Vec<(String, Value)>>) {
    let mut requests = BufReader::new(client);
    while let Some((head, request)) = read(&mut requests) {
        let path = head.split(' ').nth(1).unwrap();
        let endpoint = path.rsplit_once("/v2/").unwrap().1.to_owned();
        let asked = serde_json::from_slice(&request).unwrap_or_default();
        let mut service = TcpStream::connect(host).unwrap();
        let kept = head.lines().filter(|line| !line.to_lowercase().starts_with("accept-encoding"));
        let kept: String = kept.map(|line| format!("{line}\r\n")).collect();
        service.write_all(&[format!("{kept}\r\n").as_bytes(), &request].concat()).unwrap();
        let (head, answer) = read(&mut BufReader::new(service)).unwrap();
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        alter(&endpoint, &asked, &mut answer);
        heard.lock().unwrap().push((endpoint, asked));
        let (status, body) = (head.lines().next().unwrap(), answer.to_string());
        let length = body.len();
        let head =
            format!("{status}\r\nContent-Type: application/json\r\nContent-Length: {length}");
        let mut client = client;
        if client.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).is_err() {
            return;
        }
    }
}

/// Reads a head, without the empty line at its end, and the body behind it. None at the end of the connection.
fn read(from: &mut BufReader<impl std::io::Read>) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let head = head.trim_end().to_owned();
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
    from.read_exact(&mut body).ok()?;
    Some((head, body))
}
