//! Looks ahead: what each rung of an initiative would be worth to each party at full build-out.
//!
//! Effects become deltas on a small copy of the levels, texts and weights of the organisations they
//! touch; the same utility function judges before and after. What lies outside organisations is
//! valued by [`crate::mechanisms::bilateral`].

use foedera_scenario::{Effect, Group, Rule, Rung, ThreatKind};

use crate::appraisal::{self, Appraised, Burden, Carried, Net, SeatView, Setting, Stale, View};
use crate::company::{self, Company, add, alike, same};
use crate::laned::Laned;
use crate::lanes::{LANES, Lanes};
use crate::math;
use crate::mechanisms::{bargaining, bilateral, forces, membership, outside, trade};
use crate::program::{
    BLOCS_MAX, OrganisationPlan, Overlap, PartyPlan, Program, SeatPlan, THREATS_MAX,
};
use crate::state::{Driver, Inputs, Levels, Posture, Standing, Statute, Texts};
use crate::systems::appraise::{Workspace, is_alone};

/// What looking ahead needs besides the setting.
pub(crate) struct Foresight<'a> {
    pub(crate) setting: &'a Setting<'a>,
    pub(crate) inputs: &'a Inputs,
    pub(crate) levels: &'a [Levels],
    pub(crate) texts: &'a [Texts],
    pub(crate) statutes: &'a [Statute],
    pub(crate) standing: &'a [Standing],
    pub(crate) postures: &'a [Posture],
    pub(crate) cohesion: &'a [crate::state::Cohesion],
    pub(crate) drivers: &'a [Driver],
    pub(crate) work: &'a Workspace,
}

/// What the look-ahead knows of one seat.
#[derive(Default, Clone)]
struct Outlook {
    /// The seven terms.
    terms: [Lanes; 7],
    /// Worth of protection against each threat.
    guards: [Lanes; THREATS_MAX],
    carried: Carried,
    /// Levels net of what is carried elsewhere, by live element.
    net: Vec<Lanes>,
    /// Before: whether it is up to date. After: whether it may differ from before; if not, the rest is unset.
    known: bool,
}

/// What the terms of one seat are made from at one moment.
struct Moment<'a> {
    view: &'a View,
    company: &'a Company,
    weight: &'a Lanes,
}

/// An organisation as one moment of the look-ahead sees it.
#[derive(Default, Clone)]
pub(crate) struct Prospect {
    pub(crate) levels: Vec<Lanes>,
    pub(crate) texts: [Lanes; BLOCS_MAX],
    /// Own weight of every seat, in seat order.
    pub(crate) weights: Vec<Lanes>,
    /// Effective levels, by live element.
    effective: Vec<Lanes>,
    pub(crate) view: View,
    /// Who is in, unless that is as it was at the moment before: `as_ever`.
    company: Company,
    as_ever: bool,
    /// What a seat carries whose actor is a full member nowhere else.
    alone: Carried,
    /// Whether it is up to date for this step.
    pub(crate) fresh: bool,
    /// Whether a level differs from before, by element.
    changed: Vec<bool>,
    /// Whether a level differs from before here or where it is carried as well, by live element.
    touched: Vec<bool>,
    /// Whether levels or texts differ from before; if not, what hangs on them is unset afterwards.
    moved: bool,
}

/// All organisations before and after; reused from meeting to meeting.
#[derive(bevy_ecs::prelude::Resource, Default)]
pub(crate) struct Prospects {
    pub(crate) before: Vec<Prospect>,
    pub(crate) after: Vec<Prospect>,
    /// By row of the seat.
    seats_before: Vec<Outlook>,
    seats_after: Vec<Outlook>,
    /// Room for the reaches of the largest organisation.
    reach: Vec<Lanes>,
    /// Room for what nobody asks for: protection, leadership.
    spare: Spare,
}

/// Room for results of the utility function that the look-ahead drops.
#[derive(Default)]
struct Spare {
    protection: [Lanes; THREATS_MAX],
    lead: Lanes,
    led: Lanes,
}

impl Prospects {
    /// Makes room for a program.
    pub(crate) fn new(plan: &Program) -> Self {
        let room = |org: &OrganisationPlan| Prospect {
            levels: vec![Lanes::ZERO; plan.scenario.world.elements.len()],
            changed: vec![false; plan.scenario.world.elements.len()],
            touched: vec![false; org.live.len()],
            weights: vec![Lanes::ZERO; org.seats.len()],
            effective: vec![Lanes::ZERO; org.live.len()],
            company: Company::new(org),
            ..Prospect::default()
        };
        let most = plan
            .organisations
            .iter()
            .map(|organisation| organisation.seats.len())
            .max();
        let outlook = |seat: &SeatPlan| Outlook {
            net: vec![Lanes::ZERO; plan.organisations[seat.organisation].live.len()],
            ..Outlook::default()
        };
        Self {
            before: plan.organisations.iter().map(room).collect(),
            after: plan.organisations.iter().map(room).collect(),
            seats_before: plan.seats.iter().map(outlook).collect(),
            seats_after: vec![Outlook::default(); plan.seats.len()],
            reach: vec![Lanes::ZERO; most.unwrap_or(0)],
            spare: Spare::default(),
        }
    }

    /// Forgets what was known: called at the start of every meeting step.
    pub(crate) fn forget(&mut self) {
        for prospect in &mut self.before {
            prospect.fresh = false;
        }
    }
}

impl<'a> Foresight<'a> {
    /// The world as declared, before any rung: prepared once a step for each organisation asked for.
    #[inline(always)]
    pub(crate) fn before(&self, orgs: &[usize], prospects: &mut Prospects) {
        let plan = self.setting.plan;
        for &org in orgs {
            if prospects.before[org].fresh {
                continue;
            }
            let organisation = &plan.organisations[org];
            let reach = &mut prospects.reach[..organisation.seats.len()];
            let weight_of = |row: usize| &self.standing[row].weight;
            company::reach(plan, org, &self.levels[org].declared, weight_of, reach);
            let prospect = &mut prospects.before[org];
            prospect.levels.copy_from_slice(&self.levels[org].declared);
            prospect.texts = self.texts[org].0;
            for (weight, row) in prospect.weights.iter_mut().zip(organisation.seats.clone()) {
                *weight = self.standing[row].weight;
            }
            prospect.as_ever = self.work.companies[org].serves(self.setting, reach);
            if !prospect.as_ever {
                prospect.company.gather(self.setting, org, reach);
            }
            self.look(org, prospect);
            for seat in &mut prospects.seats_before[organisation.seats.clone()] {
                seat.known = false;
            }
            let prospect = &mut prospects.before[org];
            prospect.fresh = true;
        }
    }

    /// Makes what all seats of an organisation share from its levels and texts.
    #[inline(always)]
    fn look(&self, org: usize, prospect: &mut Prospect) {
        let organisation = &self.setting.plan.organisations[org];
        let Prospect {
            levels,
            texts,
            effective,
            view,
            alone,
            ..
        } = prospect;
        appraisal::effective_levels(self.setting, organisation, levels, effective);
        appraisal::view(self.setting, organisation, effective, texts, view);
        let burden = Burden {
            org,
            texts,
            levels,
            effective,
            common: &self.work.common[org],
        };
        appraisal::carry_alone(self.setting, &burden, alone);
    }

    /// Who is in an organisation before any rung.
    #[inline(always)]
    fn company<'b>(&'b self, org: usize, before: &'b Prospect) -> &'b Company {
        if before.as_ever {
            &self.work.companies[org]
        } else {
            &before.company
        }
    }

    /// What a seat carries at one moment; `own` is its organisation as it is looked at.
    #[inline(always)]
    fn carry(
        &self,
        (org, actor): (usize, usize),
        own: &Prospect,
        moment: &[Prospect],
        net: Net<'_>,
        out: &mut Carried,
    ) {
        let organisation = &self.setting.plan.organisations[org];
        let members = &self.work.members[actor];
        if is_alone(organisation, members) {
            out.copy(&own.alone, self.setting.plan.bloc_members.len());
            return;
        }
        let levels_of = |other: usize| -> &[Lanes] {
            let there = &moment[other];
            if there.fresh {
                &there.levels
            } else {
                &self.levels[other].declared
            }
        };
        let Prospect {
            levels,
            texts,
            effective,
            ..
        } = own;
        let burden = Burden {
            org,
            texts,
            levels,
            effective,
            common: &self.work.common[org],
        };
        appraisal::carry(self.setting, &burden, levels_of, members, net, out);
    }

    /// Makes the terms of one seat at one moment, as far as they are stale.
    #[inline(always)]
    fn judge(
        &self,
        org: usize,
        row: usize,
        moment: &Moment<'_>,
        stale: &Stale,
        outlook: &mut Outlook,
        spare: &mut Spare,
    ) {
        let at = row - self.setting.plan.organisations[org].seats.start;
        let Outlook {
            terms,
            guards,
            carried,
            ..
        } = outlook;
        let seat = SeatView {
            actor: self.setting.plan.seats[row].actor,
            weight: moment.weight,
            sums: &moment.company.sums[at],
            totals: &moment.company.totals,
            leaders: &moment.company.leaders,
            carried,
            reference: &self.postures[row].reference,
            elsewhere: &self.work.elsewhere[row],
            cohesion: &self.cohesion[org].index,
        };
        let Spare {
            protection,
            lead,
            led,
        } = spare;
        let mut out = Appraised {
            terms,
            protection,
            guards,
            lead,
            led,
        };
        appraisal::appraise(
            self.setting,
            moment.view,
            &seat,
            &self.work.public,
            stale,
            &mut out,
        );
    }

    /// The affected organisations after all rungs up to `rung` that are not adopted yet.
    #[inline(always)]
    pub(crate) fn after(
        &self,
        initiative: usize,
        rung: usize,
        adopted: &Lanes,
        prospects: &mut Prospects,
        parties: &[bool],
    ) {
        let plan = self.setting.plan;
        let affected = &plan.initiatives[initiative].affected;
        let Prospects { before, after, .. } = prospects;
        for prospect in after.iter_mut() {
            prospect.fresh = false;
        }
        for &org in affected {
            let (from, to) = (&before[org], &mut after[org]);
            to.levels.copy_from_slice(&from.levels);
            to.texts = from.texts;
            to.weights.copy_from_slice(&from.weights);
            to.fresh = true;
        }
        let ladder = &plan.scenario.initiatives[initiative].ladder;
        for (idx, step) in ladder.iter().enumerate().take(rung + 1) {
            let mask = self.counted(step, idx, adopted);
            for effect in &step.effects {
                self.imagine(effect, &mask, after);
            }
        }
        for &org in affected {
            self.regroup(org, plan.initiatives[initiative].regroups, prospects);
            let (from, to) = (&prospects.before[org], &mut prospects.after[org]);
            to.moved = !same(&to.texts, &from.texts);
            for &element in &plan.organisations[org].live {
                let changed = !alike(&to.levels[element], &from.levels[element]);
                to.changed[element] = changed;
                to.moved |= changed;
            }
            if to.moved {
                self.look(org, to);
            }
        }
        for &org in affected {
            self.touch(org, prospects);
            self.compare(org, prospects, parties);
        }
    }

    /// How far the effects of a rung count: not where it is adopted, and less the longer it takes to build.
    #[inline(always)]
    pub(crate) fn counted(&self, step: &Rung, idx: usize, adopted: &Lanes) -> Lanes {
        let new = adopted.map(
            #[inline(always)]
            |adopted| math::indicator((idx + 1) as f32 > adopted),
        );
        let Some(years) = step.build_years else {
            return new;
        };
        let rate = &self.setting.law.bargaining.discount;
        new.zip3(
            self.inputs.get(years),
            rate,
            #[inline(always)]
            |new, years, rate| new * bargaining::discounted(years, rate),
        )
    }

    /// Finds the commitments of which a seat may carry more or less than before.
    #[inline(always)]
    fn touch(&self, org: usize, prospects: &mut Prospects) {
        let organisation = &self.setting.plan.organisations[org];
        let Prospects { before, after, .. } = prospects;
        for (at, &element) in organisation.live.iter().enumerate() {
            let moved = |overlap: &Overlap| {
                let there = &after[overlap.organisation];
                there.fresh && there.changed[element]
            };
            let to = &after[org];
            let here = to.moved
                && (to.changed[element] || !alike(&to.effective[at], &before[org].effective[at]));
            after[org].touched[at] = here || organisation.overlaps[at].iter().any(moved);
        }
    }

    /// Finds who is in an organisation afterwards, if that may differ.
    #[inline(always)]
    fn regroup(&self, org: usize, may: bool, prospects: &mut Prospects) {
        let plan = self.setting.plan;
        let Prospects {
            before,
            after,
            reach,
            ..
        } = prospects;
        after[org].as_ever = true;
        if !may {
            return;
        }
        let reach = &mut reach[..plan.organisations[org].seats.len()];
        // A partner's weights may have changed too, so they are read from the same moment.
        let weight_of = |row: usize| {
            let seat = &plan.seats[row];
            let first = plan.organisations[seat.organisation].seats.start;
            if after[seat.organisation].fresh {
                &after[seat.organisation].weights[row - first]
            } else {
                &self.standing[row].weight
            }
        };
        company::reach(plan, org, &after[org].levels, weight_of, reach);
        let as_ever = self.company(org, &before[org]).serves(self.setting, reach);
        let to = &mut after[org];
        to.as_ever = as_ever;
        if !as_ever {
            to.company.gather(self.setting, org, reach);
        }
    }

    /// Makes the terms of the parties' seats afterwards, where they may differ from before.
    #[inline(always)]
    fn compare(&self, org: usize, prospects: &mut Prospects, parties: &[bool]) {
        let plan = self.setting.plan;
        let organisation = &plan.organisations[org];
        let Prospects {
            before,
            after,
            seats_before,
            seats_after,
            spare,
            ..
        } = prospects;
        let (from, to) = (&before[org], &after[org]);
        let own = if to.moved { to } else { from };
        let company_before = self.company(org, from);
        let company = if to.as_ever {
            company_before
        } else {
            &to.company
        };
        let mut stale = stale_after(from, to);
        for (at, row) in organisation.seats.clone().enumerate() {
            let actor = plan.seats[row].actor;
            let (known, found) = (&mut seats_before[row], &mut seats_after[row]);
            found.known = false;
            stale.company = !to.as_ever || !alike(&from.weights[at], &to.weights[at]);
            let burdened = to.moved || self.lifts(organisation, actor, after);
            if !parties[actor] || !(burdened || stale.company) {
                continue;
            }
            if !known.known {
                let moment = Moment {
                    view: &from.view,
                    company: company_before,
                    weight: &from.weights[at],
                };
                let net = Net::Noted(&mut known.net);
                self.carry((org, actor), from, before, net, &mut known.carried);
                self.judge(org, row, &moment, &Stale::ALL, known, spare);
                known.known = true;
            }
            let net = Net::Known(&known.net, &to.touched);
            self.carry((org, actor), own, after, net, &mut found.carried);
            if !to.moved && !stale.company && self.carry_alike(&known.carried, &found.carried) {
                continue;
            }
            found.terms.clone_from(&known.terms);
            found.guards.clone_from(&known.guards);
            let moment = Moment {
                view: &own.view,
                company,
                weight: &to.weights[at],
            };
            self.judge(org, row, &moment, &stale, found, spare);
            found.known = true;
        }
    }

    /// Whether a commitment of an organisation changed elsewhere where the actor carries it as well.
    #[inline(always)]
    fn lifts(&self, organisation: &OrganisationPlan, actor: usize, after: &[Prospect]) -> bool {
        let members = &self.work.members[actor];
        organisation.overlapping.iter().any(|&other| {
            let there = &after[other];
            let may = members[other].is_some() && there.fresh && there.moved;
            may && organisation
                .live
                .iter()
                .any(|&element| there.changed[element])
        })
    }

    /// Whether two seats carry the same.
    #[inline(always)]
    fn carry_alike(&self, one: &Carried, other: &Carried) -> bool {
        let n_blocs = self.setting.plan.bloc_members.len();
        let intrusion = alike(&one.intrusion, &other.intrusion);
        intrusion && same(&one.posture[..n_blocs], &other.posture[..n_blocs])
    }

    /// Applies an effect to the imagined organisations.
    #[inline(always)]
    fn imagine(&self, effect: &Effect, mask: &Lanes, after: &mut [Prospect]) {
        let rate = &self.setting.law.bargaining.discount;
        match effect {
            Effect::ElementSet { org, element, to } => {
                let (to, years) = (
                    self.inputs.get(*to),
                    &self.setting.elements[*element].build_years,
                );
                let level = &mut after[*org].levels[*element];
                for l in 0..LANES {
                    let change =
                        (to.0[l] - level.0[l]) * bargaining::discounted(years.0[l], rate.0[l]);
                    level.0[l] += change * mask.0[l];
                }
            }
            Effect::ElementAdd { org, element, by } => {
                let (by, years) = (
                    self.inputs.get(*by),
                    &self.setting.elements[*element].build_years,
                );
                let level = &mut after[*org].levels[*element];
                for l in 0..LANES {
                    let full = math::clamp_share(level.0[l] + by.0[l]);
                    let change =
                        (full - level.0[l]) * bargaining::discounted(years.0[l], rate.0[l]);
                    level.0[l] += change * mask.0[l];
                }
            }
            Effect::StatusChange { org, actor, to } => {
                let Some(row) = self.setting.plan.seat(*org, *actor) else {
                    return;
                };
                let at = row - self.setting.plan.organisations[*org].seats.start;
                let params = &self.setting.law.membership;
                for l in 0..LANES {
                    let to = membership::weight(
                        membership::code(*to),
                        params.partner.0[l],
                        params.observer.0[l],
                    );
                    let weight = &mut after[*org].weights[at].0[l];
                    let part = *weight + (to - *weight) * mask.0[l];
                    *weight = math::select(mask.0[l] == 1.0, to, part);
                }
            }
            Effect::SignalAdd { org, bloc, by } => {
                let by = self.inputs.get(*by);
                let text = &mut after[*org].texts[*bloc];
                for l in 0..LANES {
                    text.0[l] += by.0[l] * mask.0[l];
                }
            }
            _ => {}
        }
    }

    /// Change of the seven terms of a party, summed over its seats.
    #[inline(always)]
    pub(crate) fn gain(
        &self,
        initiative: usize,
        actor: usize,
        prospects: &Prospects,
        out: &mut [Lanes; 10],
    ) {
        let plan = self.setting.plan;
        for &org in &plan.initiatives[initiative].affected {
            let Some(row) = plan.seat(org, actor) else {
                continue;
            };
            if !prospects.seats_after[row].known {
                continue;
            }
            let (before, after) = (
                &prospects.seats_before[row].terms,
                &prospects.seats_after[row].terms,
            );
            for term in 0..7 {
                out[term] = out[term].zip3(
                    &after[term],
                    &before[term],
                    #[inline(always)]
                    |sum, after, before| sum + (after - before),
                );
            }
        }
        self.face_blocs(initiative, actor, prospects, &mut out[9]);
        if plan.initiatives[initiative].regroups {
            self.admit(initiative, actor, prospects, &mut out[9]);
        }
    }

    /// What weight added to others' seats is worth to a full member.
    fn admit(&self, initiative: usize, actor: usize, prospects: &Prospects, out: &mut Lanes) {
        let (plan, params) = (self.setting.plan, &self.setting.law.membership);
        for &org in &plan.initiatives[initiative].affected {
            let Some(own) = plan.seat(org, actor) else {
                continue;
            };
            let seats = plan.organisations[org].seats.clone();
            let (before, after) = (&prospects.before[org], &prospects.after[org]);
            let mut all: Option<Lanes> = None;
            for (at, row) in seats.clone().enumerate().filter(|(_, row)| *row != own) {
                if alike(&before.weights[at], &after.weights[at]) {
                    continue;
                }
                let all = all.get_or_insert_with(|| {
                    let mut sum = Lanes::ZERO;
                    for row in seats.clone() {
                        sum.update_with(&self.standing[row].weight, |sum, weight| sum + weight);
                    }
                    sum
                });
                let other = plan.seats[row].actor;
                let affinity = &self.setting.affinity[plan.dyad(actor, other)].value;
                for l in 0..LANES {
                    let added = after.weights[at][l] - before.weights[at][l];
                    let sizes = (params.control[l], params.discord[l]);
                    let worth = membership::admission(added, all[l], affinity[l], sizes);
                    let voter = self.standing[own].status[l] == membership::MEMBER;
                    out[l] = math::select(voter & (added > 0.0), out[l] + worth, out[l]);
                }
            }
        }
    }

    /// What the organisations' postures mean to a member of the bloc they face.
    #[inline(always)]
    fn face_blocs(&self, initiative: usize, actor: usize, prospects: &Prospects, out: &mut Lanes) {
        let plan = self.setting.plan;
        let ties = &self.setting.blocs[actor];
        for bloc in 0..plan.bloc_members.len() {
            if ties.insider[bloc] == 0.0 {
                continue;
            }
            for &org in &plan.initiatives[initiative].affected {
                if plan.scenario.world.organisations[org].bloc == Some(bloc)
                    || !prospects.after[org].moved
                {
                    continue;
                }
                let (was, is) = (
                    &prospects.before[org].view.antagonism[bloc],
                    &prospects.after[org].view.antagonism[bloc],
                );
                let capability = &self.company(org, &prospects.before[org]).totals.capability;
                self.face_posture(org, actor, was, is, capability, out);
            }
        }
    }

    /// What a change of one organisation's posture means to a member of the bloc.
    #[inline(always)]
    fn face_posture(
        &self,
        org: usize,
        actor: usize,
        was: &Lanes,
        is: &Lanes,
        capability: &Lanes,
        out: &mut Lanes,
    ) {
        let params = &self.setting.law.outside;
        let own = &self.setting.traits[actor].0;
        let regime = self.mean_polyarchy(org);
        let affinity = self.mean_affinity(org, actor);
        let value = Lanes::from_fn(
            #[inline(always)]
            |l| {
                let params = params.at(l);
                let (was, is) = (was.0[l], is.0[l]);
                let cooperation = math::positive_part(-is) - math::positive_part(-was);
                let distance = math::positive_part(own.polyarchy.0[l] - regime.0[l]);
                let weight = trade::worth(capability.0[l], BLOC_ATTENTION);
                outside::bloc_value(
                    is - was,
                    affinity.0[l],
                    cooperation,
                    weight,
                    distance,
                    &params,
                )
            },
        );
        out.update_with(
            &value,
            #[inline(always)]
            |sum, value| sum + value,
        );
    }

    /// Mean polyarchy of an organisation by reach.
    fn mean_polyarchy(&self, org: usize) -> Lanes {
        let plan = self.setting.plan;
        let (mut sum, mut weight) = (Lanes::ZERO, Lanes::ZERO);
        for row in plan.organisations[org].seats.clone() {
            let polyarchy = &self.setting.traits[plan.seats[row].actor].0.polyarchy;
            for l in 0..LANES {
                sum.0[l] += self.standing[row].weight.0[l] * polyarchy.0[l];
                weight.0[l] += self.standing[row].weight.0[l];
            }
        }
        sum.zip(&weight, |sum, weight| {
            sum / math::max(weight, f32::MIN_POSITIVE)
        })
    }

    /// Mean affinity of an outsider with the members of an organisation by weight.
    fn mean_affinity(&self, org: usize, actor: usize) -> Lanes {
        let plan = self.setting.plan;
        let seats = plan.organisations[org].seats.clone();
        self.mean_over(
            actor,
            seats.map(|row| (plan.seats[row].actor, self.standing[row].weight)),
        )
    }

    /// Weighted mean affinity of an actor with others; 0 where all weights are zero.
    fn mean_over(&self, actor: usize, others: impl Iterator<Item = (usize, Lanes)>) -> Lanes {
        let (mut sum, mut all) = (Lanes::ZERO, Lanes::ZERO);
        for (other, weight) in others.filter(|(other, _)| *other != actor) {
            let liking = &self.setting.affinity[self.setting.plan.dyad(actor, other)].value;
            for l in 0..LANES {
                sum.0[l] += weight.0[l] * liking.0[l];
                all.0[l] += weight.0[l];
            }
        }
        sum.zip(&all, |sum, all| sum / math::max(all, f32::MIN_POSITIVE))
    }

    /// Cost of working with partners that are not trusted: a bloc's members among the named, or for them the others.
    #[inline(always)]
    pub(crate) fn distrust(
        &self,
        party: &PartyPlan,
        depth: &Lanes,
        eligible: &[Lanes],
        out: &mut Lanes,
    ) {
        let plan = self.setting.plan;
        let ties = &self.setting.blocs[party.actor];
        let own = &self.setting.traits[party.actor].0;
        let rows = plan.initiatives[party.initiative].parties.clone();
        let insider = |row: usize, bloc: usize| {
            self.setting.blocs[plan.parties[row].actor].insider[bloc] > 0.0
        };
        for bloc in 0..plan.bloc_members.len() {
            if !rows
                .clone()
                .any(|row| plan.parties[row].named && insider(row, bloc))
            {
                continue;
            }
            let trust = if ties.insider[bloc] > 0.0 {
                let others = rows
                    .clone()
                    .zip(eligible)
                    .filter(|(row, _)| !insider(*row, bloc));
                self.mean_over(
                    party.actor,
                    others.map(|(row, eligible)| (plan.parties[row].actor, *eligible)),
                )
            } else {
                ties.trust[bloc]
            };
            let cost = &self.setting.law.bilateral.distrust;
            for l in 0..LANES {
                out.0[l] +=
                    bilateral::distrust(cost.0[l], own.autonomy.0[l], depth.0[l], trust.0[l]);
            }
        }
    }

    /// Cost of sending troops to what is held again and again, less among friends.
    #[inline(always)]
    pub(crate) fn effort(
        &self,
        party: &PartyPlan,
        depth: &Lanes,
        eligible: &[Lanes],
        out: &mut Lanes,
    ) {
        let plan = self.setting.plan;
        let own = &self.setting.traits[party.actor].0;
        let rows = plan.initiatives[party.initiative].parties.clone();
        let others = rows
            .zip(eligible)
            .map(|(row, eligible)| (plan.parties[row].actor, *eligible));
        let affinity = self.mean_over(party.actor, others);
        let cost = &self.setting.law.bilateral.effort;
        for l in 0..LANES {
            out.0[l] +=
                bilateral::distrust(cost.0[l], own.autonomy.0[l], depth.0[l], affinity.0[l]);
            let worth = self.setting.law.bilateral.fellowship.0[l];
            out.0[l] += bilateral::fellowship(worth, depth.0[l], affinity.0[l]);
        }
    }

    /// What the effects of a rung are worth to a party outside organisations.
    #[inline(always)]
    pub(crate) fn bilateral(
        &self,
        party: &PartyPlan,
        rung: usize,
        adopted: &Lanes,
        eligible: &[Lanes],
        out: &mut Lanes,
    ) {
        let ladder = &self.setting.plan.scenario.initiatives[party.initiative].ladder;
        for (idx, step) in ladder.iter().enumerate().take(rung + 1) {
            let mask = self.counted(step, idx, adopted);
            for effect in &step.effects {
                self.value_effect(effect, party, &mask, eligible, out);
            }
        }
    }

    #[inline(always)]
    fn value_effect(
        &self,
        effect: &Effect,
        party: &PartyPlan,
        mask: &Lanes,
        eligible: &[Lanes],
        out: &mut Lanes,
    ) {
        match effect {
            Effect::DriverShift { driver, by } => {
                let change = self.inputs.get(*by).zip(mask, |by, mask| by * mask);
                self.value_driver(*driver, party.actor, &change, out);
            }
            Effect::DriverMeanShift {
                driver,
                by,
                contributed,
            } => {
                let mut change = self.inputs.get(*by).zip(mask, |by, mask| by * mask);
                if *contributed {
                    let share = self.contribution(party, eligible);
                    change.update_with(&share, |change, share| change * share);
                }
                self.value_driver(*driver, party.actor, &change, out);
            }
            Effect::ExposureAdd { group, threat, by } if self.inside(group, party) => {
                let change = self.inputs.get(*by).zip(mask, |by, mask| by * mask);
                let felt = &self.setting.threatened[party.actor];
                let present = self.present(group, party.actor, party.initiative, eligible);
                let change = change.zip3(&felt.unit[*threat], &present, |change, unit, present| {
                    change * unit * present
                });
                self.value_threat(*threat, party.actor, &change, out);
            }
            Effect::Deploy {
                org,
                element,
                actor,
            } => self.value_deployment((*org, *element, *actor), party, mask, out),
            Effect::PresenceAdd { actor, bloc, by } => {
                let by = self.inputs.get(*by);
                self.value_presence((*actor, *bloc), party, by, mask, out);
            }
            Effect::TrustShift { group, bloc, by } => {
                let by = self.inputs.get(*by).zip(mask, |by, mask| by * mask);
                self.value_trust(group, *bloc, party, &by, eligible, out);
            }
            Effect::AffinityShift { from, to, by }
            | Effect::TradeScale { from, to, by }
            | Effect::EnergyLinkAdd { from, to, by } => {
                let by = self.inputs.get(*by);
                self.value_ties(effect, (from, to), party, by, (mask, eligible), out);
            }
            _ => {}
        }
    }

    /// Lanes in which an actor belongs to a group as it stands: full members, and parties with a voice.
    fn present(&self, group: &Group, actor: usize, initiative: usize, eligible: &[Lanes]) -> Lanes {
        let plan = self.setting.plan;
        match group {
            Group::Actors(actors) => Lanes::splat(math::indicator(actors.contains(&actor))),
            Group::Bloc(bloc) => {
                Lanes::splat(math::indicator(plan.bloc_members[*bloc].contains(&actor)))
            }
            Group::Members(org) => plan.seat(*org, actor).map_or(Lanes::ZERO, |row| {
                self.standing[row]
                    .status
                    .map(|status| math::indicator(status == membership::MEMBER))
            }),
            Group::Parties => {
                let mut parties = plan.initiatives[initiative].parties.clone().zip(eligible);
                parties
                    .find(|(row, _)| plan.parties[*row].actor == actor)
                    .map_or(Lanes::ZERO, |(_, voice)| *voice)
            }
        }
    }

    /// Whether a party may belong to a group.
    fn inside(&self, group: &Group, party: &PartyPlan) -> bool {
        matches!(group, Group::Parties)
            || self
                .setting
                .plan
                .candidates(group, Some(party.initiative))
                .contains(&party.actor)
    }

    /// Share of a common good: a volunteer counts its own part, a body that decides together the whole.
    #[inline(always)]
    fn contribution(&self, party: &PartyPlan, eligible: &[Lanes]) -> Lanes {
        let plan = self.setting.plan;
        let capability = |actor: usize| &self.setting.traits[actor].0.capability;
        let volunteers = self.volunteers(party.initiative);
        let own = capability(party.actor).map(bilateral::contribution);
        if alike(&volunteers, &Lanes::ONE) {
            return own;
        }
        let mut sum = Lanes::ZERO;
        let rows = plan.initiatives[party.initiative].parties.clone();
        for (row, eligible) in rows.zip(eligible) {
            let capability = capability(plan.parties[row].actor);
            for l in 0..LANES {
                sum.0[l] += eligible.0[l] * bilateral::contribution(capability.0[l]);
            }
        }
        volunteers.zip3(&own, &sum, |volunteers, own, sum| {
            math::select(volunteers > 0.0, own, math::saturate(sum))
        })
    }

    /// Lanes in which only those who want take part in an initiative.
    fn volunteers(&self, initiative: usize) -> Lanes {
        let plan = self.setting.plan;
        let venue = plan.scenario.initiatives[initiative]
            .venues
            .first()
            .copied();
        let is_opt_in = |code: f32| {
            math::indicator(matches!(
                plan.rule(initiative, venue, code),
                Rule::OptIn { .. }
            ))
        };
        match venue {
            // An effect may bring a rule in some lanes and not in others.
            Some(org) if plan.statutes[org].len() > 1 => self.statutes[org].0.map(is_opt_in),
            _ => Lanes::splat(is_opt_in(0.0)),
        }
    }

    /// Worth of a change of a driver: through every threat it drives, and through forces near by.
    #[inline(always)]
    fn value_driver(&self, driver: usize, actor: usize, change: &Lanes, out: &mut Lanes) {
        let world = &self.setting.plan.scenario.world;
        let law = self.setting.law;
        let felt = &self.setting.threatened[actor];
        let (ties, own) = (&self.setting.blocs[actor], &self.setting.traits[actor].0);
        let level = &self.drivers[driver].level;
        for (idx, threat) in world.threats.iter().enumerate() {
            if threat.driver == driver {
                let change = Lanes::from_fn(|l| {
                    felt.intensity[idx][l] / math::max(math::abs(level[l]), LEVEL_MIN) * change[l]
                });
                self.value_threat(idx, actor, &change, out);
            }
        }
        for (bloc, spec) in world.blocs.iter().enumerate() {
            if spec.presence != Some(driver) || ties.insider[bloc] > 0.0 {
                continue;
            }
            for (idx, threat) in world.threats.iter().enumerate() {
                let change = Lanes::from_fn(|l| {
                    let near = ties.presence[bloc][l];
                    match threat.kind {
                        ThreatKind::Spillover { .. } => {
                            let relief =
                                law.threats.relief[l] * near * (1.0 + ties.trust[bloc][l]) / 2.0;
                            -felt.intensity[idx][l] * relief * change[l]
                        }
                        ThreatKind::External { bloc: of } if of == bloc => {
                            law.threats.presence[l] * own.ambition[l] * near * change[l]
                        }
                        _ => 0.0,
                    }
                });
                self.value_threat(idx, actor, &change, out);
            }
            for l in 0..LANES {
                let (near, trust) = (ties.presence[bloc].0[l], ties.trust[bloc].0[l]);
                let cost = law.bilateral.forces.0[l];
                out.0[l] += bilateral::forces(change.0[l], near, own.autonomy.0[l], trust, cost);
            }
        }
    }

    /// Worth of a change of a threat's intensity.
    #[inline(always)]
    fn value_threat(&self, threat: usize, actor: usize, change: &Lanes, out: &mut Lanes) {
        let law = self.setting.law;
        let felt = &self.setting.threatened[actor];
        let salience = &self.setting.salience[actor].now[2];
        for l in 0..LANES {
            let relief = bilateral::relief(
                change.0[l],
                law.threats.burden.0[l],
                felt.shield[threat].0[l],
            );
            out.0[l] += law.security.weight.0[l] * salience.0[l] * relief;
        }
    }

    /// Worth of forces sent into an actor: relief and lost sovereignty to it, a foothold and a precedent to the others.
    fn value_deployment(
        &self,
        (org, element, host): (usize, usize, usize),
        party: &PartyPlan,
        mask: &Lanes,
        out: &mut Lanes,
    ) {
        let (actor, law) = (party.actor, self.setting.law);
        let own = &self.setting.traits[actor].0;
        let built = &self.levels[org].built[element];
        if actor != host {
            for l in 0..LANES {
                let params = law.forces.at(l);
                let (ambition, capability) = (own.ambition[l], own.capability[l]);
                let sent = built[l] * mask[l];
                out[l] += forces::sending(sent, ambition, capability, own.autonomy[l], &params);
            }
            return;
        }
        for threat in 0..self.setting.plan.scenario.world.threats.len() {
            let felt = &self.setting.threatened[actor].intensity[threat];
            let protection = &self.setting.elements[element].protection[threat];
            let change = Lanes::from_fn(|l| {
                let left = forces::calmed(law.forces.calm[l], protection[l], built[l]);
                -felt[l] * (1.0 - left) * mask[l]
            });
            self.value_threat(threat, actor, &change, out);
        }
        let affinity = self.mean_affinity(org, actor);
        for l in 0..LANES {
            let (sent, cost) = (built[l] * mask[l], law.bilateral.forces[l]);
            out[l] += bilateral::forces(sent, 1.0, own.autonomy[l], affinity[l], cost);
        }
    }

    /// Worth of a change of a bloc's presence in a host.
    fn value_presence(
        &self,
        (host, bloc): (usize, usize),
        party: &PartyPlan,
        by: &Lanes,
        mask: &Lanes,
        out: &mut Lanes,
    ) {
        let (actor, law, plan) = (party.actor, self.setting.law, self.setting.plan);
        let (ties, own) = (&self.setting.blocs[actor], &self.setting.traits[actor].0);
        if ties.insider[bloc] > 0.0 {
            for l in 0..LANES {
                out[l] += law.forces.access[l] * by[l] * mask[l];
            }
            return;
        }
        let (felt, trust) = (&self.setting.threatened[actor], &ties.trust[bloc]);
        let change = Lanes::from_fn(|l| {
            let share = if actor == host {
                1.0
            } else {
                let bonds = &self.setting.bonds[plan.dyad(host, actor)].0;
                bonds.contiguity[l] * law.forces.near[l]
            };
            forces::change_near(ties.presence[bloc][l], by[l], share) * mask[l]
        });
        let driver = plan.scenario.world.blocs[bloc].presence;
        let region = driver.map_or(Lanes::ZERO, |driver| {
            self.drivers[driver].level.map(math::positive_part)
        });
        for (idx, threat) in plan.scenario.world.threats.iter().enumerate() {
            let moved = Lanes::from_fn(|l| match threat.kind {
                ThreatKind::Spillover { .. } => {
                    let relief = law.threats.relief[l] * region[l] * (1.0 + trust[l]) / 2.0;
                    -felt.intensity[idx][l] * relief * change[l]
                }
                ThreatKind::External { bloc: of } if of == bloc => {
                    law.threats.presence[l] * own.ambition[l] * region[l] * change[l]
                }
                _ => 0.0,
            });
            self.value_threat(idx, actor, &moved, out);
        }
        for l in 0..LANES {
            let cost = law.bilateral.forces[l];
            let moved = change[l] * region[l];
            out[l] += bilateral::forces(moved, 1.0, own.autonomy[l], trust[l], cost);
            if actor == host {
                let params = law.forces.at(l);
                out[l] += forces::hosting(change[l], own.income[l], felt.regime[l], &params);
            }
        }
    }

    /// Worth of trust: to those who gain it by their stake, to the bloc by the weight of the others.
    #[inline(always)]
    fn value_trust(
        &self,
        group: &Group,
        bloc: usize,
        party: &PartyPlan,
        by: &Lanes,
        eligible: &[Lanes],
        out: &mut Lanes,
    ) {
        let ties = &self.setting.blocs[party.actor];
        let worth = &self.setting.law.bilateral.trust;
        let salience = &self.setting.salience[party.actor].now;
        if ties.insider[bloc] > 0.0 {
            let mut weight = Lanes::ZERO;
            let candidates = self.setting.plan.candidates(group, Some(party.initiative));
            for actor in (0..self.setting.traits.len()).filter(|actor| candidates.contains(actor)) {
                let present = self.present(group, actor, party.initiative, eligible);
                add(
                    &mut weight,
                    &present,
                    &self.setting.traits[actor].0.capability,
                );
            }
            *out = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let weight = trade::worth(weight.0[l], BLOC_ATTENTION);
                    out.0[l] + worth.0[l] / 2.0 * weight * by.0[l]
                },
            );
        } else if self.inside(group, party) {
            let present = self.present(group, party.actor, party.initiative, eligible);
            *out = Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let (energy, trade) = (salience[0].0[l], salience[1].0[l]);
                    let stake = outside::cost(ties.stake[bloc].0[l], energy, trade, 1.0, 0.0);
                    out.0[l] + worth.0[l] * stake * by.0[l] * present.0[l]
                },
            );
        }
    }

    /// Lanes in which an effect on pairs speaks of a party and another actor, either way round.
    fn paired(
        &self,
        (from, to): (&Group, &Group),
        party: &PartyPlan,
        other: usize,
        eligible: &[Lanes],
    ) -> Lanes {
        let here =
            |group: &Group, actor: usize| self.present(group, actor, party.initiative, eligible);
        let both = |one: &Group, two: &Group| {
            here(one, party.actor).zip(&here(two, other), |one, two| one * two)
        };
        both(from, to).zip(&both(to, from), math::max)
    }

    /// Worth of ties with the other side of a pairwise effect; a pair counts once.
    #[inline(always)]
    fn value_ties(
        &self,
        effect: &Effect,
        groups: (&Group, &Group),
        party: &PartyPlan,
        by: &Lanes,
        (mask, eligible): (&Lanes, &[Lanes]),
        out: &mut Lanes,
    ) {
        let plan = self.setting.plan;
        let concerns = |here: &Group, there: &Group, other: usize| {
            self.inside(here, party)
                && plan
                    .candidates(there, Some(party.initiative))
                    .contains(&other)
        };
        let others = || {
            (0..self.setting.traits.len())
                .filter(|&other| other != party.actor)
                .filter(|&other| {
                    concerns(groups.0, groups.1, other) || concerns(groups.1, groups.0, other)
                })
        };
        let mut company = Lanes::ZERO;
        for other in others() {
            let present = self.paired(groups, party, other, eligible);
            add(
                &mut company,
                &present,
                &self.setting.traits[other].0.capability,
            );
        }
        for other in others() {
            let present = self.paired(groups, party, other, eligible);
            let worth = self.worth_of_tie(effect, party, other, by, &present, &company);
            *out = Lanes::from_fn(
                #[inline(always)]
                |l| out.0[l] + worth.0[l] * present.0[l] * mask.0[l],
            );
        }
    }

    /// Worth of a change of ties with one other actor, of those in `company`.
    #[inline(always)]
    fn worth_of_tie(
        &self,
        effect: &Effect,
        party: &PartyPlan,
        other: usize,
        by: &Lanes,
        present: &Lanes,
        company: &Lanes,
    ) -> Lanes {
        let (plan, law) = (self.setting.plan, self.setting.law);
        let salience = &self.setting.salience[party.actor].now;
        let dyad = plan.dyad(party.actor, other);
        let bonds = &self.setting.bonds[dyad].0;
        let source = plan.scenario.world.dyads[dyad].source == party.actor;
        match effect {
            Effect::AffinityShift { .. } => {
                let capability = &self.setting.traits[other].0.capability;
                Lanes::from_fn(
                    #[inline(always)]
                    |l| {
                        let share = present.0[l] * capability.0[l]
                            / math::max(company.0[l], f32::MIN_POSITIVE);
                        law.bilateral.affinity.0[l] * by.0[l] * share
                    },
                )
            }
            Effect::TradeScale { .. } => {
                let flow = if source {
                    &bonds.dependence_source
                } else {
                    &bonds.dependence_target
                };
                Lanes::from_fn(
                    #[inline(always)]
                    |l| {
                        let (flow, half) = (flow.0[l], law.trade.half_dependence.0[l]);
                        let gain = trade::worth(flow * by.0[l], half) - trade::worth(flow, half);
                        law.bilateral.ties.0[l] * law.trade.weight.0[l] * salience[1].0[l] * gain
                    },
                )
            }
            _ => Lanes::from_fn(
                #[inline(always)]
                |l| {
                    let before = bonds.energy_link.0[l];
                    let link = math::clamp_share(before + by.0[l]) - before;
                    let gain =
                        bonds.complement_raw.0[l] * (1.0 - law.energy.link_floor.0[l]) * link;
                    let weight = law.bilateral.ties.0[l] * law.energy.weight.0[l];
                    weight * salience[0].0[l] * self.setting.price.0[l] * gain
                },
            ),
        }
    }
}

/// Which parts of the terms may differ after a change of levels.
#[inline(always)]
fn stale_after(before: &Prospect, after: &Prospect) -> Stale {
    let mut stale = Stale {
        protection: [false; THREATS_MAX],
        energy: false,
        trade: false,
        depth: false,
        company: false,
    };
    if !after.moved {
        return stale;
    }
    let (was, is) = (&before.view, &after.view);
    for (stale, (was, is)) in stale
        .protection
        .iter_mut()
        .zip(was.protection.iter().zip(&is.protection))
    {
        *stale = !alike(was, is);
    }
    stale.energy = !alike(&was.coordination, &is.coordination)
        || !alike(&was.binding, &is.binding)
        || !alike(&was.infrastructure, &is.infrastructure);
    stale.trade = !alike(&was.opening, &is.opening);
    stale.depth = !same(&was.depth, &is.depth);
    stale
}

/// Capability at which a bloc pays half attention to an organisation [CINC share]. Assumption: that of Russia.
pub(crate) const BLOC_ATTENTION: f32 = 0.05;
/// Smallest driver level by which an intensity is divided.
pub(crate) const LEVEL_MIN: f32 = 0.05;
