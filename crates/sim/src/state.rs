//! The world's components and resources: what differs between replicates, in lanes.
//!
//! One kind of entity, one archetype, one marker-free set of components; a component belongs to one kind.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use foedera_scenario::{Leaf, PolicyIdx};

use crate::batch::{Decision, Event, Fault, LedgerEntry, Record};
use crate::laned::laned;
use crate::lanes::{LANES, Lanes};
use crate::mechanisms::Law;
use crate::program::{BLOCS_MAX, Program, THREATS_MAX};
use crate::rng::{LaneKeys, NoiseBlock};

// --- Actors -----------------------------------------------------------------------------------

laned! {
    /// Inputs of an actor as the block drew them.
    pub(crate) struct TraitValues {
        capability,
        gdp,
        income,
        polyarchy,
        autonomy,
        ambition,
        seller,
        buyer,
        transit,
        fuel_share,
    }
}

/// Inputs of an actor.
#[derive(Component, Default)]
pub(crate) struct Traits(pub(crate) TraitValues<Lanes>);

/// Growth of an economy.
#[derive(Component, Default)]
pub(crate) struct Growth {
    /// GDP over that at the start.
    pub(crate) factor: Lanes,
    /// The same by the last year of growth.
    pub(crate) ratio: Lanes,
    pub(crate) noise: NoiseBlock,
}

/// Ideal point.
#[derive(Component, Default)]
pub(crate) struct IdealPoint {
    pub(crate) value: Lanes,
    pub(crate) noise: NoiseBlock,
}

/// Saliences as written (after effects) and as adapted to stress, energy, trade, security.
#[derive(Component, Default)]
pub(crate) struct Salience {
    pub(crate) base: [Lanes; 3],
    pub(crate) now: [Lanes; 3],
}

/// Stress by domain.
#[derive(Component, Default)]
pub(crate) struct Stress(pub(crate) [Lanes; 3]);

/// Threats: exposure by law and by multiplier, perceived intensity, and the sum at the start.
#[derive(Component, Default)]
pub(crate) struct Threatened {
    pub(crate) multiplier: [Lanes; THREATS_MAX],
    pub(crate) intensity: [Lanes; THREATS_MAX],
    /// The part of an intensity that does not change in a run, without multiplier.
    pub(crate) exposure: [Lanes; THREATS_MAX],
    /// Whether a threat is nothing to the actor in this block, so that protection against it is not asked for.
    pub(crate) idle: [bool; THREATS_MAX],
    /// Sum of the intensities.
    pub(crate) felt: Lanes,
    /// Intensity that a multiplier of 1 would bring now.
    pub(crate) unit: [Lanes; THREATS_MAX],
    pub(crate) at_start: Lanes,
    /// Military pressure of all blocs together.
    pub(crate) external: Lanes,
    /// Pressure on the regime by all blocs together.
    pub(crate) regime: Lanes,
    /// The strongest threat that spills over: what attacks infrastructure.
    pub(crate) attack: Lanes,
    /// Best protection that any organisation gives.
    pub(crate) shield: [Lanes; THREATS_MAX],
}

/// Ties with each bloc.
#[derive(Component, Default)]
pub(crate) struct BlocTies {
    pub(crate) stake: [Lanes; BLOCS_MAX],
    pub(crate) proximity: [Lanes; BLOCS_MAX],
    pub(crate) presence: [Lanes; BLOCS_MAX],
    pub(crate) affinity: [Lanes; BLOCS_MAX],
    pub(crate) trust: [Lanes; BLOCS_MAX],
    /// 1 for the bloc's own members.
    pub(crate) insider: [f32; BLOCS_MAX],
}

/// Trade of an actor with everybody over its GDP, now and at the start.
#[derive(Component, Default)]
pub(crate) struct TradeTotal {
    pub(crate) now: Lanes,
    pub(crate) at_start: Lanes,
}

// --- Dyads ------------------------------------------------------------------------------------

/// Rows of the two actors of a dyad.
#[derive(Component, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) source: usize,
    pub(crate) target: usize,
}

laned! {
    /// Ties of a pair that only effects change.
    pub(crate) struct BondValues {
        /// Complementarity in energy with its link factor.
        complement,
        /// Complementarity before links.
        complement_raw,
        /// Energy link, 0..=1.
        energy_link,
        /// Contiguity, 0..=1.
        contiguity,
        /// Rivalry in energy.
        fuel_rivalry,
        /// Trade over the source's GDP.
        dependence_source,
        /// Trade over the target's GDP.
        dependence_target,
        /// How far the source's economy dominates the target's, 0..=1.
        dominance_source,
        /// How far the target's economy dominates the source's, 0..=1.
        dominance_target,
        /// How much the source leads the target in security, before affinity.
        pull_source,
        /// How much the target leads the source in security, before affinity.
        pull_target,
        /// Rivalry.
        rivalry,
        /// Proneness to disputes.
        proneness,
        /// Similarity from ties.
        ties,
    }
}

/// Ties of a pair.
#[derive(Component, Default)]
pub(crate) struct Bonds(pub(crate) BondValues<Lanes>);

/// Affinity of a pair with what moves it.
#[derive(Component, Default)]
pub(crate) struct Affinity {
    pub(crate) value: Lanes,
    pub(crate) similarity: Lanes,
    pub(crate) balance: Lanes,
    pub(crate) joint: Lanes,
    pub(crate) opposed: Lanes,
    pub(crate) noise: NoiseBlock,
}

/// What decides whether a pair clashes.
#[derive(Component, Default)]
pub(crate) struct Clashes {
    pub(crate) noise: NoiseBlock,
    /// Least number drawn in any lane, for each of the four steps drawn together.
    pub(crate) least: [f32; 4],
    /// Probability of a dispute in a step that no lane exceeds in this block: for calm actors and for any, by bin of
    /// the least affinity, from -1 upwards.
    pub(crate) highest: [[f32; AFFINITY_BINS]; 2],
}

/// Counts the bins of affinity in the bounds of disputes.
pub(crate) const AFFINITY_BINS: usize = 8;

// --- Seats ------------------------------------------------------------------------------------

/// Status of a seat as its code, its own weight, and its weight to the others.
#[derive(Component, Default)]
pub(crate) struct Standing {
    pub(crate) status: Lanes,
    pub(crate) weight: Lanes,
    pub(crate) reach: Lanes,
}

/// The seven terms of a seat's utility, weighted and signed; their sum is the utility.
#[derive(Component, Default, Clone)]
pub(crate) struct Utility {
    pub(crate) terms: [Lanes; 7],
    pub(crate) total: Lanes,
    /// What membership adds, which decides on staying and coming back; for a suspended member as if with full weight.
    pub(crate) worth: Lanes,
    /// Smoothed worth.
    pub(crate) smoothed: Lanes,
    /// Leadership of the strongest other, mean over domains.
    pub(crate) led: Lanes,
    /// Own leadership, mean over domains.
    pub(crate) lead: Lanes,
    /// Hold at which the member has the base hazard of leaving.
    pub(crate) ordinary: Lanes,
    /// 1 where it was a member after the last step.
    pub(crate) was_member: Lanes,
    /// Mean worth of trade and energy with fellow members, 0..=1.
    pub(crate) interdependence: Lanes,
}

/// Protection that the seat gives its actor, by threat.
#[derive(Component, Default)]
pub(crate) struct Shield(pub(crate) [Lanes; THREATS_MAX]);

/// Posture towards each bloc as the seat feels it, and the reference it has got used to.
#[derive(Component, Default)]
pub(crate) struct Posture {
    pub(crate) felt: [Lanes; BLOCS_MAX],
    pub(crate) reference: [Lanes; BLOCS_MAX],
}

/// What decides whether a seat is left.
#[derive(Component, Default)]
pub(crate) struct Leaving {
    pub(crate) noise: NoiseBlock,
    /// 1 where the member leaves by base rates and not by worth.
    pub(crate) erratic: Lanes,
}

/// Commitment of a seat.
#[derive(Component, Default)]
pub(crate) struct Commitment(pub(crate) Lanes);

// --- Organisations ----------------------------------------------------------------------------

/// Levels of every element of the catalogue.
#[derive(Component, Default)]
pub(crate) struct Levels {
    pub(crate) declared: Vec<Lanes>,
    pub(crate) built: Vec<Lanes>,
}

/// Adopted texts towards each bloc.
#[derive(Component, Default)]
pub(crate) struct Texts(pub(crate) [Lanes; BLOCS_MAX]);

/// The rule by which an organisation decides, as its place in `Program::statutes`.
#[derive(Component, Default)]
pub(crate) struct Statute(pub(crate) Lanes);

/// The parts of cohesion and what hangs on them.
#[derive(Component, Default)]
pub(crate) struct Cohesion {
    pub(crate) parts: [Lanes; 5],
    pub(crate) index: Lanes,
    pub(crate) agreement: Lanes,
    pub(crate) delivery: Lanes,
    pub(crate) maturity: Lanes,
    pub(crate) implementation: Lanes,
    pub(crate) members: Lanes,
    /// Total antagonism towards each bloc as built.
    pub(crate) antagonism: [Lanes; BLOCS_MAX],
}

// --- Drivers ----------------------------------------------------------------------------------

/// A driver: its level, the process behind it and what effects added.
#[derive(Component, Default)]
pub(crate) struct Driver {
    pub(crate) level: Lanes,
    /// State of the process: level, chain state or height above the base.
    pub(crate) state: Lanes,
    /// Lasting shift of the level (processes without a mean).
    pub(crate) offset: Lanes,
    /// Lasting shift of the mean.
    pub(crate) mean_shift: Lanes,
    /// What couplings add to the mean.
    pub(crate) pull: Lanes,
    /// What couplings multiply the volatility by.
    pub(crate) swing: Lanes,
    pub(crate) noise: NoiseBlock,
}

// --- Initiatives ------------------------------------------------------------------------------

/// Where an initiative stands.
#[derive(Component, Default)]
pub(crate) struct Progress {
    /// 1 while open.
    pub(crate) open: Lanes,
    /// Number of the deepest rung adopted, counted from 1; 0 for none.
    pub(crate) adopted: Lanes,
    /// Years since the last adoption (large before the first).
    pub(crate) rested: Lanes,
    /// Tablings so far.
    pub(crate) tabled: Lanes,
    /// Adoptions or holdings so far.
    pub(crate) held: Lanes,
    /// Sum of the shares of those with a voice that took part in them.
    pub(crate) shares: Lanes,
    /// 1 where it goes by base rates and not by interests.
    pub(crate) erratic: Lanes,
    /// What is misjudged of it for everybody alike, standard normal.
    pub(crate) common: Lanes,
    /// Its own pace, standard normal.
    pub(crate) pace: Lanes,
    /// Zeal when it was last judged, as of the step before.
    pub(crate) zeal: Lanes,
    /// The same with what was judged in this step.
    pub(crate) judged: Lanes,
}

/// Building at one rung: whether it goes on, for how long, and who builds.
#[derive(Default, Clone)]
pub(crate) struct Site {
    /// [`site::IDLE`], [`site::BUILDING`], [`site::COMPLETE`] or [`site::ABANDONED`].
    pub(crate) stage: Lanes,
    /// Steps of work so far.
    pub(crate) age: Lanes,
    /// Time it takes `[years]`.
    pub(crate) years: Lanes,
    /// 1 for those who build, by party of the initiative.
    pub(crate) crew: Vec<Lanes>,
}

/// Stages of a site.
pub(crate) mod site {
    /// Not agreed.
    pub(crate) const IDLE: f32 = 0.0;
    /// Agreed and not complete.
    pub(crate) const BUILDING: f32 = 1.0;
    /// Complete.
    pub(crate) const COMPLETE: f32 = 2.0;
    /// Given up.
    pub(crate) const ABANDONED: f32 = 3.0;
}

/// Level of the forces at every post, in the order of the program's.
#[derive(Resource, Default)]
pub(crate) struct Posts(pub(crate) Vec<Lanes>);

/// Every site, in the order of the program's.
#[derive(Resource, Default)]
pub(crate) struct Sites(pub(crate) Vec<Site>);

/// A party's persistent chance and stance, and how often it blocked or took part.
#[derive(Component, Default)]
pub(crate) struct Party {
    pub(crate) persistent: Lanes,
    pub(crate) stance: Lanes,
    pub(crate) blocked: Lanes,
    /// Adoptions or holdings in which it took part.
    pub(crate) took: Lanes,
}

/// What was decided this step about an initiative.
#[derive(Component, Default)]
pub(crate) struct Verdict {
    /// Rung adopted now, counted from 1; 0 for none.
    pub(crate) rung: Lanes,
    /// 1 where it was put to the vote.
    pub(crate) voted: Lanes,
    /// Agreement of those who voted, 0..=1 (Rice).
    pub(crate) agreement: Lanes,
}

/// Where a party stood in the vote of this step.
#[derive(Component, Default)]
pub(crate) struct Joined {
    /// 1 where it took part in what was adopted.
    pub(crate) took_part: Lanes,
    /// 1 where it stood in the way of what failed.
    pub(crate) objected: Lanes,
    /// 1 where it sponsored what failed.
    pub(crate) pushed: Lanes,
}

// --- Resources --------------------------------------------------------------------------------

/// The compiled scenario.
#[derive(Resource, Clone)]
pub(crate) struct Plan(pub(crate) Arc<Program>);

/// Every numeric input in lanes, by leaf.
#[derive(Resource, Default)]
pub(crate) struct Inputs {
    pub(crate) lanes: Vec<Lanes>,
    pub(crate) base: Vec<f32>,
    /// Leaves that differ from the base in this block.
    pub(crate) touched: Vec<Leaf>,
}

impl Inputs {
    /// A leaf's lanes.
    #[inline]
    pub(crate) fn get(&self, leaf: Leaf) -> &Lanes {
        &self.lanes[leaf.0 as usize]
    }
}

/// The parameters of the law in lanes.
#[derive(Resource)]
pub(crate) struct Parameters(pub(crate) Law<Lanes>);

/// Deviations of drivers as they are felt by others, in the order of drivers and their couplings.
#[derive(Resource, Default)]
pub(crate) struct Felt(pub(crate) Vec<Lanes>);

/// Whether economies grew in this step.
#[derive(Resource, Default)]
pub(crate) struct Grown(pub(crate) bool);

/// Version of the ties of all pairs: one more whenever an effect or a new block changes any.
#[derive(Resource, Default)]
pub(crate) struct TiesVersion(pub(crate) u64);

/// Bits that say which weights of an element are not zero in every lane.
pub(crate) mod weighs {
    use crate::lanes::Lanes;
    use crate::program::THREATS_MAX;

    /// Protection against a threat.
    pub(crate) const fn protection(threat: usize) -> u32 {
        1 << threat
    }
    /// Depth in a domain.
    pub(crate) const fn depth(domain: usize) -> u32 {
        1 << (THREATS_MAX + domain)
    }
    /// Signal to a bloc.
    pub(crate) const fn signal(bloc: usize) -> u32 {
        1 << (THREATS_MAX + 3 + bloc)
    }
    /// Coordination of energy.
    pub(crate) const COORDINATION: u32 = 1 << 24;
    /// Binding energy policy.
    pub(crate) const BINDING: u32 = 1 << 25;
    /// Opening of trade.
    pub(crate) const OPENING: u32 = 1 << 26;
    /// Mutual assistance.
    pub(crate) const ASSISTANCE: u32 = 1 << 27;
    /// Protection of infrastructure.
    pub(crate) const INFRASTRUCTURE: u32 = 1 << 28;

    /// The bit, if the weight is not zero in every lane.
    pub(super) fn bit(weight: &Lanes, of: u32) -> u32 {
        if weight.iter().all(|&lane| lane == 0.0) {
            0
        } else {
            of
        }
    }
}

impl ElementWeights {
    /// Notes which weights are not zero.
    pub(crate) fn note_weighs(&mut self) {
        let mut bits = 0;
        for (threat, weight) in self.protection.iter().enumerate() {
            bits |= weighs::bit(weight, weighs::protection(threat));
        }
        for (domain, weight) in self.depth.iter().enumerate() {
            bits |= weighs::bit(weight, weighs::depth(domain));
        }
        for (bloc, weight) in self.signal.iter().enumerate() {
            bits |= weighs::bit(weight, weighs::signal(bloc));
        }
        bits |= weighs::bit(&self.coordination, weighs::COORDINATION);
        bits |= weighs::bit(&self.binding, weighs::BINDING);
        bits |= weighs::bit(&self.opening, weighs::OPENING);
        bits |= weighs::bit(&self.assistance, weighs::ASSISTANCE);
        bits |= weighs::bit(&self.infrastructure, weighs::INFRASTRUCTURE);
        self.weighs = bits;
    }
}

/// Whether any pair acted together or against one another since affinities moved.
#[derive(Resource, Default)]
pub(crate) struct Acts(pub(crate) bool);

/// Weights of one element in lanes.
#[derive(Default, Clone)]
pub(crate) struct ElementWeights {
    /// Which weights are not zero, see [`weighs`].
    pub(crate) weighs: u32,
    pub(crate) protection: [Lanes; THREATS_MAX],
    pub(crate) depth: [Lanes; 3],
    pub(crate) signal: [Lanes; BLOCS_MAX],
    pub(crate) intrusiveness: Lanes,
    pub(crate) maturity: Lanes,
    pub(crate) build_years: Lanes,
    pub(crate) coordination: Lanes,
    pub(crate) binding: Lanes,
    pub(crate) opening: Lanes,
    pub(crate) assistance: Lanes,
    pub(crate) infrastructure: Lanes,
}

/// The catalogue of elements in lanes.
#[derive(Resource, Default)]
pub(crate) struct Elements(pub(crate) Vec<ElementWeights>);

/// Where the run stands.
#[derive(Resource, Default)]
pub(crate) struct Clock {
    pub(crate) step: u32,
    pub(crate) years: f32,
    pub(crate) root_years: f32,
    /// Months in a step.
    pub(crate) months: i32,
    /// First month of the step.
    pub(crate) month: i32,
    /// Keys the draws: steps of a month, whatever the step length, so that the noise of a month is the same.
    pub(crate) policy: Option<PolicyIdx>,
    pub(crate) stances: bool,
    pub(crate) record: Record,
    pub(crate) n: usize,
}

/// Keys of the block's draws.
#[derive(Resource)]
pub(crate) struct Keys(pub(crate) LaneKeys);

/// What the block leaves behind.
#[derive(Resource, Default)]
pub(crate) struct Recorder {
    pub(crate) series: Vec<Vec<Lanes>>,
    pub(crate) events: Vec<Event>,
    pub(crate) events_in: Vec<u32>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) ledger: Vec<LedgerEntry>,
    pub(crate) probes: Vec<Lanes>,
    pub(crate) faults: Vec<Option<Fault>>,
}

impl Recorder {
    /// Notes an event of a lane that holds a replicate; too many are a fault.
    pub(crate) fn note(&mut self, n: usize, lane: usize, step: u32, what: crate::batch::Happening) {
        if lane >= n {
            return;
        }
        self.events_in[lane] += 1;
        if self.events_in[lane] as usize > crate::program::EVENTS_MAX {
            let fault = Fault {
                step,
                what: crate::batch::FaultKind::TooManyEvents,
            };
            self.faults[lane].get_or_insert(fault);
            return;
        }
        let lane = u32::try_from(lane).expect("64 lanes");
        self.events.push(Event { lane, step, what });
    }
}

/// Copies an array of lanes into place without touching the stack twice.
#[inline]
pub(crate) fn zero<const N: usize>(lanes: &mut [Lanes; N]) {
    for lane in lanes {
        lane.0 = [0.0; LANES];
    }
}
