//! A plot as SVG: some panels, one above the other, over the same time.

use std::fmt::Write as _;

use super::samples::Sample;

const WIDTH: f64 = 900.0;
const PANEL_HEIGHT: f64 = 150.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 30.0;

/// Points of one line: more than there are pixels say nothing.
const MOST_POINTS: usize = 450;

/// One panel.
struct Panel {
    title: &'static str,
    figure: fn(&Sample) -> f64,
}

#[expect(clippy::cast_precision_loss, reason = "a count of files")]
const PANELS: [Panel; 6] = [
    Panel { title: "actions and calls a second", figure: |sample| sample.per_second },
    Panel { title: "p99 in ms", figure: |sample| sample.p99_ms },
    Panel { title: "memory of all nodes in MB", figure: |sample| sample.resident_mb },
    Panel { title: "open files of the node with the most", figure: |sample| sample.open_files as f64 },
    Panel { title: "write-ahead logs of all nodes in MB", figure: |sample| sample.wal_mb },
    Panel { title: "cores that all nodes take", figure: |sample| sample.cores },
];

/// Draws `samples`, under `title`.
pub(super) fn draw(title: &str, samples: &[Sample]) -> String {
    let height = PANELS.iter().map(|_| PANEL_HEIGHT + TOP).sum::<f64>() + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"{LEFT}\" y=\"16\" font-size=\"14\">{}</text>\n",
        escaped(title)
    );
    let end = samples.last().map_or(1.0, |sample| sample.at_s).max(1.0);
    let mut top = TOP;
    for panel in PANELS {
        draw_panel(&mut svg, &panel, samples, top, end);
        top += PANEL_HEIGHT + TOP;
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_panel(svg: &mut String, panel: &Panel, samples: &[Sample], top: f64, end: f64) {
    let values: Vec<(f64, f64)> = thinned(samples).map(|sample| (sample.at_s, (panel.figure)(sample))).collect();
    let highest = round_up(values.iter().map(|(_, value)| *value).fold(0.0, f64::max));
    let x = |seconds: f64| LEFT + seconds / end * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| top + PANEL_HEIGHT * (1.0 - value / highest);
    let points: Vec<String> = values.iter().map(|(seconds, value)| format!("{:.1},{:.1}", x(*seconds), y(*value))).collect();
    for part in 0..=4 {
        let value = highest * f64::from(part) / 4.0;
        let line = y(value);
        // Writing to a String does not fail.
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{line:.1}\" y2=\"{line:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            line + 4.0,
            short(value)
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"{:.1}\" font-weight=\"bold\">{}</text>\n<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#555\">{end:.0} s</text>\n\
         <polyline points=\"{}\" fill=\"none\" stroke=\"#1f6f8b\" stroke-width=\"1.5\"/>",
        top - 8.0,
        panel.title,
        WIDTH - RIGHT,
        top + PANEL_HEIGHT + 14.0,
        points.join(" ")
    );
}

/// At most [`MOST_POINTS`] of them, evenly.
fn thinned(samples: &[Sample]) -> impl Iterator<Item = &Sample> {
    samples.iter().step_by(samples.len().div_ceil(MOST_POINTS).max(1))
}

/// The next 1, 2 or 5 with zeros.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(0.001).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= value).unwrap_or(value)
}

fn short(value: f64) -> String {
    if value >= 10.0 || value == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_has_a_line_for_each_figure_that_stays_in_its_panel() {
        let samples: Vec<Sample> =
            (0..1000).map(|second| Sample { at_s: f64::from(second), p99_ms: f64::from(second % 90), ..Sample::default() }).collect();
        let svg = draw("a < b", &samples);
        assert_eq!((svg.matches("<polyline").count(), svg.contains("a &lt; b")), (PANELS.len(), true));
        let points: Vec<&str> = svg.split("points=\"").nth(2).unwrap().split('"').next().unwrap().split(' ').collect();
        assert!(points.len() <= MOST_POINTS);
        for point in points {
            let (x, y) = point.split_once(',').map(|(x, y)| (x.parse::<f64>().unwrap(), y.parse::<f64>().unwrap())).unwrap();
            assert!((LEFT..=WIDTH - RIGHT).contains(&x) && (PANEL_HEIGHT + 2.0 * TOP..=2.0 * (PANEL_HEIGHT + TOP)).contains(&y), "{point}");
        }
    }

    #[test]
    fn scales_end_at_round_numbers() {
        for (highest, end) in [(0.03, 0.05), (7.0, 10.0), (10.0, 10.0), (11.0, 20.0), (499.0, 500.0)] {
            assert!((round_up(highest) - end).abs() < 1e-9, "{highest}: {}", round_up(highest));
        }
    }
}
