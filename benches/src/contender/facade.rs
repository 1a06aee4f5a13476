//! This project's own clients.

use anyhow::Result;
use qc_files::{Client, blocking};

use super::task::{NAME, Task};

pub(crate) async fn run(task: &Task) -> Result<()> {
    let client = Client::builder(task.credentials.clone()).base_url(&task.base_url).build()?;
    let project = client.project(task.project)?;
    let content = Task::content();
    let one = || async {
        while task.next() {
            project.update(NAME, content.clone()).await?;
        }
        anyhow::Ok(())
    };
    at_once(task.in_flight, one).await
}

/// One after another: a thread waits for each.
pub(crate) fn run_blocking(task: &Task) -> Result<()> {
    let client =
        blocking::Client::builder(task.credentials.clone()).base_url(&task.base_url).build()?;
    let project = client.project(task.project)?;
    let content = Task::content();
    while task.next() {
        project.update(NAME, content.clone())?;
    }
    Ok(())
}

/// Runs the same so many times at once, on this thread.
pub(crate) async fn at_once<F: Future<Output = Result<()>>>(
    in_flight: usize,
    one: impl Fn() -> F,
) -> Result<()> {
    let mut running: Vec<_> = (0..in_flight).map(|_| Box::pin(one())).collect();
    std::future::poll_fn(|context| {
        let mut index = 0;
        while index < running.len() {
            match running[index].as_mut().poll(context) {
                std::task::Poll::Ready(Ok(())) => drop(running.swap_remove(index)),
                std::task::Poll::Ready(Err(error)) => return std::task::Poll::Ready(Err(error)),
                std::task::Poll::Pending => index += 1,
            }
        }
        if running.is_empty() { std::task::Poll::Ready(Ok(())) } else { std::task::Poll::Pending }
    })
    .await
}
