//! A project's files as the cloud has them.

pub(crate) mod compare;
pub(crate) mod created;
pub(crate) mod deletion;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod single;
pub(crate) mod status;

use std::collections::BTreeMap;

use qc_files::{FileName, RemoteName, Unreadable};
use qc_proto::encoded::{EncodedFile, EncodedFileList, EncodedText};

use crate::plan::{Tree, version::Version};

/// What the cloud has of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudFile {
    /// Its text, decoded where it is needed, one file at a time.
    pub content: EncodedText,
    /// Its content.
    pub version: Version,
}

impl From<&str> for CloudFile {
    fn from(text: &str) -> Self {
        Self { content: text.into(), version: Version::of(text.as_bytes()) }
    }
}

/// What one reading of the project found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cloud {
    /// The files that are in step with the folder, or will be.
    pub(crate) files: BTreeMap<FileName, CloudFile>,
    /// The files with other names than a folder here can have: left alone.
    pub(crate) unclean: Vec<RemoteName>,
    /// The files whose contents could not be read out of the answer: left alone.
    pub(crate) unreadable: Vec<Unreadable>,
    /// The files that are not to be in step with the folder: left alone.
    pub(crate) beside: Vec<FileName>,
    /// The files that a push has set aside to delete them, by the name that they have now.
    pub(crate) set_aside: BTreeMap<FileName, CloudFile>,
}

impl Cloud {
    /// Sorts the files of an answer; `holds` says which are to be in step.
    pub(crate) fn sort(list: EncodedFileList<Version>, holds: impl Fn(&FileName) -> bool) -> Self {
        let EncodedFileList { files, unreadable, .. } = list;
        let mut cloud = Self { unreadable, ..Self::default() };
        for EncodedFile { name, content, derived: version, .. } in files {
            let file = CloudFile { content, version };
            match name.clean() {
                Ok(name) if deletion::is_set_aside(&name) => {
                    cloud.set_aside.insert(name, file);
                }
                Ok(name) if holds(&name) => drop(cloud.files.insert(name, file)),
                Ok(name) => cloud.beside.push(name),
                Err(_) => cloud.unclean.push(name),
            }
        }
        cloud
    }

    /// Returns whether the project has no file at all.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns what each of the files says.
    pub(crate) fn tree(&self) -> Tree {
        self.files.iter().map(|(name, file)| (name.clone(), file.version.digest)).collect()
    }
}
