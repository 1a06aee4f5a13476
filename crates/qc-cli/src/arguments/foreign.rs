//! Words of other tools that are no commands of `qc`.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The words, and what to type instead.
const WORDS: [(&[&str], &str); 14] = [
    (&["add", "commit", "stage"], "there is nothing to commit: `qc push` sends what you saved"),
    (
        &["log", "reflog", "op"],
        "`qc history` lists what was replaced; the service keeps no log of commits",
    ),
    (
        &["checkout", "reset", "revert", "discard"],
        "`qc restore PATH` brings back an earlier text, `qc undo` the last operation",
    ),
    (&["fetch", "remote"], "`qc status` asks the cloud and changes nothing, `qc pull` downloads"),
    (&["merge", "rebase", "resolve"], "`qc pull --merge` merges the cloud's edits with yours"),
    (
        &["stash", "branch", "switch"],
        "a project has one state in the cloud: keep branches with git in the same folder",
    ),
    (&["sync"], "`qc pull --merge`, then `qc push`; `qc watch --pull` does both while you work"),
    (
        &["init", "create", "create-project", "project-create"],
        "`qc new NAME` makes a project and its folder, `qc push --create` makes one of the folder that you are in",
    ),
    (
        &["delete", "delete-project", "project-delete"],
        "`qc rm FILE` deletes a file, `qc project delete` moves a project to the recycle bin",
    ),
    (
        &["cloud"],
        "there is no `cloud` in front: type `qc pull` or `qc push` in the project's folder, with --all for all of a workspace",
    ),
    (
        &["build", "check"],
        "`qc compile` builds the project, `qc push --compile` sends your changes first",
    ),
    (&["auth", "signin"], "`qc login` keeps credentials, `qc whoami` shows them"),
    (&["list", "repo"], "`qc projects` lists projects, `qc ls` the files of one"),
    (
        &[
            "library",
            "libraries",
            "config",
            "backtest",
            "live",
            "optimize",
            "research",
            "encrypt",
            "decrypt",
        ],
        "that is done with the official command line tool, `lean`, in the same folder",
    ),
];

/// Returns what to type instead of a word that is no command. None if the word is not known, or something else is wrong.
pub(crate) fn hint(error: &clap::Error) -> Option<&'static str> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    WORDS.into_iter().find(|(words, _)| words.contains(&typed.as_str())).map(|(_, hint)| hint)
}
