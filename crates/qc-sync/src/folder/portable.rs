//! Names that every system can hold.

use qc_proto::{FileName, visible::is_visible};

/// Why a file of this name cannot be had on every system, if it cannot.
///
/// The answer is the same everywhere, so that a folder can move from one system to another.
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
        if is_device(part) {
            return Some("its name is a device's on Windows");
        }
        if !part.chars().all(is_visible) {
            return Some(
                "its name has characters that are not seen, or that turn the direction of what is",
            );
        }
    }
    None
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
            "CON",
            "con.py",
            "a/NUL.tar.py",
            "com1.py",
            "LPT³.py",
            "aux .py",
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
}
