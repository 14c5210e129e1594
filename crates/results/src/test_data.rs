//! A small layout and keyed blocks that the tests of this crate share.

use crate::layout::{
    Column, InitiativeColumn, Layout, MeasureColumn, NONE, Name, OutcomeColumn, OutcomeKind,
    StepDate,
};
use crate::record::{ArmBlock, BlockRecord, DecisionRow, EventRow, FaultRow};

/// Two arms, two inputs, two outcomes, two measures, six quarters.
pub(crate) fn layout() -> Layout {
    let measure = |name: &str| MeasureColumn {
        name: name.to_owned(),
        label: format!("label of {name}"),
        unit: "share".to_owned(),
        low: 0.0,
        high: 1.0,
    };
    let input = |name: &str| Column {
        name: name.to_owned(),
        label: name.to_owned(),
        unit: String::new(),
    };
    Layout {
        arms: vec![
            Name::new("base", "Base case"),
            Name::new("council", "A council"),
        ],
        inputs: vec![input("actors.A.autonomy"), input("drivers.oil.mean")],
        outcomes: outcomes().into(),
        measures: vec![measure("cohesion.A"), measure("maturity.A")],
        steps: (0..6)
            .map(|q| StepDate {
                year: 2008 + q / 4,
                month: (1 + 3 * (q % 4)).cast_unsigned(),
            })
            .collect(),
        initiatives: vec![initiative()],
        actors: vec![
            Name::new("A", "Arcadia"),
            Name::new("B", "Borduria"),
            Name::new("C", "Cascadia"),
        ],
        terms: vec![
            "energy".to_owned(),
            "trade".to_owned(),
            "security".to_owned(),
        ],
        event_kinds: vec![
            Name::new("adopted", "Adopted"),
            Name::new("blocked", "Blocked"),
        ],
        fault_kinds: vec![
            Name::new("not_finite", "not finite"),
            Name::new("bounds", "out of bounds"),
        ],
        labels: vec![
            "link".to_owned(),
            "mou".to_owned(),
            "A".to_owned(),
            "trade".to_owned(),
        ],
    }
}

fn outcomes() -> [OutcomeColumn; 2] {
    let outcome = |name: &str, kind, high| OutcomeColumn {
        name: name.to_owned(),
        label: format!("label of {name}"),
        text: format!("Text({name})"),
        unit: if high > 1.0 {
            "years".to_owned()
        } else {
            String::new()
        },
        kind,
        low: 0.0,
        high,
    };
    [
        outcome("adopted.link", OutcomeKind::Truth, 1.0),
        outcome("years_to.exit", OutcomeKind::Time, 1.5),
    ]
}

fn initiative() -> InitiativeColumn {
    InitiativeColumn {
        id: "link".to_owned(),
        title: "A link".to_owned(),
        rungs: vec![
            Name::new("mou", "Memorandum"),
            Name::new("merger", "Merger"),
        ],
    }
}

/// A block whose contents depend on its replicates alone.
pub(crate) fn block(first: u64, n: usize, salt: u64) -> BlockRecord {
    let arms = (0..2).map(|arm| arm_block(first, n, arm, salt)).collect();
    BlockRecord { first, n, arms }
}

/// A number in [0, 1) that depends on its key alone (`SplitMix64`).
pub(crate) fn uniform(key: u64) -> f32 {
    let mut z = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 40) as f32 / 16_777_216.0
}

fn arm_block(first: u64, n: usize, arm: u64, salt: u64) -> ArmBlock {
    let draw = |lane: usize, what: u64| uniform((first + lane as u64) * 1000 + what * 10 + arm);
    let lanes = |what: u64| (0..n).map(|lane| draw(lane, what)).collect::<Vec<f32>>();
    let truth = lanes(1)
        .iter()
        .map(|&u| if u < 0.3 { 1.0 } else { 0.0 })
        .collect();
    let years = lanes(2)
        .iter()
        .map(|&u| if u < 0.5 { f32::NAN } else { u })
        .collect();
    let mut block = ArmBlock {
        inputs: vec![lanes(3), lanes(4)],
        outcomes: vec![truth, years],
        faults: vec![None; n],
        trajectories: (0..2)
            .map(|m| (0..6).map(|s| lanes(20 + 6 * m + s)).collect())
            .collect(),
        ..ArmBlock::default()
    };
    // A replicate is the same in a ragged block.
    if salt % 3 == 1 && n > 32 {
        block.faults[32] = Some(FaultRow {
            step: 3,
            kind: (arm as u32) % 2,
        });
    }
    for lane in 0..n {
        let blocked = draw(lane, 5) < 0.4;
        let lane_idx = lane as u32;
        let blockers = if blocked { vec![(0, 1)] } else { Vec::new() };
        let row = DecisionRow {
            lane: lane_idx,
            step: lane_idx % 6,
            initiative: 0,
            adopted: (!blocked).then_some(u32::from(draw(lane, 6) < 0.5)),
            blockers,
            pivotal: blocked.then_some(0),
        };
        block.events.push(EventRow {
            lane: lane_idx,
            step: row.step,
            kind: u32::from(blocked),
            subject: 0,
            object: if blocked { 2 } else { 1 },
            detail: if blocked { 3 } else { NONE },
            from: NONE,
            to: NONE,
            count: blocked.then_some(1),
        });
        block.decisions.push(row);
    }
    block
}
