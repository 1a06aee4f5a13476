//! An endpoint that the crates lack, under the same call policy, against an emulator that was taught it.
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;

use qc_emulator::{Emulator, Fault, Server};
use qc_files::{
    ApiToken, Client, Credentials, Endpoint, Language, ProjectId, UserId,
    qc_proto::{Replay, Subject, UnexpectedAnswer, tolerant},
};
use serde::{Deserialize, Serialize};

/// The request: its fields are the JSON that is sent. The emulator reads it by `Deserialize`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListBacktests {
    project_id: ProjectId,
}

/// The answer: what stands beside `success`. The service's PHP writes numbers as texts here and there, and `messages` beside
/// a success.
#[derive(Debug, Serialize, Deserialize)]
struct Backtests {
    #[serde(deserialize_with = "tolerant::integer")]
    count: i64,
    #[serde(default, deserialize_with = "tolerant::list")]
    messages: Vec<String>,
}

impl Endpoint for ListBacktests {
    const PATH: &'static str = "backtests/list";
    /// It changes nothing, so that it is sent again when an answer is lost.
    const REPLAY: Replay = Replay::Safe;
    type Answer = Backtests;
    type Output = Backtests;

    /// An error names the project.
    fn subject(&self) -> Subject<'_> {
        Subject::project(self.project_id)
    }

    fn output(&self, answer: Backtests) -> Result<Backtests, UnexpectedAnswer> {
        Ok(answer)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let credentials = Credentials::new(UserId::new(1), ApiToken::new("any")?);
    let mut emulator = Emulator::new(credentials.clone());
    let id = emulator.add_project("Test", Language::Python);
    emulator.add_endpoint(move |asked: ListBacktests| {
        if asked.project_id != id {
            return Err("Project not found".to_owned());
        }
        Ok(serde_json::json!({ "count": "3", "messages": ["one is running"] }))
    });
    emulator.push_fault(Fault::DropAfter);
    let server = Server::start(emulator).await?;
    let client = Client::builder(credentials).base_url(server.base_url()).build()?;

    let backtests = client.execute(ListBacktests { project_id: id }).await?;
    println!("{} backtests, {:?}", backtests.count, backtests.messages);

    if let Err(error) = client.execute(ListBacktests { project_id: ProjectId::new(7)? }).await {
        println!("{error}");
    }
    Ok(())
}
