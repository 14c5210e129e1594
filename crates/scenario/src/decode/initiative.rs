//! Initiatives with their ladders.

use super::fields::Fields;
use super::{At, Decoder, number};
use crate::limits;
use crate::model::{Cadence, Condition, Initiative, Rung, Stance};
use crate::spec::{Choice, Field, Form, Kind, Shape, field, number as number_field, share, text};
use crate::tree::{Entry, Node, Value};

const BUILD_YEARS: Field = number_field(
    "build_years",
    0.0,
    100.0,
    "Planned time to build; the effects apply on completion",
)
.unit("years");

/// Keys of an initiative.
pub(crate) const INITIATIVE: Shape = Shape {
    name: "initiative",
    doc: "A proposal put to parties",
    fields: &[
        text("title", "Title").optional("the id"),
        field(
            "venues",
            Form::Names(Kind::Organisation),
            "Venues whose members decide; all must pass",
        )
        .optional("none; then parties must be named"),
        field(
            "parties",
            Form::Names(Kind::Actor),
            "Parties beside or instead of a venue",
        )
        .optional("none"),
        field("sponsors", Form::Names(Kind::Actor), "Who tables it")
            .optional("the party that gains most"),
        field(
            "window",
            Form::Words("(from: month, until: month)"),
            "First and last month in which it may be tabled",
        )
        .optional("the whole span"),
        field("cadence", Form::Choice("cadence"), "How often it is tabled")
            .optional("EveryMeeting"),
        field(
            "rule",
            Form::Choice("rule"),
            "A rule that replaces the venue's",
        )
        .optional("the venue's; Consensus without a venue"),
        field(
            "meetings",
            Form::Words("a list of months of the year, 1 to 12"),
            "When named parties meet, if there is no venue",
        )
        .optional("January, April, July and October"),
        field("open", Form::Flag, "Whether it is open at the start").optional("true"),
        field(
            "recurring",
            Form::Flag,
            "Whether it is held again and again: put to the vote anew, from the first rung, at every meeting of its cadence",
        )
        .optional("false"),
        field(
            "conditions",
            Form::Words("a list of conditions"),
            "What must hold for it to be tabled",
        )
        .optional("nothing"),
        field(
            "ladder",
            Form::Words("a list of rungs"),
            "Rungs, shallow to deep",
        ),
        field(
            "stances",
            Form::Words("a map from actor to stance, -1 to 1"),
            "Analysts' stances",
        )
        .optional("none"),
    ],
};

/// Keys of a window.
pub(crate) const WINDOW: Shape = Shape {
    name: "window",
    doc: "First and last month in which an initiative may be tabled",
    fields: &[
        field("from", Form::Month, "First month").optional("the first month of the scenario"),
        field("until", Form::Month, "Last month, included")
            .optional("the last month of the scenario"),
    ],
};

/// Keys of a rung.
pub(crate) const RUNG: Shape = Shape {
    name: "rung",
    doc: "One rung of a ladder",
    fields: &[
        text("rung", "Id"),
        text("title", "Title").optional("the id"),
        share("depth", "Depth, rising along the ladder"),
        BUILD_YEARS.optional("nothing to build; the effects apply on adoption"),
        field(
            "effects",
            Form::Words("a list of effects, at least one"),
            "Effects when adopted, or when built",
        ),
    ],
};

const STANCE: Field = number_field("stances", -1.0, 1.0, "Stance");

/// Cadences.
pub(crate) const CADENCES: Choice = Choice {
    noun: "cadence",
    code: "scenario::unknown_cadence",
    doc: "How often an initiative is tabled",
    variants: &[
        Shape {
            name: "EveryMeeting",
            doc: "At every meeting of the venue",
            fields: &[],
        },
        Shape {
            name: "EveryMonths",
            doc: "At the first meeting at least so many months after the last tabling",
            fields: &[field(
                "months",
                Form::Whole { min: 1, max: 1_200 },
                "Months",
            )],
        },
    ],
};

/// Months in which parties without a venue meet, if the file does not say.
const QUARTERLY: [i32; 4] = [1, 4, 7, 10];

/// Ids of the rungs of every initiative, for the tables of names.
pub(crate) fn rungs_of(root: &Node) -> Vec<Vec<String>> {
    let (Value::Struct(_, fields) | Value::Map(fields)) = &root.value else {
        return Vec::new();
    };
    let Some(field) = fields.iter().find(|field| field.key.text == "initiatives") else {
        return Vec::new();
    };
    let Value::Map(entries) = &field.value.value else {
        return Vec::new();
    };
    let mut seen = std::collections::BTreeSet::new();
    let new = entries
        .iter()
        .filter(|entry| entry.value.value != Value::None && seen.insert(entry.key.text.as_str()));
    new.map(|entry| rung_ids(&entry.value)).collect()
}

fn rung_ids(initiative: &Node) -> Vec<String> {
    let entry = |node: &Node, key: &str| match &node.value {
        Value::Struct(_, fields) => fields
            .iter()
            .find(|field| field.key.text == key)
            .map(|field| field.value.clone()),
        _ => None,
    };
    let Some(Node {
        value: Value::List(rungs),
        ..
    }) = entry(initiative, "ladder")
    else {
        return Vec::new();
    };
    let mut ids: Vec<String> = Vec::new();
    for rung in &rungs {
        let id = match rung.value {
            Value::Tuple(_, ref items) => items.first().cloned(),
            _ => entry(rung, "rung"),
        };
        if let Some(Node {
            value: Value::Text(id),
            ..
        }) = id
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

impl Decoder<'_> {
    pub(crate) fn initiatives(&mut self, scenario: &Fields) -> Vec<Initiative> {
        let entries = scenario.things(self, "initiatives", Kind::Initiative, limits::INITIATIVES);
        let at = scenario.at("initiatives");
        let numbers = number::unique(self.names.ids(Kind::Initiative));
        let mut all = Vec::with_capacity(entries.len());
        for entry in &entries {
            let idx = self.names.find(Kind::Initiative, &entry.key.text);
            let number = idx.map_or(0, |idx| numbers[idx]);
            let initiative = self.initiative(entry, &at, number);
            if let Some(initiative) = &initiative {
                self.check_recurring(initiative, entry, &at);
            }
            all.extend(initiative);
        }
        self.check_conditions(&all, &entries);
        all
    }

    fn initiative(&mut self, entry: &Entry, at: &At, number: u16) -> Option<Initiative> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &INITIATIVE, &at.key(id))?;
        let venues = fields.names(self, "venues");
        let parties = fields.names(self, "parties");
        let no_body = |key: &str| match fields.node(key).map(|node| &node.value) {
            None => true,
            Some(Value::List(items)) => items.is_empty(),
            Some(_) => false,
        };
        if no_body("venues") && no_body("parties") && !entry.value.damaged {
            let mistake = self
                .mistake(
                    "scenario::no_parties",
                    entry.key.span,
                    &fields.at.path,
                    format!("nobody decides on `{id}`"),
                )
                .expected("`venues`, `parties` or both");
            self.push(mistake);
        }
        let meetings = self.own_meetings(&fields, no_body("venues"));
        let (from, until) = self.window(&fields);
        let rule = fields
            .node("rule")
            .and_then(|node| self.rule(node, &fields.at("rule")));
        Some(Initiative {
            id: id.clone(),
            title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
            number,
            venues,
            parties,
            sponsors: fields.names(self, "sponsors"),
            from,
            until,
            cadence: self.cadence(&fields),
            rule,
            meetings,
            open: fields.flag(self, "open", true),
            recurring: fields.flag(self, "recurring", false),
            conditions: self.conditions(&fields),
            ladder: self.ladder(&fields),
            stances: self.stances(&fields),
        })
    }

    /// What is held again and again has nothing to build: the next holding would come before it stands.
    fn check_recurring(&mut self, initiative: &Initiative, entry: &Entry, at: &At) {
        let builds = initiative
            .ladder
            .iter()
            .find(|rung| rung.build_years.is_some());
        if let Some(rung) = builds.filter(|_| initiative.recurring) {
            let message = format!(
                "`{}` is recurring, and its rung `{}` takes years to build",
                initiative.id, rung.id
            );
            let at = at.key(&initiative.id);
            let mistake = self
                .mistake(
                    "scenario::recurring_build",
                    entry.key.span,
                    &at.path,
                    message,
                )
                .help("leave `build_years` out, or `recurring`");
            self.push(mistake);
        }
    }

    fn own_meetings(&mut self, fields: &Fields, without_venue: bool) -> Vec<i32> {
        let meetings = self.months_of_year(fields, "meetings");
        match (fields.node("meetings"), without_venue) {
            (None, true) => QUARTERLY.to_vec(),
            (Some(node), false) => {
                let message = "the venue has its own meetings; these are not used";
                let path = fields.at("meetings").path;
                let doubt = self.mistake("scenario::unused_meetings", node.head(), &path, message);
                self.push(doubt.help("leave `meetings` out").as_warning());
                Vec::new()
            }
            _ => meetings,
        }
    }

    fn window(&mut self, initiative: &Fields) -> (crate::Month, crate::Month) {
        let time = self.time.unwrap_or(super::scenario::ANY_TIME);
        let at = initiative.at("window");
        let Some(node) = initiative.node("window") else {
            return (time.start, time.end);
        };
        let Some(fields) = Fields::open(self, node, &WINDOW, &at) else {
            return (time.start, time.end);
        };
        let from = fields.month(self, "from").unwrap_or(time.start);
        let until = fields.month(self, "until").unwrap_or(time.end);
        let known = fields.node("from").is_some() && fields.node("until").is_some();
        if from > until && known {
            self.dates_reversed(&fields, "from", "until", (from, until));
        } else if self.time.is_some() && (from > time.end || until < time.start) {
            let message = format!("the window {from} to {until} is outside the time span");
            let doubt = self.mistake(
                "scenario::window_outside_span",
                node.head(),
                &at.path,
                message,
            );
            let doubt = doubt.expected(format!("months from {} to {}", time.start, time.end));
            self.push(doubt.help("it is never tabled").as_warning());
        }
        (from, until)
    }

    /// Reports a span that ends before it begins.
    pub(super) fn dates_reversed(
        &mut self,
        fields: &Fields,
        first: &str,
        last: &str,
        (from, until): (crate::Month, crate::Month),
    ) {
        let place = self.texts.place(fields.span(first));
        let message = format!("{until} comes before {from}");
        let path = fields.at(last).path;
        let mistake = self
            .mistake(
                "scenario::dates_out_of_order",
                fields.span(last),
                &path,
                message,
            )
            .label("the end")
            .related(place, "the beginning");
        self.push(mistake);
    }

    fn cadence(&mut self, initiative: &Fields) -> Cadence {
        let at = initiative.at("cadence");
        let variant = initiative
            .node("cadence")
            .and_then(|node| self.variant(node, &CADENCES, &at));
        match variant {
            Some((shape, fields)) if shape.name == "EveryMonths" => {
                let months = fields
                    .whole(self, "months")
                    .and_then(|n| i32::try_from(n).ok());
                Cadence::EveryMonths(months.unwrap_or(1))
            }
            _ => Cadence::EveryMeeting,
        }
    }

    fn conditions(&mut self, initiative: &Fields) -> Vec<Condition> {
        let at = initiative.at("conditions");
        let Some(node) = initiative.node("conditions") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::CONDITIONS, "conditions");
        let condition = |(idx, node): (usize, &Node)| self.condition(node, &at.item(idx));
        nodes.iter().enumerate().filter_map(condition).collect()
    }

    fn ladder(&mut self, initiative: &Fields) -> Vec<Rung> {
        let at = initiative.at("ladder");
        let Some(node) = initiative.node("ladder") else {
            return Vec::new();
        };
        let nodes = self.list_of(node, &at.path, limits::RUNGS, "rungs");
        if matches!(&node.value, Value::List(items) if items.is_empty()) && !node.damaged {
            let mistake = self
                .mistake(
                    "scenario::empty_ladder",
                    node.head(),
                    &at.path,
                    "a ladder without rungs",
                )
                .expected("at least one rung");
            self.push(mistake);
        }
        let mut ladder: Vec<Rung> = Vec::with_capacity(nodes.len());
        for (idx, node) in nodes.iter().enumerate() {
            if let Some(rung) = self.rung(node, &at, idx, &ladder) {
                ladder.push(rung);
            }
        }
        ladder
    }

    fn rung(&mut self, node: &Node, at: &At, idx: usize, before: &[Rung]) -> Option<Rung> {
        let mut at = At {
            path: format!("{}[{idx}]", at.path),
            leaf: at.leaf.clone(),
        };
        let fields = Fields::open(self, node, &RUNG, &at)?;
        let id = fields.text(self, "rung");
        // Even without an id the rest is looked at.
        let known = id.clone().unwrap_or_else(|| format!("[{idx}]"));
        at.leaf = format!("{}.{known}", at.leaf);
        let fields = fields.moved(at);
        if id.is_some() {
            self.check_id(&known, fields.span("rung"), &fields.at("rung").path);
        }
        if before.iter().any(|rung| rung.id == known) {
            let path = fields.at("rung").path;
            let message = format!("the rung `{known}` is there already");
            self.report(
                "scenario::duplicate_id",
                fields.span("rung"),
                &path,
                message,
            );
            return None;
        }
        let depth = fields.leaf(self, "depth");
        let builds = fields.node("build_years").is_some();
        let build_years = builds.then(|| fields.leaf(self, "build_years"));
        self.parties_known = true;
        let effects = self.effects(&fields, "effects");
        self.parties_known = false;
        self.nothing_happens(
            &fields,
            "effects",
            &format!("the rung `{known}` changes nothing"),
        );
        let title = fields.text(self, "title").unwrap_or_else(|| known.clone());
        Some(Rung {
            id: known,
            title,
            depth,
            build_years,
            effects,
        })
    }

    /// Reports a list of effects that is there and empty.
    pub(super) fn nothing_happens(&mut self, fields: &Fields, key: &str, message: &str) {
        let Some(node) = fields.node(key) else { return };
        if matches!(&node.value, Value::List(items) if items.is_empty()) && !node.damaged {
            let path = fields.at(key).path;
            let mistake = self.mistake("scenario::no_effects", node.head(), &path, message);
            self.push(mistake.expected("at least one effect"));
        }
    }

    fn stances(&mut self, initiative: &Fields) -> Vec<Stance> {
        let at = initiative.at("stances");
        let mut stances = Vec::new();
        for entry in initiative.entries(self, "stances") {
            let at = at.key(&entry.key.text);
            let actor = self.name_of(&entry.key.text, entry.key.span, Kind::Actor, &at.path);
            let value = self.leaf(&entry.value, &STANCE, &at);
            let source = self.leaves.info(value).source.clone();
            if source.is_none() && !entry.value.damaged && !self.has_mistake_at(&at.path) {
                let message = format!("the stance of `{}` says no source", entry.key.text);
                let doubt = self
                    .mistake("scenario::no_source", entry.value.head(), &at.path, message)
                    .expected("(value: …, source: \"…\")");
                self.push(doubt.as_warning());
            }
            let source = source.unwrap_or_default();
            stances.extend(actor.map(|actor| Stance {
                actor,
                value,
                source,
            }));
        }
        stances
    }
}
