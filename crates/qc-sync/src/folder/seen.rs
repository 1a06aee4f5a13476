//! What was read of the files here: `.qc/seen.json`. A file that nobody has touched since is not read again.
//!
//! As in git's index, a file is known again by what the system changes with its content, whatever program it was that
//! changed it: its times, its size and its inode. What is remembered spares reading and decides nothing else: a file is
//! read in any case before it is overwritten, merged or sent. Where the system tells too little of a file, all are read.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use qc_proto::FileName;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::OWN;
use crate::{Digest, LocalFile};

const FILE: &str = "seen.json";
/// Of this form; another one is as good as none.
const VERSION: u32 = 1;
/// In seconds. A file that was changed less than this before it was read could be changed once more at what its disk
/// calls the same time: FAT counts in steps of two seconds.
const SETTLED: i64 = 3;

/// By the disk's clock: seconds since the Unix epoch, and nanoseconds.
type Moment = (i64, i64);

/// What is another one after a file was changed, or another file took its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StampFields", into = "StampFields")]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: Moment,
    /// Nobody can set this one back.
    changed: Moment,
}

/// Without names, of which there would be hundreds.
type StampFields = (u64, u64, u64, Moment, Moment);

impl From<StampFields> for Stamp {
    fn from((device, inode, bytes, modified, changed): StampFields) -> Self {
        Self { device, inode, bytes, modified, changed }
    }
}

impl From<Stamp> for StampFields {
    fn from(stamp: Stamp) -> Self {
        (stamp.device, stamp.inode, stamp.bytes, stamp.modified, stamp.changed)
    }
}

impl Stamp {
    #[cfg(unix)]
    fn of(file: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;

        Some(Self {
            device: file.dev(),
            inode: file.ino(),
            bytes: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        })
    }

    /// A time of change that nobody can set is not to be had.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether every change of the file from `now` on gives it another stamp.
    fn is_settled(&self, now: Moment) -> bool {
        self.modified.max(self.changed).0.saturating_add(SETTLED) < now.0
    }
}

/// A file that was read, and what is known of it since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    name: String,
    stamp: Stamp,
    digest: Digest,
    is_unresolved: bool,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    version: u32,
    /// Sorted by name.
    files: Vec<Known>,
}

/// Reads the files of a folder, each once and not again before it was touched.
pub(super) struct Reader {
    own: PathBuf,
    /// What is known from before, sorted by name, and whether it still is so.
    before: Vec<(Known, bool)>,
    news: Vec<Known>,
    /// When the first file was about to be read, where the disk tells.
    began: Option<Option<Moment>>,
    /// One for all texts: the memory of the largest.
    text: Vec<u8>,
}

impl Reader {
    /// `root` is the folder, whose files all are to be read.
    pub(super) fn new(root: &Path) -> Self {
        let own = root.join(OWN);
        let text = fs::read(own.join(FILE)).unwrap_or_default();
        let before = serde_json::from_slice(&text).ok();
        let before = before.filter(|seen: &Seen| {
            seen.version == VERSION && seen.files.is_sorted_by(|a, b| a.name < b.name)
        });
        let before = before.map(|seen| seen.files).unwrap_or_default();
        let before = before.into_iter().map(|known| (known, false)).collect();
        Self { own, before, news: Vec::new(), began: None, text }
    }

    /// What a file says, whose metadata were asked for just now; none where that is no text.
    pub(super) fn read(
        &mut self,
        path: &Path,
        name: &FileName,
        metadata: &Metadata,
    ) -> io::Result<Option<LocalFile>> {
        let stamp = Stamp::of(metadata);
        let at = self.before.binary_search_by(|(known, _)| known.name.as_str().cmp(name.as_str()));
        if let Ok(at) = at
            && let (known, holds) = &mut self.before[at]
            && Some(known.stamp) == stamp
            && let Ok(bytes) = usize::try_from(known.stamp.bytes)
        {
            *holds = true;
            let Known { digest, is_unresolved, .. } = *known;
            return Ok(Some(LocalFile { digest, bytes, is_unresolved }));
        }
        let began = stamp.and_then(|_| *self.began.get_or_insert_with(|| disk_time(&self.own)));
        self.text.clear();
        // Its size is not asked for: most fit into the memory that is there.
        File::open(path)?.take(u64::MAX).read_to_end(&mut self.text)?;
        let Ok(text) = str::from_utf8(&self.text) else { return Ok(None) };
        let file = LocalFile::of(text);
        if let (Some(stamp), Some(began)) = (stamp, began)
            && stamp.is_settled(began)
        {
            let LocalFile { digest, is_unresolved, .. } = file;
            let name = name.as_str().to_owned();
            self.news.push(Known { name, stamp, digest, is_unresolved });
        }
        Ok(Some(file))
    }

    /// Remembers what was read. Where that fails, more is read the next time.
    pub(super) fn keep(self) {
        if !self.news.is_empty() || self.before.iter().any(|(_, holds)| !holds) {
            let _ = self.write();
        }
    }

    fn write(self) -> io::Result<()> {
        let still = self.before.into_iter().filter_map(|(known, holds)| holds.then_some(known));
        let mut files: Vec<Known> = still.chain(self.news).collect();
        files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut file = NamedTempFile::new_in(&self.own)?;
        file.write_all(&serde_json::to_vec(&Seen { version: VERSION, files })?)?;
        file.persist(self.own.join(FILE))?;
        Ok(())
    }
}

/// Forgets all: a file was not what it was thought to be, so that all are read the next time.
pub(super) fn forget(root: &Path) {
    // Where it cannot be removed, it could not have been written.
    let _ = fs::remove_file(root.join(OWN).join(FILE));
}

/// What the disk that the folder is on takes for now, which need not be what this machine does.
fn disk_time(own: &Path) -> Option<Moment> {
    let file = tempfile::tempfile_in(own).ok()?;
    Some(Stamp::of(&file.metadata().ok()?)?.changed)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    struct Place {
        root: TempDir,
        name: FileName,
    }

    impl Place {
        fn new() -> Self {
            let root = TempDir::new().unwrap();
            fs::create_dir(root.path().join(OWN)).unwrap();
            Self { root, name: FileName::new("a.py").unwrap() }
        }

        fn path(&self) -> PathBuf {
            self.root.path().join("a.py")
        }

        fn stamp(&self) -> Stamp {
            Stamp::of(&fs::symlink_metadata(self.path()).unwrap()).unwrap()
        }

        /// Reads the file by a reader that takes this for now, and says the digest.
        fn read_at(&self, now: Moment) -> Digest {
            let mut reader = Reader::new(self.root.path());
            reader.began = Some(Some(now));
            let metadata = fs::symlink_metadata(self.path()).unwrap();
            let file = reader.read(&self.path(), &self.name, &metadata).unwrap().unwrap();
            assert_eq!(file.bytes as u64, metadata.len());
            reader.keep();
            file.digest
        }

        /// Remembers of a file of this stamp that it says something else, so that one can see whether it is read.
        fn lie_of(&self, stamp: Stamp) -> Digest {
            let lie = Digest::of(b"a lie");
            let known = Known { name: "a.py".to_owned(), stamp, digest: lie, is_unresolved: false };
            let text = serde_json::to_vec(&Seen { version: VERSION, files: vec![known] }).unwrap();
            fs::write(self.root.path().join(OWN).join(FILE), text).unwrap();
            lie
        }

        fn lie(&self) -> Digest {
            self.lie_of(self.stamp())
        }

        /// The stamps and digests that are kept.
        fn known(&self) -> Vec<(Stamp, Digest)> {
            let before = Reader::new(self.root.path()).before.into_iter();
            before.map(|(known, _)| (known.stamp, known.digest)).collect()
        }
    }

    const LATER: Moment = (i64::MAX, 0);

    #[test]
    fn what_was_read_and_nobody_touched_is_not_read_again() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        assert_eq!(place.read_at(LATER), Digest::of(b"x = 1"));
        assert_eq!(place.known(), [(place.stamp(), Digest::of(b"x = 1"))]);
        let lie = place.lie();
        assert_eq!(place.read_at(LATER), lie);
        assert_eq!(place.known().len(), 1, "and it is known from then on");
    }

    #[test]
    fn a_file_in_its_place_and_one_of_another_size_are_read() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        place.lie();
        fs::write(place.root.path().join("b.py"), "x = 2\n").unwrap();
        fs::rename(place.root.path().join("b.py"), place.path()).unwrap();
        assert_eq!(place.read_at(LATER), Digest::of(b"x = 2"));
        place.lie();
        fs::write(place.path(), "x = 10\n").unwrap();
        assert_eq!(place.read_at(LATER), Digest::of(b"x = 10"));
    }

    #[test]
    fn a_change_of_any_part_of_the_stamp_is_one() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        let stamp = place.stamp();
        let moment = |(seconds, nanoseconds): Moment| (seconds, nanoseconds ^ 1);
        for other in [
            Stamp { device: stamp.device ^ 1, ..stamp },
            Stamp { inode: stamp.inode ^ 1, ..stamp },
            Stamp { bytes: stamp.bytes ^ 1, ..stamp },
            Stamp { modified: moment(stamp.modified), ..stamp },
            Stamp { changed: moment(stamp.changed), ..stamp },
        ] {
            place.lie_of(other);
            assert_eq!(place.read_at(LATER), Digest::of(b"x = 1"), "{other:?}");
        }
    }

    #[test]
    fn what_was_changed_just_before_is_read_again() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        let (seconds, nanoseconds) = place.stamp().changed;
        for now in [(seconds, nanoseconds), (seconds + SETTLED, 999_999_999)] {
            place.read_at(now);
            assert_eq!(place.known(), [], "at {now:?}");
        }
        place.read_at((seconds + SETTLED + 1, 0));
        assert_eq!(place.known().len(), 1);
        // Nor is a file believed that says of itself that it is from the future.
        let file = File::options().write(true).open(place.path()).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1 << 33)).unwrap();
        drop(file);
        place.read_at((seconds + SETTLED + 1, 0));
        assert_eq!(place.known(), [], "what was known is of no use any more");
    }

    #[test]
    fn what_is_forgotten_is_read() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        place.lie();
        forget(place.root.path());
        assert_eq!(place.read_at((0, 0)), Digest::of(b"x = 1"));
        forget(place.root.path());
    }

    #[test]
    fn the_disk_has_a_clock() {
        let place = Place::new();
        fs::write(place.path(), "").unwrap();
        assert!(disk_time(&place.root.path().join(OWN)).unwrap() >= place.stamp().changed);
        assert_eq!(disk_time(&place.root.path().join("none")), None);
    }

    #[test]
    fn what_is_gone_is_forgotten_and_nonsense_is_nothing() {
        let place = Place::new();
        fs::write(place.path(), "x = 1\n").unwrap();
        place.read_at(LATER);
        Reader::new(place.root.path()).keep();
        assert_eq!(place.known(), []);
        for nonsense in
            ["", "{", r#"{"version":2,"files":{}}"#, r#"{"version":1,"files":{"../a":0}}"#]
        {
            fs::write(place.root.path().join(OWN).join(FILE), nonsense.as_bytes()).unwrap();
            assert_eq!(place.known(), [], "{nonsense}");
            assert_eq!(place.read_at((0, 0)), Digest::of(b"x = 1"));
        }
    }
}
