//! Who edits what and when: edits come by chance, some projects draw many and most draw few.

use std::time::Duration;

use fastrand::Rng;

/// Which of the projects draws the next edit.
#[derive(Clone, Debug)]
pub(crate) struct Attention {
    /// The share of each project, all together 1.
    shares: Vec<f64>,
    /// The shares added up, to draw from.
    sums: Vec<f64>,
}

/// An edit to come: when, and of which project.
pub(crate) type Edit = (Duration, usize);

impl Attention {
    /// Every project draws as many edits as the next.
    pub(crate) fn even(projects: usize) -> Self {
        Self::of(vec![1.0; projects])
    }

    /// By Zipf's law: the project at rank r draws edits in proportion to 1/r. Who has which rank is shuffled, so that
    /// numbers say nothing about it.
    pub(crate) fn zipf(projects: usize, random: &mut Rng) -> Self {
        let mut shares: Vec<f64> = (1..=projects).map(|rank| 1.0 / rank as f64).collect();
        random.shuffle(&mut shares);
        Self::of(shares)
    }

    fn of(mut shares: Vec<f64>) -> Self {
        let all: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= all);
        let mut sum = 0.0;
        let add = |share: &f64| {
            sum += share;
            sum
        };
        let sums = shares.iter().map(add).collect();
        Self { shares, sums }
    }

    pub(crate) fn share(&self, project: usize) -> f64 {
        self.shares[project]
    }

    /// The projects, those that draw the most edits first.
    pub(crate) fn ranks(&self) -> Vec<usize> {
        let mut ranks: Vec<usize> = (0..self.shares.len()).collect();
        ranks.sort_by(|one, other| self.shares[*other].total_cmp(&self.shares[*one]));
        ranks
    }

    fn draw(&self, random: &mut Rng) -> usize {
        let at = random.f64();
        self.sums.partition_point(|sum| *sum <= at).min(self.sums.len() - 1)
    }

    /// Edits from a moment on for so long: so many an hour, each independent of the last.
    pub(crate) fn edits(
        &self,
        an_hour: f64,
        from: Duration,
        lasts: Duration,
        random: &mut Rng,
    ) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut at = Duration::ZERO;
        loop {
            let gap = -(1.0 - random.f64()).ln() * 3_600_000.0 / an_hour;
            // Whole milliseconds: the last bit of a logarithm is the machine's affair.
            at += Duration::from_millis(gap as u64);
            if at >= lasts {
                return edits;
            }
            edits.push((from + at, self.draw(random)));
        }
    }
}
