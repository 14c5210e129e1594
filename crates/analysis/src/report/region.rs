//! The region: a map of affinities with the members, and the network of signed ties, at a few dates.

use super::{Block, Chart, Section, Table, number};
use crate::figure::{
    Caption,
    map::{self, Map, State},
    network::{self, Network, Node},
};

/// Weakest tie of the network.
const THRESHOLD: f64 = 0.1;
/// Colours and widths are full at a multiple of this affinity.
const SCALE_STEP: f64 = 0.25;

/// One actor.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Short name.
    pub id: String,
    /// Name.
    pub name: String,
    /// ISO 3166-1 numeric code, if it is a state with one.
    pub code: Option<u16>,
    /// Whether the map must show it: it has a tie to the organisation.
    pub central: bool,
}

/// What stands at one date, as means over the replicates that happened again.
#[derive(Debug, Clone)]
pub struct AtDate {
    /// The date, `2008-01`.
    pub date: String,
    /// Affinity of each pair, `[actor][actor]`.
    pub affinity: Vec<Vec<f64>>,
    /// Its standard deviation over the replicates.
    pub spread: Vec<Vec<f64>>,
    /// Mean affinity of each actor with the members of the organisation other than itself; `None` without any.
    pub with_members: Vec<Option<f64>>,
    /// Share of the replicates in which each actor is a member.
    pub member: Vec<f64>,
    /// Capability as a share of the world's.
    pub capability: Vec<f64>,
}

/// What the section is made from.
#[derive(Debug, Clone, Copy)]
pub struct Region<'a> {
    /// Name of the organisation.
    pub org: &'a str,
    /// Actors.
    pub actors: &'a [Actor],
    /// Dates, in order.
    pub dates: &'a [AtDate],
    /// What figures say below.
    pub caption: Caption<'a>,
}

/// The section; `None` without dates or with fewer than two actors.
#[must_use]
pub fn section(of: &Region<'_>) -> Option<Section> {
    if of.dates.is_empty() || of.actors.len() < 2 {
        return None;
    }
    let mut blocks = Vec::new();
    let maps = of
        .dates
        .iter()
        .map(|at| Some((at.date.clone(), map_of(of, at)?)));
    let maps: Vec<(String, Chart)> = maps.flatten().collect();
    if maps.is_empty() {
        blocks.push(Block::Note(
            "The states of this world are on no map of the Earth.".to_owned(),
        ));
    } else {
        blocks.push(Block::Dates(maps));
        blocks.push(Block::Note(
            "Outlines: Natural Earth 4.1 (public domain), simplified; it draws borders as they are in force on the ground, \
             whoever claims them. Actors that are no state are only in the network."
                .to_owned(),
        ));
    }
    let ties = mean_ties(of);
    let places = network::places(&ties);
    let networks = of
        .dates
        .iter()
        .map(|at| Some((at.date.clone(), network_of(of, at, &places)?)));
    blocks.push(Block::Dates(networks.flatten().collect()));
    blocks.push(Block::Note(
        "Places follow from the affinities of all dates together, so that only ties and sizes change; being near says \
         that two actors like one another more than most."
            .to_owned(),
    ));
    Some(Section {
        id: "region",
        title: "The region and its ties",
        blocks,
    })
}

/// Affinities over all dates.
fn mean_ties(of: &Region<'_>) -> Vec<Vec<f64>> {
    let n = of.dates.len().max(1) as f64;
    let actors = 0..of.actors.len();
    let cell = |i: usize, j: usize| of.dates.iter().map(|at| at.affinity[i][j]).sum::<f64>() / n;
    actors
        .clone()
        .map(|i| actors.clone().map(|j| cell(i, j)).collect())
        .collect()
}

/// The affinity at which colours and widths are full, the same at all dates.
fn scale(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.map(f64::abs).fold(0.0, f64::max);
    (libm::ceil(most / SCALE_STEP - 1e-9) * SCALE_STEP).clamp(SCALE_STEP, 1.0)
}

fn map_of(of: &Region<'_>, at: &AtDate) -> Option<Chart> {
    let states: Vec<State> = of
        .actors
        .iter()
        .enumerate()
        .filter_map(|(idx, actor)| {
            let value = at.with_members[idx];
            let affinity = value.map_or_else(
                || "no other member".to_owned(),
                |value| format!("affinity {value:+.2}"),
            );
            let hint = format!(
                "{}: {affinity}, member in {:.2} of histories",
                actor.name, at.member[idx]
            );
            Some(State {
                code: actor.code?,
                name: actor.id.clone(),
                value,
                outlined: at.member[idx] >= 0.5,
                central: actor.central,
                hint: hint.replace('-', "−"),
            })
        })
        .collect();
    let scale = scale(
        of.dates
            .iter()
            .flat_map(|at| at.with_members.iter().copied().flatten()),
    );
    let legend = format!(
        "colour: mean affinity with the other members of {} on {}; dark outline: a member in at least half of the histories",
        of.org, at.date
    );
    let title = map_title(of, at)?;
    let figure = map::draw(&Map {
        title: &title,
        states: &states,
        scale,
        legend: &legend,
        caption: of.caption,
    })?;
    let mut table = Table::new([
        "actor",
        "#affinity with members",
        "#member in share of histories",
        "#capability",
    ]);
    for (idx, actor) in of.actors.iter().enumerate() {
        table.row([
            actor.name.clone(),
            at.with_members[idx].map_or_else(String::new, number),
            number(at.member[idx]),
            number(at.capability[idx]),
        ]);
    }
    Some(Chart {
        id: format!("map-{}", at.date),
        figure,
        table,
    })
}

/// Who is nearest to the members and who farthest, as a sentence.
fn map_title(of: &Region<'_>, at: &AtDate) -> Option<String> {
    let known = (0..of.actors.len()).filter(|idx| of.actors[*idx].code.is_some_and(map::is_known));
    let mut known: Vec<(f64, &str)> = known
        .filter_map(|idx| Some((at.with_members[idx]?, of.actors[idx].name.as_str())))
        .collect();
    known.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(other.1)));
    let (far, near) = (known.first()?, known.last()?);
    let text = format!(
        "{}: of the states, {} likes the members of {} best ({:+.2}), {} least ({:+.2})",
        at.date, near.1, of.org, near.0, far.1, far.0
    );
    Some(signs(&text, at))
}

fn network_of(of: &Region<'_>, at: &AtDate, places: &[(f64, f64)]) -> Option<Chart> {
    let largest = at.capability.iter().copied().fold(1e-9, f64::max);
    let nodes: Vec<Node> = of
        .actors
        .iter()
        .enumerate()
        .map(|(idx, actor)| Node {
            name: actor.id.clone(),
            size: at.capability[idx] / largest,
            outlined: at.member[idx] >= 0.5,
            hint: format!(
                "{}: member of {} in {:.2} of histories",
                actor.name, of.org, at.member[idx]
            ),
        })
        .collect();
    let pairs = || (0..nodes.len()).flat_map(|i| (i + 1..of.actors.len()).map(move |j| (i, j)));
    let all = of
        .dates
        .iter()
        .flat_map(|at| pairs().map(|(i, j)| at.affinity[i][j]));
    let scale = scale(all);
    let mut ordered: Vec<(usize, usize)> = pairs().collect();
    ordered
        .sort_by(|one, other| at.affinity[one.0][one.1].total_cmp(&at.affinity[other.0][other.1]));
    let (least, most) = (*ordered.first()?, *ordered.last()?);
    let pair = |(i, j): (usize, usize)| {
        (
            of.actors[i].name.as_str(),
            of.actors[j].name.as_str(),
            at.affinity[i][j],
        )
    };
    let ((a, b, high), (c, d, low)) = (pair(most), pair(least));
    let title = format!(
        "{}: the warmest tie is between {a} and {b} ({high:+.2}), the coldest between {c} and {d} ({low:+.2})",
        at.date
    );
    let legend = format!(
        "solid: liking, dashed: dislike, the wider the stronger (the strongest of those beyond ±{THRESHOLD}); size: capability; \
         filled: a member of {} in at least half of the histories",
        of.org
    );
    let figure = network::draw(&Network {
        title: &signs(&title, at),
        nodes: &nodes,
        ties: &at.affinity,
        places,
        threshold: THRESHOLD,
        scale,
        legend: &legend,
        caption: of.caption,
    })?;
    Some(Chart {
        id: format!("network-{}", at.date),
        figure,
        table: ties(of, at, &ordered),
    })
}

/// Ties as numbers, the warmest first.
fn ties(of: &Region<'_>, at: &AtDate, ordered: &[(usize, usize)]) -> Table {
    let mut table = Table::new([
        "actor",
        "other actor",
        "#mean affinity",
        "#standard deviation over histories",
    ]);
    for &(i, j) in ordered.iter().rev() {
        table.row([
            of.actors[i].name.clone(),
            of.actors[j].name.clone(),
            number(at.affinity[i][j]),
            number(at.spread[i][j]),
        ]);
    }
    table
}

/// Minus signs for hyphens, but for the one in the date.
fn signs(text: &str, at: &AtDate) -> String {
    text.replace("(-", "(−")
        .replace(&at.date.replace('-', "−"), &at.date)
}
