//! Company: what the members of an organisation are to one another, summed for each seat.
//!
//! A [`Company`] holds who reaches into an organisation and the [`Sums`] over them. What hangs on who is in and on
//! ties that only effects change is worked out when one of them changes; what hangs on affinity and threat, at every
//! step. Used by [`crate::appraisal`]. Sums run over fellow members in the order of their seats.

use crate::appraisal::Setting;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::program::{OrganisationPlan, Program};
use crate::state::BondValues;

/// What depends on who is in an organisation, seen from one seat. Sums over fellow members by reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums {
    /// Pooled capability, by affinity.
    pub(crate) pool: Lanes,
    /// Trade over own GDP.
    pub(crate) dependence: Lanes,
    /// Share of the largest other economy in the pair with it.
    pub(crate) dominance: Lanes,
    pub(crate) complement: Lanes,
    pub(crate) rivalry: Lanes,
    /// Capability × affinity.
    pub(crate) liking: Lanes,
    /// Capability.
    pub(crate) company: Lanes,
    /// Capability × external threat × dislike.
    pub(crate) entrapment: Lanes,
    /// Followership by domain.
    pub(crate) lead_energy: Lanes,
    pub(crate) lead_trade: Lanes,
    pub(crate) lead_security: Lanes,
}

/// Sums over all seats of an organisation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) reach: Lanes,
    pub(crate) capability: Lanes,
    pub(crate) sellers: Lanes,
    pub(crate) buyers: Lanes,
    /// Excess of sellers over buyers, -1..=1.
    pub(crate) balance: Lanes,
}

/// What a seat is to every other one.
#[derive(Clone, Debug, Default)]
struct Presence {
    /// Whether nobody is there in any lane, so that it adds nothing to what the others sum.
    absent: bool,
    pub(crate) reach: Lanes,
    /// Reach × capability.
    pub(crate) strength: Lanes,
    /// Reach × capability × external threat.
    pub(crate) exposure: Lanes,
    /// Voice in who leads.
    pub(crate) voice: Lanes,
}

/// Strongest and second strongest leader of an organisation in each domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Leaders {
    /// Followership of all seats together, above zero.
    pub(crate) all: [Lanes; 3],
    /// Share of the strongest in all followership.
    pub(crate) first: [Lanes; 3],
    /// Share of the second strongest.
    pub(crate) second: [Lanes; 3],
}

/// Who is in an organisation at one moment, and what they are to one another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    /// Reach of every seat, in seat order.
    pub(crate) reach: Vec<Lanes>,
    pub(crate) sums: Vec<Sums>,
    pub(crate) totals: Totals,
    pub(crate) leaders: Leaders,
    presence: Vec<Presence>,
    /// Version of the ties that the sums were made from; 0 for none.
    ties: u64,
}

/// Counts the lanes summed together: accumulators of one register each.
const PART: usize = 16;

/// One part of the lanes.
#[inline(always)]
fn part(lanes: &Lanes, at: usize) -> &[f32; PART] {
    &lanes.0.as_chunks::<PART>().0[at]
}

/// One part of the lanes, to write.
#[inline(always)]
fn part_mut(lanes: &mut Lanes, at: usize) -> &mut [f32; PART] {
    &mut lanes.0.as_chunks_mut::<PART>().0[at]
}

impl Company {
    /// Makes room for an organisation.
    pub(crate) fn new(organisation: &OrganisationPlan) -> Self {
        let n = organisation.seats.len();
        Self {
            reach: vec![Lanes::ZERO; n],
            sums: vec![Sums::default(); n],
            presence: vec![Presence::default(); n],
            ..Self::default()
        }
    }

    /// Brings everything up to date for the reaches in `reach`, and for affinities and threats as they are now.
    #[inline(always)]
    pub(crate) fn gather(&mut self, setting: &Setting<'_>, org: usize, reach: &[Lanes]) {
        let plan = &setting.plan.organisations[org];
        if self.ties != setting.ties || !same(&self.reach, reach) {
            self.reach.copy_from_slice(reach);
            self.ties = setting.ties;
            self.total(setting, plan);
            self.sum_ties(setting, plan);
        }
        for (presence, row) in self.presence.iter_mut().zip(plan.seats.clone()) {
            let external = &setting.threatened[setting.plan.seats[row].actor].external;
            presence.exposure = presence.strength.zip(
                external,
                #[inline(always)]
                |strength, external| strength * external,
            );
        }
        self.sum_feelings(setting, plan);
        self.rank();
    }

    /// Whether it was gathered for these reaches and ties.
    #[inline(always)]
    pub(crate) fn serves(&self, setting: &Setting<'_>, reach: &[Lanes]) -> bool {
        self.ties == setting.ties && same(&self.reach, reach)
    }

    /// Adds up all seats, and gives each its voice.
    #[inline(always)]
    fn total(&mut self, setting: &Setting<'_>, plan: &OrganisationPlan) {
        let mut totals = Totals::default();
        for (reach, row) in self.reach.iter().zip(plan.seats.clone()) {
            let own = &setting.traits[setting.plan.seats[row].actor].0;
            totals.reach.update_with(
                reach,
                #[inline(always)]
                |sum, reach| sum + reach,
            );
            add(&mut totals.capability, reach, &own.capability);
            add(&mut totals.sellers, reach, &own.seller);
            add(&mut totals.buyers, reach, &own.buyer);
        }
        totals.balance = totals.sellers.zip(
            &totals.buyers,
            #[inline(always)]
            |sellers, buyers| (sellers - buyers) / math::max(sellers + buyers, f32::MIN_POSITIVE),
        );
        let seat_share = &setting.law.influence.seat;
        for ((presence, reach), row) in self
            .presence
            .iter_mut()
            .zip(&self.reach)
            .zip(plan.seats.clone())
        {
            let capability = &setting.traits[setting.plan.seats[row].actor].0.capability;
            presence.reach = *reach;
            presence.absent = is_zero(reach);
            presence.strength = reach.zip(
                capability,
                #[inline(always)]
                |reach, capability| reach * capability,
            );
            presence.voice = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let all = math::max(totals.capability.0[l], f32::MIN_POSITIVE);
                    let seats = math::max(totals.reach.0[l], f32::MIN_POSITIVE);
                    reach.0[l] * math::lerp(capability.0[l] / all, 1.0 / seats, seat_share.0[l])
                },
            );
        }
        self.totals = totals;
    }

    /// Sums what hangs on ties.
    #[inline(always)]
    fn sum_ties(&mut self, setting: &Setting<'_>, plan: &OrganisationPlan) {
        let n = self.presence.len();
        for (at, out) in self.sums.iter_mut().enumerate() {
            let dyads = &plan.dyads[at * n..(at + 1) * n];
            for chunk in 0..LANES / PART {
                let mut tied = Ties::default();
                for (other, (there, &dyad)) in self.presence.iter().zip(dyads).enumerate() {
                    if other == at || there.absent {
                        continue;
                    }
                    let bonds = &setting.bonds[dyad].0;
                    let (dependence, dominance) = if at < other {
                        (&bonds.dependence_source, &bonds.dominance_target)
                    } else {
                        (&bonds.dependence_target, &bonds.dominance_source)
                    };
                    tied.add(there, bonds, dependence, dominance, chunk);
                }
                *part_mut(&mut out.dependence, chunk) = tied.dependence;
                *part_mut(&mut out.dominance, chunk) = tied.dominance;
                *part_mut(&mut out.complement, chunk) = tied.complement;
                *part_mut(&mut out.rivalry, chunk) = tied.rivalry;
                *part_mut(&mut out.company, chunk) = tied.company;
                *part_mut(&mut out.lead_energy, chunk) = tied.lead_energy;
            }
            out.lead_energy = lead(&out.lead_energy, &self.reach[at]);
        }
    }

    /// Sums what hangs on affinity and on threats.
    #[inline(always)]
    fn sum_feelings(&mut self, setting: &Setting<'_>, plan: &OrganisationPlan) {
        let n = self.presence.len();
        for (at, out) in self.sums.iter_mut().enumerate() {
            let dyads = &plan.dyads[at * n..(at + 1) * n];
            for chunk in 0..LANES / PART {
                let mut felt = Feelings::default();
                for (other, (there, &dyad)) in self.presence.iter().zip(dyads).enumerate() {
                    if other == at || there.absent {
                        continue;
                    }
                    let bonds = &setting.bonds[dyad].0;
                    let (pull, dependence) = if at < other {
                        (&bonds.pull_source, &bonds.dependence_target)
                    } else {
                        (&bonds.pull_target, &bonds.dependence_source)
                    };
                    felt.add(
                        &setting.affinity[dyad].value,
                        there,
                        pull,
                        dependence,
                        chunk,
                    );
                }
                *part_mut(&mut out.pool, chunk) = felt.pool;
                *part_mut(&mut out.liking, chunk) = felt.liking;
                *part_mut(&mut out.entrapment, chunk) = felt.entrapment;
                *part_mut(&mut out.lead_security, chunk) = felt.security;
                *part_mut(&mut out.lead_trade, chunk) = felt.trade;
            }
            out.lead_security = lead(&out.lead_security, &self.reach[at]);
            out.lead_trade = lead(&out.lead_trade, &self.reach[at]);
        }
    }

    /// Finds the leaders.
    #[inline(always)]
    fn rank(&mut self) {
        for domain in 0..3 {
            let (mut first, mut second, mut all) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
            for seat in &self.sums {
                let lead = [&seat.lead_energy, &seat.lead_trade, &seat.lead_security][domain];
                for l in 0..LANES {
                    second.0[l] = math::max(math::min(first.0[l], lead.0[l]), second.0[l]);
                    first.0[l] = math::max(first.0[l], lead.0[l]);
                    all.0[l] += lead.0[l];
                }
            }
            all.update(
                #[inline(always)]
                |all| math::max(all, f32::MIN_POSITIVE),
            );
            self.leaders.first[domain] = first.zip(
                &all,
                #[inline(always)]
                |first, all| first / all,
            );
            self.leaders.second[domain] = second.zip(
                &all,
                #[inline(always)]
                |second, all| second / all,
            );
            self.leaders.all[domain] = all;
        }
    }
}

/// Followership as it counts: one leads as far as one is in, so a seat that may come leads nobody.
#[inline(always)]
fn lead(followers: &Lanes, reach: &Lanes) -> Lanes {
    followers.zip(
        reach,
        #[inline(always)]
        |followers, reach| followers * reach,
    )
}

/// Accumulators of what hangs on ties, for one part of the lanes.
#[derive(Default)]
struct Ties {
    dependence: [f32; PART],
    dominance: [f32; PART],
    complement: [f32; PART],
    rivalry: [f32; PART],
    company: [f32; PART],
    lead_energy: [f32; PART],
}

impl Ties {
    /// Adds one fellow member.
    #[inline(always)]
    fn add(
        &mut self,
        there: &Presence,
        bonds: &BondValues<Lanes>,
        dependence: &Lanes,
        dominance: &Lanes,
        chunk: usize,
    ) {
        let (dependence, dominance) = (part(dependence, chunk), part(dominance, chunk));
        let (complement, rivalry) = (
            part(&bonds.complement, chunk),
            part(&bonds.fuel_rivalry, chunk),
        );
        let (reach, strength) = (part(&there.reach, chunk), part(&there.strength, chunk));
        let voice = part(&there.voice, chunk);
        for l in 0..PART {
            self.dependence[l] += reach[l] * dependence[l];
            self.dominance[l] = math::max(self.dominance[l], reach[l] * dominance[l]);
            self.complement[l] += reach[l] * complement[l];
            self.rivalry[l] += reach[l] * rivalry[l];
            self.company[l] += strength[l];
            self.lead_energy[l] += voice[l] * complement[l];
        }
    }
}

/// Accumulators of what hangs on affinity and threats, for one part of the lanes.
#[derive(Default)]
struct Feelings {
    pool: [f32; PART],
    liking: [f32; PART],
    entrapment: [f32; PART],
    security: [f32; PART],
    trade: [f32; PART],
}

impl Feelings {
    /// Adds one fellow member.
    #[inline(always)]
    fn add(
        &mut self,
        affinity: &Lanes,
        there: &Presence,
        pull: &Lanes,
        dependence: &Lanes,
        chunk: usize,
    ) {
        let (affinity, pull, dependence) = (
            part(affinity, chunk),
            part(pull, chunk),
            part(dependence, chunk),
        );
        let (strength, voice) = (part(&there.strength, chunk), part(&there.voice, chunk));
        let exposure = part(&there.exposure, chunk);
        for l in 0..PART {
            let warm = (1.0 + affinity[l]) / 2.0;
            self.pool[l] += strength[l] * warm;
            self.liking[l] += strength[l] * affinity[l];
            self.entrapment[l] += exposure[l] * (1.0 - affinity[l]) / 2.0;
            self.security[l] += voice[l] * pull[l] * warm;
            self.trade[l] += voice[l] * dependence[l] * warm;
        }
    }
}

/// Adds `weight · value`.
#[inline(always)]
pub(crate) fn add(out: &mut Lanes, weight: &Lanes, value: &Lanes) {
    for l in 0..LANES {
        out.0[l] += weight.0[l] * value.0[l];
    }
}

/// Whether two rows of lanes hold the same bits.
#[inline(always)]
pub(crate) fn same(one: &[Lanes], other: &[Lanes]) -> bool {
    one.iter().zip(other).all(
        #[inline(always)]
        |(one, other)| alike(one, other),
    )
}

/// Whether lanes hold the same bits.
#[inline(always)]
pub(crate) fn alike(one: &Lanes, other: &Lanes) -> bool {
    let mut differ = 0;
    for l in 0..LANES {
        differ |= one.0[l].to_bits() ^ other.0[l].to_bits();
    }
    differ == 0
}

/// Whether every lane is zero.
#[inline(always)]
pub(crate) fn is_zero(lanes: &Lanes) -> bool {
    let mut bits = 0;
    for l in 0..LANES {
        // The sign of a zero does not matter.
        bits |= lanes.0[l].to_bits() << 1;
    }
    bits == 0
}

/// Reach of every seat: its own weight, or what a link brings in.
#[inline(always)]
pub(crate) fn reach<'a>(
    plan: &Program,
    org: usize,
    levels: &[Lanes],
    weight_of: impl Fn(usize) -> &'a Lanes,
    out: &mut [Lanes],
) {
    let organisation = &plan.organisations[org];
    for (at, row) in organisation.seats.clone().enumerate() {
        let mut reach = *weight_of(row);
        for &(element, partner) in &organisation.links {
            if let Some(other) = plan.seat(partner, plan.seats[row].actor) {
                let (level, weight) = (&levels[element], weight_of(other));
                for l in 0..LANES {
                    let linked = math::clamp_share(level.0[l]) * weight.0[l];
                    reach.0[l] = math::max(reach.0[l], linked);
                }
            }
        }
        out[at] = reach;
    }
}
