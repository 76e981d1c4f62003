//! Printed tables.

use std::fmt::Display;
use std::time::Duration;

use crate::usage::Usage;

/// Prints a line for each part, for the floor (the sum of `parts`) and for the run.
pub(crate) fn print(title: &str, parts: &[(&str, Usage)], run: Usage) {
    println!("\n{title}\n");
    line("", "wall", "CPU", "peak memory");
    for (name, usage) in parts {
        usage_line(name, *usage);
    }
    let floor = floor(parts);
    usage_line("floor", floor);
    usage_line("catchment run", run);
    let ratio = |run: Duration, floor: Duration| format!("{:.2}", run.as_secs_f64() / floor.as_secs_f64());
    line("run / floor", ratio(run.wall, floor.wall), ratio(run.cpu, floor.cpu), "");
}

/// Adds up times and takes the maximum of memory, as the parts could run sequentially.
fn floor(parts: &[(&str, Usage)]) -> Usage {
    let all = || parts.iter().map(|(_, usage)| usage);
    Usage {
        wall: all().map(|usage| usage.wall).sum(),
        cpu: all().map(|usage| usage.cpu).sum(),
        peak: all().map(|usage| usage.peak).max().unwrap_or(0),
    }
}

fn usage_line(name: &str, usage: Usage) {
    let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
    line(name, seconds(usage.wall), seconds(usage.cpu), format!("{} MB", usage.peak / 1_000_000));
}

fn line(name: &str, wall: impl Display, cpu: impl Display, peak: impl Display) {
    println!("{name:<32}{wall:>10}{cpu:>10}{peak:>14}");
}

/// Prints a line for each part, with the ratio of its times to those of `lines[base]`.
pub(crate) fn print_beside(title: &str, lines: &[(String, Usage)], base: usize) {
    let Some((base_name, base)) = lines.get(base) else { return };
    println!("\n{title}; ratios to \"{base_name}\"\n");
    println!("{:<32}{:>10}{:>7}{:>10}{:>7}{:>14}", "", "wall", "ratio", "CPU", "ratio", "peak memory");
    for (name, usage) in lines {
        let (wall, cpu) = (usage.wall.as_secs_f64(), usage.cpu.as_secs_f64());
        let (of_wall, of_cpu) = (wall / base.wall.as_secs_f64(), cpu / base.cpu.as_secs_f64());
        let peak = usage.peak / 1_000_000;
        println!("{name:<32}{wall:>8.3} s{of_wall:>7.2}{cpu:>8.3} s{of_cpu:>7.2}{peak:>11} MB");
    }
}
