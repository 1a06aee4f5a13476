//! The page's colours can be told apart, in light and dark.

use std::collections::BTreeMap;

use crate::wire::{ask, start};

/// What WCAG AA asks of text, and of what shows where a field ends or what has the focus.
const TEXT: f64 = 4.5;
const EDGE: f64 = 3.0;

/// Text, and all that it stands on.
const TEXTS: &[(&str, &[&str])] = &[
    ("ink", &["page", "card", "code"]),
    ("dim", &["page", "card", "code"]),
    ("accent", &["page", "card", "code"]),
    ("on-accent", &["accent"]),
    ("warn", &["warn-back", "card"]),
    ("bad", &["bad-back", "card"]),
];
const EDGES: &[(&str, &[&str])] =
    &[("edge", &["page", "card", "code"]), ("accent", &["page", "card", "code"])];

type Colours<'a> = BTreeMap<&'a str, &'a str>;

fn css() -> String {
    let (server, _) = start();
    ask(&server, "GET /_emulator/page.css", "", "").2
}

/// The variables of each `:root`, light first, and the rest of the text.
fn colours(css: &str) -> (Vec<Colours<'_>>, String) {
    let mut parts = css.split(":root {");
    let mut rest = parts.next().unwrap().to_owned();
    let mut schemes = Vec::new();
    for part in parts {
        let (block, after) = part.split_once('}').unwrap();
        let variables = block.split(';').filter_map(|line| line.trim().strip_prefix("--"));
        schemes.push(
            variables
                .map(|line| line.split_once(':').unwrap())
                .map(|(name, colour)| (name.trim(), colour.trim()))
                .collect(),
        );
        rest += after;
    }
    (schemes, rest)
}

/// The relative luminance, as WCAG defines it.
fn luminance(colour: &str) -> f64 {
    assert!(colour.len() == 7 && colour.starts_with('#'), "{colour} is not written as #rrggbb");
    let channel = |at| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn contrast_is_computed_as_wcag_does() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    assert!((contrast("#888888", "#ffffff") - 3.54).abs() < 0.01);
}

#[test]
fn every_pair_has_the_contrast_that_wcag_asks_for() {
    let css = css();
    let (schemes, _) = colours(&css);
    assert_eq!(schemes.len(), 2, "light and dark");
    assert!(schemes[0].keys().eq(schemes[1].keys()), "both have the same colours");
    for (scheme, colours) in ["light", "dark"].iter().zip(&schemes) {
        for (pairs, least) in [(TEXTS, TEXT), (EDGES, EDGE)] {
            for (front, backs) in pairs {
                for back in *backs {
                    let ratio = contrast(colours[front], colours[back]);
                    assert!(ratio >= least, "{scheme}: {front} on {back} is {ratio:.2}");
                }
            }
        }
    }
}

#[test]
fn no_colour_stands_outside_of_what_is_checked() {
    let css = css();
    let (schemes, rest) = colours(&css);
    let checked = TEXTS.iter().chain(EDGES).flat_map(|(front, backs)| backs.iter().chain([front]));
    let checked: Vec<&str> = checked.copied().chain(["line"]).collect();
    for name in schemes[0].keys() {
        // Lines between entries say nothing that the entries don't.
        assert!(checked.contains(name), "--{name} is in no pair");
    }
    for line in rest.lines() {
        for (_, value) in line.split([';', '{', '}']).filter_map(|rule| rule.split_once(':')) {
            assert!(!value.contains("rgb") && !value.contains("hsl"), "{line}");
            assert!(!value.trim_start().starts_with('#'), "{line}");
        }
        let dims = line.contains("opacity:") && !line.contains("opacity: 1;");
        assert!(!dims, "what is half transparent has another contrast: {line}");
    }
}
