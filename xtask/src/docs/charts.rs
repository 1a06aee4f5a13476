//! The bar charts of docs/benchmarks.md, each made of the table above it.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::workspace::Workspace;

const PAGE: &str = "docs/benchmarks.md";
const FOLDER: &str = "docs/";

const WIDTH: f64 = 860.0;
const LABELS: f64 = 400.0;
const BARS: f64 = 340.0;
const ROW: f64 = 26.0;
const HEAD: f64 = 34.0;

/// A table that has a chart.
#[derive(Debug, Default, PartialEq)]
struct Chart {
    /// Where its picture is, from the page.
    place: String,
    /// The unit of the values.
    unit: String,
    /// Each row's name and first number, as it is written there and as it is drawn.
    bars: Vec<(String, String, f64)>,
}

/// Returns where every chart of the page is, and its picture.
pub(super) fn all(workspace: &Workspace) -> Result<Vec<(String, String)>> {
    let charts = charts(&workspace.read(PAGE)?)?;
    ensure!(!charts.is_empty(), "{PAGE} has no charts");
    Ok(charts.iter().map(|chart| (format!("{FOLDER}{}", chart.place), picture(chart))).collect())
}

/// Finds the pictures below tables.
fn charts(page: &str) -> Result<Vec<Chart>> {
    let mut charts = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Table(_)) => rows.clear(),
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                if let Some(row) = rows.last_mut() {
                    row.push(String::new());
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
                    cell.push_str(&text);
                }
            }
            Event::End(TagEnd::Table) => rows.push(Vec::new()),
            Event::Start(Tag::Image { dest_url, .. }) => {
                let chart = chart(&dest_url, &rows);
                charts.push(chart.with_context(|| format!("{dest_url}: no table above it"))?);
            }
            _ => {}
        }
    }
    Ok(charts)
}

fn chart(place: &str, rows: &[Vec<String>]) -> Option<Chart> {
    let (head, rows) = rows.split_first()?;
    let bar = |row: &Vec<String>| {
        let written = row.get(1)?.split_whitespace().next()?;
        let number = written.strip_suffix('k').unwrap_or(written).parse().ok()?;
        Some((row.first()?.clone(), written.to_owned(), number))
    };
    let bars: Vec<_> = rows.iter().filter_map(bar).collect();
    let chart = Chart { place: place.to_owned(), unit: head.get(1)?.clone(), bars };
    (!chart.bars.is_empty()).then_some(chart)
}

/// Draws the bars, from zero on, on any background.
fn picture(chart: &Chart) -> String {
    let most = chart.bars.iter().map(|(_, _, value)| *value).fold(f64::MIN_POSITIVE, f64::max);
    let mut rows = String::new();
    let mut y = HEAD;
    for (name, written, value) in &chart.bars {
        let (width, name) = (value / most * BARS, escaped(name));
        let (middle, x, end) = (y + 17.0, LABELS - 10.0, LABELS + width + 8.0);
        let _ = writeln!(
            rows,
            "<text x=\"{x}\" y=\"{middle}\" text-anchor=\"end\">{name}</text>\n\
             <rect x=\"{LABELS}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"18\" rx=\"2\"/>\n\
             <text x=\"{end:.1}\" y=\"{middle}\">{written}</text>",
            y + 4.0,
        );
        y += ROW;
    }
    let (height, unit) = (y + 8.0, escaped(&chart.unit));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\">\n\
         <style>text{{font:13px system-ui,sans-serif;fill:#24292f}}rect{{fill:#2f81c7}}\
         @media(prefers-color-scheme:dark){{text{{fill:#d0d7de}}}}</style>\n\
         <text x=\"{LABELS}\" y=\"22\">{unit}: less is better</text>\n{rows}</svg>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n| c | ms | x |\n| --- | ---: | ---: |\n| `a <b` | 2k [1..3] | 1 |\n| c | none | |\n\
                        | d | 40.5k [1..3] | 2 |\n\n![A](benchmarks/a.svg)\n";

    #[test]
    fn a_chart_has_the_rows_of_the_table_above_it() {
        let bars = [("a <b", "2k", 2.0), ("d", "40.5k", 40.5)]
            .map(|(name, written, value)| (name.to_owned(), written.to_owned(), value))
            .to_vec();
        let expected = Chart { place: "benchmarks/a.svg".to_owned(), unit: "ms".to_owned(), bars };
        assert_eq!(charts(PAGE).unwrap(), [expected]);
        assert!(charts("![A](a.svg)\n").is_err());
    }

    #[test]
    fn the_largest_value_has_the_longest_bar() {
        let picture = picture(&charts(PAGE).unwrap()[0]);
        assert!(
            picture.contains("width=\"340.0\"") && picture.contains("width=\"16.8\""),
            "{picture}"
        );
        assert!(
            picture.contains(">a &lt;b</text>") && picture.contains(">40.5k</text>"),
            "{picture}"
        );
    }
}
