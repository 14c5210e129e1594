//! Mistakes that no single value shows: circles, and numbers that do not fit one another.

use super::Decoder;
use crate::diagnostic::Diagnostic;
use crate::leaf::Leaf;
use crate::model::{Condition, Driver, Element, Initiative, Process, World};
use crate::spec::Kind;
use crate::tree::Entry;

impl Decoder<'_> {
    /// Elements must not require themselves, however far around.
    pub(super) fn check_prerequisites(&mut self, elements: &[Element], entries: &[Entry]) {
        if elements.len() != self.names.count(Kind::Element) {
            return; // One of them could not be read; its place in the list is not known.
        }
        let edges: Vec<Vec<usize>> = elements.iter().map(|one| one.requires.clone()).collect();
        if let Some(circle) = circle(&edges) {
            self.report_circle("requires", Kind::Element, "elements", &circle, entries);
        }
    }

    /// Initiatives must not wait for one another in a circle.
    pub(super) fn check_conditions(&mut self, initiatives: &[Initiative], entries: &[Entry]) {
        if initiatives.len() != self.names.count(Kind::Initiative) {
            return;
        }
        let waits_for = |one: &Initiative| {
            let adopted = one
                .conditions
                .iter()
                .filter_map(|condition| match condition {
                    Condition::Adopted { initiative, .. }
                    | Condition::Completed { initiative, .. } => Some(*initiative),
                    _ => None,
                });
            adopted.collect()
        };
        let edges: Vec<Vec<usize>> = initiatives.iter().map(waits_for).collect();
        if let Some(circle) = circle(&edges) {
            self.report_circle(
                "waits for",
                Kind::Initiative,
                "initiatives",
                &circle,
                entries,
            );
        }
    }

    /// Numbers that must fit one another, once all of them are set.
    pub(crate) fn check_values(&mut self, world: &World, initiatives: &[Initiative]) {
        self.check_saliences(&world.actors);
        for initiative in initiatives {
            self.check_depths(initiative);
        }
        for driver in &world.drivers {
            let (floor, ceiling) = (
                self.leaves.value(driver.floor),
                self.leaves.value(driver.ceiling),
            );
            if floor >= ceiling {
                let message = format!("the floor {floor} is not below the ceiling {ceiling}");
                self.report_leaf("scenario::low_above_high", driver.ceiling, &message);
            }
            self.check_start(driver, (floor, ceiling));
            self.check_couplings(driver);
        }
    }

    /// What has no chance movement cannot have more of it.
    fn check_couplings(&mut self, driver: &Driver) {
        if !matches!(
            driver.process,
            Process::Constant { .. } | Process::Path { .. } | Process::Markov { .. }
        ) {
            return;
        }
        for coupling in &driver.couplings {
            if self.leaves.value(coupling.volatility).abs() > 0.0 {
                let message = "this process has no volatility that could change";
                self.report_leaf("scenario::no_volatility", coupling.volatility, message);
            }
        }
    }

    /// A driver that starts beyond its bounds starts at the bound: likely not what was meant.
    fn check_start(&mut self, driver: &Driver, (floor, ceiling): (f64, f64)) {
        let leaf = match &driver.process {
            Process::Constant { level } => *level,
            Process::OrnsteinUhlenbeck { start, .. }
            | Process::GeometricBrownian { start, .. }
            | Process::RandomWalk { start, .. } => *start,
            Process::Jumps { base, .. } => *base,
            Process::Markov { levels, start, .. } => match levels.get(*start) {
                Some(leaf) => *leaf,
                None => return,
            },
            Process::Path { points } => match points.first() {
                Some((_, leaf)) => *leaf,
                None => return,
            },
        };
        let value = self.leaves.value(leaf);
        let Some(span) = self.leaf_spans.get(&leaf).copied() else {
            return;
        };
        if floor < ceiling && !(floor..=ceiling).contains(&value) {
            let path = self.leaves.info(leaf).path.clone();
            let message = format!(
                "the driver `{}` starts at {value}, outside its bounds",
                driver.id
            );
            let doubt = self
                .mistake("scenario::start_outside_bounds", span, &path, message)
                .expected(crate::spec::number_in(floor, ceiling, &driver.unit));
            self.push(doubt.as_warning());
        }
    }

    fn check_depths(&mut self, initiative: &Initiative) {
        for pair in initiative.ladder.windows(2) {
            let [low, high] = [&pair[0], &pair[1]];
            let (below, above) = (self.leaves.value(low.depth), self.leaves.value(high.depth));
            if above <= below {
                let message = format!(
                    "the rung `{}` at depth {above} is not deeper than `{}` at {below}",
                    high.id, low.id
                );
                self.report_leaf("scenario::depth_not_rising", high.depth, &message);
            }
        }
    }

    /// Reports a number that is written somewhere; defaults fit one another.
    fn report_leaf(&mut self, code: &'static str, leaf: Leaf, message: &str) {
        let span = self.leaf_spans.get(&leaf).copied();
        let path = self.leaves.info(leaf).path.clone();
        let mistake = match span {
            Some(span) => self.mistake(code, span, &path, message),
            None => Diagnostic::without_place(code, message).at(path),
        };
        self.push(mistake);
    }

    fn report_circle(
        &mut self,
        verb: &str,
        kind: Kind,
        key: &str,
        circle: &[usize],
        entries: &[Entry],
    ) {
        let ids: Vec<&str> = circle.iter().map(|idx| self.names.id(kind, *idx)).collect();
        let Some(entry) = entries.iter().find(|entry| entry.key.text == ids[0]) else {
            return;
        };
        let chain = ids[1..].iter().chain(ids.first());
        let chain: Vec<String> = chain.map(|id| format!("{verb} `{id}`")).collect();
        let message = format!("`{}` {}: a circle", ids[0], chain.join(", which "));
        let path = format!("{key}.{}", ids[0]);
        let mistake = self.mistake("scenario::circle", entry.key.span, &path, message);
        self.push(mistake.help("take one of these links away"));
    }
}

/// The first circle of a graph, by its lowest index, as the indices along it.
fn circle(edges: &[Vec<usize>]) -> Option<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        No,
        Open,
        Done,
    }
    let mut seen = vec![Seen::No; edges.len()];
    for root in 0..edges.len() {
        if seen[root] != Seen::No {
            continue;
        }
        // Depth first, without recursion: (node, next edge).
        let mut path = vec![(root, 0)];
        seen[root] = Seen::Open;
        while let Some((node, next)) = path.last_mut() {
            let Some(target) = edges[*node].get(*next).copied() else {
                seen[*node] = Seen::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match seen[target] {
                Seen::No => {
                    seen[target] = Seen::Open;
                    path.push((target, 0));
                }
                Seen::Open => {
                    let nodes = path.iter().map(|(node, _)| *node);
                    let mut found: Vec<usize> = nodes.skip_while(|node| *node != target).collect();
                    let lowest = found.iter().enumerate().min_by_key(|(_, node)| **node);
                    let lowest = lowest.map_or(0, |(at, _)| at);
                    found.rotate_left(lowest);
                    return Some(found);
                }
                Seen::Done => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        assert_eq!(circle(&[vec![1], vec![2], vec![]]), None);
        assert_eq!(circle(&[vec![1, 2], vec![2], vec![1]]), Some(vec![1, 2]));
        assert_eq!(circle(&[vec![0]]), Some(vec![0]));
        assert_eq!(
            circle(&[vec![], vec![3], vec![1], vec![2]]),
            Some(vec![1, 3, 2])
        );
    }
}
