//! What `--json` prints is what `docs/json.md` says, example by example.
//!
//! With `QC_JSON_WRITE` set, the examples are written anew.

use std::{env, fs, path::Path};

use qc_emulator::{Fault, Rule};

use crate::world::World;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/json.md");
const BEGIN: &str = "\n```json\n";
const END: &str = "```\n";

/// The page, and the examples of it that were looked at.
struct Page {
    text: String,
    looked_at: usize,
}

impl Page {
    /// The example under this heading is just what was printed.
    fn shows(&mut self, heading: &str, world: &World, code: i32, arguments: &[&str]) {
        let said = world.qc(&[arguments, &["--json"]].concat()).exits(code).out;
        let home = fs::canonicalize(world.home.path()).unwrap();
        let said = said.replace(home.to_str().unwrap(), "/home/quant");
        let said = said.replace(&world.server.base_url(), "http://127.0.0.1:5612/api/v2");
        let said = without_measures(&without_dates(&said));
        let heading = format!("\n## `{heading}`\n");
        let section =
            self.text.find(&heading).unwrap_or_else(|| panic!("the page has no {heading}"));
        let begin = section + self.text[section..].find(BEGIN).unwrap() + BEGIN.len();
        let end = begin + self.text[begin..].find(END).unwrap();
        if env::var_os("QC_JSON_WRITE").is_some() {
            self.text.replace_range(begin..end, &said);
        } else {
            assert_eq!(self.text[begin..end], said, "under {heading}");
        }
        self.looked_at += 1;
    }
}

/// The clock is the machine's: every date becomes one.
fn without_dates(said: &str) -> String {
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    for line in &mut lines {
        for (key, date) in [
            ("\"modified\": \"", "2025-11-10 13:00:06"),
            ("\"created\": \"", "2025-11-10 13:00:06"),
            ("\"at\": \"", "2025-11-10T13:00:06Z"),
        ] {
            if let Some(at) = line.find(key) {
                let begin = at + key.len();
                let end = begin + line[begin..].find('"').unwrap();
                line.replace_range(begin..end, date);
            }
        }
    }
    lines.join("\n") + "\n"
}

/// What differs from machine to machine and from version to version becomes the same.
fn without_measures(said: &str) -> String {
    let system = format!("{} {}", env::consts::OS, env::consts::ARCH);
    let mut lines: Vec<String> =
        said.lines().map(|line| line.replace(&system, "linux x86_64")).collect();
    for line in &mut lines {
        for (key, value) in [("Ms", "40"), ("clockOffsetSeconds", "0")] {
            if let Some(at) = line.find(&format!("{key}\": ")) {
                let end = if line.ends_with(',') { "," } else { "" };
                *line = format!("{}{key}\": {value}{end}", &line[..at]);
            }
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_page_shows_what_is_printed() {
    let mut page = Page { text: fs::read_to_string(PAGE).unwrap(), looked_at: 0 };
    let world = World::new(&[("main.py", "1\n2\n3\n"), ("theirs.py", "1\n"), ("old.py", "4\n")]);
    page.shows("qc whoami", &world, 0, &["whoami"]);
    page.shows("qc doctor", &world, 0, &["doctor"]);
    page.shows("qc projects", &world, 0, &["projects"]);
    world.put_cloud("../odd.py", "x");
    page.shows("qc clone", &world, 0, &["clone", "Folder/Strategy"]);
    world.server.emulator().remove_file(world.id, "../odd.py");
    world.put_cloud("main.py", "def f(:\n    pass\n");
    page.shows("qc compile", &world, 8, &["compile"]);
    world.put_cloud("main.py", "1\n2\n3\n");
    page.shows("qc ls", &world, 0, &["ls"]);
    page.shows("qc cat", &world, 0, &["cat", "main.py"]);

    world.put("main.py", "one\n2\n3\n");
    world.put_cloud("main.py", "1\n2\nthree\n");
    world.put_cloud("theirs.py", "2\n");
    world.put("new.py", "5\n");
    fs::rename(world.folder().join("old.py"), world.folder().join("moved.py")).unwrap();
    page.shows("qc status", &world, 3, &["status"]);
    page.shows("qc diff", &world, 1, &["diff", "main.py"]);
    page.shows("qc push --dry-run", &world, 3, &["push", "--dry-run"]);
    let refusal = Fault::Refusal("Too odd.".to_owned());
    world.server.emulator().add_rule(Rule::new(refusal).on("files/create"));
    page.shows("qc push", &world, 7, &["push"]);
    page.shows("qc pull", &world, 0, &["pull", "--merge"]);

    page.shows("qc undo", &world, 0, &["undo"]);
    page.shows("qc history", &world, 0, &["history", "main.py"]);
    world.put("main.py", "mine\n");
    page.shows("qc restore", &world, 0, &["restore", "main.py"]);

    fs::write(world.home.path().join("x.py"), "6\n").unwrap();
    let from = world.home.path().join("x.py");
    page.shows("qc put", &world, 0, &["put", "x.py", from.to_str().unwrap()]);
    page.shows("qc mv", &world, 0, &["mv", "x.py", "y.py"]);
    let diff = world.home.path().join("y.diff");
    fs::write(&diff, "--- a/y.py\n+++ b/y.py\n@@ -1 +1 @@\n-6\n+7\n").unwrap();
    page.shows("qc patch", &world, 0, &["patch", diff.to_str().unwrap()]);
    page.shows("qc rm", &world, 0, &["rm", "y.py"]);
    page.shows("qc logout", &world, 0, &["logout"]);

    page.shows("qc project show", &world, 0, &["project", "show"]);
    let rename = ["project", "rename", "Folder/Momentum"];
    page.shows("qc project rename", &world, 0, &rename);
    let place = world.home.path().join("Pairs");
    page.shows("qc new", &world, 0, &["new", "Pairs", place.to_str().unwrap()]);
    fs::write(world.home.path().join("lean.json"), "{}").unwrap();
    fs::write(place.join("main.py"), "1\n").unwrap();
    page.shows("qc push --all", &world, 0, &["push", "--all"]);
    page.shows("qc project delete", &world, 0, &["project", "delete", "Pairs", "--yes"]);

    if env::var_os("QC_JSON_WRITE").is_some() {
        fs::write(Path::new(PAGE), &page.text).unwrap();
    }
    assert_eq!(page.text.matches(BEGIN).count(), page.looked_at, "an example that no test shows");
}
