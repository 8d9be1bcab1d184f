//! The reference renderer: what the same text costs in native code, one thread, with nothing to merge or with counters
//! to add up that lie in the arrays of several writers.
//! Each line's beginning is kept as bytes; values are formatted by the standard library.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
const STATUSES: [&str; 2] = ["200", "500"];
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

struct Series {
    index: usize,
    prefixes: Vec<Vec<u8>>,
    counts: Vec<u64>,
    sum: f64,
}

struct Family {
    header: Vec<u8>,
    histogram: bool,
    series: Vec<Series>,
    /// Counters of several writers, each by the series' index; empty where there is one.
    slabs: Vec<Vec<AtomicU64>>,
    seconds: Vec<f64>,
}

impl Family {
    fn new(kind: &str, count: usize, slab_count: usize) -> Family {
        let histogram = kind == "histogram";
        let (name, help) = if histogram {
            ("bench_seconds", "Durations of requests.")
        } else {
            ("bench_requests_total", "Requests answered.")
        };
        let mut keyed: Vec<([String; 3], usize)> = (0..count)
            .map(|i| {
                let route = format!("/route/{}", i >> 3);
                ([METHODS[i & 3].to_string(), route, STATUSES[(i >> 2) & 1].to_string()], i)
            })
            .collect();
        keyed.sort();
        let series = keyed.into_iter().map(|(labels, index)| {
            let pairs = format!("method=\"{}\",route=\"{}\",status=\"{}\"", labels[0], labels[1], labels[2]);
            let mut prefixes = Vec::new();
            if histogram {
                for bound in BUCKETS {
                    prefixes.push(format!("{name}_bucket{{{pairs},le=\"{bound}\"}} ").into_bytes());
                }
                prefixes.push(format!("{name}_bucket{{{pairs},le=\"+Inf\"}} ").into_bytes());
                prefixes.push(format!("{name}_sum{{{pairs}}} ").into_bytes());
                prefixes.push(format!("{name}_count{{{pairs}}} ").into_bytes());
            } else {
                prefixes.push(format!("{name}{{{pairs}}} ").into_bytes());
            }
            Series { index, prefixes, counts: vec![0; if histogram { 13 } else { 1 }], sum: 0.0 }
        }).collect();
        let header = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n").into_bytes();
        let seconds = (0..256).map(|i| 0.0005 * 2f64.powf(((i * 97) % 256) as f64 / 18.0)).collect();
        let slab_count = if slab_count > 1 { slab_count } else { 0 };
        let slabs = (0..slab_count).map(|_| (0..count).map(|_| AtomicU64::new(0)).collect()).collect();
        let mut family = Family { header, histogram, series, slabs, seconds };
        family.touch(1);
        family
    }

    fn touch(&mut self, step: usize) {
        for slab in &self.slabs {
            for index in (0..slab.len()).step_by(step) {
                slab[index].fetch_add(1 + (index % 7) as u64, Ordering::Relaxed);
            }
        }
        if !self.slabs.is_empty() {
            return;
        }
        for series in self.series.iter_mut().filter(|series| series.index % step == 0) {
            if self.histogram {
                let value = self.seconds[series.index & 255];
                let bucket = BUCKETS.iter().position(|bound| value <= *bound).unwrap_or(12);
                series.counts[bucket] += 1;
                series.sum += value;
            } else {
                series.counts[0] += 1 + (series.index % 7) as u64;
            }
        }
    }

    fn render(&self, body: &mut Vec<u8>) {
        body.clear();
        body.extend_from_slice(&self.header);
        let mut number = String::new();
        for series in &self.series {
            let mut cumulative: u64 = self.slabs.iter().map(|slab| slab[series.index].load(Ordering::Relaxed)).sum();
            for (line, prefix) in series.prefixes.iter().enumerate() {
                body.extend_from_slice(prefix);
                number.clear();
                if line < series.counts.len() {
                    cumulative += series.counts[line];
                    write!(number, "{cumulative}").unwrap();
                } else if line == series.counts.len() {
                    write!(number, "{}", series.sum).unwrap();
                } else {
                    write!(number, "{cumulative}").unwrap();
                }
                body.extend_from_slice(number.as_bytes());
                body.push(b'\n');
            }
        }
    }
}

fn checksum(body: &[u8]) -> u32 {
    body.iter().fold(0x811c9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x01000193))
}

fn main() {
    let version = std::env::args().nth(1).unwrap_or_default();
    let mut families: HashMap<String, Family> = HashMap::new();
    let mut body = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[0] {
            "version" => println!("ok \"{version}\""),
            "define" => {
                let slab_count = words.get(4).map_or(1, |word| word.parse().unwrap());
                families.insert(words[1].to_string(), Family::new(words[2], words[3].parse().unwrap(), slab_count));
                println!("ok null");
            }
            "render" => {
                let family = families.get_mut(words[1]).unwrap();
                let step: usize = words[2].parse().unwrap();
                if step > 0 {
                    family.touch(step);
                }
                let start = Instant::now();
                family.render(&mut body);
                let took = start.elapsed();
                println!("ok [{},{}]", took.as_secs_f64() * 1e3, body.len());
            }
            "checksum" => {
                families.get(words[1]).unwrap().render(&mut body);
                println!("ok {}", checksum(&body));
            }
            other => println!("error Cannot answer \"{other}\": there is no such verb"),
        }
        std::io::stdout().flush().unwrap();
    }
}
