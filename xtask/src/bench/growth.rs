//! How cost grows: with files, with bytes, and with calls in flight.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::commands::{cloned, measured, write_bytes};
use super::lab::{Lab, number, said};
use super::page::Page;
use super::rounds::{ROUNDS, rotated};
use super::spread::Spread;
use crate::fresh;
use crate::served::Served;

const FILES: [usize; 4] = [1, 10, 100, 250];
const KILOBYTES: [usize; 5] = [1, 4, 16, 64, 256];
/// A size that is there already.
const CONTROL: (usize, usize) = (100, 16);
const IN_FLIGHT: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

pub(super) fn tell(lab: &Lab, page: &mut Page) -> Result<()> {
    projects(lab, page)?;
    in_flight(lab, page)
}

/// What a clone took.
struct Clone {
    milliseconds: f64,
    megabytes: f64,
    requests: usize,
}

/// A project at a service of its own.
struct Project {
    served: Served,
    /// That the push cost which made its files.
    requests: usize,
}

/// One of so many files of so many bytes.
fn project(lab: &Lab, files: usize, bytes: usize) -> Result<Project> {
    let served = lab.another(&[])?;
    let folder = cloned(lab, &served, "growing", 0)?;
    for number in 0..files {
        write_bytes(&folder, number, bytes)?;
    }
    let before = served.requests()?;
    let mut push = served.qc(lab.workspace, &["push", "--quiet"]);
    let output = push.current_dir(&folder).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{files} files of {bytes} bytes were not pushed: {said}");
    let requests = served.requests()? - before;
    Ok(Project { served, requests })
}

fn projects(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("How `qc clone` grows");
    let sizes = FILES.map(|files| (files, 2)).into_iter().chain(KILOBYTES.map(|kb| (100, kb)));
    let sizes: Vec<(usize, usize)> = sizes.chain([CONTROL]).collect();
    let projects = sizes.iter().map(|(files, kilobytes)| project(lab, *files, kilobytes << 10));
    let projects = projects.collect::<Result<Vec<_>>>()?;
    let place = lab.workspace.target().join("bench").join("clone");
    let (mut peaks, mut asked) = (vec![Vec::new(); sizes.len()], vec![0; sizes.len()]);
    let seconds = rotated(ROUNDS, sizes.len(), |at, _| {
        fresh::make_empty(&place)?;
        let served = &projects[at].served;
        let before = served.requests()?;
        let mut clone = served.qc(lab.workspace, &["clone", &served.project, ".", "--quiet"]);
        let said = measured(lab, clone.current_dir(&place))?;
        ensure!(said["code"] == 0, "{:?} was not cloned", sizes[at]);
        asked[at] = served.requests()? - before;
        peaks[at].push(number(&said, "peak_bytes")?);
        number(&said, "seconds")
    })?;
    page.row(&[
        "files",
        "KB each",
        "ms",
        "peak memory, MB",
        "requests",
        "requests of the push before",
    ]);
    page.row(&["---:", "---:", "---:", "---:", "---:", "---:"]);
    let mut clones = Vec::new();
    for (at, ((size, seconds), peaks)) in sizes.into_iter().zip(seconds).zip(peaks).enumerate() {
        let (milliseconds, megabytes) = (seconds.median * 1e3, Spread::of(peaks).median / 1e6);
        let [ms, mb] = [milliseconds, megabytes].map(|figure| format!("{figure:.1}"));
        let [mut files, kilobytes, requests, pushed] =
            [size.0, size.1, asked[at], projects[at].requests].map(|count| count.to_string());
        if at == FILES.len() + KILOBYTES.len() {
            files += ", again: the control";
        }
        page.row(&[&files, &kilobytes, &ms, &mb, &requests, &pushed]);
        clones.push((size, Clone { milliseconds, megabytes, requests: asked[at] }));
    }
    // The control is no point of a curve.
    clones.pop();
    let (by_files, by_bytes) = clones.split_at(FILES.len());
    let curve =
        |clones: &[((usize, usize), Clone)], figure: fn(&Clone) -> f64| -> Vec<(f64, f64)> {
            let total = |(files, kilobytes): (usize, usize)| (files * kilobytes) as f64;
            clones.iter().map(|(size, took)| (total(*size), figure(took))).collect()
        };
    let files: Vec<_> =
        by_files.iter().map(|((files, _), took)| (*files as f64, took.milliseconds)).collect();
    let of_push: Vec<_> = FILES
        .iter()
        .zip(&projects)
        .map(|(files, project)| (*files as f64, project.requests as f64))
        .collect();
    let of_clone: Vec<_> =
        by_files.iter().map(|((files, _), took)| (*files as f64, took.requests as f64)).collect();
    let (time, memory) =
        (curve(by_bytes, |took| took.milliseconds), curve(by_bytes, |took| took.megabytes));
    let of_files = line(&files);
    let of_bytes = line(&time);
    let of_memory = line(&memory);
    page.text(&format!(
        "A clone costs {}, the project's name and its files; a push of new files {}. Fitted by least squares: {:.1} ms + {:.3} ms a \
         file of 2 KB ({}); in 100 files {:.1} ms + {:.2} ms a MB ({}); {:.1} MB of memory + {:.2} MB a MB ({}). A file's own cost \
         is an `fsync` and a rename, and outweighs that of its bytes up to some {:.0} KB.",
        requests_by_line(&of_clone), requests_by_line(&of_push),
        of_files.0, of_files.1, straightness(&files, of_files),
        of_bytes.0, of_bytes.1 * 1e3, straightness(&time, of_bytes),
        of_memory.0, of_memory.1 * 1e3, straightness(&memory, of_memory),
        of_files.1 / of_bytes.1,
    ));
    draw(
        lab,
        page,
        "growth-size",
        &json!({ "title": "qc clone, 100 files", "x": "KB in all", "y": "ms, MB", "curves": [
            { "name": "time, ms", "points": time },
            { "name": "peak memory, MB", "points": memory },
        ]}),
    )?;
    draw(
        lab,
        page,
        "growth-files",
        &json!({ "title": "qc clone, files of 2 KB", "x": "files", "y": "ms, requests", "curves": [
            { "name": "time, ms", "points": files },
            { "name": "requests", "points": of_clone },
            { "name": "requests of the push before", "points": of_push },
        ]}),
    )
}

fn in_flight(lab: &Lab, page: &mut Page) -> Result<()> {
    page.heading("How calls grow with those in flight");
    page.row(&["in flight", "calls a second at once", "calls a second, 20 ms each at the service"]);
    page.row(&["---:", "---:", "---:"]);
    let slow = lab.another(&["--fault", "latency=20ms*always"])?;
    let run = |served, calls: usize, in_flight: usize| -> Result<f64> {
        let mut client = lab.client("contender", served);
        client.args(["facade", &calls.to_string(), &in_flight.to_string()]);
        Ok(calls as f64 / number(&said(&mut client)?, "seconds")?)
    };
    // One of them once more: the control.
    let all: Vec<usize> = IN_FLIGHT.into_iter().chain([16]).collect();
    let at_once = rotated(ROUNDS, all.len(), |at, _| run(&lab.served, 2000, all[at]))?;
    let with_latency = rotated(ROUNDS, all.len(), |at, _| run(&slow, all[at] * 8, all[at]))?;
    let (mut quick, mut waiting) = (Vec::new(), Vec::new());
    for ((in_flight, at_once), with_latency) in all.into_iter().zip(at_once).zip(with_latency) {
        let is_control = quick.len() == IN_FLIGHT.len();
        let name = if is_control { "16, again: the control" } else { &in_flight.to_string() };
        let (at_once, with_latency) = (at_once.median, with_latency.median);
        page.row(&[name, &format!("{at_once:.0}"), &format!("{with_latency:.0}")]);
        if !is_control {
            quick.push((in_flight as f64, at_once));
            waiting.push((in_flight as f64, with_latency));
        }
    }
    let slope = line(&waiting).1;
    page.text(&format!(
        "With latency, each call in flight adds {slope:.1} calls a second, of 50 that 20 ms allow. Without, the processors are busy \
         from {} in flight on.",
        bend(&quick)
    ));
    draw(
        lab,
        page,
        "growth-in-flight",
        &json!({ "title": "Calls in flight", "x": "in flight", "y": "calls a second", "curves": [
            { "name": "no latency", "points": quick },
            { "name": "20 ms a call", "points": waiting },
        ]}),
    )
}

/// From where on twice as many bring less than a tenth more.
fn bend(points: &[(f64, f64)]) -> f64 {
    let bent = points.windows(2).find(|pair| pair[1].1 < pair[0].1 * 1.1);
    bent.map_or(f64::INFINITY, |pair| pair[0].0)
}

/// The straight line through points: where it begins, and its slope. Each point counts relative to its height, so
/// that the small ones are not lost beside the large.
fn line(points: &[(f64, f64)]) -> (f64, f64) {
    let mut sums = [0.0; 5];
    for (x, y) in points {
        let weight = 1.0 / (y * y);
        let terms = [1.0, *x, *y, x * x, x * y];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
    }
    let [n, x, y, xx, xy] = sums;
    let slope = (n * xy - x * y) / (n * xx - x * x);
    ((y - slope * x) / n, slope)
}

/// How requests grow with files.
fn requests_by_line(points: &[(f64, f64)]) -> String {
    let (begin, slope) = line(points);
    match (slope.abs() < 0.005, slope) {
        (true, _) => format!("{begin:.0} requests whatever its size"),
        (false, slope) => format!("{begin:.0} requests + {slope:.2} a file"),
    }
}

/// How well a line fits: where it is furthest from a point, and by how much.
fn straightness(points: &[(f64, f64)], (begin, slope): (f64, f64)) -> String {
    let off = |(x, y): &(f64, f64)| (begin + slope * x) / y - 1.0;
    let worst = points.iter().max_by(|a, b| off(a).abs().total_cmp(&off(b).abs()));
    let Some(worst) = worst else { return String::new() };
    let (percent, x) = (off(worst).abs() * 100.0, worst.0);
    if percent < 10.0 {
        format!("no point is more than {percent:.0} % off")
    } else {
        let side = if off(worst) > 0.0 { "below" } else { "above" };
        format!("it bends: at {x:.0} the measured point is {percent:.0} % {side} the line")
    }
}

fn draw(lab: &Lab, page: &mut Page, name: &str, chart: &Value) -> Result<()> {
    let file = format!("docs/benchmarks/{name}.svg");
    std::fs::create_dir_all(lab.workspace.path("docs/benchmarks"))?;
    let mut command = lab.workspace.command(lab.program("chart"));
    let mut child = command.arg(lab.workspace.path(&file)).stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("`chart` has no input")?;
    input.write_all(chart.to_string().as_bytes())?;
    drop(input);
    ensure!(child.wait()?.success(), "{file} was not drawn");
    let title = chart["title"].as_str().unwrap_or_default();
    page.text(&format!("![{title}](benchmarks/{name}.svg)"));
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_is_found_through_its_own_points() {
        let (begin, slope) = super::line(&[(1.0, 5.0), (10.0, 23.0), (100.0, 203.0)]);
        assert!((begin - 3.0).abs() < 1e-9 && (slope - 2.0).abs() < 1e-9, "{begin} {slope}");
    }

    #[test]
    fn requests_that_grow_and_those_that_do_not_are_told() {
        let told = super::requests_by_line(&[(1.0, 2.0), (250.0, 2.0)]);
        assert_eq!(told, "2 requests whatever its size");
        let told = super::requests_by_line(&[(1.0, 3.0), (10.0, 12.0), (250.0, 252.0)]);
        assert_eq!(told, "2 requests + 1.00 a file");
    }

    #[test]
    fn a_point_off_the_line_is_told() {
        let line = (0.0, 1.0);
        let straight = super::straightness(&[(1.0, 1.0), (10.0, 10.4)], line);
        assert_eq!(straight, "no point is more than 4 % off");
        let bent = super::straightness(&[(1.0, 1.0), (10.0, 5.0)], line);
        assert_eq!(bent, "it bends: at 10 the measured point is 100 % below the line");
    }

    #[test]
    fn a_curve_bends_where_more_brings_little() {
        assert_eq!(super::bend(&[(1.0, 100.0), (2.0, 190.0), (4.0, 200.0)]), 2.0);
    }
}
