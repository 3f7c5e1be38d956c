//! The finished file: components as octets, changed where a case says so, in an archive or as a load file.

use std::io::{Cursor, Write as _};

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::version::FormatVersion;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::text::{Line, Trouble, Words};
use super::value::Values;

/// A file before it is written.
pub(crate) struct File {
    /// Tag and octets after tag and size, in the order of loading.
    components: Vec<(Tag, Vec<u8>)>,
    folder: String,
    /// How many sizes the Directory lists first: format 2.1 has no Debug.
    sizes: u8,
    is_load_file: bool,
    /// The Directory says nothing of changes.
    is_stale: bool,
    /// Changes of the octets of the whole file.
    whole: Vec<(usize, Vec<u8>)>,
    cut: usize,
    tail: Vec<u8>,
}

impl File {
    pub(crate) fn of(cap: &Cap, folder: &str) -> Result<Self, cap_format::error::CapError> {
        let components = cap.to_components()?.defined;
        let order = Tag::LOAD_ORDER.iter().chain([&Tag::Debug]);
        let ordered = order.filter_map(|tag| Some((*tag, components.get(tag)?.clone())));
        Ok(Self {
            components: ordered.collect(),
            folder: folder.to_owned(),
            sizes: if cap.header.format == FormatVersion::V2_1 {
                11
            } else {
                12
            },
            is_load_file: false,
            is_stale: false,
            whole: Vec::new(),
            cut: 0,
            tail: Vec::new(),
        })
    }

    fn info(&mut self, words: &mut Words<'_>) -> Result<&mut Vec<u8>, Trouble> {
        let name = words.word("a component")?;
        let found = self.components.iter_mut().find(|(tag, _)| tag.name() == name);
        found
            .map(|(_, info)| info)
            .ok_or_else(|| words.trouble(format!("no component {name}")))
    }

    /// `octets COMPONENT AT HEX`, `append COMPONENT HEX`, `cut COMPONENT N`, `drop COMPONENT`, `twice COMPONENT`, `stale`,
    /// `form load-file`, `file AT HEX`, `file cut N`, `file append HEX`.
    pub(crate) fn change(&mut self, line: &Line, values: &Values<'_>) -> Result<(), Trouble> {
        let mut words = line.words();
        match words.next().unwrap_or_default() {
            "octets" => {
                let info = self.info(&mut words)?;
                let at: usize = values.value(&mut words)?;
                let octets = words.octets()?;
                let place = info.get_mut(at..at + octets.len());
                place
                    .ok_or_else(|| words.trouble("outside of the component"))?
                    .copy_from_slice(&octets);
            }
            "append" => {
                let info = self.info(&mut words)?;
                info.extend(words.octets()?);
            }
            "cut" => {
                let info = self.info(&mut words)?;
                let count: usize = words.number("octets")?;
                info.truncate(info.len().saturating_sub(count));
            }
            "drop" => {
                let name = words.word("a component")?;
                self.components.retain(|(tag, _)| tag.name() != name);
            }
            "twice" => {
                let name = words.word("a component")?;
                let again = self
                    .components
                    .iter()
                    .find(|(tag, _)| tag.name() == name)
                    .cloned();
                self.components.extend(again);
            }
            "stale" => self.is_stale = true,
            "form" => self.is_load_file = words.take("load-file"),
            "file" if words.take("append") => self.tail = words.octets()?,
            "file" if words.take("cut") => self.cut = words.number("octets")?,
            "file" => {
                let at = words.number("an offset")?;
                self.whole.push((at, words.octets()?));
            }
            other => return Err(line.trouble(format!("`{other}` is no change"))),
        }
        words.end()
    }

    pub(crate) fn write(mut self) -> Result<Vec<u8>, Trouble> {
        if !self.is_stale {
            self.state_sizes();
        }
        let mut bytes = match self.is_load_file {
            true => self
                .components
                .iter()
                .flat_map(|(tag, info)| frame(*tag, info))
                .collect(),
            false => self
                .archive()
                .map_err(|error| Trouble::of("the archive", error))?,
        };
        for (at, octets) in &self.whole {
            for (place, octet) in bytes.iter_mut().skip(*at).zip(octets) {
                *place = *octet;
            }
        }
        bytes.truncate(bytes.len() - self.cut.min(bytes.len()));
        bytes.extend(&self.tail);
        Ok(bytes)
    }

    /// The sizes that the Directory lists first (JCVM §6.5).
    fn state_sizes(&mut self) {
        let sizes: Vec<(Tag, usize)> = self
            .components
            .iter()
            .map(|(tag, info)| (*tag, info.len()))
            .collect();
        let directory = self.components.iter_mut().find(|(tag, _)| *tag == Tag::Directory);
        let Some((_, directory)) = directory else { return };
        let places = directory.chunks_exact_mut(2).zip(1..=self.sizes);
        for (place, tag) in places {
            let size = sizes
                .iter()
                .find(|(known, _)| known.octet() == tag)
                .map_or(0, |(_, size)| *size);
            place.copy_from_slice(&u16::try_from(size).unwrap_or(u16::MAX).to_be_bytes());
        }
    }

    fn archive(&self) -> zip::result::ZipResult<Vec<u8>> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (index, (tag, info)) in self.components.iter().enumerate() {
            // A second component of a tag stands in another folder: an archive has each name once.
            let again = self.components.iter().take(index).any(|(known, _)| known == tag);
            let folder = if again { "again" } else { &self.folder };
            archive.start_file(format!("{folder}/javacard/{}.cap", tag.name()), options)?;
            archive.write_all(&frame(*tag, info))?;
        }
        Ok(archive.finish()?.into_inner())
    }
}

fn frame(tag: Tag, info: &[u8]) -> Vec<u8> {
    let size = u16::try_from(info.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[tag.octet()], size.as_slice(), info].concat()
}
