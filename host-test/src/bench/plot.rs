//! The ratios as a picture: a line a row on a logarithmic scale, the middle half as a bar, the median as a dot.

use std::fmt::Write as _;

use super::row::{Row, Target};

/// The sizes of the picture, in pixels.
const NAMES: f64 = 330.0;
const SCALE: f64 = 520.0;
const LINE: f64 = 20.0;
const TOP: f64 = 40.0;
const MARGIN: f64 = 90.0;

/// The ratios that the scale has at least, and those that it marks.
const LEAST: (f64, f64) = (0.5, 2.0);
const MARKS: [f64; 13] = [0.001, 0.01, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 100.0, 1000.0, 10_000.0];

const STYLE: &str = "text{font:12px sans-serif;fill:#222}.mark{stroke:#ddd}.one{stroke:#888}.reached{fill:#1a7f37}\
                     .missed{fill:#cf222e}.free{fill:#57606a}.half{opacity:.35}.target{stroke:#222;stroke-width:2}";

/// A picture of the rows; those without a ratio are left out.
pub fn svg(rows: &[Row]) -> String {
    let rows: Vec<_> = rows.iter().filter_map(|row| Some((row, row.ratio()?))).collect();
    let ends = |ratio: f64| ratio.is_finite() && ratio > 0.0;
    let lows = rows.iter().map(|(_, ratio)| ratio.low).filter(|ratio| ends(*ratio));
    let highs = rows.iter().map(|(_, ratio)| ratio.high).filter(|ratio| ends(*ratio));
    let (low, high) = (lows.fold(LEAST.0, f64::min), highs.fold(LEAST.1, f64::max));
    let place = |ratio: f64| NAMES + SCALE * (ratio.clamp(low, high) / low).ln() / (high / low).ln();
    let (width, height) = (NAMES + SCALE + MARGIN, TOP + LINE * (rows.len() as f64 + 1.0));

    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\">\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    // A string takes all that is written to it.
    for mark in MARKS.into_iter().filter(|mark| (low..=high).contains(mark)) {
        let (x, class) = (place(mark), if mark == 1.0 { "one" } else { "mark" });
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"20\" text-anchor=\"middle\">{mark}</text>");
        let _ = writeln!(svg, "<path class=\"{class}\" d=\"M{x:.1} 28V{:.1}\"/>", height - LINE / 2.0);
    }
    for (number, (row, ratio)) in rows.iter().enumerate() {
        let y = TOP + LINE * (number as f64 + 0.5);
        let class = row.reached().map_or("free", |reached| if reached { "reached" } else { "missed" });
        let (from, to, median) = (place(ratio.low), place(ratio.high), place(ratio.median));
        let name = format!("{} {} by {}: {}", row.group, row.candidate.label, row.baseline.label, row.name);
        let text = escaped(&name);
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>", NAMES - 10.0, y + 4.0);
        let _ = writeln!(
            svg,
            "<rect class=\"half {class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"8\"/>",
            y - 4.0,
            (to - from).max(1.0)
        );
        let _ = writeln!(svg, "<circle class=\"{class}\" cx=\"{median:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        if let Some(Target::AtMost(target) | Target::AtLeast(target)) = row.target {
            let (x, y) = (place(target), y - 7.0);
            let _ = writeln!(svg, "<path class=\"target\" d=\"M{x:.1} {y:.1}v14\"/>");
        }
        let engine = row.engine.as_deref().map(|engine| format!(" on {engine}")).unwrap_or_default();
        let note = escaped(&format!("{:.2}{engine}", ratio.median));
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\">{note}</text>", to.max(median) + 10.0, y + 4.0);
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::row::{Group, Series, Unit};
    use super::*;

    #[test]
    fn every_row_is_in_the_picture_and_nothing_is_beyond_it() {
        let row = |candidate: f64| {
            let (baseline, candidate) = (Series::new("<raw>", [1.0]), Series::new("adapted", [candidate]));
            Row::new(Group::Guest, "nop", Unit::Nanoseconds, baseline, candidate).target(Target::AtMost(1e9))
        };
        let svg = svg(&[row(0.01), row(1.0), row(50.0)]);
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("&lt;raw&gt;") && !svg.contains("<raw>"));
        let places = svg.split("cx=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
        assert!(places.into_iter().all(|x| (NAMES..=NAMES + SCALE).contains(&x)), "{svg}");
    }
}
