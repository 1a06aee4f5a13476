//! The protocol crate alone is enough: a whole client over `std::net::TcpStream`, without any HTTP library.
//!
//! Start an emulator in one terminal:
//!
//! ```sh
//! cargo run -p qc-cli -- emulator
//! ```
//!
//! In another, type the `export` line that it prints, and then:
//!
//! ```sh
//! QUANTCONNECT_PROJECT_ID=20000001 cargo run -p qc-proto --example std_net
//! ```
#![allow(clippy::print_stdout, reason = "an example talks to a person")]
#![allow(
    clippy::disallowed_methods,
    reason = "whoever drives the protocol brings clocks and waits"
)]

use std::{
    env,
    error::Error as StdError,
    io::{self, Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    sync::OnceLock,
    thread,
    time::{Instant, SystemTime},
};

use qc_proto::{
    ApiToken, Attempt, Credentials, Endpoint, Error, Failure, Input, Now, Phase, ReadFiles,
    Session, Step, bytes::Bytes, http,
};

fn main() -> Result<(), Box<dyn StdError>> {
    let credentials = Credentials::new(
        variable("QUANTCONNECT_USER_ID")?.parse()?,
        ApiToken::new(variable("QUANTCONNECT_API_TOKEN")?)?,
    );
    let base_url = variable("QUANTCONNECT_BASE_URL")?.parse()?;
    let project_id = variable("QUANTCONNECT_PROJECT_ID")?.parse()?;
    let mut session = Session::new(credentials).with_base_url(base_url);
    for file in execute(&mut session, ReadFiles::all(project_id))? {
        println!("{:?}: {} bytes", file.name.as_str(), file.content.len());
    }
    Ok(())
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("{name} is not set: `qc emulator` prints it"))
}

/// Drives one call to its end.
pub fn execute<E: Endpoint>(session: &mut Session, endpoint: E) -> Result<E::Output, Error> {
    let seed = now().wall.as_nanos() as u64;
    let mut call = session.begin(endpoint, seed, now())?;
    let mut input = Input::Poll;
    loop {
        input = match call.step(session, now(), input) {
            Step::Send(attempt) => match send(&attempt) {
                Ok(response) => Input::Response(response),
                Err(failure) => Input::Failed(failure),
            },
            Step::Wait(pause) => {
                thread::sleep(pause);
                Input::Poll
            }
            Step::Done(result) => return result,
        };
    }
}

fn now() -> Now {
    static START: OnceLock<Instant> = OnceLock::new();
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Now { wall, mono: START.get_or_init(Instant::now).elapsed() }
}

/// One request on one connection. What fails before the first write was not sent; after it, nobody knows.
fn send(attempt: &Attempt) -> Result<http::Response<Bytes>, Failure> {
    let request = &attempt.request;
    let authority = request.uri().authority().map_or("", |authority| authority.as_str());
    if request.uri().scheme_str() != Some("http") {
        return Err(Failure::rejected("this example speaks plain http only"));
    }
    let address =
        authority.to_socket_addrs().ok().and_then(|mut addresses| addresses.next()).ok_or_else(
            || Failure::not_sent(Phase::Resolve, format!("no address for {authority}")),
        )?;
    let mut stream = TcpStream::connect_timeout(&address, attempt.timeout)
        .map_err(|error| Failure::not_sent(Phase::Connect, error))?;
    stream
        .set_read_timeout(Some(attempt.timeout))
        .map_err(|error| Failure::not_sent(Phase::Connect, error))?;

    let path = request.uri().path();
    let mut head =
        format!("{} {path} HTTP/1.1\r\nhost: {authority}\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let length = request.body().len();
    head.extend_from_slice(
        format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    head.extend_from_slice(request.body());
    stream.write_all(&head).map_err(|error| Failure::maybe_sent(Phase::Send, error))?;

    let mut answer = Vec::new();
    // Room for the head beside the largest body.
    let limit = attempt.max_response_bytes.saturating_add(64 << 10) as u64;
    stream
        .take(limit)
        .read_to_end(&mut answer)
        .map_err(|error| Failure::maybe_sent(Phase::Head, error))?;
    parse(&answer, attempt.max_response_bytes)
}

fn parse(answer: &[u8], limit: usize) -> Result<http::Response<Bytes>, Failure> {
    let broken = |why: &str| Failure::maybe_sent(Phase::Head, io::Error::other(why.to_owned()));
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(|| broken("the connection ended before the answer's head did"))?;
    let head = std::str::from_utf8(&answer[..end]).map_err(|_| broken("the head is no text"))?;
    let body = &answer[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let mut builder = http::Response::builder().status(status);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") && value.trim().parse() != Ok(body.len()) {
            return Err(Failure::maybe_sent(
                Phase::Body,
                io::Error::other("the body was cut short"),
            ));
        }
        builder = builder.header(name, value.trim());
    }
    if body.len() > limit {
        return Err(Failure::too_large(limit));
    }
    builder
        .body(Bytes::copy_from_slice(body))
        .map_err(|error| Failure::maybe_sent(Phase::Head, error))
}
