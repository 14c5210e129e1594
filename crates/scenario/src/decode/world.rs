//! The world folder's `world.ron`: organisations, threats, blocs.

use super::driver::NUMBER;
use super::fields::Fields;
use super::{At, Decoder, join};
use crate::leaf::Leaf;
use crate::model::{Actor, Bloc, Organisation, Status, Threat, ThreatKind, World};
use crate::spec::{ABOVE_ZERO, Choice, Field, Form, Kind, Shape, field, number, share, text};
use crate::tree::{Entry, Node, Value};
use crate::{Month, limits};

/// Keys of `world.ron`.
pub(crate) const WORLD: Shape = Shape {
    name: "World",
    doc: "What the world is",
    fields: &[
        field(
            "schema",
            Form::Whole { min: 1, max: 1 },
            "Version of this format",
        ),
        text("title", "Title"),
        field("as_of", Form::Month, "The month the figures describe"),
        text("licence", "Licences of the sources"),
        field(
            "figures",
            Form::Words("a map from column to figure source"),
            "Where the figures of each table column come from",
        )
        .optional("not stated, which is a warning"),
        field(
            "organisations",
            Form::Words("a map from id to organisation"),
            "Organisations",
        ),
        field(
            "elements",
            Form::Words("a map from id to element"),
            "Catalogue of institutional elements",
        )
        .optional("none"),
        field("drivers", Form::Words("a map from id to driver"), "Drivers").optional("none"),
        field("threats", Form::Words("a map from id to threat"), "Threats").optional("none"),
        field(
            "blocs",
            Form::Words("a map from id to bloc"),
            "Outside blocs",
        )
        .optional("none"),
        field(
            "energy_price",
            Form::Name(Kind::Driver),
            "The driver that is the energy price relative to the world's year",
        )
        .optional("a price of 1"),
        field(
            "uncertainties",
            Form::Words("a map from path to distribution"),
            "Uncertain inputs",
        )
        .optional("none"),
        field(
            "correlations",
            Form::Words("a list of (path, path, rank correlation)"),
            "Rank correlations between uncertain inputs",
        )
        .optional("none"),
    ],
};

/// Keys of an organisation.
pub(crate) const ORGANISATION: Shape = Shape {
    name: "organisation",
    doc: "An organisation with its members, rule, calendar and element levels",
    fields: &[
        text("title", "Title").optional("the id"),
        NUMBER,
        field("rule", Form::Choice("rule"), "How it decides").optional("Consensus"),
        share("observer_vote", "Part of a vote that an observer has under a majority, a median or a compromise; never a veto").or(0.0),
        field("meetings", Form::Words("a list of months of the year, 1 to 12"), "When it meets"),
        field("seats", Form::Words("a map from actor to status"), "Who has which status at the start"),
        field("levels", Form::Words("a map from element to level, 0 to 1"), "Declared levels at the start")
            .optional("0 each"),
        number("exit_per_year", 0.0, 10.0, "Hazard of leaving of an indifferent member")
            .unit("per year")
            .or(0.004),
        field("exclusive", Form::Flag, "Whether its treaty forbids full membership of another organisation with a mutual-assistance article")
            .optional("false"),
        field("bloc", Form::Name(Kind::Bloc), "The bloc whose military alliance it is").optional("none"),
        number("counted_seats", 0.0, 1000.0, "Full members that `Count` counts without their being actors; the seat of a collective actor stands for them and is then not counted")
            .or(0.0),
        field("counted_candidates", Form::Whole { min: 0, max: 64 }, "Candidates that are counted without being actors")
            .optional("0"),
        number("counted_accession_per_year", 0.0, 10.0, "Hazard of accession of each counted candidate")
            .unit("per year")
            .or(0.0),
    ],
};

const LEVEL: Field = share("levels", "Declared level at the start").or(0.0);

/// Keys of a threat.
pub(crate) const THREAT: Shape = Shape {
    name: "threat",
    doc: "A danger to actors that organisations may protect against",
    fields: &[
        text("title", "Title").optional("the id"),
        field(
            "kind",
            Form::Choice("kind of threat"),
            "How exposure arises",
        ),
        field(
            "driver",
            Form::Name(Kind::Driver),
            "What drives its intensity",
        ),
        share("public_share", "Share of protection that is a public good").or(0.0),
    ],
};

/// Kinds of threat.
pub(crate) const THREAT_KINDS: Choice = Choice {
    noun: "kind of threat",
    code: "scenario::unknown_threat_kind",
    doc: "How exposure to a threat arises",
    variants: &[
        Shape {
            name: "Spillover",
            doc: "Spills over from an actor, fading with distance, heavier for the weak",
            fields: &[
                field("origin", Form::Name(Kind::Actor), "Where it comes from"),
                number(
                    "scale_km",
                    ABOVE_ZERO,
                    50_000.0,
                    "Distance at which it has faded to 1/e",
                )
                .unit("km"),
            ],
        },
        Shape {
            name: "External",
            doc: "Military pressure of a bloc",
            fields: &[field("bloc", Form::Name(Kind::Bloc), "The bloc")],
        },
        Shape {
            name: "Regime",
            doc: "A bloc's pressure on the regime",
            fields: &[field("bloc", Form::Name(Kind::Bloc), "The bloc")],
        },
        Shape {
            name: "Direct",
            doc: "The exposure column itself",
            fields: &[field(
                "bloc",
                Form::Name(Kind::Bloc),
                "The bloc whose military pressure it is",
            )
            .optional("nobody's")],
        },
    ],
};

/// Keys of a bloc.
pub(crate) const BLOC: Shape = Shape {
    name: "bloc",
    doc: "Outside actors seen as one",
    fields: &[
        text("title", "Title").optional("the id"),
        field(
            "members",
            Form::Names(Kind::Actor),
            "Its members among the actors",
        ),
        field(
            "presence",
            Form::Name(Kind::Driver),
            "Driver of its military presence in the region",
        )
        .optional("none"),
    ],
};

/// Ids of the things in a map, for the tables of names; mistakes are left to decoding.
pub(crate) fn keys_of(root: &Node, name: &str) -> Vec<String> {
    let (Value::Struct(_, fields) | Value::Map(fields)) = &root.value else {
        return Vec::new();
    };
    let found = fields.iter().find(|field| field.key.text == name);
    match found.map(|field| &field.value.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .filter(|entry| entry.value.value != Value::None)
            .map(|entry| entry.key.text.clone())
            .collect(),
        _ => Vec::new(),
    }
}

impl Decoder<'_> {
    /// Learns the names of everything in a world but its actors.
    pub(crate) fn learn_world(&mut self, root: &Node) {
        for (kind, key) in [
            (Kind::Organisation, "organisations"),
            (Kind::Element, "elements"),
            (Kind::Driver, "drivers"),
            (Kind::Threat, "threats"),
            (Kind::Bloc, "blocs"),
        ] {
            self.names.set(kind, keys_of(root, key));
        }
    }

    /// The things of a world that stand in `world.ron`; actors and dyads come from the tables.
    pub(crate) fn world(&mut self, fields: &Fields, actors: Vec<Actor>) -> World {
        fields.whole(self, "schema");
        let organisations = self.organisations(fields);
        let elements = self.elements(fields);
        let drivers = self.drivers(fields);
        let threats = self.threats(fields);
        World {
            title: fields.text(self, "title").unwrap_or_default(),
            as_of: fields.month(self, "as_of").unwrap_or(Month::new(2000, 1)),
            licence: fields.text(self, "licence").unwrap_or_default(),
            actors,
            dyads: Vec::new(),
            organisations,
            elements,
            drivers,
            threats,
            blocs: self.blocs(fields),
            energy_price: fields.name(self, "energy_price"),
            figures: Vec::new(),
        }
    }

    fn organisations(&mut self, world: &Fields) -> Vec<Organisation> {
        let entries = world.things(
            self,
            "organisations",
            Kind::Organisation,
            limits::ORGANISATIONS,
        );
        let at = world.at("organisations");
        entries
            .iter()
            .filter_map(|entry| self.organisation(entry, &at))
            .collect()
    }

    fn organisation(&mut self, entry: &Entry, at: &At) -> Option<Organisation> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &ORGANISATION, &at.key(id))?;
        let rule = fields
            .node("rule")
            .and_then(|node| self.rule(node, &fields.at("rule")));
        let meetings = self.months_of_year(&fields, "meetings");
        let seats = self.seats(&fields);
        Some(Organisation {
            id: id.clone(),
            title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
            number: self.number_of(&fields, Kind::Organisation, id),
            rule: rule.unwrap_or(crate::model::Rule::Consensus),
            observer_vote: fields.leaf(self, "observer_vote"),
            meetings,
            seats,
            levels: self.by_name(&fields, "levels", Kind::Element, &LEVEL),
            exit_per_year: fields.leaf(self, "exit_per_year"),
            exclusive: fields.flag(self, "exclusive", false),
            bloc: fields.name(self, "bloc"),
            counted_seats: fields.leaf(self, "counted_seats"),
            counted_candidates: fields
                .whole(self, "counted_candidates")
                .and_then(|n| u16::try_from(n).ok())
                .unwrap_or(0),
            counted_accession_per_year: fields.leaf(self, "counted_accession_per_year"),
        })
    }

    /// Months of the year, ascending, each once.
    pub(super) fn months_of_year(&mut self, fields: &Fields, key: &str) -> Vec<i32> {
        let path = fields.at(key).path;
        let Some(node) = fields.node(key) else {
            return Vec::new();
        };
        let mut months = Vec::new();
        for (idx, item) in self.list_of(node, &path, 12, "meetings").iter().enumerate() {
            let path = format!("{path}[{idx}]");
            let month = self
                .whole(item, (1, 12), &path)
                .and_then(|month| i32::try_from(month).ok());
            let Some(month) = month else { continue };
            if months.contains(&month) {
                self.report(
                    "scenario::duplicate_name",
                    item.span,
                    &path,
                    "the month is listed twice",
                );
            } else {
                months.push(month);
            }
        }
        if months.is_empty() && matches!(&node.value, Value::List(items) if items.is_empty()) {
            let message = "a body that never meets decides nothing";
            self.report("scenario::too_few", node.head(), &path, message);
        }
        months.sort_unstable();
        months
    }

    fn seats(&mut self, fields: &Fields) -> Vec<(usize, Status)> {
        let at = fields.at("seats");
        let mut seats = Vec::new();
        for entry in fields.entries(self, "seats") {
            let at = at.key(&entry.key.text);
            let actor = self.name_of(&entry.key.text, entry.key.span, Kind::Actor, &at.path);
            let status = self.status(&entry.value, &at);
            if let (Some(actor), Some(status)) = (actor, status)
                && status != Status::Outsider
            {
                seats.push((actor, status));
            }
        }
        seats.sort_unstable();
        seats
    }

    /// One leaf for each thing of a kind, from a map of some of them.
    pub(super) fn by_name(
        &mut self,
        fields: &Fields,
        key: &str,
        kind: Kind,
        field: &Field,
    ) -> Vec<Leaf> {
        let at = fields.at(key);
        let entries = fields.entries(self, key);
        for entry in &entries {
            let path = join(&at.path, &entry.key.text);
            self.name_of(&entry.key.text, entry.key.span, kind, &path);
        }
        let ids = self.names.ids(kind).to_vec();
        let leaf = |id: String| {
            let at = at.key(&id);
            match entries.iter().find(|entry| entry.key.text == id) {
                Some(entry) => self.leaf(&entry.value, field, &at),
                None => self.default_leaf(field, at.leaf, field.default_number()),
            }
        };
        ids.into_iter().map(leaf).collect()
    }

    fn threats(&mut self, world: &Fields) -> Vec<Threat> {
        let entries = world.things(self, "threats", Kind::Threat, limits::THREATS);
        let at = world.at("threats");
        entries
            .iter()
            .filter_map(|entry| self.threat(entry, &at))
            .collect()
    }

    fn threat(&mut self, entry: &Entry, at: &At) -> Option<Threat> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &THREAT, &at.key(id))?;
        let kind = fields
            .node("kind")
            .and_then(|node| self.threat_kind(node, &fields));
        let driver = fields.name(self, "driver");
        let public_share = fields.leaf(self, "public_share");
        let title = fields.text(self, "title").unwrap_or_else(|| id.clone());
        Some(Threat {
            id: id.clone(),
            title,
            kind: kind?,
            driver: driver?,
            public_share,
        })
    }

    fn threat_kind(&mut self, node: &Node, threat: &Fields) -> Option<ThreatKind> {
        let at = At {
            path: threat.at("kind").path,
            leaf: threat.at.leaf.clone(),
        };
        let (shape, fields) = self.variant(node, &THREAT_KINDS, &at)?;
        Some(match shape.name {
            "Spillover" => {
                let scale_km = fields.leaf(self, "scale_km");
                ThreatKind::Spillover {
                    origin: fields.name(self, "origin")?,
                    scale_km,
                }
            }
            "External" => ThreatKind::External {
                bloc: fields.name(self, "bloc")?,
            },
            "Regime" => ThreatKind::Regime {
                bloc: fields.name(self, "bloc")?,
            },
            "Direct" => {
                let bloc = fields.name(self, "bloc");
                if fields.node("bloc").is_some() && bloc.is_none() {
                    return None;
                }
                ThreatKind::Direct { bloc }
            }
            other => unreachable!("kind of threat {other} is in the table and not here"),
        })
    }

    fn blocs(&mut self, world: &Fields) -> Vec<Bloc> {
        let entries = world.things(self, "blocs", Kind::Bloc, limits::BLOCS);
        let at = world.at("blocs");
        let bloc = |entry: &Entry| {
            let id = &entry.key.text;
            let fields = Fields::open(self, &entry.value, &BLOC, &at.key(id))?;
            Some(Bloc {
                id: id.clone(),
                title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
                members: fields.names(self, "members"),
                presence: fields.name(self, "presence"),
            })
        };
        entries.iter().filter_map(bloc).collect()
    }
}
