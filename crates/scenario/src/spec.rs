//! What a file may say: the tables of keys, variants, ranges and defaults.
//!
//! The decoder reads by these tables and the reference page is printed from them, so that no key
//! exists in only one of the two.

/// One key of a record or variant.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Key.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
    /// What holds when it is absent.
    pub need: Need,
    /// One sentence, without a full stop.
    pub doc: &'static str,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A month, `"2008-01"`.
    Month,
    /// A number in a range, with its unit.
    Number {
        /// Smallest valid value.
        min: f64,
        /// Largest valid value.
        max: f64,
        /// Unit, empty if dimensionless.
        unit: &'static str,
    },
    /// A whole number in a range.
    Whole {
        /// Smallest valid value.
        min: i64,
        /// Largest valid value.
        max: i64,
    },
    /// The id of one thing.
    Name(Kind),
    /// A list of ids.
    Names(Kind),
    /// Anything else, in words.
    Words(&'static str),
    /// One of the variants of a choice.
    Choice(&'static str),
}

/// What holds when a key is absent.
#[derive(Debug, Clone, Copy)]
pub enum Need {
    /// It must be there.
    Required,
    /// It may be absent; what holds then.
    Optional(&'static str),
    /// It may be absent; the number that holds then.
    Number(f64),
}

/// A record, or one variant of a choice.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Name; for a record what messages call it.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Keys, in the order in which a variant takes them without names.
    pub fields: &'static [Field],
}

/// A closed list of variants.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What messages call one of them, `effect`.
    pub noun: &'static str,
    /// Code of the mistake of naming none of them.
    pub code: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The variants.
    pub variants: &'static [Shape],
}

/// The kinds of things that have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Actors.
    Actor,
    /// Organisations.
    Organisation,
    /// Institutional elements.
    Element,
    /// Drivers.
    Driver,
    /// Threats.
    Threat,
    /// Blocs.
    Bloc,
    /// Initiatives.
    Initiative,
    /// Shocks.
    Shock,
    /// Policies.
    Policy,
}

impl Kind {
    /// All, in the order of tables of names.
    pub const ALL: [Self; 9] = [
        Self::Actor,
        Self::Organisation,
        Self::Element,
        Self::Driver,
        Self::Threat,
        Self::Bloc,
        Self::Initiative,
        Self::Shock,
        Self::Policy,
    ];

    /// What messages call one of them.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Organisation => "organisation",
            Self::Element => "element",
            Self::Driver => "driver",
            Self::Threat => "threat",
            Self::Bloc => "bloc",
            Self::Initiative => "initiative",
            Self::Shock => "shock",
            Self::Policy => "policy",
        }
    }

    /// The same with its article.
    pub const fn a_noun(self) -> &'static str {
        match self {
            Self::Actor => "an actor",
            Self::Organisation => "an organisation",
            Self::Element => "an element",
            Self::Driver => "a driver",
            Self::Threat => "a threat",
            Self::Bloc => "a bloc",
            Self::Initiative => "an initiative",
            Self::Shock => "a shock",
            Self::Policy => "a policy",
        }
    }

    /// The same, several.
    pub const fn nouns(self) -> &'static str {
        match self {
            Self::Actor => "actors",
            Self::Organisation => "organisations",
            Self::Element => "elements",
            Self::Driver => "drivers",
            Self::Threat => "threats",
            Self::Bloc => "blocs",
            Self::Initiative => "initiatives",
            Self::Shock => "shocks",
            Self::Policy => "policies",
        }
    }

    /// Code of the mistake of naming one that is not there.
    pub const fn unknown(self) -> &'static str {
        match self {
            Self::Actor => "scenario::unknown_actor",
            Self::Organisation => "scenario::unknown_organisation",
            Self::Element => "scenario::unknown_element",
            Self::Driver => "scenario::unknown_driver",
            Self::Threat => "scenario::unknown_threat",
            Self::Bloc => "scenario::unknown_bloc",
            Self::Initiative => "scenario::unknown_initiative",
            Self::Shock => "scenario::unknown_shock",
            Self::Policy => "scenario::unknown_policy",
        }
    }
}

/// The bound of a number that is not bounded by its meaning.
pub const ANY: f64 = 1e12;

/// A key that must be there.
pub(crate) const fn field(name: &'static str, form: Form, doc: &'static str) -> Field {
    Field {
        name,
        form,
        need: Need::Required,
        doc,
    }
}

/// A text.
pub(crate) const fn text(name: &'static str, doc: &'static str) -> Field {
    field(name, Form::Text, doc)
}

/// A dimensionless number in a range.
pub(crate) const fn number(name: &'static str, min: f64, max: f64, doc: &'static str) -> Field {
    field(name, Form::Number { min, max, unit: "" }, doc)
}

/// A share, 0 to 1.
pub(crate) const fn share(name: &'static str, doc: &'static str) -> Field {
    number(name, 0.0, 1.0, doc)
}

impl Field {
    /// The same, but it may be absent.
    pub(crate) const fn optional(mut self, then: &'static str) -> Self {
        self.need = Need::Optional(then);
        self
    }

    /// The same with a default.
    pub(crate) const fn or(mut self, default: f64) -> Self {
        self.need = Need::Number(default);
        self
    }

    /// The same number in a unit.
    pub(crate) const fn unit(mut self, unit: &'static str) -> Self {
        if let Form::Number { min, max, .. } = self.form {
            self.form = Form::Number { min, max, unit };
        }
        self
    }

    /// Range of a number; anything for another form.
    pub const fn range(&self) -> (f64, f64) {
        match self.form {
            Form::Number { min, max, .. } => (min, max),
            _ => (-ANY, ANY),
        }
    }

    /// Unit of a number.
    pub const fn unit_name(&self) -> &'static str {
        match self.form {
            Form::Number { unit, .. } => unit,
            _ => "",
        }
    }

    /// Default of a number, 0 if it must be given.
    pub const fn default_number(&self) -> f64 {
        match self.need {
            Need::Number(default) => default,
            Need::Required | Need::Optional(_) => 0.0,
        }
    }

    /// What it holds, in words.
    pub fn expectation(&self) -> String {
        match self.form {
            Form::Text => "a text".to_owned(),
            Form::Flag => "`true` or `false`".to_owned(),
            Form::Month => "a month such as \"2008-01\"".to_owned(),
            Form::Number { min, max, unit } => number_in(min, max, unit),
            Form::Whole { min, max } if min == max => format!("the number {min}"),
            Form::Whole { min, max } => format!("a whole number from {min} to {max}"),
            Form::Name(kind) => format!("the id of {}", kind.a_noun()),
            Form::Names(kind) => format!("a list of ids of {}", kind.nouns()),
            Form::Words(words) => words.to_owned(),
            Form::Choice(noun) => format!("one {noun}"),
        }
    }
}

/// A number for people: large ones with an exponent.
pub(crate) fn plain(number: f64) -> String {
    if number.abs() >= 1e6 || (number.abs() < 1e-4 && number.abs() > 0.0) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

/// A number in a range, in words.
pub(crate) fn number_in(min: f64, max: f64, unit: &str) -> String {
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!(" [{unit}]")
    };
    let (low, high) = (plain(min), plain(max));
    match (min <= -ANY, max >= ANY) {
        (true, true) => format!("a number{unit}"),
        (true, false) => format!("a number up to {high}{unit}"),
        (false, true) if min > 0.0 && min < 1e-3 => format!("a number above 0{unit}"),
        (false, true) => format!("a number from {low}{unit}"),
        (false, false) if min > 0.0 && min < 1e-3 => {
            format!("a number above 0, up to {high}{unit}")
        }
        (false, false) => format!("a number from {low} to {high}{unit}"),
    }
}

/// The smallest number that counts as above 0.
pub const ABOVE_ZERO: f64 = 1e-9;
