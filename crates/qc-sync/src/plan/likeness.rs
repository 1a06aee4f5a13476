//! Finds files that were renamed and edited: a text gone and a text come that have most of their lines in common.

use std::collections::{BTreeMap, HashMap};

use qc_proto::FileName;

/// In percent of the bytes of the longer text. It is git's own threshold for a rename.
const ENOUGH: usize = 50;

/// Pairs each text that came with the text gone that it is most like, if it is enough like one: new name to old name.
pub(crate) fn pairs(
    gone: &[(&FileName, String)],
    come: &[(&FileName, String)],
) -> BTreeMap<FileName, FileName> {
    let mut scores = Vec::new();
    for (from, old) in gone {
        for (to, new) in come {
            let score = likeness(old, new);
            if score >= ENOUGH {
                scores.push((score, *from, *to));
            }
        }
    }
    // The best pairs first; names decide between equals, so that the answer is always the same.
    scores.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    let mut pairs = BTreeMap::new();
    let mut taken = Vec::new();
    for (_, from, to) in scores {
        if !taken.contains(&from) && !pairs.contains_key(to) {
            taken.push(from);
            pairs.insert(to.clone(), from.clone());
        }
    }
    pairs
}

/// How many bytes are in lines that both texts have, in percent of the longer text.
fn likeness(old: &str, new: &str) -> usize {
    let longer = old.len().max(new.len());
    // Texts of very different length cannot have enough in common.
    if longer == 0 || old.len().min(new.len()) * 100 < longer * ENOUGH {
        return 0;
    }
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for line in old.lines() {
        *lines.entry(line).or_default() += 1;
    }
    let mut common = 0;
    for line in new.lines() {
        if let Some(left) = lines.get_mut(line).filter(|left| **left > 0) {
            *left -= 1;
            common += line.len() + 1;
        }
    }
    common.min(longer) * 100 / longer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> FileName {
        FileName::new(text).unwrap()
    }

    #[test]
    fn half_of_the_bytes_make_two_texts_alike() {
        assert_eq!(likeness("a\nb\nc\nd\n", "a\nb\nx\ny\n"), 50);
        assert_eq!(likeness("a\nb\nc\nd\n", "a\nx\ny\nz\n"), 25);
        assert_eq!(likeness("a\na\n", "a\nb\n"), 50);
        assert_eq!(likeness("a\nb\n", "a\na\n"), 50);
        assert_eq!(likeness("a\nb\n", "a\nb\nc\nd\n"), 50);
        assert_eq!(likeness("", ""), 0);
        assert_eq!(likeness("a\n", "a\nlonger line\n"), 0);
        assert_eq!(likeness("same", "same"), 100);
    }

    #[test]
    fn the_best_pair_is_taken_first_and_no_file_twice() {
        let (a, b, x, y) = (name("a"), name("b"), name("x"), name("y"));
        let gone = [(&a, "1\n2\n3\n4\n".to_owned()), (&b, "1\n2\n5\n6\n".to_owned())];
        let come = [(&x, "1\n2\n5\n7\n".to_owned()), (&y, "1\n2\n8\n9\n".to_owned())];
        let pairs = pairs(&gone, &come);
        assert_eq!(pairs, BTreeMap::from([(x, b), (y, a)]));
    }
}
