//! How long short commands take, over http and https.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use super::commands::{Row, cloned, settle, timed};
use super::lab::Lab;
use super::page::Page;
use super::servers::Bare;

/// These commands take a millisecond or two, and vary more than others.
const ROUNDS: usize = 31;

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("How long until it has begun");
    let served = lab.another(&[])?;
    let qc = |arguments: &[&str]| served.qc(lab.workspace, arguments);
    let place = lab.workspace.target().join("bench");
    fs::create_dir_all(&place)?;
    let many = cloned(lab, &served, "many", 250)?;
    settle(lab, &served, &many)?;
    let (certificate, answer) = (place.join("certificate.pem"), place.join("answer.json"));
    fs::write(&answer, of_cloud(&many)?)?;
    let secure = Bare::start_secure(lab, &certificate, &answer)?;
    let roots = bundle(&certificate, &place)?;
    let over_tls = |what: &str, roots: &Path| {
        let mut command = qc(&[what]);
        command.env("QUANTCONNECT_BASE_URL", &secure.base_url).env("SSL_CERT_FILE", roots);
        command.env_remove("SSL_CERT_DIR").current_dir(&many);
        command
    };
    let rows = [
        Row::new("`true`", |_| Ok(lab.workspace.command("true"))),
        Row::new("`qc --version`", |_| Ok(qc(&["--version"]))).beside(0, "`true`"),
        Row::new("`qc whoami`, http on loopback", |_| Ok(qc(&["whoami"])))
            .beside(1, "`qc --version`"),
        Row::new("`qc whoami`, https on loopback, one trusted root", |_| {
            Ok(over_tls("whoami", &certificate))
        })
        .beside(1, "`qc --version`"),
        Row::new("`qc whoami`, https on loopback, and this machine's roots", |_| {
            Ok(over_tls("whoami", &roots))
        })
        .beside(1, "`qc --version`"),
        Row::new("`qc status`, nothing to do, 250 files (1 request), http", |_| {
            let mut command = qc(&["status"]);
            command.current_dir(&many);
            Ok(command)
        })
        .beside(2, "`qc whoami`"),
        Row::new("`qc status`, the same, https, one trusted root", |_| {
            Ok(over_tls("status", &certificate))
        })
        .beside(3, "`qc whoami`"),
        Row::new("`qc status`, the same, https, and this machine's roots", |_| {
            Ok(over_tls("status", &roots))
        })
        .beside(4, "`qc whoami`"),
        Row::new("`qc --version`, again: the control", |_| Ok(qc(&["--version"])))
            .beside(0, "`true`"),
    ];
    timed(lab, page, ROUNDS, &rows)?;
    page.text(&format!(
        "{ROUNDS} rounds in rotated order: median [least..most]. `qc status` is compared with the `qc whoami` that goes the \
         same way."
    ));
    let bytes = fs::metadata(lab.program("qc"))?.len();
    page.text(&format!("The program has {:.2} MB.", bytes as f64 / 1e6));
    Ok(())
}

/// This machine's certificates and one more.
fn bundle(certificate: &Path, place: &Path) -> Result<PathBuf> {
    let mut all = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
    all += &fs::read_to_string(certificate)?;
    let file = place.join("roots.pem");
    fs::write(&file, all)?;
    Ok(file)
}

/// The answer to a reading of a project that has what is in this folder.
fn of_cloud(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".py") || name.ends_with(".ipynb") {
            files.push(json!({
                "id": 108_944_675, "projectId": 26_129_044, "name": name, "content": fs::read_to_string(entry.path())?,
                "modified": "2025-11-10 13:00:06", "open": false, "isLibrary": false,
            }));
        }
    }
    Ok(json!({ "files": files, "success": true }).to_string())
}
