//! Settings in step: the plan against a model, and both sides through the facade.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    folder::FolderError,
    settings::{
        SettingChange, SettingKey, Settings, SettingsPlan, config::LocalSettings,
        kept::LocalConfig, sync::SettingsSync,
    },
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use qc_emulator::{Emulator, Fault, MemoryTransport, VirtualClock};
use qc_files::{ApiToken, Client, Credentials, Language, ProjectFiles, ProjectId, UserId};
use qc_proto::{Parameter, UpdateProject};

fn key(number: usize) -> SettingKey {
    ["description", "parameters.a", "parameters.b", "lean-engine"][number].parse().unwrap()
}

fn settings() -> impl Strategy<Value = Settings> {
    vec(option::of(select(vec!["1", "2"])), 4).prop_map(|values| {
        let values = values.into_iter().enumerate();
        values.filter_map(|(number, value)| Some((key(number), value?.to_owned()))).collect()
    })
}

proptest! {
    #[test]
    fn a_plan_is_what_the_rules_say(
        base in option::of(settings()), here in settings(), cloud in settings(),
    ) {
        let plan = SettingsPlan::new(base.as_ref(), &here, &cloud, &BTreeSet::new());
        for key in (0..4).map(key) {
            let (mine, theirs) = (here.get(&key), cloud.get(&key));
            let last = base.as_ref().map(|base| base.get(&key));
            let pushed = plan.push.iter().find(|change| change.key == key);
            let pulled = plan.pull.iter().find(|change| change.key == key);
            let conflict = plan.conflicts.iter().any(|conflict| conflict.key == key);
            let places = usize::from(pushed.is_some()) + usize::from(pulled.is_some()) + usize::from(conflict);
            prop_assert_eq!(places, usize::from(mine != theirs));
            // What only the other side changed is never overwritten.
            if let Some(change) = pushed {
                prop_assert!(last == Some(theirs) || last.is_none() && theirs.is_none());
                prop_assert_eq!((change.from.as_ref(), change.to.as_ref()), (theirs, mine));
            }
            if let Some(change) = pulled {
                prop_assert!(last == Some(mine) || last.is_none() && mine.is_none());
                prop_assert_eq!((change.from.as_ref(), change.to.as_ref()), (mine, theirs));
            }
            // Without a base nothing is deleted.
            if last.is_none() {
                prop_assert!(pushed.is_none_or(|change| change.to.is_some()));
                prop_assert!(pulled.is_none_or(|change| change.to.is_some()));
            }
        }
    }
}

/// A folder's settings, in memory.
#[derive(Default)]
struct Memory {
    values: RefCell<Settings>,
    base: RefCell<Option<Settings>>,
}

impl LocalConfig for Memory {
    fn settings(&self) -> Result<Option<LocalSettings>, FolderError> {
        Ok(Some(LocalSettings { values: self.values.borrow().clone(), ..LocalSettings::default() }))
    }

    fn language(&self) -> Result<Option<String>, FolderError> {
        Ok(Some("Python".to_owned()))
    }

    fn change(&self, changes: &[SettingChange]) -> Result<(), FolderError> {
        for SettingChange { key, to, .. } in changes {
            match to {
                Some(to) => drop(self.values.borrow_mut().insert(key.clone(), to.clone())),
                None => drop(self.values.borrow_mut().remove(key)),
            }
        }
        Ok(())
    }

    fn settings_base(&self, _: ProjectId) -> Result<Option<Settings>, FolderError> {
        Ok(self.base.borrow().clone())
    }

    fn keep_settings_base(&self, _: ProjectId, base: &Settings) -> Result<(), FolderError> {
        *self.base.borrow_mut() = Some(base.clone());
        Ok(())
    }
}

struct World {
    emulator: Arc<Mutex<Emulator>>,
    project: ProjectFiles,
    folders: [Memory; 2],
}

impl World {
    fn new() -> Self {
        let credentials = Credentials::new(UserId::new(7), ApiToken::new("token").unwrap());
        let mut emulator = Emulator::new(credentials.clone());
        let id = emulator.add_project("Test", Language::Python);
        let emulator = Arc::new(Mutex::new(emulator));
        let clock = VirtualClock::new(Duration::from_secs(1_795_392_000));
        let transport = MemoryTransport::new(Arc::clone(&emulator), clock.clone());
        let client = Client::builder_with_parts(credentials, transport, clock).build().unwrap();
        let project = client.project(id).unwrap();
        Self { emulator, project, folders: [Memory::default(), Memory::default()] }
    }

    fn sync(&self, folder: usize) -> SettingsSync<'_> {
        SettingsSync::of_config(&self.folders[folder], &self.project)
    }

    async fn cloud(&self) -> Settings {
        let project = self.project.read_project().await.unwrap();
        let named = |Parameter { key, value, .. }| (SettingKey::Parameter(key), value);
        let mut settings: Settings = project.parameters.unwrap().into_iter().map(named).collect();
        if let Some(text) = project.description.filter(|text| !text.is_empty()) {
            settings.insert(SettingKey::Description, text);
        }
        if project.lean_pinned_to_master == Some(false) {
            let version = project.lean_version_id.unwrap().to_string();
            settings.insert(SettingKey::LeanEngine, version);
        }
        settings
    }

    /// Somebody changes a value in the web.
    async fn edit_cloud(&self, key: &SettingKey, value: Option<&str>) {
        let mut update = UpdateProject::new(self.project.id());
        match key {
            SettingKey::Description => {
                update.description = Some(value.unwrap_or_default().to_owned());
            }
            SettingKey::LeanEngine => {
                update.version_id = Some(value.map_or(-1, |value| value.parse().unwrap()));
            }
            SettingKey::Parameter(name) => {
                let mut known = self.project.read_project().await.unwrap().parameters.unwrap();
                known.retain(|parameter| parameter.key != *name);
                known.extend(value.map(|value| Parameter::new(name.clone(), value)));
                update.parameters = Some(known);
            }
            _ => unreachable!(),
        }
        self.project.client().update_project(update).await.unwrap();
    }
}

#[derive(Clone, Debug)]
enum Step {
    Here { folder: usize, key: usize, value: Option<&'static str> },
    Cloud { key: usize, value: Option<&'static str> },
    Push { folder: usize, fault: Option<Fault> },
    Pull { folder: usize, fault: Option<Fault> },
}

fn step() -> impl Strategy<Value = Step> {
    let value = || option::of(select(vec!["1", "2", "3"]));
    let fault = || {
        option::of(select(vec![
            Fault::DropAfter,
            Fault::DropBefore,
            Fault::Status { status: 502, applied: true },
            Fault::Refusal("Too odd.".to_owned()),
        ]))
    };
    prop_oneof![
        (0..2_usize, 0..4_usize, value()).prop_map(|(folder, key, value)| Step::Here {
            folder,
            key,
            value
        }),
        (0..4_usize, value()).prop_map(|(key, value)| Step::Cloud { key, value }),
        (0..2_usize, fault()).prop_map(|(folder, fault)| Step::Push { folder, fault }),
        (0..2_usize, fault()).prop_map(|(folder, fault)| Step::Pull { folder, fault }),
    ]
}

proptest! {
    /// Two folders and a web editor: nobody overwrites a value that they have not seen, and what all have pushed and
    /// pulled is the same everywhere.
    #[test]
    fn many_hands_overwrite_nothing_unseen(steps in vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            for step in steps {
                match step {
                    Step::Here { folder, key: number, value } => {
                        let mut values = world.folders[folder].values.borrow_mut();
                        match value {
                            Some(value) => drop(values.insert(key(number), value.to_owned())),
                            None => drop(values.remove(&key(number))),
                        }
                    }
                    Step::Cloud { key: number, value } => world.edit_cloud(&key(number), value).await,
                    Step::Push { folder, fault } => {
                        let before = world.cloud().await;
                        let base = world.folders[folder].base.borrow().clone();
                        let here = world.folders[folder].values.borrow().clone();
                        if let Some(fault) = fault {
                            world.emulator.lock().unwrap().push_fault(Fault::None);
                            world.emulator.lock().unwrap().push_fault(fault);
                        }
                        if let Ok(Some(compared)) = world.sync(folder).compare().await {
                            let _ = world.sync(folder).push(compared).await;
                        }
                        world.emulator.lock().unwrap().clear_faults();
                        let after = world.cloud().await;
                        for key in (0..4).map(key) {
                            if before.get(&key) != after.get(&key) {
                                let seen = base.as_ref().map(|base| base.get(&key));
                                prop_assert!(seen == Some(before.get(&key)) || seen.is_none() && !before.contains_key(&key), "{}", key);
                                prop_assert_eq!(after.get(&key), here.get(&key));
                            }
                        }
                    }
                    Step::Pull { folder, fault } => {
                        let before = world.folders[folder].values.borrow().clone();
                        let base = world.folders[folder].base.borrow().clone();
                        if let Some(fault) = fault {
                            world.emulator.lock().unwrap().push_fault(fault);
                        }
                        if let Ok(Some(compared)) = world.sync(folder).compare().await {
                            world.sync(folder).pull(compared).await.unwrap();
                        }
                        world.emulator.lock().unwrap().clear_faults();
                        let after = world.folders[folder].values.borrow().clone();
                        for key in (0..4).map(key) {
                            if before.get(&key) != after.get(&key) {
                                let seen = base.as_ref().map(|base| base.get(&key));
                                prop_assert!(seen == Some(before.get(&key)) || seen.is_none() && !before.contains_key(&key), "{}", key);
                            }
                        }
                    }
                }
            }
            // The first folder has its way, then the second takes what is there.
            let mut compared = world.sync(0).compare().await.unwrap().unwrap();
            compared.plan.take_ours();
            world.sync(0).push(compared).await.unwrap();
            for folder in [0, 1] {
                let mut compared = world.sync(folder).compare().await.unwrap().unwrap();
                compared.plan.take_theirs();
                world.sync(folder).pull(compared).await.unwrap();
                let plan = world.sync(folder).compare().await.unwrap().unwrap().plan;
                prop_assert!(plan.is_empty(), "{:?}", plan);
                let cloud = world.cloud().await;
                prop_assert_eq!(&*world.folders[folder].values.borrow(), &cloud);
                prop_assert!(world.sync(folder).changed_here().unwrap().unwrap().is_empty());
            }
            Ok(())
        })?;
    }
}
