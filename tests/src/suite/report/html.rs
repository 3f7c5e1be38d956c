//! A run as one page for people: no other files, no JavaScript, by day and by night, on a phone.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{CaseReport, Counts, Report, text::closing};
use crate::suite::{
    outcome::Failure,
    sections::Section,
    trace::{Field, Traced},
};

const STYLE: &str = include_str!("style.css");

/// The page.
pub fn page(report: &Report) -> String {
    let title = format!("Conformance of {}", report.card.profile);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Twofold" }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                h1 { (title) }
                (facts(report))
                h2 { "Sections" }
                (sections(report))
                h2 { "Cases" }
                @for (number, case) in (1..).zip(&report.cases) { (self::case(number, case)) }
            } }
        }
    };
    page.into_string()
}

fn facts(report: &Report) -> Markup {
    html! {
        p.outcome { (badge(if report.ok() { "passed" } else { "failed" })) " " (closing(report)) "." }
        dl.facts {
            dt { "date" } dd { (report.date) }
            @for (name, value) in report.card.rows() { dt { (name) } dd { (value) } }
        }
    }
}

/// Rows by document and section, with links to the cases.
fn sections(report: &Report) -> Markup {
    let mut documents = BTreeMap::<&str, Vec<(&Section, Counts)>>::new();
    for (section, counts) in report.sections() {
        documents
            .entry(&section.document)
            .or_default()
            .push((section, counts));
    }
    html! {
        div.scroll { table.sections {
            thead { tr { th { "Section" } th { "Passed" } th { "Failed" } th { "Skipped" } th { "Expected to fail" } th { "Cases" } } }
            @for (document, sections) in documents { tbody {
                tr.document { th colspan="6" scope="rowgroup" { (document) } }
                @for (section, counts) in sections {
                    tr { td { (section.place) } (count_cells(counts)) td { (links(report, section)) } }
                }
            } }
        } }
    }
}

fn count_cells(counts: Counts) -> Markup {
    let cells = [
        ("passed", counts.passed),
        ("failed", counts.failed),
        ("skipped", counts.skipped),
        ("expected", counts.expected),
    ];
    html! { @for (class, count) in cells {
        @if count == 0 { td.quiet { "–" } } @else { td class=(class) { (count) } }
    } }
}

fn links(report: &Report, section: &Section) -> Markup {
    let cases = (1..)
        .zip(&report.cases)
        .filter(|(_, case)| case.sections.contains(section));
    html! { @for (number, case) in cases {
        a class=(case.verdict.word()) href={ "#case-" (number) } { (case.name) } " "
    } }
}

fn case(number: usize, case: &CaseReport) -> Markup {
    let failure = case.verdict.failure();
    html! {
        details.case id={ "case-" (number) } open[case.verdict.is_bad()] {
            summary {
                (badge(case.verdict.word())) " " strong { (case.name) } " "
                span.quiet { (case.commands) " commands, " (format!("{:.0}", case.seconds * 1000.0)) " ms" }
                span.title { (case.title) }
            }
            @if !case.verdict.line().is_empty() { p.why { (case.verdict.line()) } }
            @if let Some(failure) = failure { (self::failure(failure)) }
            p.quiet { @for section in &case.sections { span.section { (section) } " " } }
            (file(&case.text, failure.map_or(0, |failure| failure.line)))
        }
    }
}

/// The case file; comments are quieter, the line that failed stands out.
fn file(text: &str, failed: usize) -> Markup {
    let class = |number: usize, line: &str| match line {
        _ if number == failed => "failed",
        _ if line.starts_with('#') => "quiet",
        _ => "",
    };
    html! { details { summary { "The case file" } pre.file {
        @for (number, line) in (1..).zip(text.lines()) {
            span.number { (format!("{number:4} ")) } span class=(class(number, line)) { (line) } "\n"
        }
    } } }
}

fn failure(failure: &Failure) -> Markup {
    html! {
        dl.facts {
            @if !failure.text.is_empty() { dt { "line " (failure.line) } dd { pre { (failure.text) } } }
            @if let Some(expected) = &failure.expected { dt { "expected" } dd { (expected) } }
            @if let Some(found) = &failure.found { dt { "found" } dd { (found) } }
        }
        @if failure.left_out > 0 { p.quiet { (failure.left_out) " exchanges of this step before these are left out." } }
        @for traced in &failure.trace { (exchange(traced)) }
    }
}

fn exchange(traced: &Traced) -> Markup {
    html! {
        div.exchange {
            p { strong { (traced.name) } }
            @if !traced.command.is_empty() { p.octets { span.direction { "→" } code { (traced.command) } } }
            (fields(&traced.command_fields))
            p.octets { span.direction { "←" } code { (traced.response) } " " span.meaning { (traced.status) } }
            (fields(&traced.response_fields))
        }
    }
}

fn fields(fields: &[Field]) -> Markup {
    html! { @if !fields.is_empty() { dl.fields {
        @for field in fields { div style={ "--depth:" (field.depth) } {
            dt { (field.name) }
            dd { @if !field.octets.is_empty() { code { (field.octets) } " " } span.meaning { (field.meaning) } }
        } }
    } } }
}

fn badge(word: &str) -> Markup {
    let text = if word == "expected" {
        "expected to fail"
    } else {
        word
    };
    html! { span class={ "badge " (word) } { (text) } }
}
