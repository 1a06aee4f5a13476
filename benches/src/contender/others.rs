//! What people use instead: the same signed call, and no more.

use anyhow::Result;

use super::task::{Task, check};

pub(crate) async fn reqwest(task: &Task) -> Result<()> {
    let client = reqwest::Client::new();
    let url = task.url();
    let one = || async {
        while task.next() {
            let request = client
                .post(&url)
                .headers(task.signed()?)
                .header("content-type", "application/json")
                .body(task.body()?);
            check(&request.send().await?.bytes().await?)?;
        }
        anyhow::Ok(())
    };
    super::facade::at_once(task.in_flight, one).await
}

pub(crate) fn ureq(task: &Task) -> Result<()> {
    let agent = ureq::Agent::new_with_defaults();
    let url = task.url();
    while task.next() {
        let mut request = agent.post(&url).header("content-type", "application/json");
        for (name, value) in &task.signed()? {
            request = request.header(name, value);
        }
        check(request.send(&task.body()?)?.body_mut().read_to_string()?.as_bytes())?;
    }
    Ok(())
}
