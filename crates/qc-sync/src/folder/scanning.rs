//! Reading the folder beside something else.

use std::{
    panic,
    thread::{Builder, JoinHandle},
};

use super::{Folder, FolderError, Rules, Scan, scan};

/// A scan on its way. Dropping this waits for its end: who opens the folder next has it alone.
pub(crate) struct Scanning<'a> {
    folder: &'a Folder,
    /// None where no thread could be had: the folder is read at the end.
    thread: Option<JoinHandle<Scanned>>,
}

type Scanned = (Result<Scan, FolderError>, Rules);

impl<'a> Scanning<'a> {
    pub(super) fn begin(folder: &'a Folder) -> Self {
        let (root, rules) = (folder.root.clone(), folder.rules());
        let work = move || (scan::scan(&root, &rules), rules);
        let thread = Builder::new().name("qc-scan".to_owned()).spawn(work).ok();
        Self { folder, thread }
    }

    /// What was found, and by which rules.
    pub(crate) fn finish(mut self) -> Result<(Scan, Rules), FolderError> {
        let (scan, rules) = match self.thread.take().map(JoinHandle::join) {
            Some(Ok(scanned)) => scanned,
            Some(Err(panicked)) => panic::resume_unwind(panicked),
            None => {
                let rules = self.folder.rules();
                (scan::scan(&self.folder.root, &rules), rules)
            }
        };
        Ok((scan?, rules))
    }
}

impl Drop for Scanning<'_> {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // What it found is of no use any more.
            let _ = thread.join();
        }
    }
}
