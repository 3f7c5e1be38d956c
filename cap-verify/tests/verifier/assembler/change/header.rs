//! Changes of Header, Import, Applet and Export (JCVM §6.4, §6.6, §6.7, §6.13).

use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::component::header::HeaderFlags;
use cap_format::version::{FormatVersion, PackageInfo};

use super::{Change, place};
use crate::assembler::declarations::{aid, version};
use crate::assembler::text::{Trouble, Words};

impl Change<'_> {
    pub(super) fn header(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let header = &mut self.cap.header;
        match words.word("a field")? {
            "flags" => header.flags = HeaderFlags(self.values.value(words)?),
            "aid" => header.package.aid = aid(words, words.clone().word("an AID")?)?,
            "version" => header.package.version = version(&mut words.clone())?,
            "name" => words.word("a name")?.clone_into(&mut header.package_name),
            "format" => {
                let text = words.word("a version")?;
                let known = FormatVersion::ALL
                    .into_iter()
                    .find(|version| version.to_string() == text);
                header.format = known.ok_or_else(|| words.trouble("no such format"))?;
            }
            other => return Err(words.trouble(format!("the header has no {other}"))),
        }
        if !words.rest().is_empty() {
            words.next();
        }
        Ok(())
    }

    /// `set import N aid AID`, `set import N version VERSION`.
    pub(super) fn import(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = words.number("the token of an import")?;
        let import = place(&mut self.cap.imports.packages, index, words)?;
        match words.word("aid or version")? {
            "aid" => {
                let digits = words.word("an AID")?;
                import.aid = aid(words, digits)?;
            }
            _ => import.version = version(words)?,
        }
        Ok(())
    }

    /// `add import AID VERSION`.
    pub(super) fn add_import(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let digits = words.word("an AID")?;
        let aid = aid(words, digits)?;
        let version = version(words)?;
        self.cap.imports.packages.push(PackageInfo { version, aid });
        Ok(())
    }

    pub(super) fn applet(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let index = words.number("the index of an applet")?;
        let mut none = Vec::new();
        let applets = self
            .cap
            .applets
            .as_mut()
            .map_or(&mut none, |component| &mut component.applets);
        let applet = place(applets, index, words)?;
        match words.word("aid or install")? {
            "aid" => {
                let digits = words.word("an AID")?;
                applet.aid = aid(words, digits)?;
            }
            _ => applet.install_method_offset = self.values.value(words)?,
        }
        Ok(())
    }

    pub(super) fn export(&mut self, verb: &str, words: &mut Words<'_>) -> Result<(), Trouble> {
        let mut none = Vec::new();
        let classes = self
            .cap
            .exports
            .as_mut()
            .map_or(&mut none, |component| &mut component.classes);
        if verb == "drop" {
            classes.pop();
            return Ok(());
        }
        let index = words.number("a class token")?;
        let class = place(classes, index, words)?;
        let (list, what) = match words.word("class, field or method")? {
            "class" => {
                class.class_offset = self.values.value(words)?;
                return Ok(());
            }
            "field" => (&mut class.static_fields, "a field token"),
            _ => (&mut class.static_methods, "a method token"),
        };
        if verb == "add" {
            list.push(self.values.value(words)?);
            return Ok(());
        }
        let token = words.number(what)?;
        *place(list, token, words)? = self.values.value(words)?;
        Ok(())
    }

    /// `add export-class OFFSET`.
    pub(super) fn export_class(&mut self, words: &mut Words<'_>) -> Result<(), Trouble> {
        let class_offset = self.values.value(words)?;
        let exports = self.cap.exports.get_or_insert_with(ExportComponent::default);
        exports.classes.push(ClassExport {
            class_offset,
            ..ClassExport::default()
        });
        Ok(())
    }
}
