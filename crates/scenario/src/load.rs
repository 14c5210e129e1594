//! The way from a path to a scenario: reading, merging, decoding, in the order that finds every mistake.

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::decode::fields::Fields;
use crate::decode::scenario::{ANY_TIME, SCENARIO};
use crate::decode::world::{WORLD, keys_of};
use crate::decode::{At, Decoder, canonical, initiative};
use crate::diagnostic::{self, Diagnostic};
use crate::limits;
use crate::merge;
use crate::model::{Figure, Scenario, World};
use crate::parse;
use crate::source::{self, MemorySources, SourceError, Sources};
use crate::spec::Kind;
use crate::text::{self, FileId, Span, Texts};
use crate::tree::{Node, Value};

/// One `PATH=VALUE` of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Path of a number, or of any key of the scenario or world file.
    pub path: String,
    /// The value as text: a number, or RON; a text may go without quotes.
    pub value: String,
}

impl Override {
    /// Reads `PATH=VALUE`; nothing without an equals sign or a path.
    pub fn parse(text: &str) -> Option<Self> {
        let (path, value) = text.split_once('=')?;
        let (path, value) = (path.trim(), value.trim());
        let one = Self {
            path: path.to_owned(),
            value: value.to_owned(),
        };
        (!path.is_empty() && !value.is_empty()).then_some(one)
    }
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// Path as the source knows it.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A scenario that can run.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Doubts.
    pub warnings: Vec<Diagnostic>,
    /// Every file it was read from, in order of reading, for hashes and manifests.
    pub texts: Vec<TextFile>,
}

/// Loads a scenario with all files it needs.
///
/// # Errors
/// Every mistake in any of the files or overrides, in order of place; doubts are among them.
pub fn load(
    sources: &dyn Sources,
    path: &str,
    overrides: &[Override],
    catalogue: &Catalogue,
) -> Result<Loaded, Vec<Diagnostic>> {
    let mut loader = Loader {
        sources,
        decoder: Decoder::new(Texts::default(), catalogue),
        files: Vec::new(),
    };
    let scenario = loader.scenario(&source::normal(path), overrides);
    let mut diagnostics = loader.decoder.diagnostics;
    diagnostic::sort(&mut diagnostics);
    match scenario {
        Some(scenario) if !diagnostics.iter().any(Diagnostic::is_error) => Ok(Loaded {
            scenario,
            warnings: diagnostics,
            texts: loader.files,
        }),
        _ => Err(diagnostics),
    }
}

/// Loads a scenario whose text the caller holds, such as an edited one; files that it refers to come
/// from `sources`, relative to `path`.
///
/// # Errors
/// As [`load`].
pub fn load_scenario_text(
    sources: &dyn Sources,
    path: &str,
    text: &str,
    overrides: &[Override],
    catalogue: &Catalogue,
) -> Result<Loaded, Vec<Diagnostic>> {
    let over = Overlay {
        below: sources,
        above: MemorySources::default().with(&source::normal(path), text),
    };
    load(&over, path, overrides, catalogue)
}

/// One source above another.
struct Overlay<'s> {
    below: &'s dyn Sources,
    above: MemorySources,
}

impl Sources for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, SourceError> {
        self.above.read(path).or_else(|_| self.below.read(path))
    }
}

struct Loader<'s> {
    sources: &'s dyn Sources,
    decoder: Decoder<'s>,
    files: Vec<TextFile>,
}

/// An override as a located value.
struct Given {
    path: String,
    key: Span,
    value: Node,
}

/// Heads of paths that hold both numbers and other things: a number given there is a leaf.
const LEAF_HEADS: [&str; 11] = [
    "alternatives",
    "initiatives",
    "shocks",
    "policies",
    "cohesion_weights",
    "params",
    "organisations",
    "elements",
    "drivers",
    "threats",
    "blocs",
];
/// Heads of the world file.
const WORLD_HEADS: [&str; 5] = ["organisations", "elements", "drivers", "threats", "blocs"];

impl Loader<'_> {
    /// Reads one file; `from` is the place that refers to it.
    fn read(&mut self, path: &str, from: Option<(Span, &str)>) -> Option<FileId> {
        let problem = match self.sources.read(path) {
            Ok(bytes) if bytes.len() > limits::FILE_BYTES => {
                let most = limits::FILE_BYTES >> 20;
                Some((
                    "scenario::file_too_long",
                    format!("`{path}` is longer than {most} MiB"),
                ))
            }
            Ok(bytes) => return Some(self.take(path, bytes)),
            Err(SourceError::NotFound) => Some((
                "scenario::missing_file",
                format!("there is no file `{path}`"),
            )),
            Err(error @ SourceError::Unreadable { .. }) => Some((
                "scenario::unreadable_file",
                format!("failed to {error}: `{path}`"),
            )),
        };
        let (code, message) = problem?;
        let mistake = match from {
            Some((span, key)) => self.decoder.mistake(code, span, key, message),
            None => Diagnostic::without_place(code, message),
        };
        self.decoder.push(mistake);
        None
    }

    fn take(&mut self, path: &str, bytes: Vec<u8>) -> FileId {
        self.files.push(TextFile {
            path: path.to_owned(),
            bytes: bytes.clone(),
        });
        let (text, bad) = text::utf8_or_replaced(bytes);
        let file = self.decoder.texts.add(path, text);
        if let Some(start) = bad {
            let span = Span {
                file,
                start,
                end: start + 1,
            };
            self.decoder
                .report("scenario::not_utf8", span, "", "this byte is not UTF-8");
        }
        file
    }

    fn parse(&mut self, file: FileId) -> Node {
        let source = std::sync::Arc::clone(self.decoder.texts.get(file));
        let parsed = parse::parse(file, &source);
        self.decoder.diagnostics.extend(parsed.mistakes);
        parsed.root
    }

    /// The tree of a scenario file with everything it extends.
    fn extended(&mut self, path: &str) -> Option<Node> {
        let mut seen = BTreeSet::from([path.to_owned()]);
        let mut layers = Vec::new();
        let (mut path, mut file) = (path.to_owned(), self.read(path, None)?);
        loop {
            let tree = self.parse(file);
            let base = entry(&tree, "extends").cloned();
            layers.push(tree);
            let Some(Node {
                span,
                value: Value::Text(base),
                ..
            }) = base
            else {
                break;
            };
            let next = source::beside(&path, &base);
            if !seen.insert(next.clone()) || layers.len() >= limits::EXTENDS {
                let message = if layers.len() >= limits::EXTENDS {
                    format!("more than {} files extend one another", limits::EXTENDS)
                } else {
                    format!("`{next}` extends itself: a circle")
                };
                self.decoder
                    .report("scenario::circle", span, "extends", message);
                break;
            }
            path = next;
            let Some(next) = self.read(&path, Some((span, "extends"))) else {
                break;
            };
            file = next;
        }
        layers.into_iter().rev().reduce(merge::merge)
    }

    fn scenario(&mut self, path: &str, overrides: &[Override]) -> Option<Scenario> {
        let mut tree = self.extended(path)?;
        let given: Vec<Given> = overrides.iter().map(|one| self.given(one)).collect();
        let (numbers, others): (Vec<Given>, Vec<Given>) = given.into_iter().partition(is_leaf);
        let (of_world, of_scenario): (Vec<Given>, Vec<Given>) = others
            .into_iter()
            .partition(|one| WORLD_HEADS.contains(&head(&one.path)));
        for one in of_scenario {
            self.decoder.put(&mut tree, &one.path, one.key, one.value);
        }
        let at = At::default();
        // A file that is not even a record shows nothing but its syntax mistakes.
        let fields = Fields::open(&mut self.decoder, &tree, &SCENARIO, &at)?;
        if let Some(name) = wrong_name(&tree, "Scenario") {
            self.decoder
                .push(name_mistake(&self.decoder, name, "Scenario"));
        }
        self.decoder.time = self.decoder.time(&fields);
        fields.whole(&mut self.decoder, "schema");
        self.learn_scenario(&tree);
        let world = self.world(&fields, of_world)?;
        Some(self.complete(source::stem(path), &fields, world, &numbers))
    }

    fn learn_scenario(&mut self, tree: &Node) {
        let names = &mut self.decoder.names;
        names.set(Kind::Initiative, keys_of(tree, "initiatives"));
        names.set(Kind::Shock, keys_of(tree, "shocks"));
        names.set(Kind::Policy, keys_of(tree, "policies"));
        names.rungs = initiative::rungs_of(tree);
    }

    /// Reads the world folder that the scenario names.
    fn world(&mut self, scenario: &Fields, overrides: Vec<Given>) -> Option<(World, Fields)> {
        let node = scenario.node("world")?;
        let folder = self.decoder.text(node, "world")?;
        let from = self.decoder.texts.get(node.span.file).name.clone();
        let folder = source::beside(&from, &folder);
        let refer = Some((node.span, "world"));
        let ron = self.read(&format!("{folder}/world.ron"), refer);
        let actors = self.read(&format!("{folder}/actors.csv"), refer);
        let dyads = self.read(&format!("{folder}/dyads.csv"), refer);
        let tree = ron.map(|ron| {
            let mut tree = self.parse(ron);
            for one in overrides {
                self.decoder.put(&mut tree, &one.path, one.key, one.value);
            }
            canonical::sort_world(&mut tree);
            self.decoder.learn_world(&tree);
            tree
        });
        let table = actors.and_then(|file| Some((self.decoder.learn_actors(file)?, file)));
        let tree = tree?;
        let at = At::default();
        let fields = Fields::open(&mut self.decoder, &tree, &WORLD, &at)?;
        if let Some(name) = wrong_name(&tree, "World") {
            self.decoder
                .push(name_mistake(&self.decoder, name, "World"));
        }
        let figures = self.decoder.figures(&fields);
        // Without a table of actors every id would look unknown.
        let (table, file) = table?;
        let actors = self.decoder.actors(&table, file, &figures);
        let dyads = dyads.map(|file| self.decoder.dyads(file, &figures));
        let mut world = self.decoder.world(&fields, actors);
        self.spread_figures(&fields, &figures);
        world.figures = figures;
        world.dyads = dyads?;
        if world.threats.len() == self.decoder.names.count(Kind::Threat) {
            self.decoder
                .default_exposures(&world.actors, &world.threats);
        }
        Some((world, fields))
    }

    fn spread_figures(&mut self, world: &Fields, figures: &[Figure]) {
        let entries = world.entries_at("figures");
        let place = |figure: &Figure| {
            let entry = entries.iter().find(|entry| entry.key.text == figure.column);
            (
                figure.clone(),
                entry.map_or(world.head, |entry| entry.key.span),
            )
        };
        let placed: Vec<(Figure, Span)> = figures.iter().map(place).collect();
        self.decoder.spread_figures(&placed);
    }

    /// Decodes everything else, now that all names are known.
    fn complete(
        &mut self,
        name: &str,
        fields: &Fields,
        (mut world, world_fields): (World, Fields),
        numbers: &[Given],
    ) -> Scenario {
        let decoder = &mut self.decoder;
        let params = decoder.params();
        let cohesion_weights = decoder.cohesion_weights(fields);
        let initiatives = decoder.initiatives(fields);
        let shocks = decoder.shocks(fields);
        let policies = decoder.pending_policies(fields);
        let alternatives = decoder.alternatives(fields);
        decoder.set_numbers(fields, numbers);
        for dyad in &mut world.dyads {
            let pair = (&world.actors[dyad.source].id, &world.actors[dyad.target].id);
            dyad.affinity = decoder
                .leaves
                .find(&format!("dyads.{}-{}.affinity", pair.0, pair.1));
        }
        decoder.check_values(&world, &initiatives);
        let policies = decoder.policies(policies);
        let mut pending = decoder.pending(&world_fields);
        pending.extend(decoder.pending(fields));
        let mut uncertainties = decoder.spread(&pending);
        decoder.draw_alternatives(&alternatives, &mut uncertainties);
        let mut correlations = decoder.correlations(&world_fields, &uncertainties);
        correlations.extend(decoder.correlations(fields, &uncertainties));
        let (expect, changes) = decoder.expectations(fields, &policies);
        Scenario {
            name: name.to_owned(),
            title: fields.text(decoder, "title").unwrap_or_default(),
            question: fields.text(decoder, "question").unwrap_or_default(),
            sources: decoder.texts_at(fields, "sources"),
            time: decoder.time.unwrap_or(ANY_TIME),
            focus: decoder.focus(fields),
            world,
            params,
            cohesion_weights,
            stances: fields.flag(decoder, "stances", true),
            initiatives,
            shocks,
            alternatives,
            uncertainties,
            correlations,
            policies,
            outcomes: decoder.outcomes(fields),
            expect,
            changes,
            leaves: std::mem::take(&mut decoder.leaves),
        }
    }

    /// An override as a value with a place in a text of its own.
    fn given(&mut self, one: &Override) -> Given {
        let text = format!("{}={}", one.path, one.value);
        let end = text.len();
        let file = self.decoder.texts.add("--set", text);
        self.decoder.bare_texts.insert(file);
        let source = std::sync::Arc::clone(self.decoder.texts.get(file));
        let from = one.path.len() + 1;
        let (parsed, read) = parse::parse_prefix(file, &source, from);
        let whole = source.text[read.min(end)..].trim().is_empty();
        let value = if parsed.mistakes.is_empty() && whole {
            parsed.root
        } else if one.value.contains(['(', '[', '{', '"']) {
            // Meant as RON: its mistakes are shown.
            self.decoder.diagnostics.extend(parsed.mistakes);
            parsed.root
        } else {
            Node::new(
                Span {
                    file,
                    start: from,
                    end,
                },
                Value::Text(one.value.clone()),
            )
        };
        Given {
            path: one.path.clone(),
            key: Span {
                file,
                start: 0,
                end: one.path.len(),
            },
            value,
        }
    }
}

impl Decoder<'_> {
    /// Gives leaves the values of `params`, of `set` and of the caller, in this order.
    fn set_numbers(&mut self, scenario: &Fields, numbers: &[Given]) {
        let params = self.settings(scenario, "params", "params.");
        self.apply(params);
        for entry in scenario.entries_at("set") {
            self.ensure_affinity(&entry.key.text);
        }
        let set = self.settings(scenario, "set", "");
        self.apply(set);
        for one in numbers {
            self.ensure_affinity(&one.path);
            let known = crate::path::heads(&self.leaves).contains(&head(&one.path));
            if !known {
                self.report_unknown_head(one);
                continue;
            }
            if let Some(leaf) = self.find_leaf(&one.path, one.key, &one.path) {
                let setting = self.setting_of(leaf, &one.value, &one.path);
                self.apply(setting.into_iter().collect());
            }
        }
    }

    fn report_unknown_head(&mut self, one: &Given) {
        let mut heads: Vec<&str> = crate::path::heads(&self.leaves);
        heads.extend(SCENARIO.fields.iter().map(|field| field.name));
        heads.sort_unstable();
        heads.dedup();
        let message = format!("unknown path `{}`", one.path);
        let wrong = head(&one.path);
        let expected = format!("a path that begins with one of {}", heads.join(", "));
        let mut mistake = self.mistake("scenario::unknown_path", one.key, &one.path, message);
        if let Some(meant) = diagnostic::nearest(wrong, heads) {
            mistake = mistake.help(format!(
                "did you mean `{meant}{}`?",
                &one.path[wrong.len()..]
            ));
        }
        self.push(mistake.expected(expected));
    }

    fn focus(&mut self, scenario: &Fields) -> usize {
        if scenario.node("focus").is_none() && self.names.count(Kind::Organisation) == 0 {
            let message = "a world without an organisation";
            self.report(
                "scenario::too_few",
                scenario.span("world"),
                "world",
                message,
            );
        }
        scenario.name(self, "focus").unwrap_or(0)
    }
}

fn head(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

/// Whether an override gives a number to a leaf rather than a value to a key.
fn is_leaf(one: &Given) -> bool {
    let head = head(&one.path);
    let known = SCENARIO.fields.iter().any(|field| field.name == head);
    match one.value.value {
        Value::Number(_) => !known || LEAF_HEADS.contains(&head),
        _ => !known && !WORLD_HEADS.contains(&head),
    }
}

fn entry<'n>(tree: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Struct(_, fields) = &tree.value else {
        return None;
    };
    fields
        .iter()
        .find(|field| field.key.text == key)
        .map(|field| &field.value)
}

/// The name of a record, if it is not the one it should have.
fn wrong_name<'n>(tree: &'n Node, name: &str) -> Option<&'n crate::tree::Word> {
    let Value::Struct(word, _) = &tree.value else {
        return None;
    };
    word.as_ref().filter(|word| word.text != name)
}

fn name_mistake(decoder: &Decoder<'_>, word: &crate::tree::Word, name: &str) -> Diagnostic {
    decoder
        .mistake(
            "scenario::wrong_name",
            word.span,
            "",
            format!("expected `{name}(…)`, found `{}`", word.text),
        )
        .help(format!("a file of this kind begins with `{name}(`"))
}
