//! Draws curves as an SVG: `chart FILE`, which reads them from its input as JSON.
//!
//! ```json
//! {"title": "…", "x": "…", "y": "…", "curves": [{"name": "…", "points": [[1.0, 2.0]]}]}
//! ```

use std::{env, io};

use anyhow::{Context as _, Result, anyhow};
use plotters::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Chart {
    title: String,
    x: String,
    y: String,
    curves: Vec<Curve>,
}

#[derive(Deserialize)]
struct Curve {
    name: String,
    points: Vec<(f64, f64)>,
}

const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 90, 181), RGBColor(220, 50, 32), RGBColor(0, 130, 80), RGBColor(120, 60, 160)];

fn main() -> Result<()> {
    let file = env::args().nth(1).context("chart FILE")?;
    let chart: Chart = serde_json::from_reader(io::stdin())?;
    draw(&file, &chart).map_err(|why| anyhow!("{file} cannot be drawn: {why}"))
}

fn draw(file: &str, chart: &Chart) -> Result<(), Box<dyn std::error::Error>> {
    let all = || chart.curves.iter().flat_map(|curve| &curve.points);
    let most = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::MIN, f64::max);
    let least = |of: fn(&(f64, f64)) -> f64| all().map(of).fold(f64::MAX, f64::min);
    let area = SVGBackend::new(file, (760, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut axes = ChartBuilder::on(&area)
        .caption(&chart.title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(
            (least(|point| point.0)..most(|point| point.0)).log_scale(),
            (least(|point| point.1) * 0.8..most(|point| point.1) * 1.2).log_scale(),
        )?;
    axes.configure_mesh().x_desc(&chart.x).y_desc(&chart.y).light_line_style(WHITE).draw()?;
    for (curve, colour) in chart.curves.iter().zip(COLOURS.iter().cycle()) {
        axes.draw_series(LineSeries::new(curve.points.iter().copied(), colour.stroke_width(2)))?
            .label(&curve.name)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        axes.draw_series(curve.points.iter().map(|point| Circle::new(*point, 3, colour.filled())))?;
    }
    axes.configure_series_labels().border_style(BLACK.mix(0.3)).background_style(WHITE).draw()?;
    area.present()?;
    Ok(())
}
