//! How many crates come with ours: each number is held to the one that is checked in, so that a new
//! dependency is a line in a review, and no surprise in somebody's build.

use anyhow::{Context as _, Result, ensure};

use crate::tree::{self, Used};
use crate::verdict;
use crate::workspace::Workspace;

/// The numbers, with their reasons.
const CEILINGS: &str = "xtask/deps.ceilings";

/// One platform, whatever this one is: the numbers are the same for everyone.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// A line of the list.
#[derive(Debug, PartialEq)]
struct Ceiling<'a> {
    /// The package.
    name: &'a str,
    /// `default`, or the only features, with commas between them.
    features: &'a str,
    /// How many crates it may build on, itself not counted.
    most: usize,
}

/// Counts the tree of every line and compares.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let text = workspace.read(CEILINGS)?;
    let ceilings = ceilings(&text)?;
    let mut problems = Vec::new();
    let mut held = Vec::new();
    for ceiling in &ceilings {
        let used = tree::read(workspace, ceiling.name, &ceiling.arguments(), &[TARGET])?;
        problems.extend(ceiling.problem(&used));
        held.push(format!(
            "{} ({}) builds on {} crates",
            ceiling.name,
            ceiling.features,
            used.len()
        ));
    }
    verdict::of(&problems, &held.join("\n"))
}

/// Every line of the list that is no comment.
fn ceilings(list: &str) -> Result<Vec<Ceiling<'_>>> {
    let mut ceilings = Vec::new();
    for (index, line) in list.lines().enumerate() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let ceiling = Ceiling::parse(line).with_context(|| {
            format!("{CEILINGS}, line {}: write `NAME FEATURES NUMBER # reason`", index + 1)
        })?;
        ceilings.push(ceiling);
    }
    ensure!(!ceilings.is_empty(), "{CEILINGS} has no line");
    Ok(ceilings)
}

impl<'a> Ceiling<'a> {
    /// A line such as `qc-proto default 29 # reason`; one without a reason is none.
    fn parse(line: &'a str) -> Option<Self> {
        let (row, reason) = line.split_once('#')?;
        let words: Vec<&str> = row.split_whitespace().collect();
        let [name, features, most] = words[..] else {
            return None;
        };
        let most = most.parse().ok()?;
        (!reason.trim().is_empty()).then_some(Self { name, features, most })
    }

    /// The features as cargo takes them.
    fn arguments(&self) -> Vec<&'a str> {
        match self.features {
            "default" => Vec::new(),
            only => vec!["--no-default-features", "--features", only],
        }
    }

    /// What is wrong if the tree has more crates or fewer than the line says.
    fn problem(&self, used: &[Used]) -> Option<String> {
        let Self { name, features, most } = self;
        let count = used.len();
        if count == *most {
            return None;
        }
        if count < *most {
            return Some(format!(
                "{name} ({features}) builds on {count} crates: lower its number in {CEILINGS} \
                 from {most} to {count}"
            ));
        }
        let list: Vec<String> = used
            .iter()
            .map(|one| format!("    {} {}, which `{}` pulls in", one.name, one.version, one.by))
            .collect();
        Some(format!(
            "{name} ({features}) builds on {count} crates, {CEILINGS} says {most}; \
             `git diff` of Cargo.lock names what came in. All of them:\n{}",
            list.join("\n")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Ceiling, ceilings};
    use crate::tree;

    const LIST: &str = "\
# Words.

qc-proto      default         2  # the protocol
qc-transport  hyper,blocking  66 # both
# qc-files    blocking        9  # not yet
";

    #[test]
    fn the_lines_are_read_and_comments_are_not() {
        assert_eq!(
            ceilings(LIST).unwrap(),
            [
                Ceiling { name: "qc-proto", features: "default", most: 2 },
                Ceiling { name: "qc-transport", features: "hyper,blocking", most: 66 },
            ]
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for bad in
            ["a default 2", "a default 2 #", "a 2 # why", "a default -2 # why", "a b 2 c # x"]
        {
            let error = ceilings(&format!("# Words.\n{bad}\n")).unwrap_err().to_string();
            assert!(error.starts_with("xtask/deps.ceilings, line 2: "), "{bad}: {error}");
        }
        assert!(ceilings("# Words.\n").is_err());
    }

    #[test]
    fn only_the_features_of_the_line_are_asked_for() {
        let lines = ceilings(LIST).unwrap();
        assert!(lines[0].arguments().is_empty());
        let expected = ["--no-default-features", "--features", "hyper,blocking"];
        assert_eq!(lines[1].arguments(), expected);
    }

    #[test]
    fn one_too_many_and_one_too_few_are_both_wrong() {
        let used = tree::below("0app v1.0.0\n1http v1.5.0\n2itoa v1.0.0\n");
        let ceiling = |most| Ceiling { name: "app", features: "default", most };
        assert_eq!(ceiling(2).problem(&used), None);
        let over = ceiling(1).problem(&used).unwrap();
        assert!(over.starts_with("app (default) builds on 2 crates, "), "{over}");
        assert!(over.contains("\n    itoa v1.0.0, which `http` pulls in"), "{over}");
        let under = ceiling(3).problem(&used).unwrap();
        assert!(under.ends_with("from 3 to 2"), "{under}");
    }
}
