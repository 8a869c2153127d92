//! Rows as a table for people and as JSON for programs.

use std::fmt::Write as _;
use std::thread;

use serde::Serialize;

use super::row::Row;
use super::stats::Spread;

/// The heads of the table's columns. The first is text, the others are figures.
const HEADS: [&str; 8] = ["", "ratio", "middle half", "target", "", "candidate", "baseline", "instructions"];

/// A table, a part for each group, with what is told of a group under its name.
pub fn table(rows: &[Row]) -> String {
    let mut lines: Vec<[String; 8]> = vec![HEADS.map(str::to_owned)];
    let mut groups = Vec::new();
    let runs = rows.chunk_by(|one, other| (one.group, &one.engine) == (other.group, &other.engine));
    for run in runs {
        let sides = |row: &Row| format!("{} by {}", row.candidate.label, row.baseline.label);
        let Some(first) = run.first() else { continue };
        // Sides that all rows have are told once.
        let alike = run.iter().all(|row| sides(row) == sides(first));
        let head = if alike { format!("{}: {}", section(first), sides(first)) } else { section(first) };
        groups.push((head, lines.len()));
        for row in run {
            let mut cells = cells(row);
            if let Some(name) = cells.first_mut().filter(|_| !alike) {
                *name = format!("{name}: {}", sides(row));
            }
            lines.push(cells);
        }
    }
    let widths: [usize; 8] = std::array::from_fn(|column| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    });
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (group, _) in groups.iter().filter(|(_, first)| *first == number) {
            // A string takes all that is written to it.
            let _ = writeln!(text, "\n{group}");
        }
        let mut shown = String::new();
        for (column, (cell, width)) in line.iter().zip(widths).enumerate() {
            let gap = " ".repeat(width - cell.chars().count());
            // Names begin at the left, and figures end at the right.
            let padded = if column == 0 { format!("  {cell}{gap}") } else { format!("  {gap}{cell}") };
            shown.push_str(&padded);
        }
        let _ = writeln!(text, "{}", shown.trim_end());
    }
    text
}

/// What rows stand under: their group, and their engine where they have one.
fn section(row: &Row) -> String {
    let engine = row.engine.as_ref().map(|engine| format!(", {engine}")).unwrap_or_default();
    format!("{}{engine}", row.group)
}

fn cells(row: &Row) -> [String; 8] {
    let middle = |samples: Option<f64>| samples.map(|value| row.unit.show(value)).unwrap_or_default();
    let ratio = row.ratio();
    [
        row.name.clone(),
        ratio.map(|ratio| format!("{:.2}", ratio.median)).unwrap_or_default(),
        ratio.map(|ratio| format!("{:.2} to {:.2}", ratio.low, ratio.high)).unwrap_or_default(),
        row.target.map(|target| target.to_string()).unwrap_or_default(),
        row.reached().map(|reached| if reached { "✓" } else { "✗" }.to_owned()).unwrap_or_default(),
        middle(row.candidate.median()),
        middle(row.baseline.median()),
        row.instructions.map(|count| format!("{} by {}", count.candidate, count.baseline)).unwrap_or_default(),
    ]
}

/// How many promises are kept, in a line; nothing where none was made.
pub fn summary(rows: &[Row]) -> Option<String> {
    let reached: Vec<bool> = rows.iter().filter_map(Row::reached).collect();
    let kept = reached.iter().filter(|reached| **reached).count();
    (!reached.is_empty()).then(|| format!("{kept} of {} targets reached", reached.len()))
}

#[derive(Serialize)]
struct Report<'r> {
    machine: Machine,
    rows: Vec<Shown<'r>>,
}

#[derive(Serialize)]
struct Machine {
    system: &'static str,
    architecture: &'static str,
    threads: usize,
}

#[derive(Serialize)]
struct Shown<'r> {
    #[serde(flatten)]
    row: &'r Row,
    ratio: Option<Spread>,
    reached: Option<bool>,
}

/// All rows with their samples, and what they were measured on.
pub fn json(rows: &[Row]) -> String {
    let machine = Machine {
        system: std::env::consts::OS,
        architecture: std::env::consts::ARCH,
        threads: thread::available_parallelism().map_or(1, usize::from),
    };
    let rows = rows.iter().map(|row| Shown { row, ratio: row.ratio(), reached: row.reached() }).collect();
    // What has neither maps with other keys than strings nor values that fail always becomes JSON.
    serde_json::to_string_pretty(&Report { machine, rows }).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::row::{Group, Series, Target, Unit};
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |name: &str, candidate: f64| {
            let (baseline, candidate) = (Series::new("raw", [100.0, 100.0]), Series::new("adapted", [candidate; 2]));
            Row::new(Group::Guest, name, Unit::Nanoseconds, baseline, candidate).engine("wasmtime 1.0.0")
        };
        vec![row("nop", 150.0).target(Target::AtMost(1.5)), row("a longer name", 90.0)]
    }

    #[test]
    fn a_table_has_a_head_a_section_and_a_line_a_row() {
        let table = table(&rows());
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.get(2), Some(&"guest, wasmtime 1.0.0: adapted by raw"));
        assert_eq!(
            lines.get(3),
            Some(&"  nop             1.50  1.50 to 1.50  ≤ 1.50  ✓     150 ns    100 ns"),
            "{table}"
        );
        assert_eq!(lines.len(), 5, "{table}");
        assert_eq!(summary(&rows()).as_deref(), Some("1 of 1 targets reached"));
    }

    #[test]
    fn json_has_the_samples_and_what_follows_from_them() {
        let json: serde_json::Value = serde_json::from_str(&json(&rows())).expect("it is JSON");
        assert_eq!(json["rows"][0]["ratio"]["median"], 1.5);
        assert_eq!(json["rows"][0]["candidate"]["samples"][1], 150.0);
        assert_eq!(json["rows"][0]["target"]["at-most"], 1.5);
        assert_eq!(json["rows"][1]["reached"], serde_json::Value::Null);
    }
}
