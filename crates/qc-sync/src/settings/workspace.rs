//! The workspace of the official command line tool: the folder with `lean.json`, around the folders of projects.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jsonc_parser::{ParseOptions, cst::CstRootNode};

/// What a workspace has in its root.
const FILE: &str = "lean.json";

/// A workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    organization: Option<String>,
    data: Option<PathBuf>,
}

impl Workspace {
    /// Finds the workspace that a folder is in, and reads its `lean.json`, which may have comments. None if it is in none.
    #[must_use]
    pub fn around(folder: &Path) -> Option<Self> {
        let root = workspace(folder)?;
        let text = fs::read_to_string(root.join(FILE)).unwrap_or_default();
        let parsed = CstRootNode::parse(&text, &ParseOptions::default()).ok();
        let fields = parsed.and_then(|parsed| parsed.object_value());
        let field = |key: &str| {
            let value = fields.as_ref()?.get(key)?.value()?;
            value.as_string_lit()?.decoded_value().ok().filter(|text| !text.is_empty())
        };
        let data = field("data-folder").map(|path| root.join(path));
        Some(Self { organization: field("organization-id"), data, root })
    }

    /// Returns where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the organization whose workspace it is. None if it does not say.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// Returns where it has the data for local backtests, which may be many folders. None if it does not say.
    #[must_use]
    pub fn data(&self) -> Option<&Path> {
        self.data.as_deref()
    }
}

/// Returns the workspace that a folder is in. None if it is in none.
#[must_use]
pub fn workspace(folder: &Path) -> Option<PathBuf> {
    let full = fs::canonicalize(folder).ok()?;
    full.ancestors().find(|folder| folder.join(FILE).is_file()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn comments_are_passed_over_and_what_makes_no_sense_says_nothing() {
        let place = TempDir::new().unwrap();
        let read = |text: &str| {
            fs::write(place.path().join(FILE), text).unwrap();
            Workspace::around(place.path()).unwrap()
        };
        let said = read(
            "{\n  // of the team\n  \"organization-id\": \"0a1b\", /* x */\n  \"data-folder\": \"data\"\n}\n",
        );
        assert_eq!(said.organization(), Some("0a1b"));
        assert_eq!(said.data(), Some(said.root().join("data").as_path()));
        for text in ["", "{", "[]", r#"{"organization-id": 5}"#, r#"{"organization-id": ""}"#] {
            assert_eq!(read(text).organization(), None, "{text}");
        }
        fs::remove_file(place.path().join(FILE)).unwrap();
        assert!(Workspace::around(place.path()).is_none());
    }
}
