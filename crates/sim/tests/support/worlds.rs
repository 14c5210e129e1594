//! Random worlds as text: any number of everything, every kind of process, threat, rule, effect, timing and outcome.

use std::fmt::Write as _;

use foedera_scenario::MemorySources;
use foedera_sim::rng;

/// Draws in a row from one seed.
pub struct Dice {
    seed: u64,
    thrown: u32,
}

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self { seed, thrown: 0 }
    }

    /// A whole number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.thrown += 1;
        rng::word(self.seed, 252, 0, self.thrown, 0) as usize % n
    }

    /// A whole number in a range, both ends included.
    fn within(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Whether something with a chance of so many percent happens.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number in a range, with three digits.
    fn number(&mut self, low: f64, high: f64) -> String {
        format!(
            "{:.3}",
            low + (high - low) * self.below(1_001) as f64 / 1_000.0
        )
    }

    /// One of several.
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.below(of.len());
        &of[at]
    }

    /// Some of several, at least `least`.
    fn some(&mut self, of: &[String], least: usize) -> Vec<String> {
        let mut rest = of.to_vec();
        let n = self.within(least.min(rest.len()), rest.len());
        (0..n)
            .map(|_| rest.remove(self.below(rest.len())))
            .collect()
    }
}

/// What a world is made of.
struct Parts {
    actors: Vec<String>,
    organisations: Vec<String>,
    elements: Vec<String>,
    drivers: Vec<String>,
    threats: Vec<String>,
    blocs: Vec<String>,
    initiatives: Vec<(String, usize)>,
    first_year: usize,
    last_year: usize,
}

fn named(prefix: &str, n: usize) -> Vec<String> {
    (0..n).map(|idx| format!("{prefix}{idx}")).collect()
}

fn quoted(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    format!("[{}]", ids.join(", "))
}

/// The files of a random world with its scenario at `question.ron`.
pub fn random_world(seed: u64) -> MemorySources {
    let dice = &mut Dice::new(seed);
    let n_initiatives = dice.within(0, 4);
    let parts = Parts {
        actors: named("A", dice.within(2, 7)),
        organisations: named("O", dice.within(1, 3)),
        elements: named("e", dice.within(1, 6)),
        drivers: named("d", dice.within(1, 4)),
        threats: named("t", dice.within(0, 4)),
        blocs: named("b", dice.within(0, 3)),
        initiatives: (0..n_initiatives)
            .map(|idx| (format!("i{idx}"), dice.within(1, 4)))
            .collect(),
        first_year: 2_000,
        last_year: 2_000 + dice.within(1, 5),
    };
    MemorySources::default()
        .with("question.ron", scenario(dice, &parts))
        .with("world/world.ron", world(dice, &parts))
        .with("world/actors.csv", actors(dice, &parts))
        .with("world/dyads.csv", dyads(dice, &parts))
}

fn actors(dice: &mut Dice, parts: &Parts) -> String {
    let mut text = "id,name,number,kind,capability_share,gdp_musd,gdp_per_head_usd,population_thousand,polyarchy,ideal_point,salience.energy,\
                    salience.trade,salience.security,autonomy,ambition,net_fuel_export_twh,fuel_export_share,transit_role"
        .to_owned();
    let grows = dice.chance(60);
    if grows {
        text.push_str(",gdp_ppp_musd,growth_per_year,growth_volatility");
    }
    for (column, of) in [
        ("exposure", &parts.threats),
        ("proximity", &parts.blocs),
        ("presence", &parts.blocs),
    ] {
        of.iter()
            .for_each(|id| write!(text, ",{column}.{id}").expect("texts grow"));
    }
    for (idx, id) in parts.actors.iter().enumerate() {
        let kind = dice.one(&["State", "State", "Collective"]);
        // Numbers in another order than rows.
        write!(text, "\n{id},{id},{},{kind}", 1 + (idx * 5 + 3) % 11).expect("texts grow");
        let ranges = [
            (0.0, 0.4),
            (100.0, 900_000.0),
            (300.0, 50_000.0),
            (1.0, 90_000.0),
            (0.0, 1.0),
            (-3.0, 3.0),
            (0.0, 1.0),
            (0.0, 1.0),
            (0.0, 1.0),
            (0.0, 1.0),
            (0.0, 1.0),
            (-3_000.0, 3_000.0),
            (0.0, 1.0),
            (0.0, 1.0),
        ];
        let growth = [(0.0, 900_000.0), (-0.1, 0.2), (0.0, 0.2)];
        for (low, high) in ranges
            .into_iter()
            .chain(growth.into_iter().filter(|_| grows))
            .chain(parts.threats.iter().map(|_| (0.0, 2.0)))
        {
            write!(text, ",{}", dice.number(low, high)).expect("texts grow");
        }
        for _ in 0..2 * parts.blocs.len() {
            write!(text, ",{}", dice.number(0.0, 1.0)).expect("texts grow");
        }
    }
    text + "\n"
}

fn dyads(dice: &mut Dice, parts: &Parts) -> String {
    let mut text = "source,target,trade_out_musd,trade_in_musd,energy_link,rivalry,contiguity,pact,distance_km,disputes_10y,\
                    affinity,affinity_shift\n"
        .to_owned();
    for (at, one) in parts.actors.iter().enumerate() {
        for other in &parts.actors[at + 1..] {
            if dice.chance(25) {
                continue;
            }
            let (source, target) = if dice.chance(50) {
                (one, other)
            } else {
                (other, one)
            };
            let affinity = if dice.chance(50) {
                dice.number(-1.0, 1.0)
            } else {
                String::new()
            };
            writeln!(
                text,
                "{source},{target},{},{},{},{},{},{},{},{},{affinity},{}",
                dice.number(0.0, 60_000.0),
                dice.number(0.0, 60_000.0),
                dice.number(0.0, 1.0),
                dice.number(0.0, 1.0),
                dice.below(2),
                dice.number(0.0, 1.0),
                dice.number(0.0, 6_000.0),
                dice.below(6),
                dice.number(-0.5, 0.5)
            )
            .expect("texts grow");
        }
    }
    text
}

fn world(dice: &mut Dice, parts: &Parts) -> String {
    let entries = |of: &[String], dice: &mut Dice, entry: &dyn Fn(&mut Dice, usize) -> String| {
        let lines: Vec<String> = of
            .iter()
            .enumerate()
            .map(|(idx, id)| format!("\"{id}\": {}", entry(dice, idx)))
            .collect();
        format!("{{{}}}", lines.join(",\n  "))
    };
    let price = if dice.chance(60) {
        format!("energy_price: \"{}\",", dice.one(&parts.drivers))
    } else {
        String::new()
    };
    format!(
        "World(schema: 1, title: \"Random\", as_of: \"{}\", licence: \"none\", {price}\n organisations: {},\n elements: {},\n \
         drivers: {},\n threats: {},\n blocs: {})",
        dice.one(&["1999-12", "1996-03", "2001-07"]),
        entries(&parts.organisations, dice, &|dice, idx| organisation(
            dice, parts, idx
        )),
        entries(&parts.elements, dice, &|dice, idx| element(
            dice, parts, idx
        )),
        entries(&parts.drivers, dice, &|dice, idx| driver(dice, parts, idx)),
        entries(&parts.threats, dice, &|dice, _| threat(dice, parts)),
        entries(&parts.blocs, dice, &|dice, _| {
            let presence = if dice.chance(60) {
                format!(", presence: \"{}\"", dice.one(&parts.drivers))
            } else {
                String::new()
            };
            format!(
                "(members: {}{presence})",
                quoted(&dice.some(&parts.actors, 1))
            )
        }),
    )
}

fn months(dice: &mut Dice) -> String {
    let first = dice.within(1, 6);
    if dice.chance(50) {
        format!("[{first}]")
    } else {
        format!("[{first}, {}]", first + dice.within(1, 6))
    }
}

fn rule(dice: &mut Dice, parts: &Parts) -> String {
    let vetoes = if dice.chance(40) {
        quoted(&[dice.one(&parts.actors).clone()])
    } else {
        "[]".to_owned()
    };
    let weights = *dice.one(&["Equal", "Capability", "Gdp", "Population"]);
    match dice.below(11) {
        10 => format!(
            "Challenge(weights: {weights}, rounds: {})",
            dice.within(1, 4)
        ),
        0 | 1 => "Consensus".to_owned(),
        2 => format!("OptIn(min: {})", dice.within(1, 3)),
        3 => format!("SimpleMajority(vetoes: {vetoes})"),
        4 => format!(
            "ConsensusWithAbstention(quorum: {}, swallow: {}, block: {})",
            dice.number(0.0, 1.0),
            dice.number(0.0, 1.0),
            dice.number(1.0, 4.0)
        ),
        5 => format!(
            "VetoPlayers(players: {})",
            quoted(&dice.some(&parts.actors, 1))
        ),
        6 => format!("WeightedMedian(weights: {weights})"),
        7 => format!("CompromiseMean(weights: {weights})"),
        8 => format!("NashBargaining(weights: {weights})"),
        _ => {
            let votes: Vec<String> = dice
                .some(&parts.actors, 0)
                .iter()
                .map(|actor| format!("\"{actor}\": {}", dice.within(1, 9)))
                .collect();
            let mut clause = |key: &str| {
                let share = dice.number(0.0, 0.8);
                if dice.chance(40) {
                    format!(", {key}: {share}")
                } else {
                    String::new()
                }
            };
            let clauses = clause("members") + &clause("population");
            format!(
                "QualifiedMajority(quota: {}, weights: {weights}, vetoes: {vetoes}, votes: {{{}}}{clauses}, blocking_min: {})",
                dice.number(0.5, 1.0),
                votes.join(", "),
                dice.within(1, 3)
            )
        }
    }
}

const STATUSES: [&str; 5] = ["Partner", "Observer", "Candidate", "Member", "Suspended"];

fn organisation(dice: &mut Dice, parts: &Parts, idx: usize) -> String {
    let seats: Vec<String> = dice
        .some(&parts.actors, 1)
        .iter()
        .map(|actor| {
            let status = if dice.chance(60) {
                "Member"
            } else {
                dice.one(&STATUSES)
            };
            format!("\"{actor}\": {status}")
        })
        .collect();
    let levels: Vec<String> = dice
        .some(&parts.elements, 0)
        .iter()
        .map(|id| format!("\"{id}\": {}", dice.number(0.0, 1.0)))
        .collect();
    let bloc = if !parts.blocs.is_empty() && dice.chance(40) {
        format!(", bloc: \"{}\"", dice.one(&parts.blocs))
    } else {
        String::new()
    };
    let vote = if dice.chance(40) {
        dice.number(0.0, 1.0)
    } else {
        "0".to_owned()
    };
    let counted = if dice.chance(40) {
        format!(
            ", counted_seats: {}, counted_candidates: {}, counted_accession_per_year: {}",
            dice.below(9),
            dice.below(4),
            dice.number(0.0, 1.0)
        )
    } else {
        String::new()
    };
    format!(
        "(number: {}, rule: {}, observer_vote: {vote}, meetings: {}, seats: {{{}}}, levels: {{{}}}, exit_per_year: {}, exclusive: {}{bloc}{counted})",
        9 - idx,
        rule(dice, parts),
        months(dice),
        seats.join(", "),
        levels.join(", "),
        dice.number(0.0, 0.3),
        dice.chance(50)
    )
}

fn element(dice: &mut Dice, parts: &Parts, idx: usize) -> String {
    let by = |ids: &[String], low: f64, dice: &mut Dice| {
        let entries: Vec<String> = dice
            .some(ids, 0)
            .iter()
            .map(|id| format!("\"{id}\": {}", dice.number(low, 1.0)))
            .collect();
        format!("{{{}}}", entries.join(", "))
    };
    let link = if dice.chance(30) {
        format!(", links_to: \"{}\"", dice.one(&parts.organisations))
    } else {
        String::new()
    };
    let exclusive = dice.chance(25);
    let requires = if dice.chance(40) {
        quoted(&dice.some(&parts.elements[..idx], 0))
    } else {
        "[]".to_owned()
    };
    let share = |dice: &mut Dice| {
        if dice.chance(40) {
            dice.number(0.0, 1.0)
        } else {
            "0".to_owned()
        }
    };
    format!(
        "(protection: {}, depth: (energy: {}, trade: {}, security: {}), intrusiveness: {}, signal: {}, maturity: {}, build_years: {}, \
         energy_coordination: {}, energy_binding: {}, trade_opening: {}, mutual_assistance: {}, infrastructure_protection: {}, \
         exclusive: {exclusive}, requires: {requires}{link})",
        by(&parts.threats, 0.0, dice),
        share(dice),
        share(dice),
        share(dice),
        share(dice),
        by(&parts.blocs, -1.0, dice),
        share(dice),
        dice.number(0.0, 5.0),
        share(dice),
        share(dice),
        share(dice),
        share(dice),
        share(dice)
    )
}

fn driver(dice: &mut Dice, parts: &Parts, idx: usize) -> String {
    let number = |dice: &mut Dice| dice.number(0.0, 2.0);
    let process = match dice.below(7) {
        0 => format!("Constant(level: {})", number(dice)),
        1 => format!(
            "Path(points: [(\"{}-07\", {}), (\"{}-02\", {})])",
            parts.first_year,
            number(dice),
            parts.last_year,
            number(dice)
        ),
        2 => format!(
            "OrnsteinUhlenbeck(start: {}, mean: {}, rate: {}, volatility: {})",
            number(dice),
            number(dice),
            number(dice),
            number(dice)
        ),
        3 => format!(
            "GeometricBrownian(start: {}, growth: {}, volatility: {})",
            dice.number(0.1, 2.0),
            dice.number(-0.2, 0.2),
            number(dice)
        ),
        4 => format!(
            "RandomWalk(start: {}, drift: {}, volatility: {})",
            number(dice),
            dice.number(-0.3, 0.3),
            number(dice)
        ),
        5 => format!(
            "Markov(levels: [0.1, {}, 2], start: {}, up_per_year: {}, down_per_year: {})",
            number(dice),
            dice.below(3),
            number(dice),
            number(dice)
        ),
        _ => format!(
            "Jumps(base: {}, per_year: {}, size: {}, half_life_years: {})",
            number(dice),
            number(dice),
            number(dice),
            dice.number(0.1, 3.0)
        ),
    };
    let others: Vec<String> = (0..parts.drivers.len())
        .filter(|other| *other != idx)
        .map(|other| parts.drivers[other].clone())
        .collect();
    let has_volatility = !["Constant", "Path", "Markov"]
        .iter()
        .any(|name| process.starts_with(name));
    let couplings: Vec<String> = if dice.chance(40) {
        dice.some(&others, 0)
    } else {
        Vec::new()
    }
    .iter()
    .map(|id| {
        let volatility = if has_volatility {
            dice.number(-1.0, 1.0)
        } else {
            "0".to_owned()
        };
        format!(
            "\"{id}\": (mean: {}, volatility: {volatility}, lag_years: {})",
            dice.number(-0.5, 0.5),
            dice.one(&["0", "0.5", "3"])
        )
    })
    .collect();
    format!(
        "(number: {}, process: {process}, floor: 0, ceiling: 4, couplings: {{{}}})",
        20 - idx,
        couplings.join(", ")
    )
}

fn threat(dice: &mut Dice, parts: &Parts) -> String {
    let bloc = (!parts.blocs.is_empty()).then(|| dice.one(&parts.blocs).clone());
    let kind = match (dice.below(5), bloc) {
        (0, _) => format!(
            "Spillover(origin: \"{}\", scale_km: {})",
            dice.one(&parts.actors),
            dice.number(100.0, 3_000.0)
        ),
        (1, Some(bloc)) => format!("External(bloc: \"{bloc}\")"),
        (2, Some(bloc)) => format!("Regime(bloc: \"{bloc}\")"),
        (3, Some(bloc)) => format!("Direct(bloc: \"{bloc}\")"),
        _ => "Direct".to_owned(),
    };
    format!(
        "(kind: {kind}, driver: \"{}\", public_share: {})",
        dice.one(&parts.drivers),
        dice.number(0.0, 1.0)
    )
}

fn group(dice: &mut Dice, parts: &Parts, parties: bool) -> String {
    match dice.below(4) {
        0 => format!("Members(\"{}\")", dice.one(&parts.organisations)),
        1 if !parts.blocs.is_empty() => format!("Bloc(\"{}\")", dice.one(&parts.blocs)),
        2 if parties => "Parties".to_owned(),
        _ => format!("Actors({})", quoted(&dice.some(&parts.actors, 1))),
    }
}

fn effect(dice: &mut Dice, parts: &Parts, parties: bool) -> String {
    let (org, element, actor, driver) = (
        dice.one(&parts.organisations),
        dice.one(&parts.elements),
        dice.one(&parts.actors),
        dice.one(&parts.drivers),
    );
    let pair = format!(
        "from: {}, to: {}",
        group(dice, parts, parties),
        group(dice, parts, parties)
    );
    let group = group(dice, parts, parties);
    let by = dice.number(-0.6, 0.6);
    let bloc = (!parts.blocs.is_empty()).then(|| dice.one(&parts.blocs).clone());
    let threat = (!parts.threats.is_empty()).then(|| dice.one(&parts.threats).clone());
    match (dice.below(17), bloc, threat) {
        (0, _, _) => format!(
            "ElementSet(org: \"{org}\", element: \"{element}\", to: {})",
            dice.number(0.0, 1.0)
        ),
        (1 | 2, _, _) => format!("ElementAdd(org: \"{org}\", element: \"{element}\", by: {by})"),
        (3, _, _) => {
            let to = if dice.chance(20) {
                "Outsider"
            } else {
                dice.one(&STATUSES)
            };
            format!("StatusChange(org: \"{org}\", actor: \"{actor}\", to: {to})")
        }
        (4, _, _) => format!("AffinityShift({pair}, by: {by})"),
        (5, _, _) => format!("TradeScale({pair}, by: {})", dice.number(0.0, 2.0)),
        (6, _, _) => format!("EnergyLinkAdd({pair}, by: {by})"),
        (7, _, _) => format!("DriverShift(driver: \"{driver}\", by: {by})"),
        (8, _, _) => format!(
            "DriverMeanShift(driver: \"{driver}\", by: {by}, contributed: {})",
            dice.chance(50)
        ),
        (9, _, Some(threat)) => {
            format!("ExposureAdd(group: {group}, threat: \"{threat}\", by: {by})")
        }
        (10, Some(bloc), _) => format!("TrustShift(group: {group}, bloc: \"{bloc}\", by: {by})"),
        (14, Some(bloc), _) => {
            format!("PresenceAdd(actor: \"{actor}\", bloc: \"{bloc}\", by: {by})")
        }
        (15, ..) => format!("Deploy(org: \"{org}\", element: \"{element}\", actor: \"{actor}\")"),
        (11, Some(bloc), _) => format!("SignalAdd(org: \"{org}\", bloc: \"{bloc}\", by: {by})"),
        (12, _, _) => format!(
            "SalienceScale(group: {group}, domain: {}, by: {})",
            dice.one(&["Energy", "Trade", "Security"]),
            dice.number(0.1, 3.0)
        ),
        (13, _, _) if !parts.initiatives.is_empty() => {
            let what = dice.one(&["InitiativeOpen", "InitiativeClose"]);
            format!("{what}(initiative: \"{}\")", dice.one(&parts.initiatives).0)
        }
        (16, _, _) => format!("RuleChange(org: \"{org}\", rule: {})", rule(dice, parts)),
        _ => format!("IdealPointShift(group: {group}, by: {by})"),
    }
}

fn effects(dice: &mut Dice, parts: &Parts, parties: bool) -> String {
    let n = dice.within(1, 4);
    let effects: Vec<String> = (0..n).map(|_| effect(dice, parts, parties)).collect();
    format!("effects: [{}]", effects.join(", "))
}

fn condition(dice: &mut Dice, parts: &Parts, idx: usize, n_shocks: usize) -> String {
    let driver = dice.one(&parts.drivers);
    match dice.below(6) {
        5 if n_shocks > 0 => format!("ShockWithin(shock: \"s0\", months: {})", dice.below(30)),
        0 => format!(
            "LevelAtLeast(org: \"{}\", element: \"{}\", level: {})",
            dice.one(&parts.organisations),
            dice.one(&parts.elements),
            dice.number(0.0, 0.5)
        ),
        1 => format!(
            "DriverAbove(driver: \"{driver}\", level: {})",
            dice.number(0.0, 1.0)
        ),
        2 if idx > 0 => format!(
            "{}(initiative: \"{}\", rung: \"r0\")",
            dice.one(&["Adopted", "Completed"]),
            parts.initiatives[idx - 1].0
        ),
        3 => format!(
            "HasStatus(actor: \"{}\", org: \"{}\", status: Member)",
            dice.one(&parts.actors),
            dice.one(&parts.organisations)
        ),
        _ => format!(
            "DriverBelow(driver: \"{driver}\", level: {})",
            dice.number(1.0, 3.0)
        ),
    }
}

fn initiative(dice: &mut Dice, parts: &Parts, idx: usize, n_shocks: usize) -> String {
    let (id, n_rungs) = &parts.initiatives[idx];
    let venues = if dice.chance(70) {
        dice.some(&parts.organisations, 1)
    } else {
        Vec::new()
    };
    let named = dice.some(&parts.actors, usize::from(venues.is_empty()));
    let meetings = if venues.is_empty() {
        format!("meetings: {}, ", months(dice))
    } else {
        String::new()
    };
    let sponsors = if dice.chance(50) {
        dice.some(&named, 0)
    } else {
        Vec::new()
    };
    let rule = if dice.chance(50) {
        format!("rule: {}, ", rule(dice, parts))
    } else {
        String::new()
    };
    let conditions = if dice.chance(25) {
        format!("[{}]", condition(dice, parts, idx, n_shocks))
    } else {
        "[]".to_owned()
    };
    let cadence = if dice.chance(70) {
        "EveryMeeting".to_owned()
    } else {
        format!("EveryMonths({})", dice.within(6, 30))
    };
    let recurring = dice.chance(30);
    let ladder: Vec<String> = (0..*n_rungs)
        .map(|rung| {
            let depth = (rung + 1) as f64 / (*n_rungs + 1) as f64;
            let builds = if !recurring && dice.chance(40) {
                format!("build_years: {}, ", dice.number(0.0, 3.0))
            } else {
                String::new()
            };
            format!(
                "(rung: \"r{rung}\", depth: {depth:.3}, {builds}{})",
                effects(dice, parts, true)
            )
        })
        .collect();
    let stances: Vec<String> = dice
        .some(&named, 0)
        .iter()
        .map(|actor| {
            format!(
                "\"{actor}\": (value: {}, source: \"none\")",
                dice.number(-1.0, 1.0)
            )
        })
        .collect();
    format!(
        "\"{id}\": (title: \"{id}\", venues: {}, parties: {}, sponsors: {}, window: (from: \"{}-02\", until: \"{}-11\"), \
         cadence: {cadence}, {rule}{meetings}recurring: {recurring}, open: {}, conditions: {conditions}, ladder: [{}], stances: {{{}}})",
        quoted(&venues),
        quoted(&named),
        quoted(&sponsors),
        parts.first_year,
        parts.last_year,
        dice.chance(85),
        ladder.join(", "),
        stances.join(", ")
    )
}

fn shock(dice: &mut Dice, parts: &Parts, idx: usize) -> String {
    let (first, last) = (parts.first_year, parts.last_year);
    let when = match dice.below(4) {
        0 => format!("PerYear({})", dice.number(0.0, 1.5)),
        1 => format!("OncePerYear({})", dice.number(0.0, 1.5)),
        2 => format!(
            "At(month: \"{first}-08\", probability: {})",
            dice.number(0.0, 1.0)
        ),
        _ => format!(
            "Between(from: \"{first}-03\", until: \"{last}-05\", probability: {})",
            dice.number(0.0, 1.0)
        ),
    };
    format!(
        "\"s{idx}\": (title: \"s{idx}\", when: {when}, {})",
        effects(dice, parts, false)
    )
}

fn outcomes(dice: &mut Dice, parts: &Parts, n_shocks: usize) -> String {
    let (org, actor, other) = (&parts.organisations[0], &parts.actors[0], &parts.actors[1]);
    let element = dice.one(&parts.elements).clone();
    let at = format!("at: \"{}-04\"", parts.last_year);
    let mut all = vec![
        format!("Cohesion(org: \"{org}\")"),
        format!("CohesionPart(org: \"{org}\", part: Agreement, {at})"),
        format!("Maturity(org: \"{org}\")"),
        format!("Implementation(org: \"{org}\", {at})"),
        format!("Level(org: \"{org}\", element: \"{element}\")"),
        format!("Count(org: \"{org}\", status: Member)"),
        format!("Count(org: \"{org}\", status: Candidate, {at})"),
        format!("HasStatus(actor: \"{actor}\", org: \"{org}\", status: Observer)"),
        format!("DriverLevel(driver: \"{}\", {at})", parts.drivers[0]),
        format!("Affinity(source: \"{other}\", target: \"{actor}\")"),
        format!("Utility(actor: \"{actor}\", org: \"{org}\")"),
        format!("Utility(actor: \"{other}\", org: \"{org}\", term: Autonomy, {at})"),
        format!("TimeTo(event: Withdrawal(org: \"{org}\"))"),
        format!("TimeTo(event: Accession(org: \"{org}\", actor: \"{actor}\"))"),
        format!("EventCount(event: Suspension(org: \"{org}\"))"),
        "EventCount(event: Dispute(lethal: true))".to_owned(),
        "EventCount(event: Payment())".to_owned(),
        format!("TimeTo(event: Payment(actor: \"{actor}\"))"),
        format!("EventCount(event: Dispute(org: \"{org}\"))"),
        format!("TimeTo(event: Dispute(source: \"{actor}\", target: \"{other}\"))"),
    ];
    all.extend(quantities(dice, parts, &at));
    for (id, _) in &parts.initiatives {
        all.push(format!("Adopted(initiative: \"{id}\", rung: \"r0\")"));
        all.push(format!("Depth(initiative: \"{id}\", {at})"));
        all.push(format!(
            "BlockShare(initiative: \"{id}\", actor: \"{actor}\")"
        ));
        all.push(format!(
            "TimeTo(event: Adoption(initiative: \"{id}\", rung: \"r0\"))"
        ));
        all.push(format!(
            "Completed(initiative: \"{id}\", by: \"{}-04\")",
            parts.last_year
        ));
        all.push(format!(
            "TookPart(initiative: \"{id}\", actor: \"{actor}\")"
        ));
        all.push(format!("ParticipationShare(initiative: \"{id}\")"));
        all.push(format!(
            "ParticipationShare(initiative: \"{id}\", actor: \"{actor}\")"
        ));
        all.push(format!("TimeTo(event: Completion(initiative: \"{id}\"))"));
        all.push(format!(
            "EventCount(event: Abandonment(initiative: \"{id}\"))"
        ));
        all.push(format!(
            "EventCount(event: Holding(initiative: \"{id}\", all: true), from: \"{}-05\")",
            parts.first_year
        ));
        all.push(format!("EventCount(event: Holding(initiative: \"{id}\"))"));
    }
    if let Some(bloc) = parts.blocs.first() {
        all.push(format!("Trust(actor: \"{actor}\", bloc: \"{bloc}\")"));
        all.push(format!(
            "Presence(actor: \"{other}\", bloc: \"{bloc}\", {at})"
        ));
        all.push(format!("EventCount(event: Base(bloc: \"{bloc}\"))"));
        all.push(format!(
            "TimeTo(event: Base(bloc: \"{bloc}\", actor: \"{actor}\", opened: false))"
        ));
        all.push(format!("Antagonism(org: \"{org}\", bloc: \"{bloc}\")"));
    }
    all.push(format!("EventCount(event: Deployment(org: \"{org}\"))"));
    all.push(format!(
        "TimeTo(event: Deployment(org: \"{org}\", actor: \"{other}\"))"
    ));
    if n_shocks > 0 {
        all.push("EventCount(event: Shock(shock: \"s0\"))".to_owned());
    }
    all.join(", ")
}

/// Every quantity of the state.
fn quantities(dice: &mut Dice, parts: &Parts, at: &str) -> Vec<String> {
    let (org, actor, other) = (&parts.organisations[0], &parts.actors[0], &parts.actors[1]);
    let mut group = || group(dice, parts, false);
    let mut all = vec![
        format!("Gdp(actor: \"{actor}\", {at})"),
        format!("Gdp(actor: \"{other}\", ppp: true)"),
        format!("GdpShare(actor: \"{actor}\", among: {})", group()),
        format!(
            "GdpShare(actor: \"{other}\", among: {}, ppp: true, {at})",
            group()
        ),
        format!("Capability(actor: \"{other}\")"),
        format!(
            "CapabilityShare(actor: \"{actor}\", among: {}, {at})",
            group()
        ),
        format!("IdealPoint(actor: \"{actor}\")"),
        format!("IdealPointDistance(among: {}, {at})", group()),
        format!("IdealPointSpread(among: {})", group()),
        format!("VotingAgreement(among: {}, {at})", group()),
        format!("VotingAgreement(among: Members(\"{org}\"))"),
        format!("Stress(actor: \"{actor}\", domain: Security)"),
        format!("Salience(actor: \"{other}\", domain: Trade, {at})"),
        format!("Commitment(actor: \"{actor}\", org: \"{org}\")"),
        format!("RegimeDistance(source: \"{other}\", target: \"{actor}\")"),
        format!("AgendaShare(org: \"{org}\", domain: Energy, {at})"),
    ];
    if let Some(threat) = parts.threats.first() {
        all.push(format!("Threat(actor: \"{actor}\", threat: \"{threat}\")"));
    }
    all
}

fn scenario(dice: &mut Dice, parts: &Parts) -> String {
    let n_shocks = dice.within(0, 3);
    let initiatives: Vec<String> = (0..parts.initiatives.len())
        .map(|idx| initiative(dice, parts, idx, n_shocks))
        .collect();
    let shocks: Vec<String> = (0..n_shocks).map(|idx| shock(dice, parts, idx)).collect();
    let n_policies = dice.within(0, 2);
    let policies: Vec<String> = (0..n_policies)
        .map(|idx| {
            let effects = effects(dice, parts, false);
            let set = format!(
                "set: {{\"actors.{}.autonomy\": {}}}",
                parts.actors[0],
                dice.number(0.0, 1.0)
            );
            format!(
                "\"p{idx}\": (title: \"p{idx}\", from: \"{}-09\", {set}, {effects})",
                parts.first_year
            )
        })
        .collect();
    let step = dice.one(&["Month", "Quarter", "Year"]);
    let errors = if dice.chance(50) {
        let (tabled, seated) = (dice.number(0.0, 1.0), dice.number(0.0, 1.0));
        format!(
            "params: {{\"bargaining.model_error\": {tabled}, \"withdrawal.model_error\": {seated}, \"withdrawal.link\": 0.4}},"
        )
    } else {
        String::new()
    };
    let alternatives = if dice.chance(50) {
        let options: Vec<String> = ["b", "c"]
            .iter()
            .map(|id| format!("\"{id}\": (weight: 1.5, {})", effects(dice, parts, false)))
            .collect();
        format!(
            "alternatives: {{\"nature\": (options: {{\"a\": (weight: 1), {}}})}},",
            options.join(", ")
        )
    } else {
        String::new()
    };
    format!(
        "Scenario(schema: 1, title: \"Random\", question: \"?\", world: \"world\", \
         time: (start: \"{}-01\", end: \"{}-12\", step: {step}), focus: \"{}\", {errors}{alternatives}\n initiatives: {{{}}},\n shocks: {{{}}},\n \
         policies: {{{}}},\n outcomes: [{}])",
        parts.first_year,
        parts.last_year,
        dice.one(&parts.organisations),
        initiatives.join(",\n  "),
        shocks.join(",\n  "),
        policies.join(",\n  "),
        outcomes(dice, parts, n_shocks)
    )
}
