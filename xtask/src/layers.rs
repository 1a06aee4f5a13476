//! No crate depends upward or sideways; docs/architecture.md draws the layers.

use anyhow::Result;

use crate::manifest::{Dependency, Manifest};
use crate::verdict;
use crate::workspace::Workspace;

/// Every crate and its layer: what it builds on must have a lower number.
const LAYERS: &[(&str, u8)] = &[
    ("qc-proto", 0),
    ("qc-transport", 1),
    ("qc-files", 2),
    ("qc-emulator", 2),
    ("qc-sync", 3),
    ("qc-cli", 4),
    // Not crates for users: they may see everything, and nothing may see them.
    ("qc-tests", 5),
    ("xtask", 5),
];

/// The crate that tests and examples may use at any layer.
const EMULATOR: &str = "qc-emulator";

/// Reads the manifests, not a resolved tree: they name optional and other platforms' dependencies.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let root = workspace.manifest("Cargo.toml")?;
    let mut problems = Vec::new();
    for name in workspace.crates()? {
        let path = format!("crates/{name}/Cargo.toml");
        println!("reading {path}");
        problems.extend(crate_problems(&name, &workspace.manifest(&path)?, &root));
    }
    verdict::of(&problems, "every crate depends on lower layers only")
}

/// What is wrong with the dependencies of one crate.
fn crate_problems(name: &str, manifest: &Manifest, root: &Manifest) -> Vec<String> {
    let Some(own) = layer(name) else {
        return vec![format!("{name} has no layer: give it a line in xtask/src/layers.rs")];
    };
    let mut problems = Vec::new();
    for dependency in manifest.dependencies() {
        let package = package_name(&dependency, root);
        let Some(theirs) = layer(&package) else {
            continue;
        };
        let for_tests = dependency.kind == "dev-dependencies" && package == EMULATOR;
        if theirs >= own && !for_tests {
            let direction = if theirs == own { "sideways" } else { "upward" };
            let kind = dependency.kind;
            problems.push(format!(
                "{name} (layer {own}) points {direction} to {package} (layer {theirs}) in [{kind}]"
            ));
        }
    }
    problems
}

/// The layer of one of our crates; everyone else's have none.
fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer)
}

/// The package behind a dependency: this manifest may rename it, or the root may.
fn package_name(dependency: &Dependency, root: &Manifest) -> String {
    let here = dependency.package.as_deref();
    let path = ["workspace", "dependencies", &dependency.name, "package"];
    here.or_else(|| root.get(&path)).unwrap_or(&dependency.name).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::manifest::Manifest;

    fn problems(name: &str, manifest: &str) -> Vec<String> {
        let root = "[workspace.dependencies]\nalias = { path = \"x\", package = \"qc-cli\" }";
        super::crate_problems(name, &Manifest::parse(manifest), &Manifest::parse(root))
    }

    #[test]
    fn pointing_down_is_allowed() {
        let down = "[dependencies]\nqc-proto.workspace = true\nqc-transport.workspace = true";
        assert!(problems("qc-files", down).is_empty());
        let both = "[dependencies]\nqc-files.workspace = true\nqc-emulator.workspace = true";
        assert!(problems("qc-cli", both).is_empty());
        assert!(problems("qc-proto", "[dependencies]\nserde.workspace = true").is_empty());
    }

    #[test]
    fn tests_may_use_the_emulator_anywhere_and_nothing_else_above() {
        let emulator = "[dev-dependencies]\nqc-emulator.workspace = true";
        assert!(problems("qc-proto", emulator).is_empty());
        let facade = "[dev-dependencies]\nqc-files.workspace = true";
        assert_eq!(
            problems("qc-proto", facade),
            ["qc-proto (layer 0) points upward to qc-files (layer 2) in [dev-dependencies]"]
        );
    }

    #[test]
    fn pointing_up_or_sideways_is_refused_however_it_is_written() {
        let sideways = "[dependencies]\nqc-emulator = { workspace = true, optional = true }";
        assert_eq!(
            problems("qc-files", sideways),
            ["qc-files (layer 2) points sideways to qc-emulator (layer 2) in [dependencies]"]
        );
        for up in [
            "[build-dependencies]\nqc-cli.workspace = true",
            "[target.'cfg(unix)'.dependencies]\nqc-cli.workspace = true",
            "[dependencies]\nother = { path = \"../qc-cli\", package = \"qc-cli\" }",
            "[dependencies]\nalias.workspace = true",
        ] {
            assert_eq!(problems("qc-sync", up).len(), 1, "{up}");
        }
    }

    #[test]
    fn a_crate_without_a_layer_is_refused() {
        let expected = "qc-new has no layer: give it a line in xtask/src/layers.rs";
        assert_eq!(problems("qc-new", ""), [expected]);
    }
}
