//! The public API of each library as a text that is reviewed: what rustdoc sees of it, compared with `xtask/api`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};
use public_api::{Builder, PublicApi, PublicItem};
use serde_json::Value;
use similar::TextDiff;

use crate::deps::differences;
use crate::process::{self, Missing};
use crate::workspace::Workspace;

/// The crates that other programs build on.
const LIBRARIES: [&str; 5] = ["qc-proto", "qc-transport", "qc-files", "qc-sync", "qc-emulator"];

/// The crates of others whose items are a part of ours, with the reasons.
const FOREIGN: &str = "xtask/api/foreign.allow";

/// The format of rustdoc's JSON that public-api reads, and a toolchain that writes it.
const FORMAT: u64 = 57;
const TOOLCHAIN: &str = "1.95";

/// The flag that takes over what there is now.
const WRITE: &str = "--write";

/// Set where this program stands in for rustdoc.
const AS_RUSTDOC: &str = "QC_XTASK_AS_RUSTDOC";

/// Modules of the standard library whose names say nothing more than those of the items in them.
const OBVIOUS: [&str; 14] = [
    "borrow", "boxed", "clone", "cmp", "collect", "convert", "default", "function", "hash",
    "marker", "option", "result", "string", "vec",
];

/// Compares the API of every library with its text, and all of them with the list of foreign crates.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let writes = match arguments {
        [] => false,
        [flag] if flag == WRITE => true,
        _ => bail!("`api` takes `{WRITE}` or nothing, not `{}`", arguments.join(" ")),
    };
    let mut problems = Vec::new();
    let mut foreign = BTreeSet::new();
    for library in LIBRARIES {
        let api = read(workspace, library)?;
        foreign.extend(foreign_crates(&api.to_string()));
        let (now, inside) = (text(&api, library), format!("xtask/api/{library}.txt"));
        if writes {
            fs::write(workspace.path(&inside), &now)?;
        } else {
            problems.extend(difference(&inside, &workspace.read(&inside)?, &now));
        }
    }
    problems.extend(differences(&foreign, &workspace.read(FOREIGN)?, FOREIGN));
    process::verdict(&problems)
}

/// Reads what rustdoc writes of a library with all of its features.
fn read(workspace: &Workspace, library: &str) -> Result<PublicApi> {
    let mut rustdoc = workspace.cargo(&["rustdoc", "--quiet", "-p", library, "--lib"]);
    rustdoc.args(["--all-features", "--", "-Zunstable-options", "--output-format", "json"]);
    // Its cap keeps warnings, which are the matter of `docs`, out of this one.
    rustdoc.args(["--cap-lints", "allow"]);
    rustdoc.env("RUSTDOC", std::env::current_exe()?).env(AS_RUSTDOC, "1");
    process::run(&mut rustdoc)?;
    let name = format!("doc/{}.json", library.replace('-', "_"));
    let path = workspace.target().join(name);
    require_format(&path)?;
    Ok(Builder::from_rustdoc_json(path)
        .omit_auto_trait_impls(true)
        .omit_blanket_impls(true)
        .build()?)
}

/// Runs rustdoc with the unstable features that write JSON, if this process was started in its place. To set the variable for
/// cargo too would rebuild every dependency whose build script looks at it.
pub(crate) fn as_rustdoc() -> Option<ExitCode> {
    std::env::var_os(AS_RUSTDOC)?;
    let mut rustdoc = Command::new("rustdoc");
    rustdoc.args(std::env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").env_remove(AS_RUSTDOC);
    let done = rustdoc.status().is_ok_and(|status| status.success());
    Some(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Another toolchain may write another format.
fn require_format(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("no {}", path.display()))?;
    let json: Value = serde_json::from_str(&text)?;
    let found = json.get("format_version").and_then(Value::as_u64);
    if found == Some(FORMAT) {
        return Ok(());
    }
    let found = found.unwrap_or_default();
    Err(Missing(format!(
        "this rustdoc writes its JSON in format {found}, and format {FORMAT} is read: `cargo +{TOOLCHAIN} xtask api`"
    ))
    .into())
}

/// The items, one a line, without what follows from others: the methods of a trait's implementation, and full paths of
/// the standard library and of the library itself. Implementations without parameters share a line.
fn text(api: &PublicApi, library: &str) -> String {
    let items: Vec<(&PublicItem, String)> =
        api.items().map(|item| (item, shortened(&item.to_string(), library))).collect();
    let of_traits: HashSet<_> = items
        .iter()
        .filter(|(_, line)| implementation(line).is_some())
        .map(|(item, _)| item.id())
        .collect();
    let lines = items.into_iter().filter_map(|(item, line)| {
        let is_method = line.starts_with("pub fn ") || line.starts_with("pub async fn ");
        let follows = item.parent_id().is_some_and(|parent| of_traits.contains(&parent));
        (!(is_method && follows)).then_some(line)
    });
    joined(lines)
}

/// Puts the traits of a type that need no line of their own on one, where the first of them stands.
fn joined(lines: impl Iterator<Item = String>) -> String {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<String> = Vec::new();
    let mut traits: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let has_items = lines
            .peek()
            .is_some_and(|next| next.starts_with("pub type ") || next.starts_with("pub const "));
        match implementation(&line).filter(|_| !has_items && !line.starts_with("impl<")) {
            Some(("StructuralPartialEq", _)) => {}
            Some((name, of)) => {
                let place = *places.entry(of.to_owned()).or_insert_with(|| {
                    kept.push(of.to_owned());
                    kept.len() - 1
                });
                traits.entry(place).or_default().insert(name.to_owned());
            }
            None => kept.push(line),
        }
    }
    for (place, names) in traits {
        if let Some(line) = kept.get_mut(place) {
            let names = names.into_iter().collect::<Vec<_>>().join(" + ");
            *line = format!("impl {names} for {line}");
        }
    }
    // In which of several blocks a function stands is no matter: those that follow each other are in order.
    kept.retain(|line| !line.starts_with("impl ") || line.contains(" for ") || line.contains('<'));
    for run in kept.chunk_by_mut(|one, next| is_function(one) && is_function(next)) {
        run.sort();
    }
    kept.into_iter().map(|line| line + "\n").collect()
}

fn is_function(line: &str) -> bool {
    ["pub fn ", "pub async fn ", "pub const fn "].iter().any(|start| line.starts_with(start))
}

/// Takes `impl TRAIT for TYPE` apart.
fn implementation(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("impl").filter(|rest| rest.starts_with([' ', '<']))?;
    let (head, of) = line.split_once(" for ")?;
    Some((head.strip_prefix("impl ").unwrap_or(head), of))
}

/// A line whose paths say what a reader needs: those of the library without its name, those of other crates without the
/// modules in between, which may be private, and those of the standard library with one module at most.
fn shortened(line: &str, library: &str) -> String {
    let own = library.replace('-', "_");
    let mut short = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(is_part_of_path) {
        let (before, path) = rest.split_at(start);
        let (path, after) = path.split_at(path.find(|c| !is_part_of_path(c)).unwrap_or(path.len()));
        short.push_str(before);
        let parts: Vec<&str> = path.split("::").collect();
        match parts.as_slice() {
            [root, .., module, item] if is_standard(root) && !OBVIOUS.contains(module) => {
                short.extend([module, "::", item]);
            }
            [root, .., item] if is_standard(root) => short.push_str(item),
            [root, inside @ ..] if *root == own && !inside.is_empty() => {
                short.push_str(&inside.join("::"));
            }
            [root, _, .., item] if is_crate(root) => short.extend([root, "::", item]),
            _ => short.push_str(path),
        }
        rest = after;
    }
    short + rest
}

/// Whether a path begins with the name of a crate, and not with a parameter or a type.
fn is_crate(root: &str) -> bool {
    root.starts_with(|first: char| first.is_lowercase())
}

fn is_standard(root: &str) -> bool {
    ["alloc", "core", "std"].contains(&root)
}

fn is_part_of_path(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | ':')
}

/// The crates of others that an API names. Each path is in full there; what begins with a capital letter is a parameter.
fn foreign_crates(api: &str) -> BTreeSet<String> {
    let own: Vec<String> = LIBRARIES.iter().map(|name| name.replace('-', "_")).collect();
    let paths = api.split(|character| !is_part_of_path(character));
    let roots = paths.filter_map(|path| Some(path.split_once("::")?.0));
    let roots = roots
        .filter(|root| is_crate(root) && !is_standard(root) && own.iter().all(|own| own != root));
    roots.map(str::to_owned).collect()
}

/// How the text differs, if it does.
fn difference(inside: &str, reviewed: &str, now: &str) -> Option<String> {
    let diff = TextDiff::from_lines(reviewed, now);
    (reviewed != now).then(|| {
        diff.unified_diff().context_radius(1).header(inside, "the API as it is now").to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_a_reader_needs() {
        for (full, short) in [
            ("pub fn qc_proto::A::b(alloc::vec::Vec<qc_proto::m::C>)", "pub fn A::b(Vec<m::C>)"),
            ("core::option::Option<http::status::Code>", "Option<http::Code>"),
            (
                "qc_files::call::Error: From<<P as TryInto>::Error>",
                "qc_files::Error: From<<P as TryInto>::Error>",
            ),
            ("&'a core::time::Duration, E::Output", "&'a time::Duration, E::Output"),
            ("pub mod qc_proto", "pub mod qc_proto"),
        ] {
            assert_eq!(shortened(full, "qc-proto"), short);
        }
    }

    #[test]
    fn traits_of_one_type_share_a_line_unless_they_say_more() {
        let lines = [
            "pub struct A",
            "impl A",
            "pub fn A::g(&self)",
            "impl A",
            "pub fn A::f(&self)",
            "impl Eq for A",
            "impl Clone for A",
            "impl StructuralPartialEq for A",
            "impl TryFrom<u8> for A",
            "pub type A::Error = Invalid",
            "impl<'a> From<&'a A> for B",
            "impl Debug for B",
        ];
        let expected = [
            "pub struct A",
            "pub fn A::f(&self)",
            "pub fn A::g(&self)",
            "impl Clone + Eq for A",
            "impl TryFrom<u8> for A",
            "pub type A::Error = Invalid",
            "impl<'a> From<&'a A> for B",
            "impl Debug for B",
            "",
        ];
        assert_eq!(joined(lines.into_iter().map(str::to_owned)), expected.join("\n"));
    }

    #[test]
    fn crates_of_others_are_found_by_the_first_part_of_a_path() {
        let api = "pub fn qc_proto::A::b<T>(&http::uri::Uri, T::C) -> core::fmt::Result\n\
                   impl<'de> serde_core::de::Deserialize<'de> for qc_proto::A";
        assert_eq!(Vec::from_iter(foreign_crates(api)), ["http", "serde_core"]);
    }

    #[test]
    fn a_change_is_shown_with_the_lines_around_it() {
        assert_eq!(difference("api.txt", "a\n", "a\n"), None);
        let shown = difference("api.txt", "a\nb\nc\nd\n", "a\nB\nc\nd\n").unwrap();
        assert_eq!(
            shown,
            "--- api.txt\n+++ the API as it is now\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        );
    }
}
