//! Blockers: who stops what, as a map of the share of tablings that each actor blocks.

use foedera_results::{Estimate, Layout, decision::DecisionTallies};

use super::{
    Caption, Figure, deserved,
    drawing::{Anchor, Drawing, INK, WIDTH, shortened, small},
    palette::{BLANK, shade},
};
use crate::blockers::ranked;

/// Actors shown, at most.
const ACTORS_MAX: usize = 12;
/// An actor that blocks less than this share of every initiative's tablings is not shown.
const SHARE_MIN: f64 = 0.02;
/// Height of a row [px].
const ROW: f64 = 24.0;
/// Space for the names of initiatives [px].
const NAMES: f64 = 190.0;
/// Letters of an initiative's name.
const NAME_LETTERS: usize = 26;

/// What the map is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    /// What the columns are.
    pub layout: &'a Layout,
    /// Decisions under one arm.
    pub decisions: &'a DecisionTallies,
    /// What it says below.
    pub caption: Caption<'a>,
}

/// Draws the map; `None` if nothing was ever tabled.
#[must_use]
pub fn draw(blocks: &Blocks<'_>) -> Option<Figure> {
    let tabled: Vec<usize> = (0..blocks.decisions.initiatives.len())
        .filter(|idx| blocks.decisions.initiatives[*idx].tabled.sum > 0)
        .collect();
    if tabled.is_empty() {
        return None;
    }
    let (actors, left_out) = columns(blocks, &tabled);
    let title = finding(blocks, &tabled);
    let mut drawing = Drawing::new(&title);
    let top = drawing.top + 20.0;
    let width = ((WIDTH - NAMES - 24.0) / actors.len().max(1) as f64).min(64.0);
    for (column, actor) in actors.iter().enumerate() {
        let x = NAMES + width * (column as f64 + 0.5);
        let style = small(INK, Anchor::Middle);
        drawing.words((x, top - 8.0), style, &blocks.layout.actors[*actor].id);
    }
    for (row, idx) in tabled.iter().enumerate() {
        let y = top + ROW * row as f64;
        let name = shortened(&blocks.layout.initiatives[*idx].id, NAME_LETTERS);
        drawing.words((NAMES - 8.0, y + 16.0), small(INK, Anchor::End), &name);
        for (column, actor) in actors.iter().enumerate() {
            let share = share(blocks, *idx, *actor);
            let corner = (NAMES + width * column as f64, y);
            cell(&mut drawing, corner, width, share);
        }
    }
    let bands = note(left_out);
    let description = format!("{title}. {}", in_words(blocks, &tabled));
    let bottom = top + ROW * tabled.len() as f64;
    Some(drawing.figure(bottom, title, &bands, description, &blocks.caption))
}

/// Share of an initiative's tablings that an actor blocked; `None` if it never did.
fn share(blocks: &Blocks<'_>, initiative: usize, actor: usize) -> Option<Estimate> {
    let actor = u32::try_from(actor).ok()?;
    let tally = &blocks.decisions.initiatives[initiative];
    let ever = tally.actors.get(&actor).is_some_and(|of| of.blocks.sum > 0);
    ever.then(|| blocks.decisions.block_share(initiative, actor))
        .flatten()
}

/// The actors that block something noticeably, those that block most first, and how many more block at all.
fn columns(blocks: &Blocks<'_>, tabled: &[usize]) -> (Vec<usize>, usize) {
    let mut found: Vec<(usize, f64, f64)> = (0..blocks.layout.actors.len())
        .map(|actor| {
            let shares = tabled.iter().filter_map(|idx| share(blocks, *idx, actor));
            let (sum, most) = shares.fold((0.0, 0.0_f64), |(sum, most), share| {
                (sum + share.value, most.max(share.value))
            });
            (actor, sum, most)
        })
        .filter(|(_, sum, _)| *sum > 0.0)
        .collect();
    let all = found.len();
    found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let shown = found.iter().filter(|(_, _, most)| *most >= SHARE_MIN);
    let shown: Vec<usize> = shown.take(ACTORS_MAX).map(|(actor, _, _)| *actor).collect();
    let left_out = all - shown.len();
    (shown, left_out)
}

/// Who stops most, as a sentence.
fn finding(blocks: &Blocks<'_>, tabled: &[usize]) -> String {
    let blocked = |idx: &&usize| -> u64 {
        let actors = blocks.decisions.initiatives[**idx].actors.values();
        actors.map(|of| of.blocks.sum).sum()
    };
    let most = tabled
        .iter()
        .max_by_key(blocked)
        .copied()
        .unwrap_or_default();
    let ranking = ranked(blocks.decisions, most);
    let title = &blocks.layout.initiatives[most].title;
    let first: Vec<_> = ranking.iter().filter(|one| one.rank == 1).collect();
    match first.as_slice() {
        [] => "Nobody blocks anything".to_owned(),
        [one] => format!(
            "{} stands in the way: it blocks {} of the tablings of “{title}”",
            blocks.layout.actors[one.actor].title,
            deserved(one.share.value, one.share.half_width())
        ),
        several => {
            let names = several.iter().take(3);
            let names: Vec<&str> = names
                .map(|one| blocks.layout.actors[one.actor].title.as_str())
                .collect();
            format!(
                "“{title}” is blocked most by {}, who cannot be told apart",
                listed(&names)
            )
        }
    }
}

/// `A, B and C`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

/// Paints one cell: the darker the more it blocks, with the number in it.
fn cell(drawing: &mut Drawing, corner: (f64, f64), width: f64, share: Option<Estimate>) {
    let size = (width - 2.0, ROW - 2.0);
    let Some(share) = share else {
        drawing.square(corner, size, BLANK);
        return;
    };
    let shade = shade(share.value);
    drawing.square(corner, size, &shade);
    let text = deserved(share.value, share.half_width());
    let place = (corner.0 + size.0 / 2.0, corner.1 + 15.0);
    drawing.words_on(place, &shade, &text);
}

fn note(left_out: usize) -> String {
    let more = match left_out {
        0 => String::new(),
        1 => "; one more actor blocks and is not shown".to_owned(),
        n => format!("; {n} more actors block and are not shown"),
    };
    format!("share of an initiative's tablings that an actor blocks{more}")
}

/// The first blocker of every initiative.
fn in_words(blocks: &Blocks<'_>, tabled: &[usize]) -> String {
    let sentences: Vec<String> = tabled
        .iter()
        .map(|idx| {
            let name = &blocks.layout.initiatives[*idx].id;
            match ranked(blocks.decisions, *idx).first() {
                None => format!("{name}: nobody."),
                Some(one) => format!(
                    "{name}: {} {}.",
                    blocks.layout.actors[one.actor].id,
                    deserved(one.share.value, one.share.half_width())
                ),
            }
        })
        .collect();
    format!("Blocked most by: {}", sentences.join(" "))
}

#[cfg(test)]
mod tests {
    use foedera_results::{
        layout::{InitiativeColumn, Name, StepDate},
        record::DecisionRow,
    };

    use super::*;

    fn layout() -> Layout {
        Layout {
            arms: vec![Name::new("base", "Base case")],
            inputs: Vec::new(),
            outcomes: Vec::new(),
            measures: Vec::new(),
            steps: vec![StepDate {
                year: 2008,
                month: 1,
            }],
            initiatives: vec![InitiativeColumn {
                id: "link".to_owned(),
                title: "A link".to_owned(),
                rungs: vec![Name::new("mou", "Memorandum")],
            }],
            actors: vec![Name::new("A", "Arcadia"), Name::new("B", "Borduria")],
            terms: vec!["trade".to_owned()],
            event_kinds: Vec::new(),
            fault_kinds: Vec::new(),
            labels: Vec::new(),
        }
    }

    #[test]
    fn the_one_who_blocks_most_is_named() {
        let layout = layout();
        let mut decisions = DecisionTallies::new(&layout);
        for lane in 0..200 {
            let blockers = if lane % 10 == 0 {
                Vec::new()
            } else {
                vec![(1, 0)]
            };
            let adopted = blockers.is_empty().then_some(0);
            let row = DecisionRow {
                lane,
                step: 0,
                initiative: 0,
                adopted,
                blockers,
                pivotal: None,
            };
            decisions.add_replicate(&layout, &[row]);
        }
        let caption = Caption {
            source: "200 replicates",
            policy: None,
        };
        let blocks = Blocks {
            layout: &layout,
            decisions: &decisions,
            caption,
        };
        let figure = draw(&blocks).expect("something was tabled");
        assert_eq!(
            figure.title,
            "Borduria stands in the way: it blocks 0.90 of the tablings of “A link”"
        );
        assert!(figure.svg.contains(&shade(0.9)));
        assert!(
            !figure.svg.contains(">A<"),
            "who blocks nothing is not shown"
        );
        let nothing = DecisionTallies::new(&layout);
        assert_eq!(
            draw(&Blocks {
                decisions: &nothing,
                ..blocks
            }),
            None
        );
    }

    #[test]
    fn names_are_listed() {
        assert_eq!(listed(&["A"]), "A");
        assert_eq!(listed(&["A", "B", "C"]), "A, B and C");
    }
}
