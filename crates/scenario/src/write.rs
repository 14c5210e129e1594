//! Rules, effects, conditions, processes and distributions back to the text of a scenario file.
//!
//! For lists of inputs and differences between scenarios; the words are those that the decoder reads.

use crate::leaf::Leaf;
use crate::model::{
    Condition, Distribution, Effect, Group, Process, Rule, Scenario, Threat, ThreatKind, Timing,
    Weights,
};
use crate::outcome_text::word;

/// Writes parts of one scenario.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'s> {
    scenario: &'s Scenario,
    numbers: Numbers,
}

/// Whether numbers that have a path are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// As values.
    Shown,
    /// As `…`, so that texts compare by structure.
    Hidden,
}

impl<'s> Writer<'s> {
    /// A writer for a scenario.
    pub const fn new(scenario: &'s Scenario, numbers: Numbers) -> Self {
        Self { scenario, numbers }
    }

    fn number(&self, leaf: Leaf) -> String {
        match self.numbers {
            Numbers::Shown => self.scenario.value(leaf).to_string(),
            Numbers::Hidden => "…".to_owned(),
        }
    }

    fn actor(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.world.actors[idx].id)
    }

    /// A list of actors.
    pub fn actors(&self, all: &[usize]) -> String {
        let ids: Vec<String> = all.iter().map(|idx| self.actor(*idx)).collect();
        format!("[{}]", ids.join(", "))
    }

    fn org(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.world.organisations[idx].id)
    }

    /// A list of organisations.
    pub fn organisations(&self, all: &[usize]) -> String {
        let ids: Vec<String> = all.iter().map(|idx| self.org(*idx)).collect();
        format!("[{}]", ids.join(", "))
    }

    fn element(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.world.elements[idx].id)
    }

    /// A list of elements.
    pub fn elements(&self, all: &[usize]) -> String {
        let ids: Vec<String> = all.iter().map(|idx| self.element(*idx)).collect();
        format!("[{}]", ids.join(", "))
    }

    fn driver(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.world.drivers[idx].id)
    }

    fn bloc(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.world.blocs[idx].id)
    }

    fn initiative(&self, idx: usize) -> String {
        format!("{:?}", self.scenario.initiatives[idx].id)
    }

    /// A decision rule.
    pub fn rule(&self, rule: &Rule) -> String {
        let weighted =
            |name: &str, weights: Weights| format!("{name}(weights: {})", weights.name());
        match rule {
            Rule::Consensus => "Consensus".to_owned(),
            Rule::ConsensusWithAbstention {
                quorum,
                swallow,
                block,
            } => {
                let (swallow, block) = (self.number(*swallow), self.number(*block));
                let quorum = self.number(*quorum);
                format!(
                    "ConsensusWithAbstention(quorum: {quorum}, swallow: {swallow}, block: {block})"
                )
            }
            Rule::VetoPlayers { players } => {
                format!("VetoPlayers(players: {})", self.actors(players))
            }
            Rule::OptIn { min } => format!("OptIn(min: {min})"),
            Rule::SimpleMajority { vetoes } => {
                format!("SimpleMajority(vetoes: {})", self.actors(vetoes))
            }
            Rule::QualifiedMajority { .. } => self.qualified_majority(rule),
            Rule::WeightedMedian { weights } => weighted("WeightedMedian", *weights),
            Rule::CompromiseMean { weights } => weighted("CompromiseMean", *weights),
            Rule::Challenge { weights, rounds } => {
                format!("Challenge(weights: {}, rounds: {rounds})", weights.name())
            }
            Rule::NashBargaining { weights } => weighted("NashBargaining", *weights),
        }
    }

    /// A qualified majority; clauses that ask for nothing are left out.
    fn qualified_majority(&self, rule: &Rule) -> String {
        let Rule::QualifiedMajority {
            quota,
            weights,
            vetoes,
            votes,
            members,
            population,
            blocking_min,
        } = rule
        else {
            return String::new();
        };
        let (quota, vetoes) = (self.number(*quota), self.actors(vetoes));
        let mut text = format!(
            "QualifiedMajority(quota: {quota}, weights: {}, vetoes: {vetoes}",
            weights.name()
        );
        if !votes.is_empty() {
            let of = |(actor, votes): &(usize, Leaf)| {
                format!("{}: {}", self.actor(*actor), self.number(*votes))
            };
            let votes: Vec<String> = votes.iter().map(of).collect();
            text += &format!(", votes: {{{}}}", votes.join(", "));
        }
        for (key, leaf) in [("members", members), ("population", population)] {
            if self.scenario.value(*leaf) > 0.0 {
                text += &format!(", {key}: {}", self.number(*leaf));
            }
        }
        if *blocking_min > 1 {
            text += &format!(", blocking_min: {blocking_min}");
        }
        text + ")"
    }

    /// A group of actors.
    pub fn group(&self, group: &Group) -> String {
        match group {
            Group::Actors(actors) => format!("Actors({})", self.actors(actors)),
            Group::Members(org) => format!("Members({})", self.org(*org)),
            Group::Bloc(bloc) => format!("Bloc({})", self.bloc(*bloc)),
            Group::Parties => "Parties".to_owned(),
        }
    }

    /// One effect.
    pub fn effect(&self, effect: &Effect) -> String {
        match effect {
            Effect::ElementSet { .. }
            | Effect::ElementAdd { .. }
            | Effect::StatusChange { .. }
            | Effect::SignalAdd { .. }
            | Effect::RuleChange { .. } => self.on_organisation(effect),
            Effect::AffinityShift { from, to, by } => self.pair("AffinityShift", from, to, *by),
            Effect::TradeScale { from, to, by } => self.pair("TradeScale", from, to, *by),
            Effect::EnergyLinkAdd { from, to, by } => self.pair("EnergyLinkAdd", from, to, *by),
            Effect::DriverShift { driver, by } => {
                format!(
                    "DriverShift(driver: {}, by: {})",
                    self.driver(*driver),
                    self.number(*by)
                )
            }
            Effect::DriverMeanShift {
                driver,
                by,
                contributed,
            } => {
                let (driver, by) = (self.driver(*driver), self.number(*by));
                let contributed = if *contributed {
                    ", contributed: true"
                } else {
                    ""
                };
                format!("DriverMeanShift(driver: {driver}, by: {by}{contributed})")
            }
            Effect::ExposureAdd { group, threat, by } => {
                let threat = format!(", threat: {:?}", self.scenario.world.threats[*threat].id);
                self.on_group("ExposureAdd", group, &threat, *by)
            }
            Effect::IdealPointShift { group, by } => {
                self.on_group("IdealPointShift", group, "", *by)
            }
            Effect::SalienceScale { group, domain, by } => {
                let domain = format!(", {}", word("domain", domain.name()));
                self.on_group("SalienceScale", group, &domain, *by)
            }
            Effect::TrustShift { group, bloc, by } => {
                let bloc = format!(", bloc: {}", self.bloc(*bloc));
                self.on_group("TrustShift", group, &bloc, *by)
            }
            Effect::Deploy { .. } | Effect::PresenceAdd { .. } => self.forces(effect),
            Effect::InitiativeOpen { initiative } => {
                format!("InitiativeOpen({})", self.initiative(*initiative))
            }
            Effect::InitiativeClose { initiative } => {
                format!("InitiativeClose({})", self.initiative(*initiative))
            }
        }
    }

    fn forces(&self, effect: &Effect) -> String {
        match effect {
            Effect::Deploy {
                org,
                element,
                actor,
            } => {
                let (org, element, actor) =
                    (self.org(*org), self.element(*element), self.actor(*actor));
                format!("Deploy(org: {org}, element: {element}, actor: {actor})")
            }
            Effect::PresenceAdd { actor, bloc, by } => {
                let (actor, bloc, by) = (self.actor(*actor), self.bloc(*bloc), self.number(*by));
                format!("PresenceAdd(actor: {actor}, bloc: {bloc}, by: {by})")
            }
            other => unreachable!("{other:?} moves no forces"),
        }
    }

    fn on_organisation(&self, effect: &Effect) -> String {
        match effect {
            Effect::ElementSet { org, element, to } => {
                let (org, element, to) = (self.org(*org), self.element(*element), self.number(*to));
                format!("ElementSet(org: {org}, element: {element}, to: {to})")
            }
            Effect::ElementAdd { org, element, by } => {
                let (org, element, by) = (self.org(*org), self.element(*element), self.number(*by));
                format!("ElementAdd(org: {org}, element: {element}, by: {by})")
            }
            Effect::StatusChange { org, actor, to } => {
                let (org, actor) = (self.org(*org), self.actor(*actor));
                format!(
                    "StatusChange(org: {org}, actor: {actor}, to: {})",
                    to.name()
                )
            }
            Effect::SignalAdd { org, bloc, by } => {
                let (org, bloc, by) = (self.org(*org), self.bloc(*bloc), self.number(*by));
                format!("SignalAdd(org: {org}, bloc: {bloc}, by: {by})")
            }
            Effect::RuleChange { org, rule } => {
                format!(
                    "RuleChange(org: {}, rule: {})",
                    self.org(*org),
                    self.rule(rule)
                )
            }
            other => unreachable!("{other:?} changes no organisation"),
        }
    }

    fn on_group(&self, name: &str, group: &Group, more: &str, by: Leaf) -> String {
        let (group, by) = (self.group(group), self.number(by));
        format!("{name}(group: {group}{more}, by: {by})")
    }

    fn pair(&self, name: &str, from: &Group, to: &Group, by: Leaf) -> String {
        let (from, to, by) = (self.group(from), self.group(to), self.number(by));
        format!("{name}(from: {from}, to: {to}, by: {by})")
    }

    /// A list of effects.
    pub fn effects(&self, effects: &[Effect]) -> String {
        let all: Vec<String> = effects.iter().map(|effect| self.effect(effect)).collect();
        format!("[{}]", all.join(", "))
    }

    /// One condition.
    pub fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::LevelAtLeast {
                org,
                element,
                level,
            } => {
                let (org, element) = (self.org(*org), self.element(*element));
                format!(
                    "LevelAtLeast(org: {org}, element: {element}, level: {})",
                    self.number(*level)
                )
            }
            Condition::DriverAbove { driver, level } => {
                let (driver, level) = (self.driver(*driver), self.number(*level));
                format!("DriverAbove(driver: {driver}, level: {level})")
            }
            Condition::DriverBelow { driver, level } => {
                let (driver, level) = (self.driver(*driver), self.number(*level));
                format!("DriverBelow(driver: {driver}, level: {level})")
            }
            Condition::Adopted { initiative, rung } => {
                let rung = &self.scenario.initiatives[*initiative].ladder[*rung].id;
                format!(
                    "Adopted(initiative: {}, rung: {rung:?})",
                    self.initiative(*initiative)
                )
            }
            Condition::ShockWithin { shock, months } => {
                let shock = &self.scenario.shocks[*shock].id;
                format!("ShockWithin(shock: {shock:?}, months: {months})")
            }
            Condition::Completed { initiative, rung } => {
                let rung = &self.scenario.initiatives[*initiative].ladder[*rung].id;
                format!(
                    "Completed(initiative: {}, rung: {rung:?})",
                    self.initiative(*initiative)
                )
            }
            Condition::HasStatus { actor, org, status } => {
                let (actor, org) = (self.actor(*actor), self.org(*org));
                format!(
                    "HasStatus(actor: {actor}, org: {org}, status: {})",
                    status.name()
                )
            }
        }
    }

    /// When a shock happens.
    pub fn timing(&self, timing: &Timing) -> String {
        match timing {
            Timing::OncePerYear(rate) => format!("OncePerYear({})", self.number(*rate)),
            Timing::PerYear(rate) => format!("PerYear({})", self.number(*rate)),
            Timing::At { month, probability } => {
                format!(
                    "At(month: \"{month}\", probability: {})",
                    self.number(*probability)
                )
            }
            Timing::Between {
                from,
                until,
                probability,
            } => {
                let probability = self.number(*probability);
                format!("Between(from: \"{from}\", until: \"{until}\", probability: {probability})")
            }
        }
    }

    /// The process of a driver.
    pub fn process(&self, process: &Process) -> String {
        let n = |leaf: &Leaf| self.number(*leaf);
        match process {
            Process::Constant { level } => format!("Constant({})", n(level)),
            Process::Path { points } => {
                let points: Vec<String> = points
                    .iter()
                    .map(|(month, value)| format!("(\"{month}\", {})", n(value)))
                    .collect();
                format!("Path([{}])", points.join(", "))
            }
            Process::OrnsteinUhlenbeck {
                start,
                mean,
                rate,
                volatility,
            } => {
                let (start, mean, rate) = (n(start), n(mean), n(rate));
                let volatility = n(volatility);
                format!(
                    "OrnsteinUhlenbeck(start: {start}, mean: {mean}, rate: {rate}, volatility: {volatility})"
                )
            }
            Process::GeometricBrownian {
                start,
                growth,
                volatility,
            } => {
                let (start, growth, volatility) = (n(start), n(growth), n(volatility));
                format!(
                    "GeometricBrownian(start: {start}, growth: {growth}, volatility: {volatility})"
                )
            }
            Process::RandomWalk {
                start,
                drift,
                volatility,
            } => {
                let (start, drift, volatility) = (n(start), n(drift), n(volatility));
                format!("RandomWalk(start: {start}, drift: {drift}, volatility: {volatility})")
            }
            Process::Markov {
                levels,
                start,
                up_per_year,
                down_per_year,
            } => {
                let levels: Vec<String> = levels.iter().map(n).collect();
                let (levels, up, down) = (levels.join(", "), n(up_per_year), n(down_per_year));
                format!(
                    "Markov(levels: [{levels}], start: {start}, up_per_year: {up}, down_per_year: {down})"
                )
            }
            Process::Jumps {
                base,
                per_year,
                size,
                half_life_years,
            } => {
                let (base, rate, size, half) = (n(base), n(per_year), n(size), n(half_life_years));
                format!(
                    "Jumps(base: {base}, per_year: {rate}, size: {size}, half_life_years: {half})"
                )
            }
        }
    }

    /// How exposure to a threat arises.
    pub fn threat_kind(&self, threat: &Threat) -> String {
        match &threat.kind {
            ThreatKind::Spillover { origin, scale_km } => {
                let (origin, scale) = (self.actor(*origin), self.number(*scale_km));
                format!("Spillover(origin: {origin}, scale_km: {scale})")
            }
            ThreatKind::External { bloc } => format!("External(bloc: {})", self.bloc(*bloc)),
            ThreatKind::Regime { bloc } => format!("Regime(bloc: {})", self.bloc(*bloc)),
            ThreatKind::Direct { bloc: None } => "Direct".to_owned(),
            ThreatKind::Direct { bloc: Some(bloc) } => {
                format!("Direct(bloc: {})", self.bloc(*bloc))
            }
        }
    }
}

/// A distribution as a file writes it.
pub fn distribution(one: &Distribution) -> String {
    match one {
        Distribution::Normal { mean, sd } => format!("Normal(mean: {mean}, sd: {sd})"),
        Distribution::LogNormal { median, log_sd } => {
            format!("LogNormal(median: {median}, log_sd: {log_sd})")
        }
        Distribution::Uniform { low, high } => format!("Uniform(low: {low}, high: {high})"),
        Distribution::Triangular { low, mode, high } => {
            format!("Triangular(low: {low}, mode: {mode}, high: {high})")
        }
        Distribution::Pert { low, mode, high } => {
            format!("Pert(low: {low}, mode: {mode}, high: {high})")
        }
        Distribution::Beta { alpha, beta } => format!("Beta(alpha: {alpha}, beta: {beta})"),
        Distribution::Truncated { of, low, high } => {
            format!(
                "Truncated(of: {}, low: {low}, high: {high})",
                distribution(of)
            )
        }
        Distribution::Discrete(values) => {
            let values: Vec<String> = values
                .iter()
                .map(|(value, weight)| format!("({value}, {weight})"))
                .collect();
            format!("Discrete([{}])", values.join(", "))
        }
        Distribution::Quantiles { p5, p50, p95 } => {
            format!("Quantiles(p5: {p5}, p50: {p50}, p95: {p95})")
        }
        Distribution::Elicited {
            p5,
            p50,
            p95,
            family,
            ..
        } => format!(
            "Quantiles(p5: {p5}, p50: {p50}, p95: {p95}, family: {})",
            family.name()
        ),
        Distribution::Empirical(values) => {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            format!("Empirical([{}])", values.join(", "))
        }
        Distribution::Around { sd } => format!("Around(sd: {sd})"),
        Distribution::Scaled { log_sd } => format!("Scaled(log_sd: {log_sd})"),
        Distribution::Prior => "Prior".to_owned(),
    }
}
