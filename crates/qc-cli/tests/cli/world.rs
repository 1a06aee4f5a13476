//! A service, a home folder and the command in it.

pub(crate) mod altered;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use qc_emulator::{Emulator, ServerThread};
use qc_files::{ApiToken, Client, Credentials, Endpoint, Language, ProjectId, UserId};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const TOKEN: &str = "d41d8cd98f00b204e9800998ecf8427e";

pub(crate) struct World {
    pub(crate) server: ServerThread,
    pub(crate) id: ProjectId,
    pub(crate) home: TempDir,
}

impl World {
    /// A service with one project, `Folder/Strategy`, of these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::with_service(files, |emulator| emulator)
    }

    /// As [`new`](Self::new), of a service of another kind.
    pub(crate) fn with_service(
        files: &[(&str, &str)],
        kind: impl FnOnce(Emulator) -> Emulator,
    ) -> Self {
        let credentials = Credentials::new(UserId::new(7), ApiToken::new(TOKEN).unwrap());
        let mut emulator = kind(Emulator::new(credentials));
        let id = emulator.add_project("Folder/Strategy", Language::Python);
        for file in emulator.file_names(id) {
            emulator.remove_file(id, &file);
        }
        for (file, text) in files {
            emulator.put_file(id, file, text);
        }
        let server = ServerThread::start(emulator).unwrap();
        Self { server, id, home: TempDir::new().unwrap() }
    }

    /// As [`new`](Self::new), and cloned.
    pub(crate) fn cloned(files: &[(&str, &str)]) -> Self {
        let world = Self::new(files);
        world.qc(&["clone", &world.id.to_string()]).exits(0);
        world
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().join("Strategy")
    }

    pub(crate) fn put(&self, file: &str, content: &str) {
        fs::write(self.folder().join(file), content).unwrap();
    }

    pub(crate) fn get(&self, file: &str) -> String {
        fs::read_to_string(self.folder().join(file)).unwrap()
    }

    pub(crate) fn cloud(&self, file: &str) -> Option<String> {
        self.server.emulator().file(self.id, file).map(str::to_owned)
    }

    pub(crate) fn put_cloud(&self, file: &str, content: &str) {
        self.server.emulator().put_file(self.id, file, content);
    }

    /// Sends a request as another program of the same user would.
    pub(crate) fn call<E: Endpoint>(&self, endpoint: E) -> E::Output {
        let credentials = Credentials::new(UserId::new(7), ApiToken::new(TOKEN).unwrap());
        let client = Client::builder(credentials).base_url(self.server.base_url()).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(client.execute(endpoint)).unwrap()
    }

    pub(crate) fn command(&self, directory: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qc"));
        command.args(arguments).current_dir(directory).stdin(Stdio::null());
        for name in [
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "http_proxy",
            "https_proxy",
            "all_proxy",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "QC_API",
            "QC_TIER",
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "COMPLETE",
            "XDG_CACHE_HOME",
            "LOCALAPPDATA",
        ] {
            command.env_remove(name);
        }
        command
            .env("HOME", self.home.path())
            .env("USERPROFILE", self.home.path())
            .env("PAGER", "cat")
            .env("QUANTCONNECT_USER_ID", "7")
            .env("QUANTCONNECT_API_TOKEN", TOKEN)
            .env("QUANTCONNECT_BASE_URL", self.server.base_url());
        command
    }

    /// As [`qc`](Self::qc), with this on standard input.
    pub(crate) fn qc_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(self.home.path(), arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses its arguments does not read what it is given.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::new(child.wait_with_output().unwrap(), arguments)
    }

    /// Runs `qc` in the cloned folder, or where it will be made.
    pub(crate) fn qc(&self, arguments: &[&str]) -> Ran {
        let folder = self.folder();
        let directory = if folder.exists() { &folder } else { self.home.path() };
        Ran::new(self.command(directory, arguments).output().unwrap(), arguments)
    }
}

pub(crate) struct Ran {
    pub(crate) what: String,
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn new(output: Output, arguments: &[&str]) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        for said in [&out, &err] {
            assert!(!said.contains(TOKEN) && !said.contains("Basic "), "a secret is shown: {said}");
        }
        Self { what: format!("qc {}", arguments.join(" ")), code: output.status.code(), out, err }
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}{}", self.what, self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let said = format!("{}{}", self.out, self.err);
        assert!(said.contains(text), "{} does not say {text:?}: {said}", self.what);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}
