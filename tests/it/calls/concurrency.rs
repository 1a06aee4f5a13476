//! Many calls at once on one client, in virtual time: they wait and answer in any order.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use fastrand::Rng;
use qc_emulator::{Emulator, Fault, MemoryTransport, RetryAfter, Rule, ServerThread, VirtualClock};
use qc_files::{Client, Effect, Error, Policy, ProjectId};
use qc_proto::{Attempt, Failure, Now, bytes::Bytes, http::Response};
use qc_transport::{BoxFuture, Runtime, Transport};
use tokio::time::Instant;

use crate::world::{WALL, credentials, emulator, recorder::Recorder, wall};

const CALLS: usize = 64;

/// Tokio's paused time: it jumps to the next timer as soon as every task waits.
#[derive(Clone, Copy, Debug)]
struct Paused(Instant);

impl Runtime for Paused {
    fn now(&self) -> Now {
        let mono = self.0.elapsed();
        Now { wall: WALL + mono, mono }
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// Takes a while to reach the service and a while to come back, each time another.
#[derive(Debug)]
struct Distant {
    inner: MemoryTransport,
    service: VirtualClock,
    paused: Paused,
    random: Mutex<Rng>,
}

impl Distant {
    async fn travel(&self) {
        let millis = u64::from(self.random.lock().unwrap().u32(0..2_000));
        tokio::time::sleep(Duration::from_millis(millis)).await;
        let passed = self.paused.now().wall.saturating_sub(self.service.server_wall());
        self.service.advance(passed);
    }
}

impl Transport for Distant {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            self.travel().await;
            let result = self.inner.send(attempt).await;
            self.travel().await;
            result
        })
    }
}

struct Crowd {
    client: Client,
    project: ProjectId,
    recorder: Recorder,
    emulator: Arc<Mutex<Emulator>>,
}

impl Crowd {
    /// Must be made inside paused time.
    fn new(seed: u64, rules: impl IntoIterator<Item = Rule>) -> Self {
        let (emulator, project) = emulator();
        let mut emulator = emulator.with_fault_seed(seed);
        for rule in rules {
            emulator.add_rule(rule);
        }
        let emulator = Arc::new(Mutex::new(emulator));
        let (service, paused) = (VirtualClock::new(WALL), Paused(Instant::now()));
        let inner = MemoryTransport::new(Arc::clone(&emulator), service.clone());
        let random = Mutex::new(Rng::with_seed(seed));
        let recorder = Recorder::new(Distant { inner, service, paused, random }, paused);
        let client = Client::builder(credentials())
            .seed(seed)
            .transport(recorder.clone())
            .runtime(paused)
            .build()
            .unwrap();
        Self { client, project, recorder, emulator }
    }

    fn emulator(&self) -> MutexGuard<'_, Emulator> {
        self.emulator.lock().unwrap()
    }

    /// Creates that many files at once, each call on a task of its own.
    async fn create(&self, count: usize) -> Vec<Result<(), Error>> {
        let mut tasks = Vec::new();
        for number in 0..count {
            let files = self.client.project(self.project).unwrap();
            tasks.push(tokio::spawn(async move {
                files.create(name(number), number.to_string()).await
            }));
        }
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.unwrap());
        }
        results
    }

    fn times_applied(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for applied in self.emulator().applied() {
            *times.entry(applied.name.clone()).or_default() += 1;
        }
        times
    }
}

fn name(number: usize) -> String {
    format!("f{number}.py")
}

fn in_paused_time<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(test)
}

/// Faults that hit about half of all requests.
fn weather() -> Vec<Rule> {
    let faults = [
        Fault::DropBefore,
        Fault::DropAfter,
        Fault::Status { status: 502, applied: true },
        Fault::Status { status: 503, applied: false },
        Fault::TruncatedBody,
        Fault::Html { applied: true },
        Fault::RateLimited { retry_after: Some(RetryAfter::Seconds(7)) },
        Fault::Late { by: Duration::from_millis(1_500) },
    ];
    faults.into_iter().map(|fault| Rule::new(fault).with_chance(0.06)).collect()
}

#[test]
fn sixty_four_calls_at_once_under_faults_keep_what_one_call_promises() {
    for seed in 0..200 {
        in_paused_time(async {
            let crowd = Crowd::new(seed, weather());
            let results = crowd.create(CALLS).await;
            let applied = crowd.times_applied();
            for (number, result) in results.iter().enumerate() {
                let times = applied.get(&name(number)).copied().unwrap_or(0);
                assert!(times <= 1, "seed {seed}: {} applied {times} times", name(number));
                match result {
                    Ok(()) => {
                        let emulator = crowd.emulator();
                        let content = emulator.file(crowd.project, &name(number));
                        assert_eq!(content, Some(number.to_string().as_str()), "seed {seed}");
                    }
                    Err(error) if error.effect() == Effect::None => {
                        assert_eq!(times, 0, "seed {seed}: {error}");
                    }
                    Err(_) => {}
                }
            }
            assert!(crowd.recorder.kept_quiet(), "seed {seed}: sent before `Retry-After` was over");
            let bound = CALLS * Policy::default().max_requests() as usize;
            assert!(crowd.recorder.sent() <= bound, "seed {seed}");
        });
    }
}

#[test]
fn an_outage_costs_one_request_a_call_and_the_shared_budget() {
    let outages = [
        Fault::Status { status: 503, applied: false },
        Fault::DropBefore,
        Fault::NoConnection { phase: qc_proto::Phase::Connect },
    ];
    for outage in outages {
        in_paused_time(async {
            let crowd = Crowd::new(1, [Rule::new(outage.clone()).always()]);
            let results = crowd.create(CALLS).await;
            assert!(results.iter().all(Result::is_err));
            let bound = CALLS + Policy::default().retry_budget as usize;
            let sent = crowd.recorder.sent();
            assert!(sent <= bound, "{outage:?}: {sent} requests, and {bound} are allowed");

            // Another wave finds the budget spent, and costs one request a call.
            crowd.create(CALLS).await;
            assert_eq!(crowd.recorder.sent(), sent + CALLS, "{outage:?}");

            // Once it is over, the client works again.
            crowd.emulator().clear_faults();
            crowd.client.authenticate().await.unwrap();
            assert!(crowd.create(CALLS).await.iter().all(Result::is_ok));
        });
    }
}

#[test]
fn a_call_cancelled_at_any_moment_leaves_the_client_usable_and_happens_at_most_once() {
    for seed in 0..400 {
        in_paused_time(async {
            let crowd = Crowd::new(seed, weather());
            let files = crowd.client.project(crowd.project).unwrap();
            let patience = Duration::from_millis(seed * 25);
            let cancelled = tokio::time::timeout(patience, files.create("a.py", "a")).await;
            crowd.emulator().clear_faults();
            crowd.client.authenticate().await.unwrap();
            let times = crowd.times_applied().get("a.py").copied().unwrap_or(0);
            assert!(times <= 1, "seed {seed}: applied {times} times");
            if let Ok(Ok(())) = cancelled {
                assert_eq!(times, 1, "seed {seed}");
            }
            files.update("main.py", "still here").await.unwrap();
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_calls_at_once_over_real_sockets() {
    for seed in 0..5 {
        let (emulator, project) = emulator();
        let mut emulator = emulator.with_fault_seed(seed);
        // Without those whose waits would be real: a pause of seconds, a request held back.
        for rule in ["drop-before", "drop-after", "status=502/applied", "reset", "short-body"] {
            emulator.add_rule(format!("{rule}@6%").parse().unwrap());
        }
        let server = ServerThread::start(emulator).unwrap();
        let clock = VirtualClock::new(wall());
        let client = Client::builder(credentials())
            .base_url(server.base_url())
            .seed(seed)
            .runtime(clock)
            .build()
            .unwrap();
        let tasks: Vec<_> = (0..CALLS)
            .map(|number| {
                let files = client.project(project).unwrap();
                tokio::spawn(async move { files.create(name(number), number.to_string()).await })
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            let result = task.await.unwrap();
            let emulator = server.emulator();
            let times =
                emulator.applied().iter().filter(|applied| applied.name == name(number)).count();
            assert!(times <= 1, "seed {seed}: {} applied {times} times", name(number));
            match result {
                Ok(()) => assert_eq!(times, 1, "seed {seed}: {}", name(number)),
                Err(error) if error.effect() == Effect::None => {
                    assert_eq!(times, 0, "seed {seed}: {error}");
                }
                Err(_) => {}
            }
        }
    }
}
