//! The names of files.

use std::path::{Component, Path};

use arbitrary::{Arbitrary, Unstructured};
use qc_proto::{FileName, RemoteName};

/// Names made of the pieces that matter, or of anything.
#[derive(Arbitrary, Debug)]
enum Name {
    Parts { root: bool, parts: Vec<Part>, folder: bool },
    Raw(String),
}

#[derive(Arbitrary, Debug)]
enum Part {
    Empty,
    Dots(u8),
    Word(u8),
    Long(u8),
    Text(String),
}

impl Part {
    fn text(&self) -> String {
        const WORDS: [&str; 10] =
            ["main.py", "C:", "~", "con", "\\", "\u{202e}", "\0", "\r\n", "\u{85}", "ä🦀 "];
        match self {
            Self::Empty => String::new(),
            Self::Dots(count) => ".".repeat(usize::from(count % 5)),
            Self::Word(index) => WORDS[usize::from(*index) % WORDS.len()].to_owned(),
            Self::Long(count) => "x".repeat(usize::from(*count)),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Name {
    fn text(&self) -> String {
        match self {
            Self::Raw(text) => text.clone(),
            Self::Parts { root, parts, folder } => {
                let parts: Vec<String> = parts.iter().map(Part::text).collect();
                let slash = |there: &bool| if *there { "/" } else { "" };
                format!("{}{}{}", slash(root), parts.join("/"), slash(folder))
            }
        }
    }
}

/// Any name: what is accepted stays inside its folder, and every name survives a trip over the wire.
pub fn file_name(data: &[u8]) {
    let Ok(name) = Name::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let name = name.text();

    let remote = RemoteName::from_service(name.as_str());
    assert_eq!(remote.as_str(), name);
    let Ok(json) = serde_json::to_vec(&remote) else { unreachable!("text is JSON") };
    assert_eq!(serde_json::from_slice::<RemoteName>(&json).ok(), Some(remote.clone()));

    let accepted = FileName::new(name.as_str());
    assert_eq!(accepted, remote.clean());
    assert_eq!(accepted, name.parse());
    assert_eq!(accepted.clone().map(RemoteName::from), RemoteName::new(name.as_str()));
    assert_eq!(accepted.clone().ok(), serde_json::from_slice::<FileName>(&json).ok());
    match accepted {
        Ok(accepted) => {
            assert_eq!(serde_json::to_vec(&accepted).ok(), Some(json));
            assert_eq!(RemoteName::from(&accepted), remote);
            is_clean(accepted.as_str());
        }
        Err(refused) => {
            assert_eq!(refused.field(), "name");
            assert!(!refused.to_string().contains(char::is_control), "{refused}");
        }
    }
}

/// A path of named parts only, which as such is joined to a folder and split again.
fn is_clean(name: &str) {
    assert!((1..=255).contains(&name.len()), "{name:?}");
    assert!(!name.contains(['\\', '\0']) && !name.contains(char::is_control), "{name:?}");
    // On Windows a part such as `C:` or `NUL` means something else: who writes files there has more to check.
    if !cfg!(unix) {
        return;
    }
    let folder = Path::new("/projects/test");
    let joined = folder.join(name);
    let inside: Vec<Component<'_>> =
        joined.strip_prefix(folder).map(|rest| rest.components().collect()).unwrap_or_default();
    let named: Vec<Component<'_>> =
        name.split('/').map(|part| Component::Normal(part.as_ref())).collect();
    assert_eq!(inside, named, "{name:?}");
}
