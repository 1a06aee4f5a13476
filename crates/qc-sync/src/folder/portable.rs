//! What the disks of each system make of names: which they cannot hold, and which they take for the same.
//!
//! All of it is decided without a disk, and the system is a parameter.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    path::{MAIN_SEPARATOR, Path},
};

use qc_proto::{FileName, visible::is_visible};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// A system, for what its disks make of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum System {
    /// And all others.
    #[default]
    Linux,
    MacOs,
    Windows,
}

impl System {
    /// The system that this program runs on.
    pub(crate) const fn current() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_vendor = "apple") {
            Self::MacOs
        } else {
            Self::Linux
        }
    }

    /// Whether it takes names for the same that differ by case only. Some of its disks may not.
    pub(crate) const fn ignores_case(self) -> bool {
        matches!(self, Self::MacOs | Self::Windows)
    }

    /// The longest path that every program can open, in its own units.
    const fn longest_path(self) -> usize {
        match self {
            Self::Linux => 4_095,
            Self::MacOs => 1_023,
            Self::Windows => 259,
        }
    }

    /// Returns a text that is the same for all names of one file.
    pub(crate) fn key(self, name: &str) -> Cow<'_, str> {
        if !self.ignores_case() {
            return composed(name);
        }
        // Twice, for letters such as ß and ſ: these systems differ in some, and to take two names for one is safe.
        let upper = name.nfc().flat_map(char::to_uppercase);
        upper.flat_map(char::to_lowercase).nfc().collect::<String>().into()
    }
}

/// Why a folder cannot have a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A character that separates a drive or a stream from a name on Windows, or that its names cannot have.
    Character,
    /// A dot or a blank at the end of a part, which Windows leaves away.
    End,
    /// Characters that are not seen, which some disks leave away.
    Invisible,
    /// It opens a device on Windows.
    Device,
    /// It may be the short name of another file on Windows.
    ShortName,
    /// The path is longer than programs can open.
    Length,
    /// Another file, or a folder on the way to it, has this name in other spelling.
    Twin,
}

impl Misfit {
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::Character => {
                "its name has one of < > : \" | ? *, which not every system can hold"
            }
            Self::End => {
                "a part of its name ends with a dot or a blank, which not every system can hold"
            }
            Self::Invisible => {
                "its name has characters that are not seen, or that turn the direction of what is"
            }
            Self::Device => "its name is reserved on Windows",
            Self::ShortName => "its name may be the short name of another file on Windows",
            Self::Length => "its path is longer than programs on this system can open",
            Self::Twin => {
                "another file or folder has its name in other case or accents, and a folder on this system holds one of them"
            }
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why())
    }
}

/// Returns why no folder on this system can have a file of this name. None if one can.
///
/// What one system cannot hold is refused on all, so that a folder can move from one to another, but for the names that only
/// Windows reserves.
pub(crate) fn misfit(system: System, name: &FileName) -> Option<Misfit> {
    name.as_str().split('/').find_map(|part| {
        if part.contains(['<', '>', ':', '"', '|', '?', '*']) {
            Some(Misfit::Character)
        } else if part.ends_with(['.', ' ']) {
            Some(Misfit::End)
        } else if !part.chars().all(is_visible) {
            Some(Misfit::Invisible)
        } else if system == System::Windows && is_device(part) {
            Some(Misfit::Device)
        } else if system == System::Windows && is_short_name(part) {
            Some(Misfit::ShortName)
        } else {
            None
        }
    })
}

/// Returns whether Windows can't hold a file of this name, and other systems can.
pub(crate) fn is_reserved_on_windows(name: &FileName) -> bool {
    matches!(misfit(System::Windows, name), Some(Misfit::Device | Misfit::ShortName))
}

/// `CON`, `nul.py` and their like open devices, whatever the extension.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    let is_numbered = || {
        let Some((device, number)) = stem.split_at_checked(3) else { return false };
        let mut characters = number.chars();
        let digit = characters.next();
        ["COM", "LPT"].iter().any(|known| device.eq_ignore_ascii_case(known))
            && digit.is_some_and(|digit| "123456789¹²³".contains(digit))
            && characters.next().is_none()
    };
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].into_iter().any(is) || is_numbered()
}

/// Windows may make `QC~1` of `.qc`, and `MOMENT~1.PY` of `momentum-two.py`.
fn is_short_name(part: &str) -> bool {
    let (stem, extension) = part.split_once('.').unwrap_or((part, ""));
    let is_numbered = |(start, number): (&str, &str)| {
        !start.is_empty() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    stem.chars().count() <= 8
        && extension.chars().count() <= 3
        && stem.rsplit_once('~').is_some_and(is_numbered)
}

/// Returns whether a path is too long for the system.
pub(crate) fn is_too_long(system: System, path: &Path) -> bool {
    let length = match system {
        System::Windows => path.to_string_lossy().encode_utf16().count(),
        System::Linux | System::MacOs => path.as_os_str().len(),
    };
    length > system.longest_path()
}

/// The names that one folder has, to find those that it cannot have beside them.
#[derive(Debug)]
pub(crate) struct Taken {
    system: System,
    /// Each file and each folder on the way to one, by its key: as it is spelled in composed form.
    places: HashMap<String, String>,
    /// Each file by its name in composed form: as it is spelled.
    files: HashMap<String, String>,
}

impl Taken {
    pub(crate) fn new(system: System) -> Self {
        Self { system, places: HashMap::new(), files: HashMap::new() }
    }

    /// Takes a name, and returns whether the folder can have it. It cannot if a name that was taken before is another one,
    /// and the same for the system, or is so in a folder on the way. Names in two forms of accents alone are one folder.
    pub(crate) fn take(&mut self, name: &FileName) -> bool {
        let name = name.as_str();
        let composed = composed(name);
        if self.files.get(&*composed).is_some_and(|taken| taken != name) {
            return false;
        }
        let slashes = composed.match_indices('/').map(|(at, _)| at);
        let places = slashes.chain([composed.len()]).filter_map(|end| composed.get(..end));
        let places: Vec<_> =
            places.map(|place| (self.system.key(place).into_owned(), place.to_owned())).collect();
        let is_free =
            |(key, place): &(String, String)| self.places.get(key).is_none_or(|had| had == place);
        if !places.iter().all(is_free) {
            return false;
        }
        self.places.extend(places);
        self.files.insert(composed.into_owned(), name.to_owned());
        true
    }
}

/// Returns the text in composed form (NFC).
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// Returns a path below the folder as the cloud writes it.
pub(crate) fn slashed(path: &Path) -> Cow<'_, str> {
    let text = path.to_string_lossy();
    if MAIN_SEPARATOR == '/' { text } else { text.replace(MAIN_SEPARATOR, "/").into() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const ALL: [System; 3] = [System::Linux, System::MacOs, System::Windows];

    fn name(text: &str) -> FileName {
        FileName::new(text).unwrap()
    }

    /// Takes these names one after the other, and returns those that do not fit.
    fn refused<'n>(system: System, names: &[&'n str]) -> Vec<&'n str> {
        let mut taken = Taken::new(system);
        names.iter().copied().filter(|text| !taken.take(&name(text))).collect()
    }

    #[test]
    fn names_of_every_day_fit_everywhere_and_traps_nowhere() {
        for system in ALL {
            for fine in [
                "main.py",
                "a b/ü.py",
                "console.py",
                "com.py",
                "lpt10.py",
                "..a/b.py",
                "a.b.c.py",
                "~a/x~.py",
                "name~12.ipynb",
            ] {
                assert_eq!(misfit(system, &name(fine)), None, "{fine}");
            }
            for (trap, why) in [
                ("C:x.py", Misfit::Character),
                ("C:/x.py", Misfit::Character),
                ("a/b:c.py", Misfit::Character),
                ("main.py:stream.py", Misfit::Character),
                ("x?.py", Misfit::Character),
                ("a./b.py", Misfit::End),
                ("a/b. ", Misfit::End),
                (".. /x.py", Misfit::End),
                ("x\u{202e}yp.exe.py", Misfit::Invisible),
                (".g\u{200c}it/x.py", Misfit::Invisible),
                ("a\u{fe0f}.py", Misfit::Invisible),
                ("\u{3164}.py", Misfit::Invisible),
            ] {
                assert_eq!(misfit(system, &name(trap)), Some(why), "{trap:?}");
            }
        }
    }

    #[test]
    fn names_that_only_windows_reserves_fit_elsewhere() {
        for (text, why) in [
            ("CON", Misfit::Device),
            ("con.py", Misfit::Device),
            ("Aux/x.py", Misfit::Device),
            ("a/NUL.tar.py", Misfit::Device),
            ("com1.py", Misfit::Device),
            ("LPT³.py", Misfit::Device),
            ("aux .py", Misfit::Device),
            ("QC~1/x.py", Misfit::ShortName),
            ("a/MOMENT~1.PY", Misfit::ShortName),
        ] {
            let text = name(text);
            assert!(is_reserved_on_windows(&text), "{text}");
            assert_eq!(ALL.map(|system| misfit(system, &text)), [None, None, Some(why)], "{text}");
        }
        for text in ["console.py", "com.py", "lpt10.py", "a/b.con", "a:b.py", "long-name~1.py"] {
            assert!(!is_reserved_on_windows(&name(text)), "{text}");
        }
    }

    #[test]
    fn of_names_that_are_one_for_the_system_the_first_is_had() {
        for system in ALL {
            let fold = |refused: &[&'static str]| {
                if system.ignores_case() { refused.to_vec() } else { Vec::new() }
            };
            for (names, expected) in [
                (["A.py", "a.py", "b.py"], fold(&["a.py"])),
                (["pkg/a.py", "Pkg/b.py", "pkg/b.py"], fold(&["Pkg/b.py"])),
                (["ÄB.py", "a\u{308}b.py", "äB.py"], fold(&["a\u{308}b.py", "äB.py"])),
                (["straße.py", "STRASSE.py", "x.py"], fold(&["STRASSE.py"])),
                (["X.py", "x.py/y.py", "y.py"], fold(&["x.py/y.py"])),
                // Accents in two forms are one name everywhere; in the name of a folder they are no matter.
                (["é.py", "e\u{301}.py", "é.py"], vec!["e\u{301}.py"]),
                (["é/a.py", "e\u{301}/b.py", "c.py"], vec![]),
                // A file that is to become a folder is no matter either.
                (["a.py", "a.py/b.py", "c.py"], vec![]),
            ] {
                assert_eq!(refused(system, &names), expected, "{system:?} {names:?}");
            }
        }
    }

    #[test]
    fn a_path_is_as_long_as_programs_can_open() {
        let long = |length: usize| Path::new("/").join("é".repeat((length - 1) / 2));
        for (system, longest) in [(System::Linux, 4_095), (System::MacOs, 1_023)] {
            assert!(
                !is_too_long(system, &long(longest)) && is_too_long(system, &long(longest + 2))
            );
        }
        let path = |length: usize| Path::new("/").join("é".repeat(length - 1));
        assert!(!is_too_long(System::Windows, &path(259)));
        assert!(is_too_long(System::Windows, &path(260)));
    }

    fn names() -> impl Strategy<Value = Vec<FileName>> {
        let part =
            prop::sample::select(vec!["a", "A", "é", "É", "e\u{301}", "ß", "SS", "ſ", "b.py"]);
        let path = prop::collection::vec(part, 1..4).prop_map(|parts| name(&parts.join("/")));
        prop::collection::vec(path, 0..12)
    }

    proptest! {
        /// What the disks of the system would take for one file or folder is never had twice.
        #[test]
        fn no_two_names_of_a_folder_are_one_file(names in names()) {
            for system in ALL {
                let mut taken = Taken::new(system);
                let had: BTreeSet<_> = names.iter().filter(|name| taken.take(name)).collect();
                let keys: BTreeSet<_> = had.iter().map(|name| system.key(name.as_str())).collect();
                prop_assert_eq!(keys.len(), had.len());
                // The first is always had, and taking one again changes nothing.
                prop_assert!(names.first().is_none_or(|first| had.contains(first)));
                prop_assert!(had.iter().all(|name| taken.take(name)));
            }
        }

        /// No name that fits leads out of the folder, to a drive, to a device or to what Windows takes for another name.
        #[test]
        fn a_name_that_fits_stays_in_the_folder(text in "(\\PC|[./:~ ]|C:|CON|QC~1|\\.\\.){1,12}") {
            let Ok(name) = FileName::new(text) else { return Ok(()) };
            prop_assume!(misfit(System::Windows, &name).is_none());
            for part in name.as_str().split('/') {
                prop_assert!(!part.is_empty() && !part.contains([':', '\\']));
                prop_assert!(part.trim_end_matches(['.', ' ']) == part);
                prop_assert!(!["con", "qc~1"].contains(&part.to_lowercase().as_str()));
            }
            prop_assert!(ALL.iter().all(|system| misfit(*system, &name).is_none()));
        }

        /// A key stands for a name: it is its own key.
        #[test]
        fn a_key_is_its_own_key(text in "[aAéÉßſΣςσ\u{301}İıK]{0,6}") {
            for system in ALL {
                let key = system.key(&text).into_owned();
                prop_assert_eq!(system.key(&key), key.as_str());
            }
        }
    }
}
