//! Changes of the Method and StaticField components (JCVM §6.10, §6.11).

use cap_format::component::method::MethodFlags;

use super::{Change, place};
use crate::assembler::text::{Trouble, Words};

impl Change<'_> {
    /// The place of `Class.method` in the Method component.
    fn method_index(&self, words: &mut Words<'_>) -> Result<usize, Trouble> {
        let name = words.word("a method")?;
        let found = self
            .values
            .method(name)
            .ok_or_else(|| words.trouble(format!("no method {name}")))?;
        let place = self
            .values
            .methods
            .iter()
            .position(|method| method.offset == found.offset);
        Ok(place.unwrap_or_default())
    }

    pub(super) fn method(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = self.method_index(words)?;
        let method = place(&mut self.cap.methods.methods, index, words)?;
        let field = words.word("a field of a method")?;
        let value = self.values.value(words)?;
        match field {
            "stack" => method.header.max_stack = value,
            "args" => method.header.nargs = value,
            "locals" => method.header.max_locals = value,
            "flags" => method.header.flags = MethodFlags(value),
            other => return Err(words.trouble(format!("a method has no {other}"))),
        }
        Ok(())
    }

    pub(super) fn handler(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = words.number("the index of a handler")?;
        let handler = place(&mut self.cap.methods.handlers, index, words)?;
        match words.word("a field of a handler")? {
            "start" => handler.start_offset = self.values.value(words)?,
            "length" => handler.active_length = self.values.value(words)?,
            "handler" => handler.handler_offset = self.values.value(words)?,
            "type" => handler.catch_type_index = self.values.value(words)?,
            "stop" => handler.stop = self.values.value::<u8>(words)? != 0,
            other => return Err(words.trouble(format!("a handler has no {other}"))),
        }
        Ok(())
    }

    pub(super) fn statics(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let statics = &mut self.cap.static_fields;
        match words.word("a field")? {
            "references" => statics.reference_count = self.values.value(words)?,
            "defaults" => statics.default_value_count = self.values.value(words)?,
            "values" => statics.non_default_values = words.octets()?,
            "array" => {
                let index = words.number("the index of an array")?;
                place(&mut statics.array_inits, index, words)?.values = words.octets()?;
            }
            other => return Err(words.trouble(format!("no {other} among the static fields"))),
        }
        Ok(())
    }
}
