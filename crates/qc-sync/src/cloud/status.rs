//! How a folder and a project stand to each other.

use std::collections::BTreeMap;

use qc_proto::FileName;

use crate::{
    cloud::{Cloud, CloudFile, compare::Comparison},
    error::SyncError,
    folder::Refused,
    local::{Base, LocalFiles},
    observer::{Caution, Event},
    plan::{Plan, quota},
    session::SyncSession,
};

/// How a folder and a project stand to each other.
#[derive(Debug)]
pub struct Status {
    /// What would bring them in step.
    pub plan: Plan,
    /// The files on either side that cannot be had on the other, and why.
    pub refused: Vec<Refused>,
    /// The files here that a merge left markers in.
    pub unresolved: Vec<FileName>,
    /// The files that differ in their line ends, or the newline at the end, alone.
    pub line_ends: Vec<FileName>,
    /// The files in the cloud that an interrupted push has set aside to delete them.
    pub set_aside: Vec<FileName>,
    /// What the service may refuse of a push.
    pub cautions: Vec<Caution>,
    /// What both sides held when they were last in step.
    pub base: Base,
    /// The files here.
    pub here: LocalFiles,
    /// The files in the cloud.
    pub cloud: BTreeMap<FileName, CloudFile>,
}

impl SyncSession<'_> {
    /// Compares the folder and the project, and changes nothing. Costs one request.
    ///
    /// # Errors
    ///
    /// [`SyncError`] when folder or project cannot be used as a whole.
    pub async fn status(self) -> Result<Status, SyncError> {
        let mut comparison = Comparison::read(self, false)?;
        self.options.observer.event(Event::Read);
        let cloud = comparison.cloud().await?;
        Ok(compare(&comparison, cloud))
    }

    /// Compares the folder with what both sides held when they were last in step, and changes nothing. Works without the
    /// network.
    ///
    /// # Errors
    ///
    /// [`SyncError::Folder`] when the folder cannot be used as a whole.
    pub fn status_offline(self) -> Result<Status, SyncError> {
        let comparison = Comparison::read(self, false)?;
        let base = comparison.base.iter().filter(|(name, _)| comparison.holds(name));
        let files = base.map(|(name, version)| {
            let content = self.local.object(version.object).unwrap_or_default().into();
            (name.clone(), CloudFile { content, version: *version })
        });
        let cloud = Cloud { files: files.collect(), ..Cloud::default() };
        Ok(compare(&comparison, cloud))
    }
}

fn compare(comparison: &Comparison<'_>, cloud: Cloud) -> Status {
    let options = comparison.session.options;
    let plan = comparison.plan(&comparison.preferring(&comparison.base, &cloud), &cloud);
    let mut refused = comparison.unholdable(&cloud);
    refused.extend(comparison.scan.refused.iter().cloned());
    refused.retain(|refused| options.only.has(&refused.name));
    let here: LocalFiles =
        comparison.files().map(|(name, file)| (name.clone(), file.clone())).collect();
    let sizes = cloud.files.iter().map(|(name, file)| (name.clone(), file.version.chars));
    let cautions = quota::cautions(&plan.push, &sizes.collect(), &here, options.tier);
    let mut base = comparison.base.clone();
    base.retain(|name, _| comparison.holds(name));
    Status {
        plan,
        refused,
        unresolved: comparison.unresolved.iter().cloned().collect(),
        line_ends: comparison.line_ends(&cloud),
        set_aside: cloud.set_aside.into_keys().collect(),
        cautions,
        base,
        here,
        cloud: cloud.files,
    }
}
