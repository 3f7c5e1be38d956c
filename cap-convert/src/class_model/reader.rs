//! Reads a class file (JVMS §4.1). Attributes that the conversion does not need are skipped unread.

use card_proto::reader::{ReadError, Reader};
use thiserror::Error;

use super::code::{Code, Handler, LocalName};
use super::constants::Constants;
use super::descriptor::{MethodType, Type};
use super::{Access, Class, Field, Literal, Method, opcodes};

/// Major versions of class files that are understood: Java 1.1 (45) to Java 25 (69).
const MAJOR_VERSIONS: std::ops::RangeInclusive<u16> = 45..=69;

/// Why the bytes are not a class file that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum ClassFileError {
    #[error("{0}")]
    Read(#[from] ReadError),
    #[error("class file version {0}: this converter knows 45 to 69 (Java 1.1 to 25)")]
    Version(u16),
    #[error("constant {index} should be {wanted}")]
    Constant { index: u16, wanted: &'static str },
    #[error("{what} at bytecode offset {offset}")]
    Code { offset: usize, what: &'static str },
    #[error("two members of the name {0}")]
    Duplicate(String),
}

impl ClassFileError {
    pub(super) fn constant(index: u16, wanted: &'static str) -> Self {
        Self::Constant { index, wanted }
    }
}

/// Reads one class file to its end.
pub(crate) fn read_class(bytes: &[u8]) -> Result<Class, ClassFileError> {
    let mut reader = Reader::new(bytes);
    let magic = reader.array::<4>()?;
    if magic != [0xCA, 0xFE, 0xBA, 0xBE] {
        return Err(reader
            .reject("the magic number CAFEBABE", u32::from_be_bytes(magic).into())
            .into());
    }
    let (_minor, major) = (reader.u16()?, reader.u16()?);
    if !MAJOR_VERSIONS.contains(&major) {
        return Err(ClassFileError::Version(major));
    }
    let constants = Constants::read(&mut reader)?;
    let access = Access(reader.u16()?);
    let name = constants.class_name(reader.u16()?)?.to_owned();
    let super_name = constants.optional_class_name(reader.u16()?)?.map(str::to_owned);
    let interfaces = read_class_names(&mut reader, &constants)?;
    let fields = read_list(&mut reader, |reader| read_field(reader, &constants))?;
    let methods = read_list(&mut reader, |reader| read_method(reader, &constants))?;
    let mut class = Class {
        name,
        access,
        super_name,
        interfaces,
        source_file: None,
        nest_host: None,
        fields,
        methods,
    };
    refuse_duplicates(&class)?;
    each_attribute(&mut reader, &constants, |attribute, mut reader| {
        match attribute {
            "SourceFile" => class.source_file = Some(constants.utf8(reader.u16()?)?.to_owned()),
            "NestHost" => class.nest_host = Some(constants.class_name(reader.u16()?)?.to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    reader.finish()?;
    Ok(class)
}

/// JVMS §4.5, §4.6: no two fields, and no two methods, have the same name and descriptor.
fn refuse_duplicates(class: &Class) -> Result<(), ClassFileError> {
    let mut fields = std::collections::HashSet::new();
    let mut methods = std::collections::HashSet::new();
    if let Some(field) = class
        .fields
        .iter()
        .find(|field| !fields.insert((&field.name, &field.kind)))
    {
        return Err(ClassFileError::Duplicate(field.name.clone()));
    }
    match class
        .methods
        .iter()
        .find(|method| !methods.insert((&method.name, &method.kind)))
    {
        Some(method) => Err(ClassFileError::Duplicate(method.name.clone())),
        None => Ok(()),
    }
}

/// Reads a count of two octets and so many items.
fn read_list<'a, T>(
    reader: &mut Reader<'a>,
    mut item: impl FnMut(&mut Reader<'a>) -> Result<T, ClassFileError>,
) -> Result<Vec<T>, ClassFileError> {
    let count = reader.u16()?;
    (0..count).map(|_| item(reader)).collect()
}

fn read_class_names(reader: &mut Reader<'_>, constants: &Constants) -> Result<Vec<String>, ClassFileError> {
    read_list(reader, |reader| {
        Ok(constants.class_name(reader.u16()?)?.to_owned())
    })
}

/// Calls `visit` with the name and the content of each attribute (JVMS §4.7).
fn each_attribute<'a>(
    reader: &mut Reader<'a>,
    constants: &Constants,
    mut visit: impl FnMut(&str, Reader<'a>) -> Result<(), ClassFileError>,
) -> Result<(), ClassFileError> {
    for _ in 0..reader.u16()? {
        let name = constants.utf8(reader.u16()?)?;
        let length = read_length(reader)?;
        visit(name, reader.sub(length)?)?;
    }
    Ok(())
}

/// A length of four octets. One that no memory could hold is refused by the read that follows.
fn read_length(reader: &mut Reader<'_>) -> Result<usize, ClassFileError> {
    Ok(usize::try_from(u32::from_be_bytes(reader.array()?)).unwrap_or(usize::MAX))
}

fn read_field(reader: &mut Reader<'_>, constants: &Constants) -> Result<Field, ClassFileError> {
    let access = Access(reader.u16()?);
    let name = constants.utf8(reader.u16()?)?.to_owned();
    let descriptor = reader.u16()?;
    let kind = Type::parse(constants.utf8(descriptor)?)
        .ok_or(ClassFileError::constant(descriptor, "a field descriptor"))?;
    let mut constant: Option<Literal> = None;
    each_attribute(reader, constants, |attribute, mut content| {
        if attribute == "ConstantValue" {
            constant = Some(constants.literal(content.u16()?)?);
        }
        Ok(())
    })?;
    Ok(Field {
        access,
        name,
        kind,
        constant,
    })
}

fn read_method(reader: &mut Reader<'_>, constants: &Constants) -> Result<Method, ClassFileError> {
    let access = Access(reader.u16()?);
    let name = constants.utf8(reader.u16()?)?.to_owned();
    let descriptor = reader.u16()?;
    let kind = MethodType::parse(constants.utf8(descriptor)?)
        .ok_or(ClassFileError::constant(descriptor, "a method descriptor"))?;
    let (mut code, mut exceptions) = (None, Vec::new());
    each_attribute(reader, constants, |attribute, mut content| {
        match attribute {
            "Code" => code = Some(read_code(content, constants)?),
            "Exceptions" => exceptions = read_class_names(&mut content, constants)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(Method {
        access,
        name,
        kind,
        exceptions,
        code,
    })
}

/// The Code attribute (JVMS §4.7.3).
fn read_code(mut reader: Reader<'_>, constants: &Constants) -> Result<Code, ClassFileError> {
    let (max_stack, max_locals) = (reader.u16()?, reader.u16()?);
    let length = read_length(&mut reader)?;
    let body = opcodes::decode(reader.take(length)?, constants)?;
    let handlers = read_list(&mut reader, |reader| read_handler(reader, constants, &body))?;
    let mut starts = Vec::new();
    let mut local_names = Vec::new();
    each_attribute(&mut reader, constants, |attribute, mut content| {
        match attribute {
            "LineNumberTable" => starts.extend(read_list(&mut content, |content| {
                Ok((body.index_or_end(content.u16()?)?, content.u16()?))
            })?),
            "LocalVariableTable" => local_names.extend(read_list(&mut content, |content| {
                read_local_name(content, constants, &body)
            })?),
            _ => {}
        }
        Ok(())
    })?;
    reader.finish()?;
    let lines = spread_lines(starts, body.instructions.len());
    Ok(Code {
        max_stack,
        max_locals,
        instructions: body.instructions,
        lines,
        handlers,
        local_names,
    })
}

/// An entry of the exception table (JVMS §4.7.3).
fn read_handler(
    reader: &mut Reader<'_>,
    constants: &Constants,
    body: &opcodes::Body,
) -> Result<Handler, ClassFileError> {
    let offset = reader.offset();
    let handler = Handler {
        start: body.index_of(reader.u16()?)?,
        end: body.index_or_end(reader.u16()?)?,
        target: body.index_of(reader.u16()?)?,
        catch_type: constants.optional_class_name(reader.u16()?)?.map(str::to_owned),
    };
    match handler.start < handler.end {
        true => Ok(handler),
        false => Err(ClassFileError::Code {
            offset,
            what: "an exception handler that guards nothing",
        }),
    }
}

/// An entry of the LocalVariableTable (JVMS §4.7.13).
fn read_local_name(
    reader: &mut Reader<'_>,
    constants: &Constants,
    body: &opcodes::Body,
) -> Result<LocalName, ClassFileError> {
    let (start, length) = (reader.u16()?, reader.u16()?);
    let (name, _descriptor, slot) = (reader.u16()?, reader.u16()?, reader.u16()?);
    Ok(LocalName {
        start: body.index_or_end(start)?,
        end: body.index_or_end(start.saturating_add(length))?,
        slot,
        name: constants.utf8(name)?.to_owned(),
    })
}

/// The line of every instruction, from the entries that begin a line (JVMS §4.7.12).
fn spread_lines(mut starts: Vec<(usize, u16)>, count: usize) -> Vec<u16> {
    starts.sort_by_key(|(index, _)| *index);
    let mut lines = vec![0; count];
    let mut starts = starts.into_iter().peekable();
    let mut line = 0;
    for (index, place) in lines.iter_mut().enumerate() {
        while let Some((_, next)) = starts.next_if(|(start, _)| *start <= index) {
            line = next;
        }
        *place = line;
    }
    lines
}
