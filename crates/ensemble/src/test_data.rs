//! A scenario of two actors that the tests of this crate share, written by hand.

use foedera_scenario::{
    Actor, ActorKind, Cadence, Confidence, Distribution, Dyad, EventKind, Initiative, Leaf,
    LeafInfo, Leaves, Month, Organisation, Outcome, Policy, Rule, Rung, Scenario, Status, Step,
    Time, Uncertainty, World,
};

/// Two actors in one organisation, one initiative of two rungs, three uncertain inputs.
pub(crate) fn scenario() -> Scenario {
    let mut leaves = Leaves::default();
    let world = world(&mut leaves);
    let initiatives = vec![initiative(&mut leaves)];
    let weights = [
        "affinity",
        "agreement",
        "interdependence",
        "institutions",
        "commitment",
    ];
    let cohesion_weights =
        weights.map(|part| leaf(&mut leaves, &format!("cohesion_weights.{part}"), 1.0));
    let params = foedera_sim::catalogue().params.iter();
    let params = params.map(|of| leaf(&mut leaves, &format!("params.{}", of.path), of.default));
    let params: Vec<Leaf> = params.collect();
    let uncertainties = uncertainties(&leaves);
    Scenario {
        name: "two".to_owned(),
        title: "Two".to_owned(),
        question: "Do they?".to_owned(),
        sources: Vec::new(),
        time: Time {
            start: Month::new(2008, 1),
            end: Month::new(2009, 12),
            step: Step::Quarter,
        },
        focus: 0,
        world,
        params,
        cohesion_weights,
        stances: true,
        initiatives,
        shocks: Vec::new(),
        alternatives: Vec::new(),
        uncertainties,
        correlations: Vec::new(),
        policies: vec![policy(Vec::new())],
        outcomes: outcomes(),
        expect: Vec::new(),
        changes: Vec::new(),
        leaves,
    }
}

fn world(leaves: &mut Leaves) -> World {
    let actors = vec![actor(leaves, "A", 1), actor(leaves, "B", 2)];
    let dyads = vec![dyad(leaves)];
    let organisation = Organisation {
        id: "A".to_owned(),
        title: "An alliance".to_owned(),
        number: 1,
        rule: Rule::Consensus,
        observer_vote: leaf(leaves, "organisations.A.observer_vote", 0.0),
        meetings: vec![6],
        seats: vec![(0, Status::Member), (1, Status::Member)],
        levels: Vec::new(),
        exit_per_year: leaf(leaves, "organisations.A.exit_per_year", 0.01),
        exclusive: false,
        bloc: None,
        counted_seats: leaf(leaves, "organisations.A.counted_seats", 0.0),
        counted_candidates: 0,
        counted_accession_per_year: leaf(leaves, "organisations.A.counted_accession_per_year", 0.0),
    };
    World {
        title: "Two".to_owned(),
        as_of: Month::new(2007, 12),
        licence: String::new(),
        actors,
        dyads,
        organisations: vec![organisation],
        elements: Vec::new(),
        drivers: Vec::new(),
        threats: Vec::new(),
        blocs: Vec::new(),
        energy_price: None,
        figures: Vec::new(),
    }
}

fn uncertainties(leaves: &Leaves) -> Vec<Uncertainty> {
    let find = |path: &str| leaves.find(path).expect("this works");
    let uncertain = |path: &str, distribution| Uncertainty {
        leaf: find(path),
        distribution,
    };
    vec![
        uncertain(
            "actors.A.autonomy",
            Distribution::Normal {
                mean: 0.4,
                sd: 0.01,
            },
        ),
        uncertain(
            "actors.B.autonomy",
            Distribution::Triangular {
                low: 0.0,
                mode: 0.3,
                high: 1.0,
            },
        ),
        uncertain(
            "dyads.A-B.rivalry",
            Distribution::Pert {
                low: 0.1,
                mode: 0.2,
                high: 0.9,
            },
        ),
    ]
}

fn outcomes() -> Vec<Outcome> {
    vec![
        Outcome::Cohesion { org: 0, at: None },
        Outcome::Adopted {
            initiative: 0,
            rung: 0,
            by: None,
        },
        Outcome::TimeTo {
            event: EventKind::Withdrawal {
                org: 0,
                actor: None,
            },
        },
    ]
}

/// A leaf that no uncertainty draws.
pub(crate) fn undrawn_leaf(scenario: &Scenario) -> Leaf {
    scenario
        .leaves
        .find("dyads.A-B.contiguity")
        .expect("this works")
}

/// A policy that sets leaves.
pub(crate) fn policy(set: Vec<(Leaf, f64)>) -> Policy {
    Policy {
        id: "council".to_owned(),
        title: "A council".to_owned(),
        from: Month::new(2008, 1),
        effects: Vec::new(),
        set,
    }
}

fn leaf(leaves: &mut Leaves, path: &str, value: f64) -> Leaf {
    leaves.add(LeafInfo {
        path: path.to_owned(),
        value,
        min: -1e6,
        max: 1e6,
        unit: String::new(),
        source: None,
        confidence: Confidence::Unstated,
        written: true,
        prior: None,
    })
}

fn actor(leaves: &mut Leaves, id: &str, number: u16) -> Actor {
    let mut of = |column: &str, value: f64| leaf(leaves, &format!("actors.{id}.{column}"), value);
    Actor {
        id: id.to_owned(),
        name: format!("State {id}"),
        number,
        kind: ActorKind::State,
        map_code: None,
        capability_share: of("capability_share", 0.01),
        gdp_musd: of("gdp_musd", 1000.0),
        gdp_per_head_usd: of("gdp_per_head_usd", 5000.0),
        population_thousand: of("population_thousand", 1000.0),
        polyarchy: of("polyarchy", 0.5),
        ideal_point: of("ideal_point", 0.0),
        salience: ["energy", "trade", "security"].map(|d| of(&format!("salience.{d}"), 0.3)),
        autonomy: of("autonomy", 0.4),
        ambition: of("ambition", 0.2),
        net_fuel_export_twh: of("net_fuel_export_twh", 0.0),
        fuel_export_share: of("fuel_export_share", 0.0),
        transit_role: of("transit_role", 0.0),
        gdp_ppp_musd: of("gdp_ppp_musd", 0.0),
        growth_per_year: of("growth_per_year", 0.0),
        growth_volatility: of("growth_volatility", 0.0),
        exposure: Vec::new(),
        proximity: Vec::new(),
        presence: Vec::new(),
    }
}

fn dyad(leaves: &mut Leaves) -> Dyad {
    let mut of = |column: &str, value: f64| leaf(leaves, &format!("dyads.A-B.{column}"), value);
    Dyad {
        source: 0,
        target: 1,
        trade_out_musd: of("trade_out_musd", 10.0),
        trade_in_musd: of("trade_in_musd", 10.0),
        energy_link: of("energy_link", 0.0),
        rivalry: of("rivalry", 0.2),
        contiguity: of("contiguity", 1.0),
        pact: of("pact", 0.0),
        distance_km: of("distance_km", 500.0),
        disputes_10y: of("disputes_10y", 0.0),
        affinity: None,
        affinity_shift: of("affinity_shift", 0.0),
    }
}

fn initiative(leaves: &mut Leaves) -> Initiative {
    let mut rung = |id: &str, depth: f64| Rung {
        id: id.to_owned(),
        title: id.to_owned(),
        depth: leaf(
            leaves,
            &format!("initiatives.link.ladder.{id}.depth"),
            depth,
        ),
        build_years: None,
        effects: Vec::new(),
    };
    Initiative {
        id: "link".to_owned(),
        title: "A link".to_owned(),
        number: 1,
        venues: vec![0],
        parties: Vec::new(),
        sponsors: Vec::new(),
        from: Month::new(2008, 1),
        until: Month::new(2009, 12),
        cadence: Cadence::EveryMeeting,
        rule: None,
        meetings: Vec::new(),
        open: true,
        recurring: false,
        conditions: Vec::new(),
        ladder: vec![rung("mou", 0.3), rung("merger", 1.0)],
        stances: Vec::new(),
    }
}
