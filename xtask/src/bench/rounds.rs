//! Rounds in rotated order, so that nobody always comes first.

use anyhow::Result;

use super::spread::Spread;

/// Enough for a median.
pub(super) const ROUNDS: usize = 9;

/// Measures each of so many contenders once a round. `measure` is told who, by index, and in which round.
pub(super) fn rotated(
    rounds: usize,
    contenders: usize,
    mut measure: impl FnMut(usize, usize) -> Result<f64>,
) -> Result<Vec<Spread>> {
    let mut all = vec![Vec::new(); contenders];
    for round in 0..rounds {
        for turn in 0..contenders {
            let who = (round + turn) % contenders;
            all[who].push(measure(who, round)?);
        }
    }
    Ok(all.into_iter().map(Spread::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_first_once_and_all_are_measured_in_every_round() {
        let mut order = Vec::new();
        let spreads = rotated(3, 3, |who, round| {
            order.push((round, who));
            Ok(who as f64)
        });
        let medians: Vec<_> = spreads.unwrap().iter().map(|spread| spread.median).collect();
        assert_eq!(medians, [0.0, 1.0, 2.0]);
        let first: Vec<_> = order.iter().step_by(3).copied().collect();
        assert_eq!((order.len(), first), (9, vec![(0, 0), (1, 1), (2, 2)]));
    }
}
