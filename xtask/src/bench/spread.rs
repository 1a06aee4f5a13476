//! Several measurements of one thing.

/// The median, and how far the others lie from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
}

impl Spread {
    /// Of at least one measurement.
    pub(super) fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let at = |index: usize| all.get(index).copied().unwrap_or(f64::NAN);
        Self { least: at(0), median: at(all.len() / 2), most: at(all.len().saturating_sub(1)) }
    }

    /// In milliseconds, of seconds.
    pub(super) fn milliseconds(self) -> String {
        self.rounded(if self.median < 0.01 { 2 } else { 1 })
    }

    /// The same of what takes a small part of one.
    pub(super) fn fine_milliseconds(self) -> String {
        self.rounded(3)
    }

    fn rounded(self, digits: usize) -> String {
        let ms = |seconds: f64| seconds * 1e3;
        let [median, least, most] = [self.median, self.least, self.most].map(ms);
        format!("{median:.digits$} [{least:.digits$}..{most:.digits$}]")
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let spread = Spread::of(vec![3.0, 1.0, 2.0]);
        assert_eq!(spread, Spread { least: 1.0, median: 2.0, most: 3.0 });
        let spread = Spread::of(vec![0.001]);
        assert_eq!(spread.milliseconds(), "1.00 [1.00..1.00]");
        assert_eq!(spread.fine_milliseconds(), "1.000 [1.000..1.000]");
    }
}
