//! The catalogue of institutional elements.

use super::fields::Fields;
use super::{At, Decoder};
use crate::leaf::Leaf;
use crate::limits;
use crate::model::{Domain, Element};
use crate::spec::{Field, Form, Kind, Shape, field, number, share, text};
use crate::tree::{Entry, Node, Value};

/// Keys of an element.
pub(crate) const ELEMENT: Shape = Shape {
    name: "element",
    doc: "One thing an organisation can have to a level between 0 and 1",
    fields: &[
        text("title", "Title").optional("the id"),
        field(
            "protection",
            Form::Words("a map from threat to number"),
            "Protection against each threat at full level, from 0",
        )
        .optional("0 each"),
        field(
            "depth",
            Form::Words("(energy: …, trade: …, security: …)"),
            "How deep it makes the organisation in each domain, 0 to 1",
        )
        .optional("0 each"),
        number(
            "intrusiveness",
            0.0,
            100.0,
            "Sovereignty cost at full level",
        )
        .or(0.0),
        field(
            "signal",
            Form::Words("a map from bloc to number"),
            "Signal towards each bloc at full level; positive is against it",
        )
        .optional("0 each"),
        number("maturity", 0.0, 100.0, "Weight in the maturity index").or(0.0),
        number("build_years", 0.0, 100.0, "Time to build it in full")
            .unit("years")
            .or(1.0),
        share(
            "energy_coordination",
            "How far it coordinates exporters and importers",
        )
        .or(0.0),
        share(
            "energy_binding",
            "How far it binds energy policy and prices",
        )
        .or(0.0),
        share("trade_opening", "How far it opens trade").or(0.0),
        share(
            "mutual_assistance",
            "How far it obliges members to defend one another",
        )
        .or(0.0),
        share(
            "infrastructure_protection",
            "Protection of energy infrastructure",
        )
        .or(0.0),
        field(
            "exclusive",
            Form::Flag,
            "Whether from half its level on it forbids members another alliance (or another such article) that is not linked",
        )
        .optional("false"),
        field(
            "links_to",
            Form::Name(Kind::Organisation),
            "Organisation whose members it brings in as followers",
        )
        .optional("none"),
        field(
            "requires",
            Form::Names(Kind::Element),
            "Elements without which it is worth and built only in part",
        )
        .optional("none"),
    ],
};

/// Keys of the depth of an element.
pub(crate) const DEPTH: Shape = Shape {
    name: "depth",
    doc: "How deep an element makes an organisation, by domain",
    fields: &[
        share("energy", "Energy").or(0.0),
        share("trade", "Trade").or(0.0),
        share("security", "Security").or(0.0),
    ],
};

const PROTECTION: Field = number("protection", 0.0, 100.0, "Protection at full level").or(0.0);

const SIGNAL: Field = number("signal", -100.0, 100.0, "Signal at full level").or(0.0);

impl Decoder<'_> {
    pub(super) fn elements(&mut self, world: &Fields) -> Vec<Element> {
        let entries = world.things(self, "elements", Kind::Element, limits::ELEMENTS);
        let at = world.at("elements");
        let elements: Vec<Element> = entries
            .iter()
            .filter_map(|entry| self.element(entry, &at))
            .collect();
        self.check_prerequisites(&elements, &entries);
        elements
    }

    fn element(&mut self, entry: &Entry, at: &At) -> Option<Element> {
        let id = &entry.key.text;
        let fields = Fields::open(self, &entry.value, &ELEMENT, &at.key(id))?;
        Some(Element {
            id: id.clone(),
            title: fields.text(self, "title").unwrap_or_else(|| id.clone()),
            protection: self.by_name(&fields, "protection", Kind::Threat, &PROTECTION),
            depth: self.element_depth(&fields),
            intrusiveness: fields.leaf(self, "intrusiveness"),
            signal: self.by_name(&fields, "signal", Kind::Bloc, &SIGNAL),
            maturity: fields.leaf(self, "maturity"),
            build_years: fields.leaf(self, "build_years"),
            energy_coordination: fields.leaf(self, "energy_coordination"),
            energy_binding: fields.leaf(self, "energy_binding"),
            trade_opening: fields.leaf(self, "trade_opening"),
            mutual_assistance: fields.leaf(self, "mutual_assistance"),
            infrastructure_protection: fields.leaf(self, "infrastructure_protection"),
            exclusive: fields.flag(self, "exclusive", false),
            links_to: fields.name(self, "links_to"),
            requires: fields.names(self, "requires"),
        })
    }

    fn element_depth(&mut self, element: &Fields) -> [Leaf; 3] {
        let at = element.at("depth");
        let absent = Node::new(element.head, Value::Tuple(None, Vec::new()));
        let node = element.node("depth").unwrap_or(&absent);
        let fields = Fields::open(self, node, &DEPTH, &at)
            .or_else(|| Fields::open(self, &absent, &DEPTH, &at))
            .expect("an empty record of optional keys opens");
        Domain::ALL.map(|domain| fields.leaf(self, domain.name()))
    }
}
