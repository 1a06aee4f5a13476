//! `qc demo`: the whole story, on real sockets and a real folder that are gone afterwards.

use std::{fs, io, path::Path};

use qc_emulator::{Emulator, Fault, Server};
use qc_files::{ApiToken, Client, Credentials, Invalid, Language, ProjectFiles, UserId};
use qc_sync::{Folder, Options, Selection, SyncSession};

use serde::Serialize;

use crate::{
    commands::folder::sync,
    exit::Exit,
    output::{
        printer::{Printer, Report},
        style,
    },
    report::{ChangeReport, changes, heading},
    text::count,
};

/// One line of the story.
#[derive(Serialize)]
#[serde(transparent)]
struct Line(String);

impl Report for Line {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", self.0)
    }
}

/// A change, as a step of the story.
#[derive(Serialize)]
#[serde(transparent)]
struct Changed<'a>(ChangeReport<'a>);

impl Report for Changed<'_> {
    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "  ")?;
        self.0.print(out)
    }
}

pub(crate) async fn run(printer: &Printer) -> anyhow::Result<Exit> {
    if printer.wants_json() {
        return Err(
            Invalid::new("--json", "does not go with `demo`, which is a story for people").into()
        );
    }
    let credentials = Credentials::new(UserId::new(12345), ApiToken::new("demo")?);
    let mut emulator = Emulator::new(credentials.clone());
    let id = emulator.add_project("Momentum", Language::Python);
    let server = Server::start(emulator).await?;
    let client = Client::builder(credentials).base_url(server.base_url()).build()?;
    let project = client.project(id)?;
    let place = tempfile::TempDir::new()?;
    let folder = Folder::open(place.path())?;
    let story = Story { printer, server: &server, folder: &folder, project: &project };

    story.print_title("A project is in the cloud: here, in an emulator on this machine. Clone it.");
    story.pull().await?;

    story.print_title("Edit a file, add another, and push: one patch for all edits,\none request for each new file.");
    story.write("main.py", "PERIOD = 21\n")?;
    story.write("signals/alpha.py", "WEIGHT = 0.5\n")?;
    story.push(Selection::default()).await?;

    story.print_title("Move a file. The answer is lost on the way: qc reads the project\ninstead of guessing, and it happens once.");
    fs::rename(place.path().join("signals/alpha.py"), place.path().join("alpha.py"))?;
    server.emulator().push_fault(Fault::None);
    server.emulator().push_fault(Fault::DropAfter);
    story.push(Selection::default()).await?;

    story
        .print_title("A teammate edits main.py in the web, and so do you. Nothing is overwritten.");
    server.emulator().put_file(id, "main.py", "PERIOD = 50\n");
    story.write("main.py", "PERIOD = 14\n")?;
    story.push(Selection::default()).await?;

    story.print_title("You looked at theirs, and keep yours: qc push --ours main.py");
    story.push(Selection::paths(["main.py"])).await?;
    let kept = server.emulator().file(id, "main.py").map(str::to_owned);
    printer.show(&Line(format!("  in the cloud now: {}", kept.unwrap_or_default().trim())))?;

    let requests = server.emulator().requests().len();
    printer.show(&Line(format!(
        "\nThe whole story cost {requests} requests. Yours begins with `qc login`."
    )))?;
    server.shutdown().await;
    Ok(Exit::Done)
}

struct Story<'a> {
    printer: &'a Printer,
    server: &'a Server,
    folder: &'a Folder,
    project: &'a ProjectFiles,
}

impl Story<'_> {
    fn print_title(&self, title: &str) {
        let _ = self.printer.show(&Line(format!("\n{}", heading(title))));
    }

    fn write(&self, name: &str, content: &str) -> anyhow::Result<()> {
        let path = self.folder.root().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        Ok(fs::write(path, content)?)
    }

    async fn pull(&self) -> anyhow::Result<()> {
        let before = self.server.emulator().requests().len();
        let options = Options::new(sync::now());
        let pulled = SyncSession::new(self.folder, self.project, &options).pull().await?;
        for change in changes(&pulled.writes) {
            self.printer.show(&Changed(change))?;
        }
        self.price(before)
    }

    async fn push(&self, ours: Selection) -> anyhow::Result<()> {
        let before = self.server.emulator().requests().len();
        let mut options = Options::new(sync::now());
        options.ours = ours;
        let pushed = SyncSession::new(self.folder, self.project, &options).push().await?;
        for change in changes(&pushed.done) {
            self.printer.show(&Changed(change))?;
        }
        for conflict in &pushed.conflicts {
            let name = &conflict.name;
            let caution = style::CAUTION;
            self.printer.show(&Line(format!(
                "  {caution}conflict{caution:#}: {name} was changed on both sides"
            )))?;
        }
        self.price(before)
    }

    fn price(&self, before: usize) -> anyhow::Result<()> {
        let cost = self.server.emulator().requests().len() - before;
        self.printer.show(&Line(format!("  ({})", count(cost, "request"))))
    }
}
