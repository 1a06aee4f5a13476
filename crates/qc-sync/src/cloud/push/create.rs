//! Creating files: one request each, several at a time, or all in one where there is nothing to lose.

use futures_util::{StreamExt as _, stream};
use qc_proto::FileName;

use crate::{
    cloud::{
        Cloud,
        push::{New, Reason, Work, progress::fails_all},
    },
    error::SyncError,
    plan::{Change, Plan, version::Version},
};

/// Requests that are under way at a time.
const AT_ONCE: usize = 8;

/// What a project has that nobody has worked on.
const DEFAULT_FILES: [&str; 4] = ["main.py", "research.ipynb", "Main.cs", "Research.ipynb"];

/// Returns whether the service puts a file of this name into a new project.
pub(crate) fn is_default(name: &FileName) -> bool {
    DEFAULT_FILES.contains(&name.as_str())
}

impl Work<'_> {
    pub(super) async fn create(
        &mut self,
        changes: &[Change],
        cloud: &Cloud,
    ) -> Result<(), SyncError> {
        let plan = Plan::default();
        let mut files = Vec::new();
        for change in changes {
            let Change::Create(name) = change else { continue };
            match self.new_content(change, &plan) {
                Some(new) => files.push((name.clone(), new)),
                // If it was emptied, it is deleted in the cloud by now, and what is here is new.
                None => drop(self.base.remove(name)),
            }
        }
        if files.len() > AT_ONCE && self.is_untouched(cloud) {
            files = self.create_together(files, cloud).await?;
        }
        self.create_each(files).await
    }

    /// Returns whether the project holds nothing but its default files, as they were when both sides were last in
    /// step.
    fn is_untouched(&self, cloud: &Cloud) -> bool {
        let is_as_known = |name: &FileName, version: &Version| {
            self.base.get(name).is_none_or(|known| known.object == version.object)
        };
        cloud.beside.is_empty()
            && cloud.unclean.is_empty()
            && cloud.unreadable.is_empty()
            && cloud.set_aside.is_empty()
            && cloud
                .files
                .iter()
                .all(|(name, file)| is_default(name) && is_as_known(name, &file.version))
    }

    /// Creates files in one request, which replaces the whole set of the project's files by itself and these. Returns
    /// those that are still to be created.
    async fn create_together(
        &mut self,
        files: Vec<(FileName, New)>,
        cloud: &Cloud,
    ) -> Result<Vec<(FileName, New)>, SyncError> {
        let is_empty = |(_, new): &(FileName, New)| new.text.is_empty();
        // Whether the service takes an empty content here is not known.
        let (mut rest, together): (Vec<_>, Vec<_>) = files.into_iter().partition(is_empty);
        let theirs = cloud.files.iter().map(|(name, file)| (name.clone(), file.content.text()));
        let mine = together.iter().map(|(name, new)| (name.clone(), new.text.clone()));
        let all: Vec<_> = theirs.chain(mine).collect();
        if all.iter().any(|(_, text)| text.is_empty()) {
            rest.extend(together);
            return Ok(rest);
        }
        if let Some((first, _)) = together.first() {
            self.step(&Change::Create(first.clone()));
        }
        match self.project().replace_all(all).await {
            Ok(()) => {
                for (name, _) in &together {
                    self.progress.acknowledge(&Change::Create(name.clone()));
                }
                for (name, new) in &together {
                    self.holds_now(name, new)?;
                }
            }
            // Each is tried alone, and refused if it is there.
            Err(error) => {
                self.progress.stop_on(&error);
                if let Some((first, _)) = together.first().filter(|_| fails_all(&error)) {
                    self.progress.fail(&Change::Create(first.clone()), Reason::Request(error));
                }
                rest.extend(together);
            }
        }
        Ok(rest)
    }

    async fn create_each(&mut self, files: Vec<(FileName, New)>) -> Result<(), SyncError> {
        let project = self.project();
        let mut left = files.into_iter();
        loop {
            // What fails all of a batch is not tried for the next one.
            let batch: Vec<_> = left.by_ref().take(AT_ONCE).collect();
            let Some((first, _)) = batch.first().filter(|_| !self.progress.stopped) else {
                return Ok(());
            };
            self.step(&Change::Create(first.clone()));
            let requests = batch.iter().map(|(name, new)| async move {
                match new.text.as_str() {
                    "" => project.create_empty(name.clone()).await,
                    text => project.create(name.clone(), text).await,
                }
            });
            let results: Vec<_> = stream::iter(requests).buffered(AT_ONCE).collect().await;
            let mut created = Vec::new();
            for (file, result) in batch.into_iter().zip(results) {
                if self.note(&Change::Create(file.0.clone()), result) {
                    created.push(file);
                }
            }
            for (name, new) in &created {
                self.holds_now(name, new)?;
            }
        }
    }

    /// Notes that the cloud held this at some moment: what it has otherwise later is somebody's change of it.
    pub(super) fn holds_now(&mut self, name: &FileName, new: &New) -> Result<(), SyncError> {
        self.comparison.session.local.keep_object(&new.text)?;
        self.base.insert(name.clone(), new.version);
        Ok(())
    }
}
