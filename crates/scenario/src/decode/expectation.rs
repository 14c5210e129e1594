//! The statements a file expects to hold of its own results.
//!
//! Every statement is resolved to quantities in arms: what holds on both sides of a comparison (`given`,
//! `policy`) comes before what is changed (`by`).

use super::change::{Arms, Step};
use super::fields::Fields;
use super::quantity::Raw;
use super::{At, Decoder};
use crate::claim::{Claim, Direction, Expectation, Quantity};
use crate::limits;
use crate::model::{Comparison, Policy, Predicate};
use crate::outcome_text;
use crate::spec::{ANY, Choice, Field, Form, Kind, Shape, field, number, share, text};
use crate::text::Span;
use crate::tree::{Node, Value};

const BETWEEN: Field = field(
    "between",
    Form::Words("(low, high)"),
    "Range, ends included",
);

const OF: Field = field("of", Form::Choice("quantity"), "What is measured");

const TRUTH: Form = Form::Words(
    "a truth-valued quantity, such as a comparison as a text: \"Cohesion(org: …) < 0.4\"",
);

const POLICY: Field = field(
    "policy",
    Form::Name(Kind::Policy),
    "Policy under which it is judged; the same as `given: Policy(…)`",
)
.optional("the base case");

const CHANGE: Form = Form::Words("a change, or a list of changes taken in order");

const GIVEN: Field = field(
    "given",
    CHANGE,
    "What is changed on both sides of the comparison",
)
.optional("nothing");

const BY: Field = field("by", CHANGE, "What is changed").optional("nothing");

const SHIFTED_BY: Field = field("by", CHANGE, "What is changed; this or `under`");

const UNDER: Field = field(
    "under",
    Form::Name(Kind::Policy),
    "Policy; the same as `by: Policy(…)`",
);

const AT_LEAST: Field = number("at_least", 0.0, ANY, "Smallest difference that counts").or(0.0);
const ID: Field = text("id", "Short name, such as P02").optional("its place in the list");
const SAYS: Field = text("says", "The claim in words").optional("not stated");
const BECAUSE: Field = text("because", "Why it is expected").optional("not stated");
const STANCES: Field = field(
    "stances",
    Form::Words("`On` or `Off`"),
    "Whether analysts' stances count",
)
.optional("as in the scenario");
const REPLICATES: Field = field(
    "replicates",
    Form::Whole {
        min: 2,
        max: REPLICATES_MAX,
    },
    "Replicates that it needs; more if the command line asks for more",
)
.optional("those of the command");
const KNOWN: Field = text(
    "known",
    "Why it is known not to hold: it is listed and fails nothing, unless it passes",
)
.optional("it is to hold");

/// Replicates that one expectation may ask for: more than any of them needs.
const REPLICATES_MAX: i64 = 10_000_000;

const LOW: Field = number("low", -ANY, ANY, "Low end");
const HIGH: Field = number("high", -ANY, ANY, "High end");
const BOUND: Field = number("bound", -ANY, ANY, "Bound, included");
const WITHIN: Field = number(
    "within",
    0.0,
    ANY,
    "Largest difference that counts as none; at 0 no replicate may differ",
)
.or(0.0);
const THIS: Field = field("this", Form::Choice("quantity"), "The one side");
const THAN: Field = field("than", Form::Choice("quantity"), "The other side");
const DIRECTION: Field = field("direction", Form::Words("`Up` or `Down`"), "Which way");
const PATH: Field = text(
    "path",
    "Path or pattern of the number that takes the values",
)
.optional("`steps` are given instead");
const VALUES: Field = field(
    "values",
    Form::Words("a list of numbers, `Scale(…)`, `Add(…)` or `Spread(…)`"),
    "Its values, in order",
)
.optional("`steps` are given instead");
const STEPS: Field = field(
    "steps",
    Form::Words("a list of changes, or of lists of them"),
    "The series, each step from the start",
)
.optional("`path` and `values` are given instead");

/// What a statement says of one quantity under a change.
const SHIFT_FIELDS: &[Field] = &[
    OF,
    SHIFTED_BY.optional("`under` is given"),
    BECAUSE,
    AT_LEAST,
    UNDER.optional("`by` is given"),
    GIVEN,
    POLICY,
    ID,
    SAYS,
    STANCES,
    REPLICATES,
    KNOWN,
];

/// What a statement says of two quantities.
const PAIR_FIELDS: &[Field] = &[
    THIS, THAN, POLICY, BECAUSE, AT_LEAST, BY, GIVEN, ID, SAYS, STANCES, REPLICATES, KNOWN,
];

/// The statements of `expect`.
pub(crate) const CLAIMS: Choice = Choice {
    noun: "expectation",
    code: "scenario::unknown_expectation",
    doc: "What a file expects of its own results. Each passes when the whole 95 % interval agrees, fails \
          when the whole interval disagrees, and is undecided otherwise. Comparisons are judged on the \
          differences within replicates that share their chance and draws, so that only what is changed \
          tells the sides apart",
    variants: &[
        Shape {
            name: "Probability",
            doc: "The probability of a truth value lies in a range",
            fields: &[
                field("of", TRUTH, "What is to be true"),
                BETWEEN,
                POLICY,
                BECAUSE,
                BY,
                GIVEN,
                ID,
                SAYS,
                STANCES,
                REPLICATES,
                KNOWN,
            ],
        },
        Shape {
            name: "Mean",
            doc: "The mean of a quantity lies in a range",
            fields: &[
                OF, BETWEEN, POLICY, BECAUSE, BY, GIVEN, ID, SAYS, STANCES, REPLICATES, KNOWN,
            ],
        },
        Shape {
            name: "Between",
            doc: "The mean of a quantity (of a truth value: its probability) lies in a range",
            fields: &[
                OF, LOW, HIGH, POLICY, BECAUSE, BY, GIVEN, ID, SAYS, STANCES, REPLICATES, KNOWN,
            ],
        },
        Shape {
            name: "AtMost",
            doc: "The mean of a quantity (of a truth value: its probability) is at most so much",
            fields: &[
                OF, BOUND, POLICY, BECAUSE, BY, GIVEN, ID, SAYS, STANCES, REPLICATES, KNOWN,
            ],
        },
        Shape {
            name: "AtLeast",
            doc: "The mean of a quantity (of a truth value: its probability) is at least so much",
            fields: &[
                OF, BOUND, POLICY, BECAUSE, BY, GIVEN, ID, SAYS, STANCES, REPLICATES, KNOWN,
            ],
        },
        Shape {
            name: "Quantile",
            doc: "A quantile of a quantity lies in a range",
            fields: &[
                OF,
                share("level", "Level"),
                BETWEEN,
                POLICY,
                BECAUSE,
                BY,
                GIVEN,
                ID,
                SAYS,
                STANCES,
                REPLICATES,
                KNOWN,
            ],
        },
        Shape {
            name: "MoreLikely",
            doc: "One probability is greater than another",
            fields: &[
                field("this", TRUTH, "The likelier one"),
                field("than", TRUTH, "The less likely one"),
                POLICY,
                BECAUSE,
                AT_LEAST,
                BY,
                GIVEN,
                ID,
                SAYS,
                STANCES,
                REPLICATES,
                KNOWN,
            ],
        },
        Shape {
            name: "Greater",
            doc: "One quantity is greater than another, in the mean over the same replicates",
            fields: PAIR_FIELDS,
        },
        Shape {
            name: "Less",
            doc: "One quantity is less than another, in the mean over the same replicates",
            fields: PAIR_FIELDS,
        },
        Shape {
            name: "Raises",
            doc: "A change raises the mean of a quantity",
            fields: SHIFT_FIELDS,
        },
        Shape {
            name: "Lowers",
            doc: "A change lowers the mean of a quantity",
            fields: SHIFT_FIELDS,
        },
        Shape {
            name: "Changes",
            doc: "A change moves the mean of a quantity, whichever way",
            fields: SHIFT_FIELDS,
        },
        Shape {
            name: "Unchanged",
            doc: "A change leaves the mean of a quantity where it is",
            fields: &[
                OF,
                SHIFTED_BY.optional("`under` is given"),
                BECAUSE,
                WITHIN,
                UNDER.optional("`by` is given"),
                GIVEN,
                POLICY,
                ID,
                SAYS,
                STANCES,
                REPLICATES,
                KNOWN,
            ],
        },
        Shape {
            name: "Monotone",
            doc: "The mean of a quantity moves one way along a series: its ends differ, and no step is shown to go the other way",
            fields: &[
                OF, DIRECTION, PATH, VALUES, STEPS, BECAUSE, AT_LEAST, GIVEN, POLICY, ID, SAYS,
                STANCES, REPLICATES, KNOWN,
            ],
        },
    ],
};

const END: Field = number("between", -ANY, ANY, "An end of a range");

impl Decoder<'_> {
    /// The expectations of a file, and what they change beside its policies.
    pub(crate) fn expectations(
        &mut self,
        scenario: &Fields,
        policies: &[Policy],
    ) -> (Vec<Expectation>, Vec<Policy>) {
        let at = scenario.at("expect");
        let mut arms = Arms::new(policies);
        let Some(node) = scenario.node("expect") else {
            return (Vec::new(), arms.made);
        };
        let nodes = self.list_of(node, &at.path, limits::EXPECTATIONS, "expectations");
        let mut all: Vec<Expectation> = Vec::new();
        for (idx, node) in nodes.iter().enumerate() {
            let at = at.item(idx);
            let Some(one) = self.expectation(node, &at, &mut arms) else {
                continue;
            };
            if !one.id.is_empty() && all.iter().any(|other| other.id == one.id) {
                let message = format!("two expectations have the id `{}`", one.id);
                self.report("scenario::duplicate_name", node.head(), &at.path, message);
            }
            all.push(one);
        }
        (all, arms.made)
    }

    fn expectation(&mut self, node: &Node, at: &At, arms: &mut Arms<'_>) -> Option<Expectation> {
        let (shape, fields) = self.variant(node, &CLAIMS, at)?;
        let words = self.texts.slice(node.span).split_whitespace();
        let text = words.collect::<Vec<_>>().join(" ");
        let id = fields.text(self, "id").unwrap_or_default();
        if fields.node("id").is_some() {
            self.check_id(&id, fields.span("id"), &fields.at("id").path);
        }
        let says = fields.text(self, "says").unwrap_or_default();
        let because = fields.text(self, "because").unwrap_or_default();
        let known = fields.text(self, "known");
        let stances = self.on_or_off(&fields);
        let replicates = fields.whole(self, "replicates");
        let claim = self.claim(shape.name, &fields, arms);
        Some(Expectation {
            id,
            says,
            because,
            known,
            stances,
            replicates: replicates.and_then(|n| u64::try_from(n).ok()),
            claim: claim?,
            text,
        })
    }

    fn on_or_off(&mut self, fields: &Fields) -> Option<bool> {
        let node = fields.node("stances")?;
        match &node.value {
            Value::Bool(on) => Some(*on),
            Value::Ident(word) if word == "On" => Some(true),
            Value::Ident(word) if word == "Off" => Some(false),
            _ => {
                self.wrong_type(node, &fields.at("stances").path, "`On` or `Off`");
                None
            }
        }
    }

    fn claim(&mut self, name: &str, fields: &Fields, arms: &mut Arms<'_>) -> Option<Claim> {
        match name {
            "Probability" | "Mean" | "Between" | "AtMost" | "AtLeast" | "Quantile" => {
                self.bound(name, fields, arms)
            }
            "MoreLikely" | "Greater" | "Less" => self.order(name, fields, arms),
            "Monotone" => self.monotone(fields, arms),
            _ => self.shift(name, fields, arms),
        }
    }

    /// What holds on both sides, and that with what is changed.
    fn sides(&mut self, fields: &Fields) -> Option<(Vec<Step>, Vec<Step>)> {
        let given = self.given_at(fields);
        let by = self.changes_at(fields, "by");
        let (given, by) = (given?, by?);
        let both = given.iter().cloned().chain(by).collect();
        Some((given, both))
    }

    fn given_at(&mut self, fields: &Fields) -> Option<Vec<Step>> {
        let policy = fields.name(self, "policy");
        if fields.node("policy").is_some() && policy.is_none() {
            return None;
        }
        let mut given = Vec::new();
        given.extend(policy.map(|policy| Step::Policy(policy, fields.span("policy"))));
        given.extend(self.changes_at(fields, "given")?);
        Some(given)
    }

    fn bound(&mut self, name: &str, fields: &Fields, arms: &mut Arms<'_>) -> Option<Claim> {
        let of = if name == "Probability" {
            self.truth_at(fields, "of")
        } else {
            self.quantity_at(fields, "of")
        };
        let level = (name == "Quantile").then(|| fields.number(self, "level"));
        let between = match name {
            "Probability" => self.between(fields, (0.0, 1.0)),
            "Mean" | "Quantile" => self.between(fields, (-ANY, ANY)),
            "Between" => self.low_and_high(fields),
            "AtMost" => fields.number(self, "bound").map(|bound| (-ANY, bound)),
            _ => fields.number(self, "bound").map(|bound| (bound, ANY)),
        };
        let sides = self.sides(fields);
        let (of, between, (_, both)) = (of?, between?, sides?);
        let of = self.seen(arms, &of, &both, &fields.at.path);
        Some(match level {
            None => Claim::Range { of, between },
            Some(level) => Claim::Quantile {
                of,
                level: level?,
                between,
            },
        })
    }

    fn low_and_high(&mut self, fields: &Fields) -> Option<(f64, f64)> {
        let low = fields.number(self, "low");
        let high = fields.number(self, "high");
        let (low, high) = (low?, high?);
        self.in_order((low, high), fields.span("low"), &fields.at("low").path)
            .then_some((low, high))
    }

    fn in_order(&mut self, (low, high): (f64, f64), span: Span, path: &str) -> bool {
        if low > high {
            let message = format!("{low} is above {high}");
            let mistake = self.mistake("scenario::low_above_high", span, path, message);
            self.push(mistake.expected("(low, high)"));
        }
        low <= high
    }

    fn order(&mut self, name: &str, fields: &Fields, arms: &mut Arms<'_>) -> Option<Claim> {
        let (this, than) = if name == "MoreLikely" {
            let this = self.truth_at(fields, "this");
            (this, self.truth_at(fields, "than"))
        } else {
            let this = self.quantity_at(fields, "this");
            (this, self.quantity_at(fields, "than"))
        };
        let at_least = fields.number_or(self, "at_least");
        let sides = self.sides(fields);
        let (this, than, (_, both)) = (this?, than?, sides?);
        let path = &fields.at.path;
        Some(Claim::Shift {
            this: self.seen(arms, &this, &both, path),
            than: self.seen(arms, &than, &both, path),
            direction: if name == "Less" {
                Direction::Down
            } else {
                Direction::Up
            },
            at_least,
        })
    }

    fn shift(&mut self, name: &str, fields: &Fields, arms: &mut Arms<'_>) -> Option<Claim> {
        let of = self.quantity_at(fields, "of");
        let under = fields.name(self, "under");
        let (given, mut both) = self.sides(fields)?;
        match (fields.node("by"), fields.node("under")) {
            (None, None) => {
                let message = format!("missing key `by` in {name}");
                let path = fields.at("by").path;
                let mistake = self.mistake("scenario::missing_key", fields.head, &path, message);
                self.push(mistake.expected("by: a change, such as `Set({\"path\": 0.5})`"));
                return None;
            }
            (Some(_), Some(node)) => {
                let message = "`by` and `under` are both given";
                let mistake = self.mistake(
                    "scenario::one_of_two",
                    node.head(),
                    &fields.at("under").path,
                    message,
                );
                self.push(mistake.help("put the policy into `by`: [Policy(…), …]"));
                return None;
            }
            (None, Some(_)) => both.push(Step::Policy(under?, fields.span("under"))),
            (Some(_), None) => {}
        }
        let least = fields.number_or(
            self,
            if name == "Unchanged" {
                "within"
            } else {
                "at_least"
            },
        );
        let (of, path) = (of?, &fields.at.path);
        let this = self.seen(arms, &of, &both, path);
        let than = self.seen(arms, &of, &given, path);
        Some(match name {
            "Unchanged" => Claim::Unchanged {
                this,
                than,
                within: least,
            },
            "Changes" => Claim::Changes {
                this,
                than,
                at_least: least,
            },
            _ => Claim::Shift {
                this,
                than,
                direction: if name == "Raises" {
                    Direction::Up
                } else {
                    Direction::Down
                },
                at_least: least,
            },
        })
    }

    fn monotone(&mut self, fields: &Fields, arms: &mut Arms<'_>) -> Option<Claim> {
        let of = self.quantity_at(fields, "of");
        let direction = self.direction(fields);
        let at_least = fields.number_or(self, "at_least");
        let given = self.given_at(fields);
        let series = self.series(fields);
        let (of, given, series) = (of?, given?, series?);
        let path = &fields.at.path;
        let along: Vec<Quantity> = series
            .iter()
            .map(|steps| self.seen_after(arms, &of, (&given, steps), path))
            .collect();
        Some(Claim::Monotone {
            along,
            direction: direction?,
            at_least,
        })
    }

    fn seen_after(
        &mut self,
        arms: &mut Arms<'_>,
        of: &Raw,
        (given, steps): (&[Step], &[Step]),
        path: &str,
    ) -> Quantity {
        let all: Vec<Step> = given.iter().chain(steps).cloned().collect();
        self.seen(arms, of, &all, path)
    }

    fn direction(&mut self, fields: &Fields) -> Option<Direction> {
        let node = fields.node("direction")?;
        match &node.value {
            Value::Ident(word) if word == "Up" => Some(Direction::Up),
            Value::Ident(word) if word == "Down" => Some(Direction::Down),
            _ => {
                self.wrong_type(node, &fields.at("direction").path, "`Up` or `Down`");
                None
            }
        }
    }

    /// The steps of a series: changes, or one path through values.
    fn series(&mut self, fields: &Fields) -> Option<Vec<Vec<Step>>> {
        let (path, values) = (fields.node("path"), fields.node("values"));
        let key = match (path, values, fields.node("steps")) {
            (Some(_), Some(_), None) => "values",
            (None, None, Some(_)) => "steps",
            _ => {
                let message = "a series is `steps`, or `path` and `values`";
                let at = &fields.at.path;
                let mistake = self.mistake("scenario::missing_key", fields.head, at, message);
                self.push(
                    mistake.expected("steps: [Nothing, Policy(…)], or path: \"…\", values: […]"),
                );
                return None;
            }
        };
        let at = fields.at(key);
        let node = fields.node(key)?.clone();
        let nodes = self.list_of(&node, &at.path, limits::SERIES, "steps");
        if nodes.len() < 2 {
            if matches!(node.value, Value::List(_)) {
                let message = "a series has two steps at least";
                self.report("scenario::too_few", node.head(), &at.path, message);
            }
            return None;
        }
        let leaves = (key == "values").then(|| self.series_leaves(fields));
        let mut all = Some(Vec::new());
        for (idx, node) in nodes.iter().enumerate() {
            let at = at.item(idx);
            let one = match &leaves {
                None => self.changes(node, &at),
                Some(leaves) => self
                    .new_value(node, &at)
                    .map(|to| vec![Step::Set(leaves.clone(), to, node.head())]),
            };
            all = all.zip(one).map(|(mut all, one)| {
                all.push(one);
                all
            });
        }
        all.filter(|_| leaves.is_none_or(|leaves| !leaves.is_empty()))
    }

    fn series_leaves(&mut self, fields: &Fields) -> Vec<crate::Leaf> {
        let path = fields.text(self, "path");
        let at = fields.at("path").path;
        path.map(|text| self.leaves_at(&text, fields.span("path"), &at))
            .unwrap_or_default()
    }

    /// The truth value that a target asks about.
    pub(crate) fn truth(
        &mut self,
        target: outcome_text::Target,
        span: Span,
        path: &str,
    ) -> Option<Predicate> {
        let outcome = target.outcome;
        if let Some((comparison, threshold)) = target.comparison {
            return Some(Predicate {
                outcome,
                comparison,
                threshold,
            });
        }
        if outcome.is_truth() {
            return Some(Predicate {
                outcome,
                comparison: Comparison::Greater,
                threshold: 0.5,
            });
        }
        let mistake = self
            .mistake(
                "scenario::not_a_truth",
                span,
                path,
                "the outcome is a number, not a truth value",
            )
            .expected("a comparison, such as \"Cohesion(org: …) < 0.4\"");
        self.push(mistake);
        None
    }

    /// Reads the outcome language in a text of the file; what is wrong is shown at the text.
    pub(crate) fn embedded(
        &mut self,
        text: &str,
        span: Span,
        at: &At,
    ) -> Option<outcome_text::Target> {
        if self.embedded >= limits::EMBEDDED {
            let message = format!("more than {} texts within one another", limits::EMBEDDED);
            self.report("scenario::too_deep", span, &at.path, message);
            return None;
        }
        let known = self.diagnostics.len();
        let file = self.texts.add("outcome", text.to_owned());
        self.embedded += 1;
        let target = self.target(file, at);
        self.embedded -= 1;
        let place = self.texts.place(span);
        for diagnostic in &mut self.diagnostics[known..] {
            diagnostic.place = Some(place.clone());
            "in this text".clone_into(&mut diagnostic.label);
            diagnostic.related.clear();
            if diagnostic.path.is_empty() {
                diagnostic.path.clone_from(&at.path);
            }
        }
        target
    }

    fn between(&mut self, fields: &Fields, range: (f64, f64)) -> Option<(f64, f64)> {
        let path = fields.at("between").path;
        let node = fields.node("between")?;
        let Value::Tuple(None, items) = &node.value else {
            self.wrong_type(node, &path, "a range `(low, high)`");
            return None;
        };
        let [low, high] = items.as_slice() else {
            self.wrong_type(node, &path, "a range `(low, high)`");
            return None;
        };
        let low_value = self.number_in(low, &END, &path);
        let high_value = self.number_in(high, &END, &path);
        let (low_value, high_value) = (low_value?, high_value?);
        if !self.in_order((low_value, high_value), node.span, &path) {
            return None;
        }
        let good = self.in_range(low_value, range, "", low.span, &path)
            & self.in_range(high_value, range, "", high.span, &path);
        good.then_some((low_value, high_value))
    }
}
