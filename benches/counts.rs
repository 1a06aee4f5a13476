//! Instructions and allocations, counted by valgrind: they do not depend on what else the machine does.
//!
//! `cargo xtask counts` fails where a count exceeds its limit. A limit is a tenth above what was counted when it was
//! set; say in the commit why it has to grow.
#![allow(missing_docs, reason = "the macros make public items")]
#![allow(clippy::exit, reason = "so does a macro's `main`")]
#![allow(unused_qualifications, reason = "the macros write them")]

use std::hint::black_box;

use gungraun::{
    Callgrind, Dhat, DhatMetric, EventKind, LibraryBenchmarkConfig, library_benchmark,
    library_benchmark_group, main,
};
use qc_benches::{Service, Updates, blocking, credentials, facade, floor, reqwest, ureq};
use qc_proto::{Authorization, Credentials};

/// In one benchmark.
const CALLS: u64 = 100;

/// What a call may cost at most.
fn limits(instructions: u64, allocations: u64) -> LibraryBenchmarkConfig {
    config(
        callgrind().hard_limits([(EventKind::Ir, CALLS * instructions)]),
        dhat().hard_limits([(DhatMetric::TotalBlocks, CALLS * allocations)]),
    )
}

/// No limit: it is not ours.
fn unlimited() -> LibraryBenchmarkConfig {
    config(&mut callgrind(), &mut dhat())
}

fn config(callgrind: &mut Callgrind, dhat: &mut Dhat) -> LibraryBenchmarkConfig {
    LibraryBenchmarkConfig::default().tool(callgrind.clone()).tool(dhat.clone()).clone()
}

fn callgrind() -> Callgrind {
    Callgrind::with_args(["cache-sim=no"])
}

/// Deep enough to find the benchmark below all that is async.
fn dhat() -> Dhat {
    let shown = [DhatMetric::TotalBlocks, DhatMetric::TotalBytes];
    Dhat::with_args(["num-callers=500"]).format(shown).clone()
}

fn connect(client: fn(&Service, usize) -> Updates) -> (Service, Updates) {
    let service = Service::start();
    let updates = client(&service, 1);
    (service, updates)
}

#[library_benchmark(setup = connect)]
#[bench::floor(args = (floor), config = unlimited())]
#[bench::facade(args = (facade), config = limits(59_000, 28))]
#[bench::blocking(args = (blocking), config = limits(60_000, 48))]
#[bench::ureq(args = (ureq), config = unlimited())]
#[bench::reqwest(args = (reqwest), config = unlimited())]
#[bench::floor_again(args = (floor), config = unlimited())]
fn update((service, updates): (Service, Updates)) -> (Service, Updates) {
    updates(CALLS as usize);
    (service, updates)
}

#[library_benchmark(setup = credentials)]
#[bench::each(args = (), config = limits(4_800, 0))]
fn signature(credentials: Credentials) -> Credentials {
    for second in 0..CALLS {
        black_box(Authorization::new(&credentials, 1_762_779_606 + second).as_bytes());
    }
    credentials
}

library_benchmark_group!(name = counts; benchmarks = update, signature);
main!(library_benchmark_groups = counts);
