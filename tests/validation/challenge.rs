//! The challenge model on the case that everybody replicates: when cars in the European Community must meet
//! emission standards.
//!
//! *Validation*: the published run log of an independent implementation (J. McKibben-Sanders and D. Masad,
//! github.com/dmasad/bdm-scholz-expected-utility-model, Example.log), ten rounds with every move and both
//! expectations behind it; the actors' table and two figures of Scholz, Calbert and Smith (2011), Journal of
//! Theoretical Politics 23:510–531 (data: Bueno de Mesquita and Stokman 1994). The log prints the mean under the
//! label of the median from round 1 on, so that only the first median counts as published. The paper's mean
//! series was read off a plot with one decimal; three of its eleven values lie up to 0.061 from the log.

use foedera_sim::rules::challenge::{self, Actor, Course, Kind, Options};

/// Name, capability, salience, position (years of delay).
const ACTORS: [(&str, f64, f64, f64); 10] = [
    ("Netherlands", 0.08, 0.8, 4.0),
    ("Belgium", 0.08, 0.4, 7.0),
    ("Luxembourg", 0.03, 0.2, 4.0),
    ("Germany", 0.16, 0.8, 4.0),
    ("France", 0.16, 0.6, 10.0),
    ("Italy", 0.16, 0.6, 10.0),
    ("UK", 0.16, 0.9, 10.0),
    ("Ireland", 0.05, 0.1, 7.0),
    ("Denmark", 0.05, 1.0, 4.0),
    ("Greece", 0.08, 0.7, 7.0),
];

/// Weighted mean before each round and after the last (Example.log).
const MEANS: [f64; 11] = [
    7.389955686853767,
    7.461314378277189,
    7.552500865855845,
    7.590144997451547,
    7.358130531334201,
    7.3491739896752115,
    7.414877545372958,
    7.510457183677219,
    7.5724470975503,
    7.324989065683666,
    7.242130958473938,
];

/// One move: round, actor, toward whom, kind, its expectation, the other's, where it goes (Example.log).
type Move = (usize, &'static str, &'static str, Kind, f64, f64, f64);

const MOVES: [Move; 30] = [
    (
        1,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.11483050347300794,
        0.2432965945234421,
        8.415932315426764,
    ),
    (
        1,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.24550922248250817,
        0.542246100211495,
        7.0,
    ),
    (
        1,
        "Ireland",
        "Luxembourg",
        Kind::Confrontation,
        0.5382377664333493,
        0.6824778252511178,
        4.0,
    ),
    (
        2,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.08372298010499579,
        0.11098827573851458,
        9.610859134120188,
    ),
    (
        2,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.09587865812504826,
        0.25279815776071274,
        8.415932315426764,
    ),
    (
        2,
        "Ireland",
        "Luxembourg",
        Kind::Confrontation,
        0.5364745002601532,
        0.6832740271828603,
        7.0,
    ),
    (
        3,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.021363682612244528,
        0.023677008278475686,
        9.961979590401311,
    ),
    (
        3,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.0752415037116283,
        0.1973924602995426,
        9.610859134120188,
    ),
    (
        3,
        "Ireland",
        "Luxembourg",
        Kind::Confrontation,
        0.2220966141779851,
        0.28914350869001226,
        8.415932315426764,
    ),
    (
        4,
        "Belgium",
        "Netherlands",
        Kind::Compromise,
        -0.7153336335609584,
        0.826336595809209,
        4.800881140632622,
    ),
    (
        4,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.019067005856757135,
        0.05475982048848671,
        9.961979590401311,
    ),
    (
        4,
        "Ireland",
        "Luxembourg",
        Kind::Confrontation,
        0.18434889721531578,
        0.2408011690248525,
        9.610859134120188,
    ),
    (
        5,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.07892886598556514,
        0.5673005292780673,
        5.524237694197356,
    ),
    (
        5,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.6442818640814262,
        1.2296306388963438,
        4.800881140632622,
    ),
    (
        5,
        "Ireland",
        "Luxembourg",
        Kind::Confrontation,
        0.05091916804909058,
        0.06745697684475738,
        9.961979590401311,
    ),
    (
        6,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.17147772090669489,
        0.3940292145932064,
        7.47204636191629,
    ),
    (
        6,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.04393570966631333,
        0.12294346298815284,
        5.524237694197356,
    ),
    (
        6,
        "Ireland",
        "Belgium",
        Kind::Confrontation,
        0.477289288589615,
        1.1583814184029237,
        5.524237694197356,
    ),
    (
        7,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.10459286362216708,
        0.19548733882691532,
        8.824593855262423,
    ),
    (
        7,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.1382777829509383,
        0.3410544636307657,
        7.47204636191629,
    ),
    (
        7,
        "Ireland",
        "Belgium",
        Kind::Confrontation,
        0.13272892587624174,
        0.41138879294371355,
        7.47204636191629,
    ),
    (
        8,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.056369286263043605,
        0.07826815650708174,
        9.671129769802048,
    ),
    (
        8,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.0872009778054279,
        0.22517742605780633,
        8.824593855262423,
    ),
    (
        8,
        "Ireland",
        "Belgium",
        Kind::Confrontation,
        0.08321562348731826,
        0.2751461345009193,
        8.824593855262423,
    ),
    (
        9,
        "Belgium",
        "Netherlands",
        Kind::Compromise,
        -0.6974248364399851,
        0.7157050033503447,
        4.144849062500606,
    ),
    (
        9,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.05008299023987961,
        0.13597909894595128,
        9.671129769802048,
    ),
    (
        9,
        "Ireland",
        "Belgium",
        Kind::Confrontation,
        0.0474210361526437,
        0.1671827021753982,
        9.671129769802048,
    ),
    (
        10,
        "Belgium",
        "France",
        Kind::Compromise,
        -0.01852838755780717,
        0.7395521611111853,
        4.291541224979646,
    ),
    (
        10,
        "Luxembourg",
        "Belgium",
        Kind::Confrontation,
        0.760038324818827,
        1.4093388112170677,
        4.144849062500606,
    ),
    (
        10,
        "Ireland",
        "Belgium",
        Kind::Confrontation,
        0.796832348725107,
        1.7236993574505728,
        4.144849062500606,
    ),
];

/// Mean position in each round as plotted in the paper, one decimal.
const PLOTTED: [f64; 11] = [7.4, 7.4, 7.5, 7.6, 7.3, 7.3, 7.4, 7.5, 7.6, 7.3, 7.2];

/// What Belgium expects from challenging each other state in the first round, as plotted in the paper.
const BELGIUM: [(&str, f64); 9] = [
    ("Denmark", -0.83),
    ("UK", -0.66),
    ("Germany", -0.47),
    ("Netherlands", -0.47),
    ("France", -0.11),
    ("Italy", -0.11),
    ("Luxembourg", 0.6),
    ("Ireland", 0.0),
    ("Greece", 0.0),
];
/// What it thinks each of them expects from challenging it, where it is not zero, as plotted.
const AGAINST_BELGIUM: f64 = 0.24;

/// The log prints all digits.
const LOG_TOLERANCE: f64 = 1e-09;
/// One decimal read off a plot; set after seeing that three values differ by up to 0.061.
const PLOT_TOLERANCE: f64 = 0.065;
/// Bars read off a figure.
const FIGURE_TOLERANCE: f64 = 0.025;

fn course() -> Course {
    let actor = |row: &(&str, f64, f64, f64)| Actor {
        capability: row.1,
        salience: row.2,
        position: row.3,
    };
    challenge::play(&ACTORS.map(|row| actor(&row)), &Options::default())
}

fn place(name: &str) -> usize {
    ACTORS
        .iter()
        .position(|row| row.0 == name)
        .expect("it is in the table")
}

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found}, published {wanted}"
    );
}

#[test]
fn every_move_of_the_published_log_is_made() {
    let course = course();
    let made: Vec<_> = course
        .rounds
        .iter()
        .enumerate()
        .flat_map(|(idx, round)| round.moves.iter().map(move |one| (idx + 1, one)))
        .collect();
    assert_eq!(made.len(), MOVES.len());
    for ((round, made), wanted) in made.iter().zip(&MOVES) {
        let names = (
            *round,
            ACTORS[made.actor].0,
            ACTORS[made.toward].0,
            made.kind,
        );
        assert_eq!(names, (wanted.0, wanted.1, wanted.2, wanted.3));
        near(made.own, wanted.4, LOG_TOLERANCE, "own expectation");
        near(
            made.other,
            wanted.5,
            LOG_TOLERANCE,
            "the other's expectation",
        );
        near(made.position, wanted.6, LOG_TOLERANCE, "new position");
    }
}

#[test]
fn forecasts_are_those_of_log_and_paper() {
    let course = course();
    assert!((course.rounds[0].median.low, course.rounds[0].median.high) == (7e+00, 7e+00));
    let means = course
        .rounds
        .iter()
        .map(|round| round.mean)
        .chain([course.mean]);
    for ((mean, logged), plotted) in means.zip(MEANS).zip(PLOTTED) {
        near(mean, logged, LOG_TOLERANCE, "mean");
        near(mean, plotted, PLOT_TOLERANCE, "plotted mean");
    }
}

#[test]
fn belgium_sees_what_the_paper_draws() {
    let round = &course().rounds[0];
    let belgium = place("Belgium");
    for (name, expected) in BELGIUM {
        let other = place(name);
        near(
            round.expected[belgium][other],
            expected,
            FIGURE_TOLERANCE,
            name,
        );
        if expected != 0.0 {
            near(
                round.threatened[belgium][other],
                AGAINST_BELGIUM,
                FIGURE_TOLERANCE,
                name,
            );
        }
    }
}
