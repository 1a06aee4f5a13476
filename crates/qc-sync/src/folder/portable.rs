//! Names that every system can hold.

use qc_proto::{FileName, visible::is_visible};

/// Why a file of this name cannot be had on every system, if it cannot.
///
/// The answer is the same everywhere, so that a folder can move from one system to another, but for names that only
/// Windows reserves: other systems hold them.
pub(crate) fn fault(name: &FileName) -> Option<&'static str> {
    for part in name.as_str().split('/') {
        if part.contains(['<', '>', ':', '"', '|', '?', '*']) {
            return Some("its name has one of < > : \" | ? *, which not every system can hold");
        }
        if part.ends_with(['.', ' ']) {
            return Some(
                "a part of its name ends with a dot or a blank, which not every system can hold",
            );
        }
        if cfg!(windows) && is_device(part) {
            return Some("its name is reserved on Windows");
        }
        if !part.chars().all(is_visible) {
            return Some(
                "its name has characters that are not seen, or that turn the direction of what is",
            );
        }
    }
    None
}

/// Returns whether Windows can't hold a file of this name.
pub(crate) fn is_reserved_on_windows(name: &FileName) -> bool {
    name.as_str().split('/').any(is_device)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_day_are_fine_and_traps_are_not() {
        for fine in
            ["main.py", "a b/ü.py", "console.py", "com.py", "lpt10.py", "..a/b.py", "a.b.c.py"]
        {
            assert_eq!(fault(&FileName::new(fine).unwrap()), None, "{fine}");
        }
        for trap in [
            "C:x.py",
            "a/b:c.py",
            "x?.py",
            "a./b.py",
            "a/b. ",
            "x\u{202e}yp.exe.py",
            "a\u{200b}.py",
            "a\u{fe0f}.py",
            "\u{3164}.py",
        ] {
            assert!(fault(&FileName::new(trap).unwrap()).is_some(), "{trap:?}");
        }
    }

    #[test]
    fn names_that_only_windows_reserves_are_known() {
        for name in ["CON", "con.py", "a/NUL.tar.py", "com1.py", "LPT³.py", "aux .py"] {
            let name = FileName::new(name).unwrap();
            assert!(is_reserved_on_windows(&name), "{name}");
            assert_eq!(fault(&name).is_some(), cfg!(windows), "{name}");
        }
        for name in ["console.py", "com.py", "lpt10.py", "a/b.con"] {
            assert!(!is_reserved_on_windows(&FileName::new(name).unwrap()), "{name}");
        }
    }
}
