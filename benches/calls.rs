//! What calls and their parts take, on the clock. What is measured first is measured again last: the control.
#![allow(missing_docs, reason = "the macros make public items")]
#![allow(clippy::unwrap_used, reason = "a client that fails has nothing to measure")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::{
    hint::black_box,
    process::Command,
    time::{Duration, Instant},
};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use qc_benches::{
    LINE, Service, TOKEN, Updates, blocking, credentials, facade, floor, reqwest, ureq,
};
use qc_proto::{
    Authorization, FileList, ProjectFile, RemoteName, Signature, decode_answer, encode_success,
};
use serde::Deserialize;

type Client = (&'static str, fn(&Service, usize) -> Updates);

/// One update after another. `QC_BENCH_PYTHON` names a Python that has `requests`.
fn one_by_one(criterion: &mut Criterion) {
    let service = Service::start();
    let mut group = criterion.benchmark_group("update");
    let clients: [Client; 6] = [
        ("floor", floor),
        ("facade", facade),
        ("blocking", blocking),
        ("ureq", ureq),
        ("reqwest", reqwest),
        ("floor-again", floor),
    ];
    for (name, client) in clients {
        let updates = client(&service, 1);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|calls| timed(|| updates(calls as usize)));
        });
    }
    if let Some(python) = std::env::var_os("QC_BENCH_PYTHON") {
        group.bench_function("python", |bencher| {
            bencher.iter_custom(|calls| {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/updates.py");
                let mut command = Command::new(&python);
                command.arg(script).args([service.project.to_string(), calls.to_string()]);
                command.env("QUANTCONNECT_BASE_URL", service.server.base_url());
                command.env("QUANTCONNECT_USER_ID", "1").env("QUANTCONNECT_API_TOKEN", TOKEN);
                let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
                Duration::from_secs_f64(said.trim().parse().unwrap())
            });
        });
    }
}

/// 320 updates, 16 in flight: at once, and at a service that takes 20 ms for each.
fn in_flight(criterion: &mut Criterion) {
    for (name, latency) in [("in-flight", 0), ("in-flight-20ms", 20)] {
        let service = match latency {
            0 => Service::start(),
            latency => Service::slow(Duration::from_millis(latency)),
        };
        let mut group = criterion.benchmark_group(name);
        group
            .sample_size(10)
            .sampling_mode(SamplingMode::Flat)
            .throughput(Throughput::Elements(320));
        let clients: [Client; 4] =
            [("floor", floor), ("facade", facade), ("reqwest", reqwest), ("floor-again", floor)];
        for (name, client) in clients {
            let updates = client(&service, 16);
            group.bench_function(name, |bencher| bencher.iter(|| updates(320)));
        }
    }
}

fn signature(criterion: &mut Criterion) {
    let credentials = credentials();
    let mut group = criterion.benchmark_group("signature");
    for name in ["bytes", "bytes-again"] {
        group.bench_function(name, |bencher| {
            let mut second = 1_762_779_606;
            bencher.iter(|| {
                second += 1;
                // Looked at in its place: nobody moves it.
                black_box(Authorization::new(&credentials, second).as_bytes());
            });
        });
    }
    group.bench_function("header", |bencher| {
        let mut second = 1_762_779_606;
        bencher.iter(|| {
            second += 1;
            Signature::new(&credentials, second)
        });
    });
}

/// A file list as plain structs: what is fastest where nothing odd may come.
#[derive(Deserialize)]
#[allow(dead_code, reason = "they are read, and that is all")]
struct Plain {
    files: Vec<PlainFile>,
    success: bool,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "they are read, and that is all")]
struct PlainFile {
    id: Option<i64>,
    name: String,
    content: String,
    modified: Option<String>,
}

/// An answer to `files/read` of some 11 MB.
fn answer() -> Vec<u8> {
    let files = (0..160).map(|number| {
        let name = RemoteName::from_service(format!("folder/file_{number}.py"));
        let mut file = ProjectFile::new(name, LINE.repeat(65_536 / LINE.len()));
        file.id = Some(number);
        file.modified = Some("2025-11-10 13:00:06".into());
        file
    });
    encode_success(&FileList::new(files.collect()))
}

fn decoding(criterion: &mut Criterion) {
    let answer = answer();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(20).throughput(Throughput::Bytes(answer.len() as u64));
    for name in ["plain", "tolerant", "plain-again"] {
        group.bench_function(name, |bencher| match name {
            "tolerant" => bencher.iter(|| decode_answer::<FileList>(black_box(&answer))),
            _ => bencher.iter(|| serde_json::from_slice::<Plain>(black_box(&answer)).unwrap()),
        });
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}

criterion_group! {
    name = calls;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .sample_size(30);
    targets = one_by_one, in_flight, signature, decoding
}
criterion_main!(calls);
