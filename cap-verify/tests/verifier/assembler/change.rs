//! Changes of the finished package: fields of the components that a converter would have written otherwise.

mod class;
mod debug;
mod descriptor;
mod header;
mod method;

use cap_format::cap::Cap;

use super::components::debug::Debug;
use super::text::{Line, Trouble, Words};
use super::value::Values;
use super::world::ClassId;

/// A package that is being changed.
pub(crate) struct Change<'a> {
    pub(crate) values: &'a Values<'a>,
    /// Names of constants.
    pub(crate) constants: &'a [(String, u16)],
    pub(crate) cap: &'a mut Cap,
    pub(crate) debug: &'a mut Option<Debug>,
}

/// The place of something in a list, or the trouble that it is not there.
fn place<'a, T>(list: &'a mut [T], index: usize, words: &Words<'_>) -> Result<&'a mut T, Trouble> {
    let count = list.len();
    list.get_mut(index)
        .ok_or_else(|| words.trouble(format!("there are {count} of them")))
}

impl Change<'_> {
    /// `set …`, `add …`, `drop …`, `twice …`.
    pub(crate) fn apply(&mut self, line: &Line) -> Result<(), Trouble> {
        let mut words = line.words();
        let verb = words.word("a change")?;
        let what = words.word("what is changed")?;
        match (verb, what) {
            ("set", "header") => self.header(&mut words)?,
            ("set", "import") => self.import(&mut words)?,
            ("add", "import") => self.add_import(&mut words)?,
            ("set", "applet") => self.applet(&mut words)?,
            ("set" | "add" | "drop", "class") => self.class(verb, &mut words)?,
            ("set" | "add" | "drop", "interface") => self.interface(verb, &mut words)?,
            ("set", "method") => self.method(&mut words)?,
            ("set", "handler") => self.handler(&mut words)?,
            ("set", "static") => self.statics(&mut words)?,
            ("set" | "add" | "drop", "export") => self.export(verb, &mut words)?,
            ("set", "constant") => {
                let index = self.index(&mut words)?;
                *place(&mut self.cap.constant_pool.constants, index, &words)? =
                    self.values.constant(&mut words)?;
            }
            ("set", "constant-type") => self.constant_type(&mut words)?,
            ("set" | "drop" | "add", "descriptor") => self.descriptor(verb, &mut words)?,
            ("set" | "drop" | "add" | "twice", "debug") => self.debug(verb, &mut words)?,
            ("add", "export-class") => self.export_class(&mut words)?,
            ("drop", "applets") => self.cap.applets = None,
            ("drop", "exports") => self.cap.exports = None,
            ("drop", "types") => self.cap.descriptor = None,
            _ => return Err(line.trouble(format!("`{verb} {what}` is no change"))),
        }
        words.end()
    }

    /// `#name` or a number.
    fn index(&self, words: &mut Words<'_>) -> Result<usize, Trouble> {
        let word = words.word("a constant")?;
        let name = word.trim_start_matches('#');
        let named = self
            .constants
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, index)| usize::from(*index));
        let index = named.or_else(|| name.parse().ok());
        index.ok_or_else(|| words.trouble(format!("no constant {word}")))
    }

    /// The place of a class of the package among the classes, or of an interface among the interfaces.
    fn own(&self, words: &mut Words<'_>) -> Result<(usize, usize), Trouble> {
        let name = words.word("a class")?;
        let world = self.values.places.world;
        let Some(ClassId::Own(index)) = world.find(name) else {
            return Err(words.trouble(format!("the package has no {name}")));
        };
        let is_interface = world.own(index).is_interface;
        let before = world.source.types.iter().take(index);
        Ok((
            before.filter(|class| class.is_interface == is_interface).count(),
            index,
        ))
    }
}
