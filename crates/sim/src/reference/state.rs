//! What the reference engine knows of one replicate: plain structs of numbers.

use foedera_scenario::{PolicyIdx, Rule, Scenario, Status};

use crate::batch::{Decision, Event, Fault, FaultKind, Happening, LedgerEntry};
use crate::mechanisms::{Law, membership};
use crate::program::{EVENTS_MAX, Program};
use crate::rng;

/// Everything about one replicate.
pub(super) struct State<'p> {
    pub(super) program: &'p Program,
    pub(super) scenario: &'p Scenario,
    pub(super) seed: u64,
    pub(super) replicate: u64,
    pub(super) policy: Option<PolicyIdx>,
    pub(super) stances: bool,
    pub(super) step: u32,
    /// First month of the step.
    pub(super) month: i32,
    pub(super) years: f32,
    pub(super) root_years: f32,
    /// Every leaf as this replicate has it.
    pub(super) leaves: Vec<f32>,
    pub(super) law: Law<f32>,
    pub(super) elements: Vec<Element>,
    pub(super) actors: Vec<Actor>,
    pub(super) pairs: Vec<Pair>,
    /// Row of a pair, `[actor][actor]`.
    pub(super) pair_of: Vec<Vec<usize>>,
    pub(super) organisations: Vec<Organisation>,
    pub(super) drivers: Vec<Driver>,
    pub(super) initiatives: Vec<Initiative>,
    /// How often each shock has fired.
    pub(super) fired: Vec<u32>,
    /// Step in which each fired last.
    pub(super) fired_at: Vec<Option<u32>>,
    /// Forces at each of the program's posts.
    pub(super) posts: Vec<f32>,
    pub(super) left: Left,
}

/// What the replicate leaves behind.
#[derive(Default)]
pub(super) struct Left {
    pub(super) outcomes: Vec<f32>,
    pub(super) series: Vec<Vec<f32>>,
    pub(super) events: Vec<Event>,
    pub(super) decisions: Vec<Decision>,
    pub(super) ledger: Vec<LedgerEntry>,
    pub(super) fault: Option<Fault>,
}

/// An institutional element of the catalogue.
pub(super) struct Element {
    pub(super) protection: Vec<f32>,
    pub(super) depth: [f32; 3],
    pub(super) signal: Vec<f32>,
    pub(super) intrusiveness: f32,
    pub(super) maturity: f32,
    pub(super) build_years: f32,
    pub(super) coordination: f32,
    pub(super) binding: f32,
    pub(super) opening: f32,
    pub(super) assistance: f32,
    pub(super) infrastructure: f32,
}

/// An actor.
pub(super) struct Actor {
    pub(super) capability: f32,
    pub(super) gdp: f32,
    pub(super) income: f32,
    /// GDP over that at the start.
    pub(super) grown: f32,
    pub(super) polyarchy: f32,
    pub(super) autonomy: f32,
    pub(super) ambition: f32,
    pub(super) seller: f32,
    pub(super) buyer: f32,
    pub(super) transit: f32,
    pub(super) fuel_share: f32,
    pub(super) ideal: f32,
    /// Saliences as written and as adapted.
    pub(super) salience_base: [f32; 3],
    pub(super) salience: [f32; 3],
    pub(super) stress: [f32; 3],
    /// By threat.
    pub(super) exposure: Vec<f32>,
    pub(super) intensity: Vec<f32>,
    /// Intensity that an exposure of 1 would bring now.
    pub(super) unit: Vec<f32>,
    pub(super) shield: Vec<f32>,
    pub(super) danger_at_start: f32,
    pub(super) external: f32,
    pub(super) regime: f32,
    pub(super) attack: f32,
    pub(super) trade: f32,
    pub(super) trade_at_start: f32,
    /// By bloc.
    pub(super) blocs: Vec<BlocTie>,
}

/// Ties of an actor with a bloc.
pub(super) struct BlocTie {
    pub(super) insider: bool,
    pub(super) stake: f32,
    pub(super) proximity: f32,
    pub(super) presence: f32,
    pub(super) affinity: f32,
    pub(super) trust: f32,
}

/// A pair of actors.
pub(super) struct Pair {
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) complement: f32,
    pub(super) complement_raw: f32,
    pub(super) energy_link: f32,
    pub(super) contiguity: f32,
    pub(super) fuel_rivalry: f32,
    pub(super) dependence_source: f32,
    pub(super) dependence_target: f32,
    pub(super) pull_source: f32,
    pub(super) pull_target: f32,
    pub(super) rivalry: f32,
    pub(super) proneness: f32,
    pub(super) ties: f32,
    pub(super) affinity: f32,
    pub(super) similarity: f32,
    pub(super) balance: f32,
    pub(super) joint: f32,
    pub(super) opposed: f32,
}

/// An organisation with its seats.
pub(super) struct Organisation {
    pub(super) seats: Vec<Seat>,
    pub(super) declared: Vec<f32>,
    pub(super) built: Vec<f32>,
    pub(super) texts: Vec<f32>,
    /// The rule by which it decides now.
    pub(super) rule: Rule,
    pub(super) parts: [f32; 5],
    pub(super) cohesion: f32,
    pub(super) agreement: f32,
    pub(super) delivery: f32,
    pub(super) maturity: f32,
    pub(super) implementation: f32,
    pub(super) members: f32,
    pub(super) antagonism: Vec<f32>,
    /// Hold at which a member has the base hazard of leaving.
    pub(super) ordinary_hold: f32,
}

/// A seat.
pub(super) struct Seat {
    pub(super) actor: usize,
    pub(super) status: Status,
    pub(super) weight: f32,
    pub(super) reach: f32,
    pub(super) terms: [f32; 7],
    pub(super) total: f32,
    pub(super) smoothed: f32,
    pub(super) lead: f32,
    pub(super) led: f32,
    pub(super) interdependence: f32,
    pub(super) ordinary: f32,
    pub(super) was_member: bool,
    /// Whether it is left by base rates and not by worth.
    pub(super) erratic: bool,
    pub(super) commitment: f32,
    /// By threat.
    pub(super) protection: Vec<f32>,
    /// Protection by the actor's best other organisation.
    pub(super) elsewhere: Vec<f32>,
    /// By bloc.
    pub(super) felt: Vec<f32>,
    pub(super) reference: Vec<f32>,
}

impl Seat {
    /// Whether it is a full member's.
    pub(super) fn is_member(&self) -> bool {
        self.status == Status::Member
    }
}

/// A driver.
#[derive(Default)]
pub(super) struct Driver {
    pub(super) level: f32,
    pub(super) state: f32,
    pub(super) offset: f32,
    pub(super) mean_shift: f32,
    /// Deviations of others as they are felt, by coupling.
    pub(super) felt: Vec<f32>,
    /// What couplings add to the mean, and multiply the volatility by.
    pub(super) pull: f32,
    pub(super) swing: f32,
}

/// An initiative.
pub(super) struct Initiative {
    pub(super) open: bool,
    /// Number of rungs adopted.
    pub(super) adopted: usize,
    pub(super) rested: f32,
    pub(super) tabled: u32,
    /// Adoptions or holdings.
    pub(super) held: u32,
    /// Sum of the shares of those with a voice that took part in them.
    pub(super) shares: f32,
    /// What each rung builds, if it takes time.
    pub(super) works: Vec<Option<Work>>,
    /// Whether it goes by base rates and not by interests.
    pub(super) erratic: bool,
    /// What is misjudged of it for everybody alike; its own pace. Standard normal.
    pub(super) common: f32,
    pub(super) pace: f32,
    /// Zeal when it was last judged, as of the step before; the same with what was judged in this step.
    pub(super) zeal: f32,
    pub(super) judged: f32,
    /// Steps at which it may be tabled with the years since the meeting before.
    pub(super) calendar: Vec<(u32, f32)>,
    pub(super) parties: Vec<Party>,
    pub(super) vote: Option<Vote>,
}

/// A party of an initiative.
pub(super) struct Party {
    pub(super) actor: usize,
    pub(super) named: bool,
    pub(super) sponsor: bool,
    pub(super) persistent: f32,
    pub(super) stance: f32,
    pub(super) blocked: u32,
    /// Adoptions or holdings in which it took part.
    pub(super) took: u32,
    /// What it did in the vote of this step.
    pub(super) took_part: bool,
    pub(super) objected: bool,
    pub(super) pushed: bool,
}

/// What a rung builds.
pub(super) struct Work {
    pub(super) stage: Stage,
    /// Steps of work so far.
    pub(super) steps: u32,
    /// Time it takes.
    pub(super) years: f32,
    /// Who builds, by party.
    pub(super) crew: Vec<bool>,
}

/// How far a work is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not agreed.
    Idle,
    /// Agreed and not complete.
    Building,
    Complete,
    Abandoned,
}

/// A vote of this step.
pub(super) struct Vote {
    /// Rung adopted.
    pub(super) rung: Option<usize>,
    pub(super) agreement: f32,
}

impl State<'_> {
    /// The word of a draw.
    pub(super) fn word(&self, purpose: u8, step: u32, entity: u32) -> u32 {
        rng::word(self.seed, purpose, self.replicate, step, entity)
    }

    /// Row of a pair.
    pub(super) fn pair(&self, one: usize, other: usize) -> &Pair {
        &self.pairs[self.pair_of[one][other]]
    }

    /// Trade of an actor with another over its own GDP.
    pub(super) fn dependence(&self, actor: usize, other: usize) -> f32 {
        let pair = self.pair(actor, other);
        if pair.source == actor {
            pair.dependence_source
        } else {
            pair.dependence_target
        }
    }

    /// An actor's seat.
    pub(super) fn seat(&self, org: usize, actor: usize) -> Option<&Seat> {
        self.organisations[org]
            .seats
            .iter()
            .find(|seat| seat.actor == actor)
    }

    /// The rule by which a venue, or the named parties, decide on an initiative.
    pub(super) fn rule(&self, initiative: usize, venue: Option<usize>) -> &Rule {
        const NAMED: Rule = Rule::Consensus;
        let of_venue = venue.map_or(&NAMED, |org| &self.organisations[org].rule);
        let own = self.scenario.initiatives[initiative].rule.as_ref();
        own.unwrap_or(of_venue)
    }

    /// Part of a vote that an actor has in a venue: all of it as a member, some perhaps as an observer.
    pub(super) fn voice(&self, initiative: usize, org: usize, actor: usize) -> f32 {
        match self.seat(org, actor).map(|seat| seat.status) {
            Some(Status::Member) => 1.0,
            Some(Status::Observer) if self.rule(initiative, Some(org)).weighs() => {
                self.value(self.scenario.world.organisations[org].observer_vote)
            }
            _ => 0.0,
        }
    }

    /// The rule of the first body that decides on an initiative.
    pub(super) fn first_rule(&self, initiative: usize) -> &Rule {
        self.rule(
            initiative,
            self.scenario.initiatives[initiative]
                .venues
                .first()
                .copied(),
        )
    }

    /// Price of energy against the world's year.
    pub(super) fn price(&self) -> f32 {
        self.scenario
            .world
            .energy_price
            .map_or(1.0, |driver| self.drivers[driver].level)
    }

    /// Lowest rung that an initiative may reach now: what is held again and again begins anew.
    pub(super) fn start(&self, idx: usize) -> usize {
        if self.scenario.initiatives[idx].recurring {
            0
        } else {
            self.initiatives[idx].adopted
        }
    }

    /// Weight of a status.
    pub(super) fn weight_of(&self, status: Status) -> f32 {
        let params = &self.law.membership;
        membership::weight(membership::code(status), params.partner, params.observer)
    }

    /// Notes an event; too many are a fault.
    pub(super) fn note(&mut self, what: Happening) {
        if self.left.events.len() < EVENTS_MAX {
            self.left.events.push(Event {
                lane: 0,
                step: self.step,
                what,
            });
        } else {
            self.fail(FaultKind::TooManyEvents);
        }
    }

    /// Notes the first fault.
    pub(super) fn fail(&mut self, what: FaultKind) {
        self.left.fault.get_or_insert(Fault {
            step: self.step,
            what,
        });
    }
}

/// An index of the scenario as events carry it.
pub(super) fn index(of: usize) -> u32 {
    u32::try_from(of).expect("indices of a scenario fit u32")
}
