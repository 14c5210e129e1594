//! Peeling: the thin slice off any side of the box whose loss helps most, again and again.

use super::{Candidate, Field, Kind, Limits, Stage, better, code, cut};

/// Replicates within the box, in the order of each input.
struct Inside {
    /// Rows of each input in the order of its values; empty for categories.
    orders: Vec<Vec<usize>>,
    /// All rows.
    rows: Vec<usize>,
    limits: Vec<Limits>,
    n: u64,
    k: u64,
}

/// Peels until the box is as small as allowed or no peel helps; a stage is added for each.
pub(super) fn peel(field: &Field<'_>, stages: &mut Vec<Stage>) {
    let Some(start) = stages.last() else {
        return;
    };
    let mut inside = Inside::new(field, start);
    loop {
        let Some(best) = inside.best(field) else {
            return;
        };
        let mass = best.n as f64 / field.all.0 as f64;
        if mass < field.options.mass_min || best.n >= inside.n || best.score <= 0.0 {
            return;
        }
        inside.take(field, best);
        stages.push(field.stage(inside.limits.clone(), (inside.n, inside.k)));
    }
}

impl Inside {
    fn new(field: &Field<'_>, start: &Stage) -> Self {
        let order = |(idx, input): (usize, &super::Input<'_>)| {
            if input.kind == Kind::Category || !field.allowed.contains(&idx) {
                return Vec::new();
            }
            let mut rows = field.rows.clone();
            rows.sort_by(|one, other| input.values[*one].total_cmp(&input.values[*other]));
            rows
        };
        Self {
            orders: field.data.inputs.iter().enumerate().map(order).collect(),
            rows: field.rows.clone(),
            limits: start.limits.clone(),
            n: start.n,
            k: start.k,
        }
    }

    /// The best peel: numbers before whole numbers before categories where they are as good.
    fn best(&self, field: &Field<'_>) -> Option<Candidate> {
        let mut best = None;
        for kind in [Kind::Number, Kind::Whole, Kind::Category] {
            let of_kind = |idx: &&usize| field.data.inputs[**idx].kind == kind;
            for &input in field.allowed.iter().filter(of_kind) {
                for (limits, n, k) in self.peels(field, input, kind) {
                    let candidate = self.candidate(field, input, limits, (n, k));
                    best = better(best, candidate);
                }
            }
        }
        best
    }

    fn candidate(
        &self,
        field: &Field<'_>,
        input: usize,
        limits: Limits,
        new: (u64, u64),
    ) -> Candidate {
        let others = (0..self.limits.len()).filter(|idx| *idx != input);
        let free = others
            .filter(|idx| self.limits[*idx] == field.whole[*idx])
            .count();
        Candidate {
            free: free + usize::from(limits == field.whole[input]),
            score: field.score((self.n, self.k), new),
            input,
            limits,
            n: new.0,
            k: new.1,
        }
    }

    /// The peels of one input with what they leave.
    fn peels(&self, field: &Field<'_>, input: usize, kind: Kind) -> Vec<(Limits, u64, u64)> {
        match (kind, &self.limits[input]) {
            (Kind::Category, Limits::Among(codes)) if codes.len() > 1 => {
                let each = codes.iter().map(|gone| {
                    let mut left = codes.clone();
                    left.remove(gone);
                    let value = |row: &usize| code(field.data.inputs[input].values[*row]);
                    let gone_rows = self.rows.iter().filter(|row| value(row) == *gone);
                    let (n, k) = self.left(field, gone_rows);
                    (Limits::Among(left), n, k)
                });
                each.collect()
            }
            (Kind::Number | Kind::Whole, Limits::Between { low, high }) if self.n > 0 => {
                let upper = self.sliced(field, input, kind, (*low, *high), true);
                let lower = self.sliced(field, input, kind, (*low, *high), false);
                vec![upper, lower]
            }
            _ => Vec::new(),
        }
    }

    /// What is left without some rows.
    fn left<'b>(&self, field: &Field<'_>, gone: impl Iterator<Item = &'b usize>) -> (u64, u64) {
        gone.fold((self.n, self.k), |(n, k), row| {
            (n - 1, k - u64::from(field.data.happened[*row]))
        })
    }

    /// The box without a slice at the upper or lower end of one input.
    fn sliced(
        &self,
        field: &Field<'_>,
        input: usize,
        kind: Kind,
        (low, high): (f64, f64),
        upper: bool,
    ) -> (Limits, u64, u64) {
        let order = &self.orders[input];
        let value = |idx: usize| field.data.inputs[input].values[order[idx]];
        let peel = field.options.peel;
        let at = cut(order.len(), value, if upper { 1.0 - peel } else { peel });
        let at = if kind == Kind::Whole {
            libm::trunc(at)
        } else {
            at
        };
        // A cut of whole numbers at the very limit takes that value away.
        let whole = kind == Kind::Whole;
        let split = if upper {
            let stays = |x: f64| {
                if whole && at >= high {
                    x < high
                } else {
                    x <= at
                }
            };
            order.partition_point(|row| stays(field.data.inputs[input].values[*row]))
        } else {
            let goes = |x: f64| if whole && at <= low { x <= low } else { x < at };
            order.partition_point(|row| goes(field.data.inputs[input].values[*row]))
        };
        let (gone, kept) = if upper {
            (split..order.len(), 0..split)
        } else {
            (0..split, split..order.len())
        };
        let (n, k) = self.left(field, order[gone].iter());
        let end = if !whole {
            at
        } else if upper {
            value(if kept.is_empty() {
                order.len() - 1
            } else {
                kept.end - 1
            })
        } else {
            value(if kept.is_empty() { 0 } else { kept.start })
        };
        let limits = if upper {
            Limits::Between { low, high: end }
        } else {
            Limits::Between { low: end, high }
        };
        (limits, n, k)
    }

    /// Makes a peel.
    fn take(&mut self, field: &Field<'_>, peel: Candidate) {
        let Candidate {
            input,
            limits,
            n,
            k,
            ..
        } = peel;
        let values = field.data.inputs[input].values;
        for rows in self.orders.iter_mut().chain([&mut self.rows]) {
            rows.retain(|row| limits.hold(values[*row]));
        }
        self.limits[input] = limits;
        (self.n, self.k) = (n, k);
    }
}
