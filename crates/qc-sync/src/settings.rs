//! What is in step beside the files: the settings of a project, which the official command line tool keeps in `config.json`.
//!
//! They are compared key by key, three-way like the files: each parameter and each library is a key of its own.

pub(crate) mod cloud;
pub(crate) mod config;
pub(crate) mod kept;
pub(crate) mod sync;
pub(crate) mod workspace;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use qc_proto::{Invalid, ProjectId};

/// The values by their keys. A key that is absent has the value that a new project has: no description, no such
/// parameter, no such library, the newest version of LEAN.
pub type Settings = BTreeMap<SettingKey, String>;

/// What a setting is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SettingKey {
    /// `description`
    Description,
    /// One of `parameters`, by its name.
    Parameter(String),
    /// One of `libraries`, by its project. Its value is its path below the workspace, which decides nothing.
    Library(ProjectId),
    /// `lean-engine`: the number of the version of LEAN.
    LeanEngine,
    /// `python-venv`: the number of the environment of Python packages. Where `config.json` has none, whatever the cloud has
    /// is right.
    PythonVenv,
}

impl SettingKey {
    /// Returns the key in `config.json` under which it stands.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Description => "description",
            Self::Parameter(_) => "parameters",
            Self::Library(_) => "libraries",
            Self::LeanEngine => "lean-engine",
            Self::PythonVenv => "python-venv",
        }
    }
}

impl fmt::Display for SettingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "parameters.{name}"),
            Self::Library(id) => write!(f, "libraries.{id}"),
            key => f.write_str(key.field()),
        }
    }
}

impl FromStr for SettingKey {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once('.') {
            Some(("parameters", name)) => Ok(Self::Parameter(name.to_owned())),
            Some(("libraries", id)) => Ok(Self::Library(id.parse()?)),
            _ => [Self::Description, Self::LeanEngine, Self::PythonVenv]
                .into_iter()
                .find(|key| key.field() == text)
                .ok_or_else(|| Invalid::new("key", "must be the name of a setting")),
        }
    }
}

/// A value that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// Which.
    pub key: SettingKey,
    /// What it was. None if it was absent.
    pub from: Option<String>,
    /// What it is to be. None if it is to be absent.
    pub to: Option<String>,
}

/// A value that both sides changed in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingConflict {
    /// Which.
    pub key: SettingKey,
    /// What it is here. None if it is absent.
    pub here: Option<String>,
    /// What it is in the cloud. None if it is absent.
    pub cloud: Option<String>,
}

/// What would bring the settings of both sides in step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPlan {
    /// What only this folder changed.
    pub push: Vec<SettingChange>,
    /// What only the cloud changed.
    pub pull: Vec<SettingChange>,
    /// What both changed in different ways: left alone.
    pub conflicts: Vec<SettingConflict>,
}

impl SettingsPlan {
    /// Compares three states. `base` is what both sides last had; without one, what only one side has is new there.
    /// Fields of `config.json` in `skipped` are not compared: one side does not know them.
    ///
    /// ```
    /// use qc_sync::{SettingKey, Settings, SettingsPlan};
    ///
    /// let settings = |period: &str, text: &str| {
    ///     let period = (SettingKey::Parameter("period".to_owned()), period.to_owned());
    ///     Settings::from([period, (SettingKey::Description, text.to_owned())])
    /// };
    /// let base = settings("14", "a");
    /// let plan = SettingsPlan::new(Some(&base), &settings("21", "a"), &settings("14", "b"), &[].into());
    /// assert_eq!(plan.push[0].key.to_string(), "parameters.period");
    /// assert_eq!(plan.pull[0].key.to_string(), "description");
    /// ```
    #[must_use]
    pub fn new(
        base: Option<&Settings>,
        here: &Settings,
        cloud: &Settings,
        skipped: &BTreeSet<&'static str>,
    ) -> Self {
        let mut plan = Self::default();
        let keys = base.into_iter().flat_map(BTreeMap::keys).chain(here.keys()).chain(cloud.keys());
        for key in keys.collect::<BTreeSet<_>>() {
            let (mine, theirs) = (here.get(key), cloud.get(key));
            let says_nothing = *key == SettingKey::PythonVenv && mine.is_none();
            if skipped.contains(key.field()) || says_nothing || is_same(key, mine, theirs) {
                continue;
            }
            let change = |from: Option<&String>, to: Option<&String>| SettingChange {
                key: key.clone(),
                from: from.cloned(),
                to: to.cloned(),
            };
            let last = base.map(|base| base.get(key));
            let is_new = |side: Option<&String>| last.is_none() && side.is_some();
            if last.is_some_and(|last| is_same(key, mine, last)) || mine.is_none() && is_new(theirs)
            {
                plan.pull.push(change(mine, theirs));
            } else if last.is_some_and(|last| is_same(key, theirs, last))
                || theirs.is_none() && is_new(mine)
            {
                plan.push.push(change(theirs, mine));
            } else {
                let (here, cloud) = (mine.cloned(), theirs.cloned());
                plan.conflicts.push(SettingConflict { key: key.clone(), here, cloud });
            }
        }
        plan
    }

    /// Pushes what both changed: the values here replace the cloud's.
    pub fn take_ours(&mut self) {
        let ours = |conflict: SettingConflict| SettingChange {
            key: conflict.key,
            from: conflict.cloud,
            to: conflict.here,
        };
        self.push.extend(self.conflicts.drain(..).map(ours));
    }

    /// Pulls what was changed here: the values in the cloud replace those here.
    pub fn take_theirs(&mut self) {
        let back = |change: SettingChange| SettingChange {
            key: change.key,
            from: change.to,
            to: change.from,
        };
        let theirs = |conflict: SettingConflict| SettingChange {
            key: conflict.key,
            from: conflict.here,
            to: conflict.cloud,
        };
        self.pull.extend(self.push.drain(..).map(back));
        self.pull.extend(self.conflicts.drain(..).map(theirs));
    }

    /// Returns whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.push.is_empty() && self.pull.is_empty() && self.conflicts.is_empty()
    }
}

/// A library is in both or not: its path may be spelled in two ways.
fn is_same(key: &SettingKey, one: Option<&String>, other: Option<&String>) -> bool {
    match key {
        SettingKey::Library(_) => one.is_some() == other.is_some(),
        _ => one == other,
    }
}

/// Puts changes into settings.
pub(crate) fn apply<'a>(
    settings: &mut Settings,
    changes: impl IntoIterator<Item = &'a SettingChange>,
) {
    for SettingChange { key, to, .. } in changes {
        match to {
            Some(to) => drop(settings.insert(key.clone(), to.clone())),
            None => drop(settings.remove(key)),
        }
    }
}
