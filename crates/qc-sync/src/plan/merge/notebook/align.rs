//! Which cells of three notebooks are the same one, and in what order they come.

use crate::plan::merge::notebook::format::Cell;

/// One cell, as it is in each of the notebooks that have it.
#[derive(Clone, Default)]
pub(super) struct Row<'a> {
    pub(super) base: Option<&'a Cell>,
    pub(super) local: Option<&'a Cell>,
    pub(super) remote: Option<&'a Cell>,
}

/// How much of two sources must be alike, in percent, for them to be versions of one.
const ALIKE: usize = 50;

/// Puts the cells of three notebooks side by side. Where both sides inserted, ours come first.
pub(super) fn rows<'a>(base: &'a [Cell], local: &'a [Cell], remote: &'a [Cell]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> =
        base.iter().map(|cell| Row { base: Some(cell), ..Row::default() }).collect();
    let old: Vec<(usize, &Cell)> = base.iter().enumerate().collect();

    let mut ours = vec![None; local.len()];
    find(&mut ours, local, &old, true);
    let ours = number(&ours, &mut rows);
    for (row, cell) in ours.iter().zip(local) {
        rows[*row].local = Some(cell);
    }

    let added: Vec<(usize, &Cell)> =
        ours.iter().copied().zip(local).filter(|(row, _)| *row >= base.len()).collect();
    let mut theirs = vec![None; remote.len()];
    find(&mut theirs, remote, &old, true);
    // Two new cells that are merely alike are two cells.
    find(&mut theirs, remote, &added, false);
    let theirs = number(&theirs, &mut rows);
    for (row, cell) in theirs.iter().zip(remote) {
        rows[*row].remote = Some(cell);
    }

    let has_moved = |order: &[usize]| !order.iter().filter(|row| **row < base.len()).is_sorted();
    let order = if has_moved(&theirs) && !has_moved(&ours) {
        weave(&theirs, &ours, true)
    } else {
        weave(&ours, &theirs, false)
    };
    order.into_iter().map(|row| rows[row].clone()).collect()
}

/// Puts what only `other` has into `order`, where it comes after the same as in `other`. What only `order` has at that
/// place comes after it if it is to be `first`, and else before it.
pub(super) fn weave<T: PartialEq + Clone>(order: &[T], other: &[T], first: bool) -> Vec<T> {
    let mut woven = order.to_vec();
    let mut at = 0;
    for item in other {
        if let Some(found) = woven.iter().position(|known| known == item) {
            at = found;
        } else {
            while !first && woven.get(at).is_some_and(|next| !other.contains(next)) {
                at += 1;
            }
            woven.insert(at, item.clone());
        }
        at += 1;
    }
    woven
}

/// Gives a new row to each cell that has none.
fn number(found: &[Option<usize>], rows: &mut Vec<Row<'_>>) -> Vec<usize> {
    let mut new = || {
        rows.push(Row::default());
        rows.len() - 1
    };
    found.iter().map(|row| row.unwrap_or_else(&mut new)).collect()
}

/// Finds the cells without a row among those that are known: by id, then by source and, if asked for, by likeness.
fn find(found: &mut [Option<usize>], cells: &[Cell], known: &[(usize, &Cell)], by_likeness: bool) {
    for (at, cell) in cells.iter().enumerate() {
        if found[at].is_none() && cell.id().is_some() {
            let row = known.iter().find(|(_, known)| known.id() == cell.id()).map(|(row, _)| *row);
            found[at] = row.filter(|row| !found.contains(&Some(*row)));
        }
    }
    find_by(found, cells, known, |old, new| usize::from(old.cell.source() == new.cell.source()));
    if by_likeness {
        find_by(found, cells, known, likeness);
    }
}

/// A cell that is still to be found, or to be found in.
struct Open<'a> {
    at: usize,
    cell: &'a Cell,
    /// Each two neighbouring characters of its source, sorted.
    neighbours: Vec<(char, char)>,
}

impl<'a> Open<'a> {
    fn new(at: usize, cell: &'a Cell) -> Self {
        let source = cell.source();
        let mut neighbours: Vec<_> = source.chars().zip(source.chars().skip(1)).collect();
        neighbours.sort_unstable();
        Self { at, cell, neighbours }
    }
}

/// Finds cells by what a score says of a known one and a new one, where 0 keeps them apart.
fn find_by(
    found: &mut [Option<usize>],
    cells: &[Cell],
    known: &[(usize, &Cell)],
    score: impl Fn(&Open<'_>, &Open<'_>) -> usize,
) {
    let old = known.iter().filter(|(row, _)| !found.contains(&Some(*row)));
    let old: Vec<_> = old.map(|(row, cell)| Open::new(*row, cell)).collect();
    let new = cells.iter().enumerate().filter(|(at, _)| found[*at].is_none());
    let new: Vec<_> = new.map(|(at, cell)| Open::new(at, cell)).collect();
    for (old, new) in pairs(&old, &new, score) {
        found[new.at] = Some(old.at);
    }
}

/// Pairs the items of two lists, each list in its order, so that the scores of the pairs come to the most.
fn pairs<'a, T>(
    left: &'a [T],
    right: &'a [T],
    score: impl Fn(&T, &T) -> usize,
) -> Vec<(&'a T, &'a T)> {
    let mut best = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, one) in left.iter().enumerate().rev() {
        for (j, other) in right.iter().enumerate().rev() {
            let paired = best[i + 1][j + 1] + score(one, other);
            best[i][j] = paired.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some(one), Some(other)) = (left.get(i), right.get(j)) {
        if best[i][j] == best[i + 1][j] {
            i += 1;
        } else if best[i][j] == best[i][j + 1] {
            j += 1;
        } else {
            pairs.push((one, other));
            (i, j) = (i + 1, j + 1);
        }
    }
    pairs
}

/// Returns how much of two sources is the same, in percent, or 0 if that is too little or their ids tell them apart.
fn likeness(old: &Open<'_>, new: &Open<'_>) -> usize {
    if old.cell.source() == new.cell.source() {
        return 100;
    }
    if old.cell.id().is_some() && new.cell.id().is_some() {
        return 0;
    }
    let (left, right) = (&old.neighbours, &new.neighbours);
    let (mut i, mut j, mut same) = (0, 0, 0);
    while let (Some(one), Some(other)) = (left.get(i), right.get(j)) {
        same += usize::from(one == other);
        i += usize::from(one <= other);
        j += usize::from(other <= one);
    }
    let percent = 200 * same / (left.len() + right.len()).max(1);
    if percent < ALIKE { 0 } else { percent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::merge::notebook::format::Notebook;

    #[test]
    fn what_both_inserted_at_one_place_comes_ours_first() {
        assert_eq!(
            weave(&["a", "x", "b"], &["a", "y", "z", "b", "c"], false),
            ["a", "x", "y", "z", "b", "c"]
        );
        assert_eq!(
            weave(&["a", "x", "b"], &["a", "y", "z", "b", "c"], true),
            ["a", "y", "z", "x", "b", "c"]
        );
        assert_eq!(weave(&["x"], &["y"], false), ["x", "y"]);
    }

    #[test]
    fn pairs_keep_the_order_and_score_the_most() {
        let tens = |one: &usize, other: &usize| usize::from(one / 10 == other / 10);
        let found = pairs(&[10, 20, 30, 40], &[31, 11, 21, 41], tens);
        assert_eq!(found, [(&10, &11), (&20, &21), (&40, &41)]);
        assert_eq!(pairs(&[], &[1], tens), []);
    }

    #[test]
    fn an_item_is_in_one_pair_and_counts_once() {
        let tens = |one: &usize, other: &usize| usize::from(one / 10 == other / 10);
        assert_eq!(pairs(&[10, 20], &[21, 11, 12], tens), [(&20, &21)]);
        assert_eq!(pairs(&[21, 11, 12], &[10, 20], tens), [(&12, &10)]);
        let by_value = |one: &usize, other: &usize| (*one).max(*other);
        assert_eq!(pairs(&[0], &[2, 1], by_value), [(&0, &2)]);
        assert_eq!(pairs(&[2, 1], &[0], by_value), [(&2, &0)]);
    }

    fn score(old: (&str, &str), new: (&str, &str)) -> usize {
        let cell = |(id, source): (&str, &str)| {
            let id = if id.is_empty() { String::new() } else { format!(r#""id":"{id}","#) };
            let text = format!(
                r#"{{"cells":[{{{id}"cell_type":"code","metadata":{{}},"source":"{source}","outputs":[],
                "execution_count":null}}],"metadata":{{}},"nbformat":4,"nbformat_minor":5}}"#
            );
            Notebook::parse(&text).unwrap().cells.remove(0)
        };
        let (old, new) = (cell(old), cell(new));
        likeness(&Open::new(0, &old), &Open::new(0, &new))
    }

    #[test]
    fn likeness_is_the_share_of_neighbouring_characters_that_both_have() {
        assert_eq!(score(("", "abcd"), ("", "abcd")), 100);
        assert_eq!(score(("", "abcd"), ("", "abce")), 66);
        assert_eq!(score(("", "abc"), ("", "abd")), 50);
        assert_eq!(score(("", "abc"), ("", "xyz")), 0);
        assert_eq!(score(("", ""), ("", "x")), 0);
        // Two ids tell two cells apart, one does not.
        assert_eq!(score(("a", "abcd"), ("b", "abce")), 0);
        assert_eq!(score(("a", "abcd"), ("", "abce")), 66);
        assert_eq!(score(("", "abcd"), ("b", "abce")), 66);
    }
}
