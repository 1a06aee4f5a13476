//! Deletions that see what they delete.
//!
//! `files/delete` removes whatever the file says by then. So a push first renames the file to a name that nobody else
//! uses, which takes the text along whatever it is, reads it there, and deletes it only if this folder has seen that
//! text. A text that it has not seen is renamed back.

use qc_proto::FileName;

const PREFIX: &str = "deleted-by-qc-";

/// Returns the name under which this folder sets a file aside. None if that would be longer than a name may be.
pub(crate) fn aside(folder_id: &str, name: &FileName) -> Option<FileName> {
    FileName::new(format!("{PREFIX}{folder_id}/{name}")).ok()
}

/// Returns whether some folder has set this file aside.
pub(crate) fn is_set_aside(name: &FileName) -> bool {
    name.as_str().starts_with(PREFIX) && name.as_str().contains('/')
}

/// Returns the name that the file had before this folder set it aside. None if another folder did, or none.
pub(crate) fn original(folder_id: &str, name: &FileName) -> Option<FileName> {
    let rest = name.as_str().strip_prefix(PREFIX)?.strip_prefix(folder_id)?.strip_prefix('/')?;
    FileName::new(rest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_knows_what_it_has_set_aside() {
        let name = FileName::new("pkg/a.py").unwrap();
        let aside = aside("0a1b2c3d", &name).unwrap();
        assert_eq!(aside.as_str(), "deleted-by-qc-0a1b2c3d/pkg/a.py");
        assert!(is_set_aside(&aside) && !is_set_aside(&name));
        assert_eq!(original("0a1b2c3d", &aside), Some(name.clone()));
        assert_eq!(original("ffffffff", &aside), None);
        assert_eq!(original("0a1b2c3d", &name), None);
        assert!(!is_set_aside(&FileName::new("deleted-by-qc-notes.py").unwrap()));
    }
}
