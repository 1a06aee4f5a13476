//! What the service's tiers take.
//!
//! Which tier an organization has is not said anywhere in the file API. Unless the user says it, it is taken for the
//! smallest one that the project as it is fits into: what that one takes is sure to go through.

use std::collections::BTreeMap;

use qc_proto::{FileName, Tier};

use crate::{folder::portable, local::LocalFiles, observer::Caution, plan::Change};

/// What may be refused of these changes to the project, whose files have these sizes in characters.
pub(crate) fn cautions(
    changes: &[Change],
    cloud: &BTreeMap<FileName, usize>,
    local: &LocalFiles,
    known: Option<Tier>,
) -> Vec<Caution> {
    let largest = cloud.values().copied().max().unwrap_or_default();
    let fits = |tier: &Tier| largest <= tier.max_file_chars() && cloud.len() <= tier.max_files();
    let smallest = || Tier::ALL.iter().copied().find(fits).unwrap_or(Tier::Institution);
    let (tier, is_known) = (known.unwrap_or_else(smallest), known.is_some());
    let mut too_large: Vec<(usize, &FileName)> = Vec::new();
    let mut files = cloud.len();
    for change in changes {
        match change {
            Change::Create(_) => files += 1,
            Change::Delete(_) => files = files.saturating_sub(1),
            Change::Update(_) | Change::Rename { .. } => {}
        }
        if let Change::Create(name) | Change::Update(name) = change {
            let chars = local.get(name).map_or(0, |file| file.version.chars);
            if chars > tier.max_file_chars() {
                too_large.push((chars, name));
            }
        }
    }
    let mut cautions = Vec::new();
    if let Some((chars, name)) = too_large.iter().max() {
        let (files, largest) = (too_large.len(), (*name).clone());
        cautions.push(Caution::LargeFiles { files, largest, chars: *chars, tier, is_known });
    }
    if files > tier.max_files() && files > cloud.len() {
        cautions.push(Caution::ManyFiles { files, tier, is_known });
    }
    for change in changes {
        if let Change::Create(name) | Change::Rename { to: name, .. } = change
            && portable::is_reserved_on_windows(name)
        {
            cautions.push(Caution::ReservedName(name.clone()));
        }
    }
    cautions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        local::{LocalFile, tree},
        plan::{Moves, plan},
    };

    const KB: usize = 1000;

    fn project(sizes: &[usize]) -> BTreeMap<FileName, String> {
        let name = |number| FileName::new(format!("f{number}.py")).unwrap();
        sizes.iter().enumerate().map(|(number, size)| (name(number), "x".repeat(*size))).collect()
    }

    fn local(files: &BTreeMap<FileName, String>) -> LocalFiles {
        files.iter().map(|(name, text)| (name.clone(), LocalFile::new(text))).collect()
    }

    fn said(cloud: &[usize], here: &[usize]) -> Vec<String> {
        said_to(None, cloud, here)
    }

    fn said_to(known: Option<Tier>, cloud: &[usize], here: &[usize]) -> Vec<String> {
        let (cloud, here) = (project(cloud), project(here));
        let (here, there) = (local(&here), tree(&local(&cloud)));
        let changes = plan(&there, &tree(&here), &there, &Moves::default()).push;
        let cloud = cloud.into_iter().map(|(name, text)| (name, text.len())).collect();
        cautions(&changes, &cloud, &here, known).iter().map(Caution::to_string).collect()
    }

    #[test]
    fn a_project_is_held_to_the_smallest_tier_that_it_fits_into() {
        assert_eq!(said(&[], &[32 * KB, 1]), [""; 0]);
        let over = said(&[], &[32 * KB + 1]);
        assert!(over[0].starts_with("f0.py has 32,001 characters, and the Free tier takes 32,000"));
        assert!(over[0].ends_with("unless your organization has a larger one"));
        assert_eq!(said(&[40 * KB], &[60 * KB]), [""; 0]);
        let many = said(&[], &[33 * KB, 40 * KB, 1]);
        assert!(many.len() == 1 && many[0].starts_with("f1.py has 40,000 characters (1 more"));
        assert!(
            said(&[40 * KB], &[65 * KB])[0].contains("Quant Researcher tier takes 64,000 a file")
        );
        assert!(said(&[999 * KB], &[257 * KB])[0].contains("Institution"));
        assert_eq!(said(&[1; 24], &[1; 25]), [""; 0]);
        assert!(said(&[1; 25], &[1; 26])[0].contains("26 files, and the Free tier takes 25"));
        assert!(said(&[1; 26], &[1; 251])[0].contains("251 files, and the Quant Researcher tier"));
        assert_eq!(said(&[1; 300], &[1; 299]), [""; 0], "fewer are no reason to warn");
    }

    #[test]
    fn a_project_is_held_to_the_tier_that_is_known() {
        let team = Some(Tier::Team);
        assert_eq!(said_to(team, &[], &[128 * KB]), [""; 0]);
        let over = said_to(team, &[], &[128 * KB + 1]);
        assert!(
            over[0].ends_with("the Team tier takes 128,000 a file: the service will refuse that")
        );
        assert_eq!(said_to(team, &[1; 74], &[1; 75]), [""; 0]);
        let many = said_to(team, &[1; 75], &[1; 76]);
        assert!(many[0].ends_with("the Team tier takes 75: the service will refuse some"));
    }

    #[test]
    fn characters_count_and_not_bytes() {
        let name = FileName::new("main.py").unwrap();
        let here = |text: &str| LocalFiles::from([(name.clone(), LocalFile::new(text))]);
        let changes = [Change::Create(name.clone())];
        let none = BTreeMap::new();
        assert_eq!(cautions(&changes, &none, &here(&"汉".repeat(32_000)), None), []);
        assert_eq!(cautions(&changes, &none, &here(&"汉".repeat(32_001)), None).len(), 1);
    }

    #[test]
    fn a_name_that_is_reserved_on_windows_is_told() {
        let name = |name| FileName::new(name).unwrap();
        let changes = [
            Change::Create(name("pkg/aux.py")),
            Change::Rename { from: name("a.py"), to: name("nul.py") },
            Change::Update(name("con.py")),
        ];
        let told = cautions(&changes, &BTreeMap::new(), &LocalFiles::new(), None);
        let reserved = ["pkg/aux.py", "nul.py"].map(|text| Caution::ReservedName(name(text)));
        assert_eq!(told, reserved);
    }
}
