//! Scores of probabilities for things that happened or did not (Brier 1950, Good 1952, Murphy 1973).

use serde::Serialize;

use super::count;

/// Bins of the table of reliability, equally wide over 0..=1.
pub const BINS: usize = 10;

/// One forecast and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Binary {
    /// Probability, 0..=1.
    pub forecast: f64,
    /// Whether it happened.
    pub happened: bool,
}

/// The Brier score as reliability - resolution + uncertainty + within.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Decomposition {
    /// Mean squared distance of each bin's frequency from its mean forecast; lower is better.
    pub reliability: f64,
    /// Mean squared distance of each bin's frequency from that of all; higher is better.
    pub resolution: f64,
    /// Variance of what happened.
    pub uncertainty: f64,
    /// What the forecasts of one bin differ by among themselves (Stephenson, Coelho and Jolliffe 2008).
    pub within: f64,
}

/// One bin of the table of reliability.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Bin {
    /// Lowest forecast.
    pub low: f64,
    /// Highest forecast.
    pub high: f64,
    /// Questions.
    pub n: usize,
    /// Mean forecast.
    pub forecast: f64,
    /// Share that happened.
    pub frequency: f64,
}

/// Squared distance of a probability from what happened, 0..=1.
#[must_use]
pub fn brier(forecast: f64, happened: bool) -> f64 {
    let miss = forecast - f64::from(u8::from(happened));
    miss * miss
}

/// Minus the logarithm of the probability of what happened, in nats; infinite if that was 0.
#[must_use]
pub fn log_score(forecast: f64, happened: bool) -> f64 {
    -libm::log(if happened { forecast } else { 1.0 - forecast })
}

/// Bins that hold questions, lowest first.
pub(super) fn bins(all: &[Binary]) -> Vec<Bin> {
    let edge = |idx: usize| count(idx) / count(BINS);
    let holds = |idx: usize, forecast: f64| {
        forecast >= edge(idx) && (forecast < edge(idx + 1) || idx + 1 == BINS)
    };
    let bin = |idx: usize| {
        let inside: Vec<&Binary> = all.iter().filter(|one| holds(idx, one.forecast)).collect();
        let n = count(inside.len());
        (!inside.is_empty()).then(|| Bin {
            low: edge(idx),
            high: edge(idx + 1),
            n: inside.len(),
            forecast: inside.iter().map(|one| one.forecast).sum::<f64>() / n,
            frequency: count(inside.iter().filter(|one| one.happened).count()) / n,
        })
    };
    (0..BINS).filter_map(bin).collect()
}

/// Murphy's decomposition over the bins.
pub(super) fn decompose(all: &[Binary]) -> Decomposition {
    let n = count(all.len()).max(1.0);
    let frequency = count(all.iter().filter(|one| one.happened).count()) / n;
    let square = |x: f64| x * x;
    let (mut reliability, mut resolution) = (0.0, 0.0);
    for bin in bins(all) {
        let share = count(bin.n) / n;
        reliability += share * square(bin.forecast - bin.frequency);
        resolution += share * square(bin.frequency - frequency);
    }
    let uncertainty = frequency * (1.0 - frequency);
    let mean = all
        .iter()
        .map(|one| brier(one.forecast, one.happened))
        .sum::<f64>()
        / n;
    Decomposition {
        reliability,
        resolution,
        uncertainty,
        within: mean - (reliability - resolution + uncertainty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(f64, bool)]) -> Vec<Binary> {
        let one = |&(forecast, happened): &(f64, bool)| Binary { forecast, happened };
        pairs.iter().map(one).collect()
    }

    #[test]
    fn scores_are_those_of_the_formulas() {
        // scoringrules.brier_score and -log p, by hand.
        for (forecast, happened, expected_brier, expected_log) in [
            (0.7, true, 0.09, 0.356_674_943_938_732_4),
            (0.7, false, 0.49, 1.203_972_804_325_936),
            (0.0, false, 0.0, 0.0),
            (0.25, true, 0.5625, 1.386_294_361_119_890_6),
        ] {
            assert!((brier(forecast, happened) - expected_brier).abs() < 1e-12);
            assert!((log_score(forecast, happened) - expected_log).abs() < 1e-12);
        }
        assert!(log_score(0.0, true).is_infinite());
    }

    #[test]
    fn the_parts_add_up() {
        // Four forecasts of .8 of which three happened, six of .3 of which one did.
        let all = of(&[
            (0.8, true),
            (0.8, true),
            (0.8, true),
            (0.8, false),
            (0.3, true),
            (0.3, false),
            (0.3, false),
            (0.3, false),
            (0.3, false),
            (0.3, false),
        ]);
        let parts = decompose(&all);
        let square = |x: f64| x * x;
        assert!((parts.uncertainty - 0.24).abs() < 1e-12);
        assert!((parts.reliability - (0.4 * 0.0025 + 0.6 * square(0.3 - 1.0 / 6.0))).abs() < 1e-12);
        assert!((parts.resolution - (0.4 * 0.1225 + 0.6 * square(1.0 / 6.0 - 0.4))).abs() < 1e-12);
        assert!(
            parts.within.abs() < 1e-12,
            "equal forecasts have no variance within: {parts:?}"
        );
        let mixed = decompose(&of(&[
            (0.31, true),
            (0.39, false),
            (0.95, true),
            (1.0, true),
        ]));
        let mean = [0.69_f64 * 0.69, 0.39 * 0.39, 0.05 * 0.05, 0.0]
            .iter()
            .sum::<f64>()
            / 4.0;
        let sum = mixed.reliability - mixed.resolution + mixed.uncertainty + mixed.within;
        assert!((sum - mean).abs() < 1e-12);
    }

    #[test]
    fn a_forecast_at_an_edge_falls_into_one_bin() {
        let table = bins(&of(&[(0.0, false), (0.1, false), (1.0, true)]));
        let counts: Vec<usize> = table.iter().map(|bin| bin.n).collect();
        assert_eq!(counts, [1, 1, 1]);
        assert!((table[2].high - 1.0).abs() < 1e-12);
    }
}
