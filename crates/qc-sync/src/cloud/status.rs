//! How a folder and a project stand to each other.

use std::collections::BTreeMap;

use qc_files::ProjectFiles;
use qc_proto::FileName;

use crate::{
    cloud::{CloudFile, compare::Ground},
    error::SyncError,
    folder::Refused,
    local::{Base, Local, LocalFiles},
    observer::{Caution, Step},
    options::Options,
    plan::{Plan, quota},
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

/// Compares the folder and the project, and changes nothing. Costs one request.
///
/// # Errors
///
/// [`SyncError`] when folder or project cannot be used as a whole.
pub async fn status(
    local: &dyn Local,
    project: &ProjectFiles,
    options: &Options,
) -> Result<Status, SyncError> {
    let mut ground = Ground::read(local, project, options, false)?;
    options.observer.step(Step::Read);
    let cloud = ground.cloud(project).await?;
    let plan = ground.plan(&ground.settle(&ground.base, &cloud), &cloud);
    let mut refused = ground.unholdable(&cloud);
    refused.extend(ground.scan.refused.iter().cloned());
    refused.retain(|refused| options.only.has(&refused.name));
    let here: LocalFiles =
        ground.files().map(|(name, file)| (name.clone(), file.clone())).collect();
    let sizes = cloud.files.iter().map(|(name, file)| (name.clone(), file.version.chars));
    let cautions = quota::cautions(&plan.push, &sizes.collect(), &here, options.tier);
    let line_ends = ground.line_ends(&cloud);
    let mut base = ground.base.clone();
    base.retain(|name, _| ground.holds(name));
    Ok(Status {
        plan,
        refused,
        unresolved: ground.unresolved.into_iter().collect(),
        line_ends,
        set_aside: cloud.set_aside.into_keys().collect(),
        cautions,
        base,
        here,
        cloud: cloud.files,
    })
}
