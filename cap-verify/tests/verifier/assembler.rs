//! From the text of a case to the octets of a CAP file, and what it is verified against.
//!
//! `text` lines and words; `repeat` lines that stand for many; `declarations` what they declare; `world` the classes that are
//! known; `layout` their tokens; `pool` and `code` constants and instructions; `components` what a CAP file is made of; `exports`
//! export files; `value`, `change` and `octets` what is changed behind.

mod change;
mod code;
mod components;
mod declarations;
mod exports;
mod layout;
mod octets;
mod pool;
mod repeat;
pub(crate) mod text;
mod value;
mod world;

use std::sync::OnceLock;

use cap_format::export_file::ExportFile;
use cap_format::version::PackageInfo;
use cap_verify::{CardProfile, Environment};
use card_api::api::Api;

use change::Change;
use declarations::Source;
use octets::File;
use text::{Line, Trouble};
use value::Values;
use world::World;

/// A file, and what a verifier knows beside it.
pub(crate) struct Assembled {
    pub(crate) bytes: Vec<u8>,
    exports: Vec<ExportFile>,
    own_export: Option<ExportFile>,
    card: Option<CardProfile>,
    /// The export files of the imports, and the true one of the package.
    pub(crate) for_others: Vec<ExportFile>,
}

impl Assembled {
    pub(crate) fn environment(&self) -> Environment<'_> {
        Environment {
            exports: &self.exports,
            own_export: self.own_export.as_ref(),
            card: self.card.as_ref(),
            ..Environment::default()
        }
    }
}

/// Assembles the lines of a case.
pub(crate) fn assemble(lines: &[Line]) -> Result<Assembled, Trouble> {
    let source = Source::read(&repeat::written_out(lines)?)?;
    let world = World::new(&source)?;
    let layouts = layout::layouts(&world)?;
    let built = components::build(&world, &layouts)?;
    let values = Values {
        places: &built.places,
        methods: &built.methods,
    };
    let (mut cap, mut debug) = (built.cap.clone(), built.debug.clone());
    let mut environment = (None, None);
    let mut behind = Vec::new();
    for line in &source.changes {
        let mut words = line.words();
        let first = words.next().unwrap_or_default();
        let is_component = |word: &str| word.starts_with(char::is_uppercase);
        match first {
            "own-export" => environment.0 = Some(own_export(&world, &layouts, line)?),
            "card" => environment.1 = Some(card(line)?),
            "drop" | "twice" if words.next().is_some_and(is_component) => behind.push(line),
            "set" | "add" | "drop" | "twice" => {
                Change {
                    values: &values,
                    constants: &built.pool.names,
                    cap: &mut cap,
                    debug: &mut debug,
                }
                .apply(line)?;
            }
            _ => behind.push(line),
        }
    }
    cap.debug = debug.map(|debug| debug.write());
    let mut file = File::of(&cap, &source.name).map_err(|error| Trouble::of("the changed package", error))?;
    for line in behind {
        file.change(line, &values)?;
    }
    let (own_export, card) = environment;
    let bytes = file.write()?;
    let mut for_others: Vec<_> = world.imported().cloned().collect();
    for_others.push(
        own_export
            .clone()
            .map_or_else(|| exports::file(&world, &layouts), Ok)?,
    );
    Ok(Assembled {
        bytes,
        exports: world.exports.clone(),
        own_export,
        card,
        for_others,
    })
}

/// `own-export`: the true export file of the package; `own-export token CLASS.METHOD N` and `own-export drop CLASS.METHOD`: a false one.
fn own_export(world: &World<'_>, layouts: &[layout::Layout], line: &Line) -> Result<ExportFile, Trouble> {
    let mut file = exports::file(world, layouts)?;
    let mut words = line.words();
    words.next();
    let Some(what) = words.next() else { return Ok(file) };
    let (class, member) = words
        .word("CLASS.METHOD")?
        .split_once('.')
        .ok_or_else(|| line.trouble("CLASS.METHOD"))?;
    let wanted = format!("{}/{class}", world.source.name);
    let class = file.classes.iter_mut().find(|known| known.name == wanted);
    let class = class.ok_or_else(|| line.trouble(format!("the package exports no {wanted}")))?;
    match what {
        "drop" => class.methods.retain(|method| method.name != member),
        _ => {
            let token = words.number("a token")?;
            let method = class.methods.iter_mut().find(|method| method.name == member);
            method.ok_or_else(|| line.trouble("no such method"))?.token = token;
        }
    }
    Ok(file)
}

/// `card PLATFORM [int]`.
fn card(line: &Line) -> Result<CardProfile, Trouble> {
    let mut words = line.words();
    words.next();
    let name = words.word("a platform")?;
    let api = api().ok_or_else(|| line.trouble("the tables of the APIs are not in order"))?;
    let set = api.choose(&[name], &[]).map_err(|error| line.trouble(error))?;
    let packages = set.packages().map(|package| PackageInfo {
        version: package.version,
        aid: package.aid,
    });
    Ok(CardProfile {
        name: name.to_owned(),
        packages: packages.collect(),
        int: words.take("int"),
    })
}

/// The tables of the APIs, read once.
fn api() -> Option<&'static Api> {
    static API: OnceLock<Option<Api>> = OnceLock::new();
    API.get_or_init(|| Api::embedded().ok()).as_ref()
}
