//! Parts of a call, without any network: `parts WHAT COUNT`, which prints the seconds that it took as JSON.
#![allow(clippy::print_stdout, reason = "a program says what it measured")]
#![allow(clippy::disallowed_methods, reason = "a benchmark reads clocks")]

use std::{env, hint::black_box, time::Instant};

use anyhow::{Result, bail};
use qc_files::{ApiToken, Credentials, UserId};
use qc_proto::{
    Authorization, FileList, ProjectFile, RemoteName, Signature, decode_answer, encode_success,
};
use serde::Deserialize;

/// A file list as plain structs: what is fastest where nothing odd may come.
#[derive(Deserialize)]
struct Plain {
    #[allow(dead_code, reason = "it is read, and that is all")]
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

/// An answer to `files/read` of about 10 MB.
fn answer() -> Vec<u8> {
    let line = "        self.rsi = self.RSI(\"SPY\", 14, Resolution.DAILY)  # 14 days\n";
    let files = (0..160).map(|number| {
        let name = RemoteName::from_service(format!("folder/file_{number}.py"));
        let mut file = ProjectFile::new(name, line.repeat(65_536 / line.len()));
        file.id = Some(number);
        file.modified = Some("2025-11-10 13:00:06".into());
        file
    });
    encode_success(&FileList::new(files.collect()))
}

/// So many durable commits of a file of 2 KB, one after another: what the disk allows.
#[cfg(feature = "others")]
fn commit(count: u64) -> Result<()> {
    const TABLE: redb::TableDefinition<'_, &str, &[u8]> = redb::TableDefinition::new("files");
    let place = tempfile::tempdir_in(env::current_dir()?)?;
    let database = redb::Database::create(place.path().join("commits.redb"))?;
    let content = vec![b'a'; 2048];
    for _ in 0..count {
        let write = database.begin_write()?;
        write.open_table(TABLE)?.insert("main.py", content.as_slice())?;
        write.commit()?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [what, count] = arguments.as_slice() else { bail!("parts WHAT COUNT") };
    let count: u64 = count.parse()?;
    let credentials = Credentials::new(UserId::new(123_456), ApiToken::new("a".repeat(64))?);
    let answer = if what.starts_with("decode") { answer() } else { Vec::new() };
    #[cfg(feature = "others")]
    if what == "commit" {
        let began = Instant::now();
        commit(count)?;
        let seconds = began.elapsed().as_secs_f64();
        println!("{}", serde_json::json!({ "seconds": seconds, "bytes": 2048 }));
        return Ok(());
    }
    let mut part: Box<dyn FnMut(u64)> = match what.as_str() {
        "sign" => Box::new(|number| {
            let signed = Authorization::new(&credentials, 1_762_779_606 + number);
            // Looked at in its place: nobody moves it.
            black_box(signed.as_bytes());
        }),
        "sign-headers" => Box::new(|number| {
            drop(black_box(Signature::new(&credentials, 1_762_779_606 + number)));
        }),
        "decode" => Box::new(|_| drop(black_box(decode_answer::<FileList>(black_box(&answer))))),
        "decode-plain" => Box::new(|_| {
            let plain = serde_json::from_slice::<Plain>(black_box(&answer));
            assert!(black_box(plain).is_ok_and(|plain| plain.success), "it is a success");
        }),
        other => bail!("no part is called {other}"),
    };
    let began = Instant::now();
    (0..count).for_each(&mut part);
    let seconds = began.elapsed().as_secs_f64();
    println!("{}", serde_json::json!({ "seconds": seconds, "bytes": answer.len() }));
    Ok(())
}
