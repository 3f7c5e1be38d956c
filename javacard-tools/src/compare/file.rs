//! Differences of the file as a whole: header, imports, applets, resources.

use std::collections::BTreeMap;

use cap_format::version::PackageVersion;
use card_proto::aid::Aid;

use crate::compare::{Difference, Pair, Subject, change, or_none};
use crate::package::{ClassTarget, Package};

pub(super) fn differences(pair: &Pair<'_>) -> Vec<Difference> {
    let mut all = header(pair);
    all.extend(imports(pair));
    all.extend(applets(pair));
    all.extend(resources(pair));
    all
}

fn header(pair: &Pair<'_>) -> Vec<Difference> {
    let [first, second] = pair.packages.map(|package| &package.cap.header);
    let flags =
        |flags: cap_format::component::header::HeaderFlags| flags.names().collect::<Vec<_>>().join(", ");
    let rows = [
        ("CAP format", first.format.to_string(), second.format.to_string()),
        (
            "package AID",
            first.package.aid.to_string(),
            second.package.aid.to_string(),
        ),
        (
            "package version",
            first.package.version.to_string(),
            second.package.version.to_string(),
        ),
        ("flags", flags(first.flags), flags(second.flags)),
    ];
    let mut all: Vec<_> = rows
        .into_iter()
        .filter(|(_, first, second)| first != second)
        .map(|(what, first, second)| {
            Difference::new(Subject::Header, "", format!("{what} {}", change(first, second)))
        })
        .collect();
    let [first, second] = pair.packages.map(|package| &package.name);
    if !first.is_empty() && !second.is_empty() && first != second {
        let what = format!("package name {}", change(first, second));
        all.push(Difference::new(Subject::Header, "", what));
    }
    all
}

fn imports(pair: &Pair<'_>) -> Vec<Difference> {
    let versions = |package: &Package| -> BTreeMap<Aid, (PackageVersion, String)> {
        let imports = package.cap.imports.packages.iter().zip(0..);
        imports
            .map(|(info, token)| (info.aid, (info.version, package.import_name(token))))
            .collect()
    };
    let [first, second] = pair.packages.map(versions);
    let mut all = Vec::new();
    for (aid, (version, name)) in &first {
        match second.get(aid) {
            Some((other, _)) if other == version => {}
            Some((other, _)) => {
                all.push(Difference::new(
                    Subject::Import,
                    name,
                    format!("version {}", change(version, other)),
                ));
            }
            None => all.push(Difference::new(
                Subject::Import,
                name,
                format!("{version}, only in the first"),
            )),
        }
    }
    let only = second.iter().filter(|(aid, _)| !first.contains_key(aid));
    all.extend(only.map(|(_, (version, name))| {
        Difference::new(Subject::Import, name, format!("{version}, only in the second"))
    }));
    all
}

fn applets(pair: &Pair<'_>) -> Vec<Difference> {
    let by_aid = |package: &Package| -> BTreeMap<Aid, (Option<String>, Option<String>)> {
        let applets = package.applets.iter();
        applets
            .map(|applet| {
                let class = applet
                    .class
                    .map(|class| package.class_name(ClassTarget::Own(class)));
                (
                    applet.aid,
                    (class, applet.method.map(|method| package.method_name(method))),
                )
            })
            .collect()
    };
    let [first, second] = [&pair.keyed[0], &pair.keyed[1]].map(by_aid);
    let shown = [&pair.shown[0], &pair.shown[1]].map(by_aid);
    let mut all = Vec::new();
    for (aid, of_first) in &first {
        match second.get(aid) {
            Some(of_second) if of_second == of_first => {}
            Some(_) => {
                let name = |side: usize| or_none(shown[side].get(aid).and_then(|(_, method)| method.clone()));
                let what = format!("installed by {}", change(name(0), name(1)));
                all.push(Difference::new(Subject::Applet, aid.to_string(), what));
            }
            None => all.push(Difference::new(
                Subject::Applet,
                aid.to_string(),
                "only in the first",
            )),
        }
    }
    let only = second.keys().filter(|aid| !first.contains_key(aid));
    all.extend(only.map(|aid| Difference::new(Subject::Applet, aid.to_string(), "only in the second")));
    all
}

/// Static resources and custom components.
fn resources(pair: &Pair<'_>) -> Vec<Difference> {
    let contents = |package: &Package| -> BTreeMap<String, Vec<u8>> {
        let resources = package
            .cap
            .static_resources
            .iter()
            .flat_map(|component| &component.resources);
        let resources = resources.map(|resource| {
            (
                format!("static resource {}", resource.id),
                resource.content.clone(),
            )
        });
        let customs = package.cap.custom_components.iter();
        let customs = customs.map(|custom| {
            (
                format!("custom component {:02X}", custom.tag),
                custom.info.clone(),
            )
        });
        resources.chain(customs).collect()
    };
    let [first, second] = pair.packages.map(contents);
    let mut all = Vec::new();
    for (name, content) in &first {
        match second.get(name) {
            Some(other) if other == content => {}
            Some(other) => {
                let what = format!("contents differ: {} octets", change(content.len(), other.len()));
                all.push(Difference::new(Subject::Resource, name, what));
            }
            None => all.push(Difference::new(Subject::Resource, name, "only in the first")),
        }
    }
    let only = second.keys().filter(|name| !first.contains_key(*name));
    all.extend(only.map(|name| Difference::new(Subject::Resource, name, "only in the second")));
    all
}
