//! What a crate builds on, as `cargo tree` tells it.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// A crate below the root of a tree.
#[derive(Debug)]
pub(crate) struct Used {
    /// Its name.
    pub(crate) name: String,
    /// Its version, with the `v` that cargo writes.
    pub(crate) version: String,
    /// One crate that uses it.
    pub(crate) by: String,
}

/// Reads what a package builds on outside its tests and build scripts; the targets are named because
/// the answer must not depend on where the task runs.
pub(crate) fn read(
    workspace: &Workspace,
    package: &str,
    features: &[&str],
    targets: &[&str],
) -> Result<Vec<Used>> {
    let mut command = workspace.cargo(&["tree", "-p", package, "--edges", "normal"]);
    command.args(features).args(["--prefix", "depth", "--format", "{p}"]);
    for target in targets {
        command.args(["--target", target]);
    }
    Ok(below(&process::read(&mut command)?))
}

/// Each crate below the root once, sorted; lines look like `2libc v0.2.1`. A crate in two versions
/// counts as two.
pub(crate) fn below(tree: &str) -> Vec<Used> {
    let mut users = BTreeMap::new();
    let mut above: Vec<&str> = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(word), Some(version)) = (words.next(), words.next()) else {
            continue;
        };
        let name = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let Ok(depth) = word[..word.len() - name.len()].parse::<usize>() else {
            continue;
        };
        above.truncate(depth);
        if let Some(user) = above.last() {
            users.entry((name, version)).or_insert(*user);
        }
        above.push(name);
    }
    let used = users.into_iter().map(|((name, version), by)| Used {
        name: name.to_owned(),
        version: version.to_owned(),
        by: by.to_owned(),
    });
    used.collect()
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn the_tree_of_every_platform_is_read_with_who_uses_what() {
        let tree = "\
0qc-proto v0.1.0 (/x)
1http v1.5.0
2itoa v1.0.0
1sha2 v0.11.0
2cfg-if v1.0.0

0qc-proto v0.1.0 (/x)
1sha2 v0.11.0
2libc v0.2.0
";
        let found = below(tree);
        let pairs: Vec<_> = found.iter().map(|u| (u.name.as_str(), u.by.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("cfg-if", "sha2"),
                ("http", "qc-proto"),
                ("itoa", "http"),
                ("libc", "sha2"),
                ("sha2", "qc-proto"),
            ]
        );
    }

    #[test]
    fn a_crate_met_again_counts_once_and_another_version_of_it_counts() {
        let tree = "\
0app v0.1.0 (/x)
1rand v0.9.0
2getrandom v0.2.17
1derive v1.0.0 (proc-macro)
2rand v0.9.0 (*)
1getrandom v0.4.3
";
        let found = below(tree);
        let names: Vec<_> =
            found.iter().map(|u| format!("{} {} {}", u.name, u.version, u.by)).collect();
        assert_eq!(
            names,
            [
                "derive v1.0.0 app",
                "getrandom v0.2.17 rand",
                "getrandom v0.4.3 app",
                "rand v0.9.0 app",
            ]
        );
    }

    #[test]
    fn a_name_may_end_in_a_digit_and_other_lines_are_passed_over() {
        let found = below("note: words\n0app v0.1.0\n1sha2 v0.11.0\n12\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "sha2");
    }
}
