//! Effects, conditions, rules and dates in words, with the names the scenario gives them.

use foedera_scenario::{
    Cadence, Condition, Confidence, Distribution, Effect, Group, Initiative, Leaf, Rule, Rung,
    Scenario, Step, Timing, Weights,
};

use crate::number::plain;

/// What an effect does.
pub(crate) fn effect(scenario: &Scenario, effect: &Effect) -> String {
    let say = Say { scenario };
    say.of_organisation(effect)
        .or_else(|| say.of_pairs(effect))
        .or_else(|| say.of_actors(effect))
        .unwrap_or_else(|| say.of_course(effect))
}

/// Several effects, one after another.
pub(crate) fn effects(scenario: &Scenario, effects: &[Effect]) -> String {
    let parts: Vec<String> = effects.iter().map(|one| effect(scenario, one)).collect();
    parts.join("; ")
}

/// What a rung does, and how long it takes to build.
pub(crate) fn rung(scenario: &Scenario, rung: &Rung) -> String {
    let effects = effects(scenario, &rung.effects);
    rung.build_years.map_or_else(
        || effects.clone(),
        |years| format!("after {} years: {effects}", plain(scenario.value(years))),
    )
}

/// What must hold.
pub(crate) fn condition(scenario: &Scenario, condition: &Condition) -> String {
    let say = Say { scenario };
    match condition {
        Condition::LevelAtLeast {
            org,
            element,
            level,
        } => {
            format!(
                "{} has {} at {}",
                say.org(*org),
                say.element(*element),
                say.value(*level)
            )
        }
        Condition::DriverAbove { driver, level } => {
            format!("{} above {}", say.driver(*driver), say.value(*level))
        }
        Condition::DriverBelow { driver, level } => {
            format!("{} below {}", say.driver(*driver), say.value(*level))
        }
        Condition::Adopted { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            format!(
                "{} has reached {}",
                initiative.id, initiative.ladder[*rung].id
            )
        }
        Condition::ShockWithin { shock, months } => {
            format!("{} within {months} months", scenario.shocks[*shock].id)
        }
        Condition::Completed { initiative, rung } => {
            let initiative = &scenario.initiatives[*initiative];
            let rung = &initiative.ladder[*rung].id;
            format!("{} has completed {rung}", initiative.id)
        }
        Condition::HasStatus { actor, org, status } => {
            format!(
                "{} is {} of {}",
                say.actor(*actor),
                status.name().to_lowercase(),
                say.org(*org)
            )
        }
    }
}

/// How a body decides.
pub(crate) fn rule(scenario: &Scenario, rule: &Rule) -> String {
    let say = Say { scenario };
    match rule {
        Rule::Consensus => "consensus".to_owned(),
        Rule::ConsensusWithAbstention { quorum, .. } => {
            format!(
                "consensus, abstention allowed, {} must not abstain",
                say.value(*quorum)
            )
        }
        Rule::VetoPlayers { .. } => format!("whatever helps somebody{}", say.vetoes(rule.vetoes())),
        Rule::OptIn { min } => format!("opt-in, {min} at least"),
        Rule::SimpleMajority { vetoes } => format!("majority{}", say.vetoes(vetoes)),
        Rule::QualifiedMajority {
            quota,
            votes,
            members,
            population,
            ..
        } => {
            let weights = if votes.is_empty() {
                weights(rule)
            } else {
                "treaty votes"
            };
            let mut text = format!("{} of {weights}", say.value(*quota));
            for (leaf, of) in [(members, "members"), (population, "population")] {
                if scenario.value(*leaf) > 0.0 {
                    text += &format!(", {} of {of}", say.value(*leaf));
                }
            }
            text + &say.vetoes(rule.vetoes())
        }
        Rule::WeightedMedian { .. } => format!("median by {}", weights(rule)),
        Rule::CompromiseMean { .. } => format!("compromise by {} and salience", weights(rule)),
        Rule::Challenge { rounds, .. } => {
            format!("challenges by {}, {rounds} rounds", weights(rule))
        }
        Rule::NashBargaining { .. } => format!("Nash bargain by {}", weights(rule)),
    }
}

const fn weights(rule: &Rule) -> &'static str {
    match rule.weights() {
        Weights::Equal => "votes",
        Weights::Capability => "capability",
        Weights::Gdp => "GDP",
        Weights::Population => "population",
    }
}

/// Who decides on an initiative, when, and how.
pub(crate) fn procedure(scenario: &Scenario, initiative: &Initiative) -> String {
    let say = Say { scenario };
    let mut parts = Vec::new();
    let venues: Vec<&str> = initiative.venues.iter().map(|org| say.org(*org)).collect();
    let parties: Vec<&str> = initiative
        .parties
        .iter()
        .map(|actor| say.actor(*actor))
        .collect();
    let both: Vec<String> = [venues, parties]
        .into_iter()
        .filter(|names| !names.is_empty())
        .map(|names| names.join(" and "))
        .collect();
    parts.push(format!("decided by {}", both.join(" with ")));
    if !initiative.sponsors.is_empty() {
        let sponsors: Vec<&str> = initiative
            .sponsors
            .iter()
            .map(|actor| say.actor(*actor))
            .collect();
        parts.push(format!("tabled by {}", sponsors.join(", ")));
    }
    if let Some(own) = &initiative.rule {
        parts.push(rule(scenario, own));
    } else {
        let mut rules: Vec<String> = initiative
            .venues
            .iter()
            .map(|org| rule(scenario, &scenario.world.organisations[*org].rule))
            .collect();
        rules.dedup();
        parts.extend(rules);
    }
    parts.push(match initiative.cadence {
        Cadence::EveryMeeting => "every meeting".to_owned(),
        Cadence::EveryMonths(months) => format!("every {months} months"),
    });
    parts.push(format!("{} to {}", initiative.from, initiative.until));
    if initiative.recurring {
        parts.push("held again and again".to_owned());
    }
    if !initiative.open {
        parts.push("closed at the start".to_owned());
    }
    parts.join(" · ")
}

/// When a shock happens.
pub(crate) fn timing(scenario: &Scenario, timing: &Timing) -> String {
    let say = Say { scenario };
    match timing {
        Timing::OncePerYear(rate) => format!("once, at {} a year", say.value(*rate)),
        Timing::PerYear(rate) => format!("{} a year", say.value(*rate)),
        Timing::At { month, probability } => {
            format!("{month}, probability {}", say.value(*probability))
        }
        Timing::Between {
            from,
            until,
            probability,
        } => {
            format!("{from} to {until}, probability {}", say.value(*probability))
        }
    }
}

/// A distribution as the file writes it.
pub(crate) fn distribution(distribution: &Distribution) -> String {
    match distribution {
        Distribution::Normal { mean, sd } => format!("Normal {} ± {}", plain(*mean), plain(*sd)),
        Distribution::LogNormal { median, log_sd } => {
            format!("LogNormal {} ×÷ e^{}", plain(*median), plain(*log_sd))
        }
        Distribution::Uniform { low, high } => format!("Uniform {}..{}", plain(*low), plain(*high)),
        Distribution::Triangular { low, mode, high } => {
            format!(
                "Triangular {} {} {}",
                plain(*low),
                plain(*mode),
                plain(*high)
            )
        }
        Distribution::Pert { low, mode, high } => {
            format!("Pert {} {} {}", plain(*low), plain(*mode), plain(*high))
        }
        Distribution::Beta { alpha, beta } => format!("Beta {} {}", plain(*alpha), plain(*beta)),
        Distribution::Truncated { of, low, high } => {
            format!(
                "{} within {}..{}",
                self::distribution(of),
                plain(*low),
                plain(*high)
            )
        }
        Distribution::Discrete(values) => format!("Discrete, {} values", values.len()),
        Distribution::Quantiles { p5, p50, p95 } => {
            format!("Quantiles {} {} {}", plain(*p5), plain(*p50), plain(*p95))
        }
        Distribution::Elicited {
            p5,
            p50,
            p95,
            family,
            ..
        } => format!(
            "{} through {} {} {}",
            family.name(),
            plain(*p5),
            plain(*p50),
            plain(*p95)
        ),
        Distribution::Empirical(values) => format!("Empirical, {} values", values.len()),
        Distribution::Around { sd } => format!("Around ± {}", plain(*sd)),
        Distribution::Scaled { log_sd } => format!("Scaled ×÷ e^{}", plain(*log_sd)),
        Distribution::Prior => "Prior".to_owned(),
    }
}

/// How far a figure can be trusted.
pub(crate) const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
        Confidence::Judgement => "judgement",
        Confidence::Unstated => "",
    }
}

/// The length of a step.
pub(crate) const fn step(step: Step) -> &'static str {
    match step {
        Step::Month => "month",
        Step::Quarter => "quarter",
        Step::Year => "year",
    }
}

struct Say<'a> {
    scenario: &'a Scenario,
}

impl<'a> Say<'a> {
    fn actor(&self, idx: usize) -> &'a str {
        &self.scenario.world.actors[idx].id
    }

    fn org(&self, idx: usize) -> &'a str {
        &self.scenario.world.organisations[idx].id
    }

    fn element(&self, idx: usize) -> &'a str {
        &self.scenario.world.elements[idx].id
    }

    fn driver(&self, idx: usize) -> &'a str {
        &self.scenario.world.drivers[idx].id
    }

    fn bloc(&self, idx: usize) -> &'a str {
        &self.scenario.world.blocs[idx].id
    }

    fn value(&self, leaf: Leaf) -> String {
        plain(self.scenario.value(leaf))
    }

    fn change(&self, leaf: Leaf) -> String {
        let value = self.scenario.value(leaf);
        if value > 0.0 {
            format!("+{}", plain(value))
        } else {
            plain(value)
        }
    }

    fn group(&self, group: &Group) -> String {
        match group {
            Group::Actors(actors) => {
                let ids: Vec<&str> = actors.iter().map(|actor| self.actor(*actor)).collect();
                ids.join(", ")
            }
            Group::Members(org) => format!("members of {}", self.org(*org)),
            Group::Bloc(bloc) => self.bloc(*bloc).to_owned(),
            Group::Parties => "parties".to_owned(),
        }
    }

    fn vetoes(&self, vetoes: &[usize]) -> String {
        if vetoes.is_empty() {
            return String::new();
        }
        let ids: Vec<&str> = vetoes.iter().map(|actor| self.actor(*actor)).collect();
        format!(", veto of {}", ids.join(", "))
    }
}

impl Say<'_> {
    /// Effects on what an organisation is.
    fn of_organisation(&self, effect: &Effect) -> Option<String> {
        Some(match effect {
            Effect::ElementSet { org, element, to } => {
                let (org, element) = (self.org(*org), self.element(*element));
                format!("{org} {element} to {}", self.value(*to))
            }
            Effect::ElementAdd { org, element, by } => {
                let (org, element) = (self.org(*org), self.element(*element));
                format!("{org} {element} {}", self.change(*by))
            }
            Effect::StatusChange { org, actor, to } => {
                let status = to.name().to_lowercase();
                format!(
                    "{} becomes {status} of {}",
                    self.actor(*actor),
                    self.org(*org)
                )
            }
            Effect::SignalAdd { org, bloc, by } => {
                let (org, bloc) = (self.org(*org), self.bloc(*bloc));
                format!("signal of {org} to {bloc} {}", self.change(*by))
            }
            _ => return None,
        })
    }

    /// Effects on ties between two sides.
    fn of_pairs(&self, effect: &Effect) -> Option<String> {
        Some(match effect {
            Effect::AffinityShift { from, to, by } => {
                let (from, to) = (self.group(from), self.group(to));
                format!("affinity {from}–{to} {}", self.change(*by))
            }
            Effect::TradeScale { from, to, by } => {
                let (from, to) = (self.group(from), self.group(to));
                format!("trade {from}–{to} × {}", self.value(*by))
            }
            Effect::EnergyLinkAdd { from, to, by } => {
                let (from, to) = (self.group(from), self.group(to));
                format!("energy link {from}–{to} {}", self.change(*by))
            }
            Effect::TrustShift { group, bloc, by } => {
                let (group, bloc) = (self.group(group), self.bloc(*bloc));
                format!("trust {group}–{bloc} {}", self.change(*by))
            }
            _ => return None,
        })
    }

    /// Effects on actors themselves.
    fn of_actors(&self, effect: &Effect) -> Option<String> {
        Some(match effect {
            Effect::ExposureAdd { group, threat, by } => {
                let threat = &self.scenario.world.threats[*threat].id;
                format!(
                    "exposure of {} to {threat} {}",
                    self.group(group),
                    self.change(*by)
                )
            }
            Effect::IdealPointShift { group, by } => {
                format!("ideal point of {} {}", self.group(group), self.change(*by))
            }
            Effect::SalienceScale { group, domain, by } => {
                let (domain, group) = (domain.name(), self.group(group));
                format!("salience of {domain} for {group} × {}", self.value(*by))
            }
            _ => return None,
        })
    }

    /// Effects on drivers and on what is tabled.
    fn of_course(&self, effect: &Effect) -> String {
        let initiative = |idx: &usize| self.scenario.initiatives[*idx].id.as_str();
        match effect {
            Effect::DriverShift { driver, by } => {
                format!("{} {}", self.driver(*driver), self.change(*by))
            }
            Effect::DriverMeanShift {
                driver,
                by,
                contributed,
            } => {
                let how = if *contributed {
                    ", by the share that takes part"
                } else {
                    ""
                };
                format!("mean of {} {}{how}", self.driver(*driver), self.change(*by))
            }
            Effect::Deploy {
                org,
                element,
                actor,
            } => format!(
                "{} sends forces of {} into {}",
                self.org(*org),
                self.element(*element),
                self.actor(*actor)
            ),
            Effect::PresenceAdd { actor, bloc, by } => {
                let bloc = &self.scenario.world.blocs[*bloc].id;
                format!(
                    "presence of {bloc} in {} {}",
                    self.actor(*actor),
                    self.change(*by)
                )
            }
            Effect::RuleChange { org, rule } => {
                format!(
                    "{} decides by {}",
                    self.org(*org),
                    self::rule(self.scenario, rule)
                )
            }
            Effect::InitiativeOpen { initiative: idx } => format!("opens {}", initiative(idx)),
            Effect::InitiativeClose { initiative: idx } => format!("closes {}", initiative(idx)),
            other => format!("{other:?}"),
        }
    }
}
