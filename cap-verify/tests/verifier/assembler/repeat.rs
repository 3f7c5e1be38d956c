//! `repeat NAME COUNT` … `end`: a short text for a long package.

use super::text::{Line, Trouble};

/// The lines with every `repeat` written out: `{NAME}` counts from 0 on.
pub(crate) fn written_out(lines: &[Line]) -> Result<Vec<Line>, Trouble> {
    let mut out = Vec::new();
    let mut rest = lines.iter();
    while let Some(line) = rest.next() {
        let mut words = line.words();
        if !words.take("repeat") {
            out.push(line.clone());
            continue;
        }
        let counter = format!("{{{}}}", words.word("the name of the counter")?);
        let count: u16 = words.number("how many times")?;
        words.end()?;
        let block = block(&mut rest);
        for turn in 0..count {
            let turn = turn.to_string();
            let lines = block.iter().map(|line| Line {
                text: line.text.replace(&counter, &turn),
                ..line.clone()
            });
            out.extend(written_out(&lines.collect::<Vec<_>>())?);
        }
    }
    Ok(out)
}

/// The lines up to the `end` of a block; other blocks in it have their own.
fn block<'a>(lines: &mut impl Iterator<Item = &'a Line>) -> Vec<Line> {
    let mut open = 1;
    let inside = lines.take_while(|line| {
        open += match line.words().next() {
            Some("repeat" | "exporter") => 1,
            Some("end") => -1,
            _ => 0,
        };
        open > 0
    });
    inside.cloned().collect()
}
