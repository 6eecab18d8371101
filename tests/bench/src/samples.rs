//! Repeated measurements of one thing.

/// Measurements.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// One more.
    pub fn add(&mut self, sample: f64) {
        self.0.push(sample);
        self.0.sort_by(f64::total_cmp);
    }

    /// The middle one; of an even number the mean of the two.
    #[must_use]
    pub fn median(&self) -> f64 {
        let half = self.0.len() / 2;
        match self.0.get(half) {
            None => f64::NAN,
            Some(upper) if self.0.len() % 2 == 1 => *upper,
            Some(upper) => f64::midpoint(self.0[half - 1], *upper),
        }
    }

    /// From the least to the greatest, in percent of the median; not a number where there is one sample at most.
    #[must_use]
    pub fn spread(&self) -> f64 {
        match self.0.as_slice() {
            [least, .., greatest] => 100.0 * (greatest - least) / self.median(),
            _ => f64::NAN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_odd_run_moves_the_spread_and_not_the_median() {
        let mut samples = Samples::default();
        samples.add(4.0);
        assert!(samples.spread().is_nan(), "one sample says nothing of it");
        [1.0, 2.0].into_iter().for_each(|sample| samples.add(sample));
        assert_eq!((samples.median(), samples.spread()), (2.0, 150.0));
        samples.add(3.0);
        assert_eq!(samples.median(), 2.5);
    }
}
