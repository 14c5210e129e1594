//! Network: actors with their signed ties, those who like one another near one another.
//!
//! Places follow from the affinities alone by stress majorisation (Gansner, Koren and North 2005) from a circle, so
//! that the same affinities give the same picture; several dates share the places of one.

use super::{
    Caption, Figure,
    drawing::{Anchor, Drawing, FAINT, INK, Type, WIDTH},
    palette::{BLANK, COLOURS, shade},
};

/// Height of the field [px].
const HEIGHT: f64 = 400.0;
/// Space around the field [px].
const SIDE: f64 = 42.0;
/// Rounds of the majorisation.
const ROUNDS: usize = 300;
/// Least distance that is asked of two actors, as a part of the largest.
const NEAREST: f64 = 0.25;
/// Ties that are drawn, for each actor.
const TIES_PER_NODE: usize = 3;
/// Radius of the smallest and the largest actor [px].
const RADII: [f64; 2] = [9.0, 24.0];
/// Shade of those that are outlined.
const MEMBER: f64 = 0.3;
/// Width of the strongest tie [px].
const TIE: f64 = 5.0;

/// One actor.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Short name.
    pub name: String,
    /// Size, as a share of the largest.
    pub size: f64,
    /// Whether it is outlined.
    pub outlined: bool,
    /// What is shown to those who point at it.
    pub hint: String,
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Network<'a> {
    /// The finding.
    pub title: &'a str,
    /// Actors.
    pub nodes: &'a [Node],
    /// Affinity of each pair, -1 to 1, `[actor][actor]`.
    pub ties: &'a [Vec<f64>],
    /// Places of the actors, from [`places`].
    pub places: &'a [(f64, f64)],
    /// Weakest tie that is drawn.
    pub threshold: f64,
    /// The affinity at which a tie has full width.
    pub scale: f64,
    /// What signs mean.
    pub legend: &'a str,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Places of the actors within a field of 1 by 1.
#[must_use]
pub fn places(ties: &[Vec<f64>]) -> Vec<(f64, f64)> {
    let n = ties.len();
    let wanted = distances(ties);
    let mut at: Vec<(f64, f64)> = (0..n)
        .map(|idx| {
            let angle = std::f64::consts::TAU * idx as f64 / n.max(1) as f64;
            (libm::cos(angle), libm::sin(angle))
        })
        .collect();
    for _ in 0..ROUNDS {
        let before = at.clone();
        for (i, to) in at.iter_mut().enumerate() {
            let (mut sum, mut weights) = ((0.0, 0.0), 0.0);
            for j in (0..n).filter(|j| *j != i) {
                let (dx, dy) = (before[i].0 - before[j].0, before[i].1 - before[j].1);
                let apart = libm::sqrt(dx * dx + dy * dy).max(1e-9);
                let d = wanted[i][j];
                let weight = 1.0 / (d * d);
                sum.0 += weight * (before[j].0 + d * dx / apart);
                sum.1 += weight * (before[j].1 + d * dy / apart);
                weights += weight;
            }
            if weights > 0.0 {
                *to = (sum.0 / weights, sum.1 / weights);
            }
        }
    }
    fitted(&at)
}

/// The distance that is asked of each pair: the less they like one another the farther.
fn distances(ties: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = ties.len();
    let pairs = || (0..n).flat_map(|i| (0..n).filter(move |j| *j != i).map(move |j| ties[i][j]));
    let most = pairs().fold(f64::NEG_INFINITY, f64::max);
    let least = pairs().fold(f64::INFINITY, f64::min);
    let span = (most - least).max(1e-9);
    let of = |value: f64| NEAREST + (1.0 - NEAREST) * (most - value) / span;
    ties.iter()
        .map(|row| row.iter().map(|value| of(*value)).collect())
        .collect()
}

/// Turned such that the longest extent lies level, and scaled into 0 to 1 with one scale for both directions.
fn fitted(at: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = at.len().max(1) as f64;
    let mean = at
        .iter()
        .fold((0.0, 0.0), |sum, of| (sum.0 + of.0 / n, sum.1 + of.1 / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for of in at {
        let (dx, dy) = (of.0 - mean.0, of.1 - mean.1);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    let angle = 0.5 * libm::atan2(2.0 * xy, xx - yy);
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let turned: Vec<(f64, f64)> = at
        .iter()
        .map(|of| {
            let (dx, dy) = (of.0 - mean.0, of.1 - mean.1);
            (dx * cos + dy * sin, dy * cos - dx * sin)
        })
        .collect();
    let extent = |pick: fn(&(f64, f64)) -> f64| {
        let low = turned.iter().map(pick).fold(f64::INFINITY, f64::min);
        let high = turned.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
        (low, (high - low).max(1e-9))
    };
    let ((left, wide), (low, tall)) = (extent(|of| of.0), extent(|of| of.1));
    turned
        .iter()
        .map(|of| ((of.0 - left) / wide, (of.1 - low) / tall))
        .collect()
}

/// Draws the network; `None` with fewer than two actors.
#[must_use]
pub fn draw(network: &Network<'_>) -> Option<Figure> {
    let n = network.nodes.len();
    if n < 2 || network.places.len() != n || network.ties.len() != n {
        return None;
    }
    let title = network.title.to_owned();
    let mut drawing = Drawing::new(&title);
    let top = drawing.top + 4.0;
    let radii: Vec<f64> = network
        .nodes
        .iter()
        .map(|node| RADII[0] + (RADII[1] - RADII[0]) * libm::sqrt(node.size.clamp(0.0, 1.0)))
        .collect();
    let mut at: Vec<(f64, f64)> = network
        .places
        .iter()
        .map(|of| {
            (
                SIDE + of.0 * (WIDTH - 2.0 * SIDE),
                top + SIDE + of.1 * (HEIGHT - 2.0 * SIDE),
            )
        })
        .collect();
    part(&mut at, &radii, top);
    let drawn = strongest(network);
    for &(i, j) in drawn.iter().rev() {
        let value = network.ties[i][j];
        let width = (TIE * value.abs() / network.scale).clamp(0.4, TIE);
        let (colour, dashes) = if value < 0.0 {
            (COLOURS[1], "6 4")
        } else {
            (COLOURS[0], "")
        };
        let names = [i, j].map(|of| network.nodes[of].name.as_str());
        drawing.open(&format!("{} and {}: {value:+.2}", names[0], names[1]).replace('-', "−"));
        drawing.tie([at[i], at[j]], colour, width, dashes);
        drawing.close();
    }
    for ((node, at), radius) in network.nodes.iter().zip(&at).zip(&radii) {
        drawing.open(&node.hint);
        let filling = if node.outlined {
            shade(MEMBER)
        } else {
            BLANK.to_owned()
        };
        let outline = if node.outlined { INK } else { FAINT };
        drawing.dot(*at, *radius, &filling, outline);
        let style = Type {
            size: 10.0,
            colour: INK,
            anchor: Anchor::Middle,
        };
        drawing.words_apart((at.0, at.1 + 3.5), style, &node.name);
        drawing.close();
    }
    let description = format!("{title}. {}. {}", network.legend, in_words(network, &drawn));
    Some(drawing.figure(
        top + HEIGHT,
        title,
        network.legend,
        description,
        &network.caption,
    ))
}

/// The strongest ties, strongest first.
fn strongest(network: &Network<'_>) -> Vec<(usize, usize)> {
    let n = network.nodes.len();
    let mut pairs: Vec<(usize, usize)> = (0..n)
        .flat_map(|i| (i + 1..n).map(move |j| (i, j)))
        .collect();
    let strength = |&(i, j): &(usize, usize)| network.ties[i][j].abs();
    pairs.retain(|pair| strength(pair) >= network.threshold);
    pairs.sort_by(|one, other| {
        strength(other)
            .total_cmp(&strength(one))
            .then(one.cmp(other))
    });
    pairs.truncate(TIES_PER_NODE * n);
    pairs
}

/// Moves actors apart that would cover one another, and back into the field.
fn part(at: &mut [(f64, f64)], radii: &[f64], top: f64) {
    for _ in 0..200 {
        for i in 0..at.len() {
            for j in i + 1..at.len() {
                let (dx, dy) = (at[j].0 - at[i].0, at[j].1 - at[i].1);
                let apart = libm::sqrt(dx * dx + dy * dy);
                let lack = radii[i] + radii[j] + 8.0 - apart;
                if lack <= 0.0 {
                    continue;
                }
                // Two in one place part along the level line.
                let (ux, uy) = if apart > 1e-6 {
                    (dx / apart, dy / apart)
                } else {
                    (1.0, 0.0)
                };
                at[i] = (at[i].0 - ux * lack / 2.0, at[i].1 - uy * lack / 2.0);
                at[j] = (at[j].0 + ux * lack / 2.0, at[j].1 + uy * lack / 2.0);
            }
        }
        for (of, radius) in at.iter_mut().zip(radii) {
            of.0 = of.0.clamp(radius + 4.0, WIDTH - radius - 4.0);
            of.1 = of.1.clamp(top + radius + 2.0, top + HEIGHT - radius - 2.0);
        }
    }
}

fn in_words(network: &Network<'_>, drawn: &[(usize, usize)]) -> String {
    let names: Vec<String> = drawn
        .iter()
        .take(8)
        .map(|&(i, j)| {
            let (one, other) = (&network.nodes[i].name, &network.nodes[j].name);
            format!("{one} and {other} {:+.2}", network.ties[i][j]).replace('-', "−")
        })
        .collect();
    format!("Strongest ties: {}.", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two camps of three.
    fn camps() -> Vec<Vec<f64>> {
        let of = |i: usize, j: usize| {
            if i == j {
                1.0
            } else if i / 3 == j / 3 {
                0.8
            } else {
                -0.6
            }
        };
        (0..6).map(|i| (0..6).map(|j| of(i, j)).collect()).collect()
    }

    #[test]
    fn friends_stand_together() {
        let at = places(&camps());
        let apart = |i: usize, j: usize| {
            let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
            libm::sqrt(dx * dx + dy * dy)
        };
        // The field is stretched to its frame, so single distances may tie: camps are compared as wholes.
        let mean = |pairs: &[(usize, usize)]| {
            pairs.iter().map(|&(i, j)| apart(i, j)).sum::<f64>() / pairs.len() as f64
        };
        let across: Vec<(usize, usize)> =
            (0..3).flat_map(|i| (3..6).map(move |j| (i, j))).collect();
        let within = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)];
        assert!(mean(&across) > 1.3 * mean(&within), "{at:?}");
        assert_eq!(at, places(&camps()));
    }

    #[test]
    fn enmity_is_dashed_and_nobody_covers_another() {
        let nodes: Vec<Node> = (0..6)
            .map(|idx| Node {
                name: format!("N{idx}"),
                size: 1.0,
                outlined: idx < 3,
                hint: format!("actor {idx}"),
            })
            .collect();
        let ties = camps();
        let places = vec![(0.5, 0.5); 6];
        let network = Network {
            title: "Two camps",
            nodes: &nodes,
            ties: &ties,
            places: &places,
            threshold: 0.1,
            scale: 1.0,
            legend: "ties",
            caption: Caption {
                source: "seed 1",
                policy: None,
            },
        };
        let figure = draw(&network).expect("there are actors");
        assert!(figure.svg.contains("stroke-dasharray") && figure.svg.contains(">N5</text>"));
        let mut at = vec![(300.0, 200.0); 6];
        let radii = [24.0; 6];
        part(&mut at, &radii, 0.0);
        for i in 0..6 {
            for j in i + 1..6 {
                let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
                assert!(libm::sqrt(dx * dx + dy * dy) > 47.0, "{at:?}");
            }
        }
        assert_eq!(
            draw(&Network {
                nodes: &[],
                ..network
            }),
            None
        );
    }
}
