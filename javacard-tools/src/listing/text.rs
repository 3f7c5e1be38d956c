//! The listing as text for people.

use std::fmt::{self, Write as _};

use crate::listing::applets::Applet;
use crate::listing::classes::Class;
use crate::listing::header::Header;
use crate::listing::imports::Import;
use crate::listing::level::Level;
use crate::listing::memory::Memory;
use crate::listing::methods::Method;
use crate::listing::sizes::{BLOCK, Sizes};
use crate::listing::statics::Statics;
use crate::listing::{Listing, Problem};

/// The whole listing.
///
/// # Errors
/// Never: writing to a `String` does not fail.
pub(crate) fn text(listing: &Listing) -> Result<String, fmt::Error> {
    let mut out = String::new();
    problems(&mut out, &listing.problems)?;
    section(&mut out, &listing.header, header)?;
    section(&mut out, &listing.imports, |out, list| imports(out, list))?;
    section(&mut out, &listing.applets, |out, list| applets(out, list))?;
    section(&mut out, &listing.sizes, sizes)?;
    section(&mut out, &listing.api, level)?;
    section(&mut out, &listing.memory, memory)?;
    section(&mut out, &listing.classes, |out, list| classes(out, list))?;
    section(&mut out, &listing.statics, statics)?;
    section(&mut out, &listing.constants, |out, list| constants(out, list))?;
    section(&mut out, &listing.methods, |out, list| methods(out, list))?;
    Ok(out)
}

/// A section that is there, after an empty line.
fn section<T>(
    out: &mut String,
    part: &Option<T>,
    write: impl FnOnce(&mut String, &T) -> fmt::Result,
) -> fmt::Result {
    match part {
        Some(part) => {
            if !out.is_empty() {
                out.push('\n');
            }
            write(out, part)
        }
        None => Ok(()),
    }
}

fn problems(out: &mut String, problems: &[Problem]) -> fmt::Result {
    for problem in problems {
        let Problem {
            component,
            offset,
            problem,
        } = problem;
        writeln!(out, "BROKEN: {component}, offset {offset}: {problem}")?;
    }
    if problems.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "What can be read of the file follows; parts of broken components are missing."
    )
}

fn header(out: &mut String, header: &Header) -> fmt::Result {
    let name = if header.package.is_empty() {
        "(no name)"
    } else {
        &header.package
    };
    writeln!(out, "Package {name} {}, AID {}", header.version, header.aid)?;
    let mut notes = vec![format!("CAP format {}", header.format)];
    notes.extend(header.flags.iter().map(|flag| format!("flag {flag}")));
    notes.push(with("Descriptor", header.has_descriptor));
    notes.push(with("Debug", header.has_debug));
    writeln!(out, "  {}", notes.join(", "))?;
    for custom in &header.custom_components {
        writeln!(
            out,
            "  custom component {:02X}: {} octets, AID {}",
            custom.tag, custom.octets, custom.aid
        )?;
    }
    let int = &header.int;
    match (int.flag, int.instructions) {
        (false, 0) => writeln!(out, "  needs no int"),
        (true, 0) => writeln!(
            out,
            "  needs a card with int by its flag, but has no int instruction"
        ),
        (flag, count) => {
            let flag = if flag { "" } else { " that the flag does not tell" };
            writeln!(
                out,
                "  needs a card with int: {count} instructions{flag}, in {}",
                int.methods.join(", ")
            )
        }
    }
}

fn with(what: &str, is_there: bool) -> String {
    format!("{} {what}", if is_there { "with" } else { "without" })
}

fn imports(out: &mut String, imports: &[Import]) -> fmt::Result {
    writeln!(out, "Imports")?;
    if imports.is_empty() {
        return writeln!(out, "  none");
    }
    for import in imports {
        let name = import.package.as_deref().unwrap_or("(unknown package)");
        write!(out, "  {name:<34} {:<5} {:<32}", import.version, import.aid)?;
        match (&import.needs, import.uses) {
            (_, 0) => writeln!(out, " nothing of it is used")?,
            (Some(needs), uses) if *needs != import.version => {
                writeln!(out, " {uses} uses, version {needs} has them")?;
            }
            (_, uses) => writeln!(out, " {uses} uses")?,
        }
    }
    Ok(())
}

fn applets(out: &mut String, applets: &[Applet]) -> fmt::Result {
    writeln!(out, "Applets")?;
    if applets.is_empty() {
        return writeln!(out, "  none: a library");
    }
    for applet in applets {
        let class = applet.class.as_deref().unwrap_or("(unknown class)");
        let install = applet.install.as_deref().unwrap_or("no method");
        let (aid, offset) = (&applet.aid, applet.install_offset);
        writeln!(out, "  {aid:<32} {class}: {install} at {offset:04X}")?;
    }
    Ok(())
}

fn sizes(out: &mut String, sizes: &Sizes) -> fmt::Result {
    writeln!(out, "Sizes in octets")?;
    for size in &sizes.components {
        writeln!(out, "  {:<16} {:>6}", size.component, size.octets)?;
    }
    writeln!(
        out,
        "  load file without Descriptor {}, with it {}",
        sizes.load_file, sizes.load_file_with_descriptor
    )?;
    let block = sizes.data_block;
    match sizes.load_commands {
        Some(count) => writeln!(
            out,
            "  data block (C4) {block}: {count} LOAD commands of up to {BLOCK}"
        )?,
        None => writeln!(
            out,
            "  data block (C4) {block}: more than 256 LOAD commands of {BLOCK}"
        )?,
    }
    let kept = "kept after linking (classes, methods, exports; static fields and arrays)";
    writeln!(out, "  {kept}: {} + {}", sizes.kept_code, sizes.kept_data)
}

fn level(out: &mut String, level: &Level) -> fmt::Result {
    writeln!(out, "API")?;
    for family in &level.families {
        let name = &family.family;
        match &family.by_imports {
            Some(lowest) => writeln!(
                out,
                "  {name}: loads from {lowest} on ({})",
                family.platforms.join(" ")
            )?,
            None => writeln!(out, "  {name}: no platform has these versions together")?,
        }
        match &family.by_use {
            Some(lowest) if family.by_imports.as_ref() != Some(lowest) => {
                writeln!(
                    out,
                    "    what is used, {lowest} has; lower versions of the imports would do"
                )?;
            }
            None => writeln!(out, "    no platform has all that is used")?,
            _ => {}
        }
        if !family.lacking_below.is_empty() {
            writeln!(out, "    used, and missing in the platform below that:")?;
            for name in &family.lacking_below {
                writeln!(out, "      {name}")?;
            }
        }
    }
    if !level.others.is_empty() {
        writeln!(out, "  of no platform: {}", level.others.join(", "))?;
    }
    Ok(())
}

fn memory(out: &mut String, memory: &Memory) -> fmt::Result {
    writeln!(out, "Memory")?;
    writeln!(
        out,
        "  persistent: static fields {} octets, initialized arrays {} octets",
        memory.static_fields, memory.static_arrays
    )?;
    writeln!(out, "  instances, in words of two octets:")?;
    for instance in &memory.instances {
        let above = instance
            .above
            .as_ref()
            .map(|above| format!(" and those of {above}"));
        writeln!(
            out,
            "    {:<40} {:>3}{}",
            instance.class,
            instance.words,
            above.unwrap_or_default()
        )?;
    }
    if let Some(frame) = &memory.largest_frame {
        writeln!(out, "  largest frame: {} words, {}", frame.words, frame.method)?;
    }
    if let Some(calls) = &memory.deepest_calls {
        writeln!(out, "  deepest calls inside the package: {} words", calls.words)?;
        for (method, depth) in calls.methods.iter().zip(2..) {
            writeln!(out, "  {}{method}", " ".repeat(depth))?;
        }
        if !calls.recursive.is_empty() {
            writeln!(
                out,
                "  recursive, so that more may be needed: {}",
                calls.recursive.join(", ")
            )?;
        }
    }
    Ok(())
}

fn classes(out: &mut String, classes: &[Class]) -> fmt::Result {
    writeln!(out, "Classes")?;
    for class in classes {
        let flags: String = class.flags.iter().map(|flag| format!("{flag} ")).collect();
        write!(out, "  {flags}{} {}", class.kind, class.name)?;
        if let Some(superclass) = &class.superclass {
            write!(out, " extends {superclass}")?;
        }
        if !class.interfaces.is_empty() {
            let word = if class.kind == "interface" {
                "extends"
            } else {
                "implements"
            };
            write!(out, " {word} {}", class.interfaces.join(", "))?;
        }
        let token = class.token.map(|token| format!(", token {token}"));
        writeln!(out, "  (at {:04X}{})", class.offset, token.unwrap_or_default())?;
        for field in &class.fields {
            let of = field.field_type.as_deref().unwrap_or("?");
            let flags: String = field.flags.iter().map(|flag| format!("{flag} ")).collect();
            writeln!(out, "    {:>3}  {flags}{of} {}", field.token, field.name)?;
        }
        for method in &class.methods {
            writeln!(out, "         {method}")?;
        }
    }
    Ok(())
}

fn statics(out: &mut String, statics: &Statics) -> fmt::Result {
    writeln!(
        out,
        "Static fields: image of {} octets, {} references, {} arrays with {} octets",
        statics.image, statics.references, statics.initialized_arrays, statics.array_octets
    )?;
    for field in &statics.fields {
        let of = field.field_type.as_deref().unwrap_or("?");
        let flags: String = field.flags.iter().map(|flag| format!("{flag} ")).collect();
        writeln!(
            out,
            "  {:04X}  {flags}{of} {} = {}",
            field.offset, field.name, field.value
        )?;
    }
    Ok(())
}

fn constants(out: &mut String, constants: &[String]) -> fmt::Result {
    writeln!(out, "Constant pool")?;
    for (constant, index) in constants.iter().zip(0..) {
        writeln!(out, "  {index:>4}  {constant}")?;
    }
    Ok(())
}

fn methods(out: &mut String, methods: &[Method]) -> fmt::Result {
    writeln!(out, "Methods")?;
    methods.iter().try_for_each(|method| one_method(out, method))
}

fn one_method(out: &mut String, method: &Method) -> fmt::Result {
    let flags: String = method.flags.iter().map(|flag| format!("{flag} ")).collect();
    let result = method.result.as_ref().map(|result| format!("{result} "));
    writeln!(out, "\n  {flags}{}{}", result.unwrap_or_default(), method.name)?;
    let token = method.token.map(|token| format!(", token {token}"));
    writeln!(
        out,
        "    at {:04X}, {} octets, stack {}, arguments {}, locals {}{}",
        method.offset,
        method.octets,
        method.max_stack,
        method.arguments,
        method.max_locals,
        token.unwrap_or_default()
    )?;
    for line in &method.code {
        match line.source_line {
            Some(source) => writeln!(out, "    {:>5}  {:<60} line {source}", line.offset, line.text)?,
            None => writeln!(out, "    {:>5}  {}", line.offset, line.text)?,
        }
    }
    if let Some(problem) = &method.problem {
        writeln!(out, "    BROKEN: {problem}")?;
    }
    for handler in &method.handlers {
        let catches = handler.catches.as_deref().unwrap_or("(all)");
        writeln!(
            out,
            "    catch {catches}  from {} to {}: {}",
            handler.start, handler.end, handler.handler
        )?;
    }
    Ok(())
}
