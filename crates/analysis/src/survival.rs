//! When things happen: Kaplan-Meier, Nelson-Aalen and Aalen-Johansen curves with pointwise intervals.
//!
//! Kaplan and Meier (1958) with Greenwood's variance and log-log intervals, Nelson (1972) and Aalen (1978) with
//! log intervals, Aalen and Johansen (1978) for several causes with the delta-method variance (Collett 2003).
//! Where nothing is censored before the horizon, each curve is the plain share of replicates in which it has
//! happened, and Wilson's interval of that share is used ([`incidence`]).

use foedera_results::{Estimate, interval, special};
use serde::Serialize;

/// One replicate: how long it was seen, and what ended it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Time of the event, or of the end of watching.
    pub time: f64,
    /// Cause of the event, by index; nothing if it had not happened when watching ended.
    pub cause: Option<usize>,
}

/// A value of a curve from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Point {
    /// Time.
    pub time: f64,
    /// Value.
    pub value: f64,
    /// Lower end of its interval; the value itself where there is no interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Replicates at one time.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    time: f64,
    at_risk: u64,
    /// Events by cause.
    events: Vec<u64>,
    censored: u64,
}

impl Row {
    fn all(&self) -> u64 {
        self.events.iter().sum()
    }
}

/// The table of times at which something happens or watching ends, ascending.
fn table(seen: &[Seen], causes: usize) -> Vec<Row> {
    let mut sorted = seen.to_vec();
    sorted.sort_by(|one, other| one.time.total_cmp(&other.time));
    let mut rows: Vec<Row> = Vec::new();
    let mut at_risk = sorted.len() as u64;
    for one in &sorted {
        let known = rows
            .last()
            .is_some_and(|row| row.time.total_cmp(&one.time).is_eq());
        if !known {
            let (time, events) = (one.time, vec![0; causes]);
            rows.push(Row {
                time,
                at_risk,
                events,
                censored: 0,
            });
        }
        let Some(row) = rows.last_mut() else { continue };
        match one.cause.and_then(|cause| row.events.get_mut(cause)) {
            Some(events) => *events += 1,
            None => row.censored += 1,
        }
        at_risk -= 1;
    }
    rows
}

/// Survival over time: the share in which it has not happened yet, with log-log intervals. Starts at 1.
#[must_use]
pub fn kaplan_meier(seen: &[Seen], causes: usize, confidence: f64) -> Vec<Point> {
    let z = special::normal_quantile(f64::midpoint(1.0, confidence));
    let (mut survival, mut sum) = (1.0, 0.0);
    let rows = table(seen, causes).into_iter();
    rows.map(|row| {
        let (d, n) = (row.all() as f64, row.at_risk as f64);
        survival *= 1.0 - d / n;
        sum += d / (n * (n - d));
        let (low, high) = log_log(survival, libm::sqrt(sum) / libm::log(survival).abs(), z);
        Point {
            time: row.time,
            value: survival,
            low,
            high,
        }
    })
    .collect()
}

/// Cumulative hazard over time, with log intervals.
#[must_use]
pub fn nelson_aalen(seen: &[Seen], causes: usize, confidence: f64) -> Vec<Point> {
    let z = special::normal_quantile(f64::midpoint(1.0, confidence));
    let (mut hazard, mut variance) = (0.0, 0.0);
    let rows = table(seen, causes).into_iter();
    rows.map(|row| {
        let (d, n) = (row.all() as f64, row.at_risk as f64);
        hazard += d / n;
        variance += (1.0 - d / n) * (d / n) / n;
        let factor = if hazard > 0.0 {
            libm::exp(z * libm::sqrt(variance) / hazard)
        } else {
            1.0
        };
        Point {
            time: row.time,
            value: hazard,
            low: hazard / factor,
            high: hazard * factor,
        }
    })
    .collect()
}

/// Cumulative incidence of each cause over time: the probability that it has happened by then, and from that
/// cause first. With delta-method variance and log-log intervals; `[cause][time]`.
#[must_use]
pub fn aalen_johansen(seen: &[Seen], causes: usize, confidence: f64) -> Vec<Vec<Point>> {
    let z = special::normal_quantile(f64::midpoint(1.0, confidence));
    let rows = table(seen, causes);
    (0..causes)
        .map(|cause| incidence_of(&rows, cause, z))
        .collect()
}

/// One cause. The sums over earlier times, Σ a (F − f)² and Σ b (F − f), are kept by their powers.
fn incidence_of(rows: &[Row], cause: usize, z: f64) -> Vec<Point> {
    let (mut survival, mut value) = (1.0, 0.0);
    // Σ a, Σ a f, Σ a f², second sum, Σ b, Σ b f.
    let mut sums = [0.0; 6];
    let mut points = Vec::with_capacity(rows.len());
    for row in rows {
        let (all, own, n) = (
            row.all() as f64,
            row.events[cause] as f64,
            row.at_risk as f64,
        );
        value += survival * own / n;
        let a = if n > all { all / (n * (n - all)) } else { 0.0 };
        let b = survival * own / (n * n);
        let second = survival * survival * own * (n - own) / (n * n * n);
        for (sum, more) in
            sums.iter_mut()
                .zip([a, a * value, a * value * value, second, b, b * value])
        {
            *sum += more;
        }
        let [a, af, aff, second, b, bf] = sums;
        let quadratic = a * value * value - 2.0 * af * value + aff;
        let variance = (quadratic + second - 2.0 * (b * value - bf)).max(0.0);
        let error = libm::sqrt(variance) / (value * libm::log(value).abs());
        let (low, high) = log_log(value, error, z);
        points.push(Point {
            time: row.time,
            value,
            low,
            high,
        });
        survival *= 1.0 - all / n;
    }
    points
}

/// The interval of a share by the normal interval of log(−log); the share itself at 0 and 1.
fn log_log(share: f64, error: f64, z: f64) -> (f64, f64) {
    if share <= 0.0 || share >= 1.0 || !error.is_finite() {
        return (share, share);
    }
    let middle = libm::log(-libm::log(share));
    let end = |by: f64| libm::exp(-libm::exp(middle + by));
    (end(z * error), end(-z * error))
}

/// Curves of cumulative incidence at chosen times.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incidence {
    /// Times, ascending.
    pub times: Vec<f64>,
    /// Probability of each cause by each time, `[cause][time]`.
    pub causes: Vec<Vec<Estimate>>,
    /// Probability that it has happened at all.
    pub any: Vec<Estimate>,
    /// Replicates whose watching ended before the last time without the event.
    pub censored: u64,
}

/// Cumulative incidence by cause at chosen times. If nobody is lost before the last time, the curves are plain
/// shares and have Wilson intervals; otherwise they are those of Aalen and Johansen. None without replicates.
#[must_use]
pub fn incidence(
    seen: &[Seen],
    causes: usize,
    times: &[f64],
    confidence: f64,
) -> Option<Incidence> {
    let n = seen.len() as u64;
    let last = times.last().copied()?;
    let lost = seen
        .iter()
        .filter(|one| one.cause.is_none() && one.time < last)
        .count() as u64;
    let any_seen: Vec<Seen> = seen
        .iter()
        .map(|one| Seen {
            time: one.time,
            cause: one.cause.map(|_| 0),
        })
        .collect();
    let curve = |seen: &[Seen], causes: usize, cause: usize| -> Option<Vec<Estimate>> {
        if lost == 0 {
            let counted = times.iter().map(|time| {
                let by = seen
                    .iter()
                    .filter(|one| one.cause == Some(cause) && one.time <= *time);
                interval::wilson(by.count() as u64, n, confidence)
            });
            return counted.collect();
        }
        let points = aalen_johansen(seen, causes, confidence).swap_remove(cause);
        Some(times.iter().map(|time| at(&points, *time, n)).collect())
    };
    let by_cause: Option<Vec<Vec<Estimate>>> = (0..causes)
        .map(|cause| curve(seen, causes, cause))
        .collect();
    Some(Incidence {
        times: times.to_vec(),
        causes: by_cause?,
        any: curve(&any_seen, 1, 0)?,
        censored: lost,
    })
}

/// The value of a curve of steps at a time.
fn at(points: &[Point], time: f64, n: u64) -> Estimate {
    let idx = points.partition_point(|point| point.time <= time);
    let point = idx.checked_sub(1).and_then(|idx| points.get(idx));
    let (value, low, high) = point.map_or((0.0, 0.0, 0.0), |of| (of.value, of.low, of.high));
    Estimate {
        value,
        low,
        high,
        n,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prim::tests::word;

    /// Made by `tests/oracles/survival.py`.
    const ORACLE: &str = include_str!("../../../tests/oracles/survival.csv");

    fn data() -> Vec<Seen> {
        let one = |i: u64| {
            let cause = match word(i, 21) % 10 {
                0 | 1 => None,
                2..=5 => Some(0),
                _ => Some(1),
            };
            let number = cause.map_or(0, |cause| cause as u64 + 1);
            Seen {
                time: (3 * (1 + word(i, 20) % 24) + number) as f64,
                cause,
            }
        };
        (0..120).map(one).collect()
    }

    #[test]
    fn curves_are_those_of_lifelines() {
        let seen = data();
        let curves = [
            ("kaplan-meier", kaplan_meier(&seen, 2, 0.95)),
            ("nelson-aalen", nelson_aalen(&seen, 2, 0.95)),
            (
                "aalen-johansen-1",
                aalen_johansen(&seen, 2, 0.95).swap_remove(0),
            ),
            (
                "aalen-johansen-2",
                aalen_johansen(&seen, 2, 0.95).swap_remove(1),
            ),
        ];
        let mut checked = 0;
        for line in ORACLE.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let numbers: Vec<f64> = cells[1..]
                .iter()
                .map(|cell| cell.parse().unwrap())
                .collect();
            let [time, value, low, high] = numbers[..] else {
                panic!("{line}")
            };
            let (_, points) = curves.iter().find(|(name, _)| *name == cells[0]).unwrap();
            // The oracle has a row at 0 as well.
            let Some(point) = points.iter().find(|point| (point.time - time).abs() < 1e-9) else {
                assert!(time < 1.0, "{line}");
                continue;
            };
            assert!((point.value - value).abs() < 1e-9, "{line} {point:?}");
            // It has no interval where nothing or everything has happened.
            if low.is_finite() && low < high {
                assert!(
                    (point.low - low).abs() < 1e-8 && (point.high - high).abs() < 1e-8,
                    "{line} {point:?}"
                );
                checked += 1;
            }
        }
        assert!(checked > 150, "{checked}");
    }

    #[test]
    fn without_losses_before_the_horizon_curves_are_shares() {
        let cut = |one: &Seen| {
            if one.time > 40.0 {
                Seen {
                    time: 40.0,
                    cause: None,
                }
            } else {
                *one
            }
        };
        let mut seen: Vec<Seen> = data()
            .iter()
            .filter(|one| one.cause.is_some())
            .map(cut)
            .collect();
        let times = [10.0, 20.0, 40.0];
        let found = incidence(&seen, 2, &times, 0.95).unwrap();
        assert_eq!(found.censored, 0);
        let curves = aalen_johansen(&seen, 2, 0.95);
        for (cause, curve) in curves.iter().enumerate() {
            for (idx, time) in times.iter().enumerate() {
                let share = seen
                    .iter()
                    .filter(|one| one.cause == Some(cause) && one.time <= *time)
                    .count() as f64
                    / seen.len() as f64;
                assert!((at(curve, *time, 0).value - share).abs() < 1e-12);
                assert!((found.causes[cause][idx].value - share).abs() < 1e-12);
            }
        }
        let total = found.causes[0][2].value + found.causes[1][2].value;
        assert!((found.any[2].value - total).abs() < 1e-12);
        // One that is lost early makes it the estimator's turn, and its weight goes to the others.
        seen.push(Seen {
            time: 1.0,
            cause: None,
        });
        let lost = incidence(&seen, 2, &times, 0.95).unwrap();
        assert_eq!(lost.censored, 1);
        assert!((lost.causes[0][2].value - found.causes[0][2].value).abs() < 1e-9);
    }

    #[test]
    fn nothing_has_no_curve() {
        assert_eq!(incidence(&[], 1, &[1.0], 0.95), None);
        assert!(kaplan_meier(&[], 1, 0.95).is_empty());
    }
}
