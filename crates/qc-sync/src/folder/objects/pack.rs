//! Many texts in one file: a line of JSON with the id and the length of each, then the texts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
};

use crate::{
    folder::{disk::Disk, plain, plain::Links},
    plan::version::ObjectId,
};

/// How the names of packs end.
const END: &str = ".pack";

#[derive(Clone, Debug)]
pub(super) struct Pack {
    pub(super) path: PathBuf,
    /// Where each text is in the file, in bytes.
    places: BTreeMap<ObjectId, Range<u64>>,
}

impl Pack {
    /// Finds the packs of a folder. Passes over what is none, or damaged: nothing can be had back from it.
    pub(super) fn all(folder: &Path) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let packs = paths.filter(|path| path.to_str().is_some_and(|path| path.ends_with(END)));
        packs.filter_map(|path| Self::open(path).ok()).collect()
    }

    fn open(path: PathBuf) -> io::Result<Self> {
        let mut file =
            BufReader::new(plain::open(&path, OpenOptions::new().read(true), Links::Refuse)?);
        let mut index = Vec::new();
        file.read_until(b'\n', &mut index)?;
        let lengths: Vec<(ObjectId, u64)> = serde_json::from_slice(&index)?;
        Ok(Self { path, places: places(&index, &lengths) })
    }

    /// Writes a pack, durably, and whole or not at all.
    pub(super) fn write(
        folder: &Path,
        disk: Disk,
        texts: &BTreeMap<ObjectId, String>,
    ) -> io::Result<Self> {
        let lengths: Vec<(ObjectId, u64)> =
            texts.iter().map(|(id, text)| (*id, text.len() as u64)).collect();
        let mut content = serde_json::to_vec(&lengths)?;
        content.push(b'\n');
        let places = places(&content, &lengths);
        // Packs of the same texts are the same.
        let path = folder.join(format!("{}{END}", ObjectId::of(&content)));
        texts.values().for_each(|text| content.extend_from_slice(text.as_bytes()));
        disk.write(&path, &content)?;
        Ok(Self { path, places })
    }

    pub(super) fn has(&self, id: ObjectId) -> bool {
        self.places.contains_key(&id)
    }

    /// Returns a text. None if it is not in here or is damaged.
    pub(super) fn read(&self, id: ObjectId) -> Option<String> {
        let place = self.places.get(&id)?;
        let read = || -> io::Result<Vec<u8>> {
            let mut file = plain::open(&self.path, OpenOptions::new().read(true), Links::Refuse)?;
            file.seek(SeekFrom::Start(place.start))?;
            let mut text = Vec::new();
            file.take(place.end - place.start).read_to_end(&mut text)?;
            Ok(text)
        };
        String::from_utf8(read().ok()?).ok().filter(|text| ObjectId::of(text.as_bytes()) == id)
    }

    pub(super) fn sizes(&self) -> impl Iterator<Item = (ObjectId, u64)> {
        self.places.iter().map(|(id, place)| (*id, place.end - place.start))
    }

    /// Returns whether at least half of its bytes are those of texts that are wanted.
    pub(super) fn is_mostly(&self, wanted: &BTreeSet<ObjectId>) -> bool {
        let used = self.sizes().filter(|(id, _)| wanted.contains(id));
        let (texts, used) = used
            .fold((0_u64, 0_u64), |(texts, sum), (_, size)| (texts + 1, sum.saturating_add(size)));
        let all = self.sizes().fold(0_u64, |sum, (_, size)| sum.saturating_add(size));
        texts > 0 && used >= all - used
    }
}

fn places(index: &[u8], lengths: &[(ObjectId, u64)]) -> BTreeMap<ObjectId, Range<u64>> {
    let mut start = index.len() as u64;
    let mut places = BTreeMap::new();
    for (id, length) in lengths {
        let end = start.saturating_add(*length);
        places.insert(*id, start..end);
        start = end;
    }
    places
}
