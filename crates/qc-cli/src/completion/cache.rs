//! Names that were asked for lately, in the user's cache folder and readable by nobody else.

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};

/// So long nobody is asked again.
const FRESH: Duration = Duration::from_secs(600);

/// What is kept.
pub(super) trait Names: Default + Serialize + DeserializeOwned {}

impl<T: Default + Serialize + DeserializeOwned> Names for T {}

/// Returns what is kept under this key. Asks for it if it is old, and keeps what was answered. Where nobody answers, it
/// is what was kept, and nobody is asked again for a while.
pub(super) fn or_else<T: Names>(key: &str, ask: impl FnOnce() -> Option<T>) -> T {
    let Some(folder) = folder() else { return ask().unwrap_or_default() };
    let clean = key.replace(|character: char| !character.is_ascii_alphanumeric(), "_");
    let path = folder.join(format!("{clean}.json"));
    let kept = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
    match kept {
        Some(kept) if is_fresh(&path) => kept,
        kept => {
            let names = ask().or(kept).unwrap_or_default();
            // Without a cache the next one asks again.
            let _ = keep(&folder, &path, &names);
            names
        }
    }
}

fn folder() -> Option<PathBuf> {
    let variable = if cfg!(windows) { "LOCALAPPDATA" } else { "XDG_CACHE_HOME" };
    let caches = env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = caches.or_else(|| env::home_dir().map(|home| home.join(".cache")))?;
    Some(caches.join("qc"))
}

fn is_fresh(path: &Path) -> bool {
    let age = fs::metadata(path).and_then(|known| known.modified()).map(|time| time.elapsed());
    matches!(age, Ok(Ok(age)) if age < FRESH)
}

fn keep(folder: &Path, path: &Path, names: &impl Serialize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // A temporary file is its owner's only from the start.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(names)?)?;
    file.persist(path)?;
    Ok(())
}
