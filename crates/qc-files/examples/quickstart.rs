//! The whole flow, step by step: authenticate, create, read with libraries, update, rename, delete.
//!
//! Without credentials in the environment it runs against an emulator of its own, over real HTTP. With
//! `QUANTCONNECT_USER_ID` and `QUANTCONNECT_API_TOKEN` it talks to the real service, or to
//! `QUANTCONNECT_BASE_URL` if that is set. It works in the project `QUANTCONNECT_PROJECT_ID`; without one it creates
//! a project and puts it into the recycle bin at the end.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a person")]

use std::{env, error::Error, process::ExitCode};

use qc_emulator::{Emulator, Server};
use qc_files::{ApiToken, Client, Credentials, Language, ProjectFiles, ProjectId, UserId};

const FILE: &str = "qc_quickstart.py";
const RENAMED: &str = "qc_quickstart_2.py";
const CONTENT: &str = "\
# region imports
from AlgorithmImports import *
# endregion

class Project(QCAlgorithm):
    def Initialize(self):
        self.AddEquity(\"SPY\", Resolution.Minute)
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (client, _emulator) = connect().await?;
    client.authenticate().await?;
    println!("authenticated");

    let (project_id, is_ours) = project(&client).await?;
    let done = flow(&client.project(project_id)?).await;
    if is_ours {
        let binned = client.delete_project(project_id).await;
        // What went wrong first is what to tell.
        done?;
        binned?;
        println!("moved project {project_id} to the recycle bin");
        return Ok(());
    }
    done
}

async fn flow(project: &ProjectFiles) -> Result<(), Box<dyn Error>> {
    project.create(FILE, CONTENT).await?;
    println!("created {FILE}");

    let files = project.read_all_with_libraries().await?;
    for file in &files {
        println!("read {:?}: {} bytes", file.name.as_str(), file.content.len());
    }
    let file =
        files.into_iter().find(|file| file.name == FILE).ok_or("the new file is not listed")?;

    project.update(FILE, file.content.replace("SPY", "TSLA")).await?;
    let is_updated = project.read(FILE).await?.content.contains("TSLA");
    println!("updated {FILE}: it trades TSLA now: {is_updated}");

    project.rename(FILE, RENAMED).await?;
    println!("renamed {FILE} to {RENAMED}");

    project.delete(RENAMED).await?;
    println!("deleted {RENAMED}");
    Ok(())
}

/// The real service if there are credentials in the environment, else an emulator that lives as long as its server.
async fn connect() -> Result<(Client, Option<Server>), Box<dyn Error>> {
    if let Some(credentials) = qc_files::credentials::from_env()? {
        let mut builder = Client::builder(credentials);
        if let Ok(base_url) = env::var("QUANTCONNECT_BASE_URL") {
            builder = builder.base_url(base_url);
        }
        let client = builder.build()?;
        println!("using the credentials of the environment");
        return Ok((client, None));
    }
    let credentials = Credentials::new(UserId::new(12345), ApiToken::new("only-for-the-emulator")?);
    let server = Server::start(Emulator::new(credentials.clone())).await?;
    println!("no credentials in the environment: emulating the service at {}", server.base_url());
    let client = Client::builder(credentials).base_url(server.base_url()).build()?;
    Ok((client, Some(server)))
}

/// The project to work in, and whether it was made for this run.
async fn project(client: &Client) -> Result<(ProjectId, bool), Box<dyn Error>> {
    if let Ok(id) = env::var("QUANTCONNECT_PROJECT_ID") {
        return Ok((id.parse()?, false));
    }
    let project = client.create_project("qc quickstart", Language::Python).await?;
    println!("created project {} ({:?})", project.project_id, project.name);
    Ok((project.project_id, true))
}
