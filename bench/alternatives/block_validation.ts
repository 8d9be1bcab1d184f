/**
 * What reading counters costs when they are validated page by page instead of cell by cell, in two cell
 * layouts, and what those layouts cost the writer. Runs on Deno, Bun and Node (22.18 or newer):
 *
 *     deno run bench/alternatives/block_validation.ts
 *
 * The decision that came of it: `docs/decisions/0002-counter-cells-and-block-validation.md`.
 *
 * @module
 */
import {
  type CellLayout,
  cellReader,
  ColumnCounter,
  COLUMNS,
  pageReader,
  Pages,
  type Reader,
  StructCounter,
  STRUCTS,
} from "./counter_cells.ts";

/** One thing to time, and a number that depends on all it did. */
type Candidate = {
  readonly name: string;
  readonly operations: number;
  readonly run: () => void;
  readonly result: () => number;
};

const quick = globalThis.process?.argv?.includes("--quick") ?? false;
const COUNTERS = quick ? 1000 : 10_000;
const ROUNDS = quick ? 3 : 25;
const WORKERS = quick ? [1, 4] : [1, 64];
/** Written between cold rounds, so that the slabs have left the caches, as they have between two real scrapes. */
const cacheFill = new Float64Array(quick ? 1024 : 12 * 1024 * 1024);

function makeCounter(
  layout: CellLayout,
  pages: Pages,
  index: number,
): StructCounter | ColumnCounter {
  return layout === STRUCTS ? new StructCounter(pages, index) : new ColumnCounter(pages, index);
}

/** Slabs whose counters hold `index + 1`, and one float for each page's first counter if `mixed`. */
function makeSlabs(
  layout: CellLayout,
  { workers, mixed }: { workers: number; mixed: boolean },
): Pages[] {
  return Array.from({ length: workers }, () => {
    const pages = new Pages(layout, COUNTERS);
    for (let index = 0; index < COUNTERS; index++) {
      const counter = makeCounter(layout, pages, index);
      counter.inc(index + 1);
      if (mixed && index % layout.cells === 0) counter.inc(0.5);
    }
    return pages;
  });
}

/** Which series each counter of a slab belongs to: every worker has met its label sets in another order. */
function makeTargets(workers: number): Int32Array[] {
  let seed = 1;
  return Array.from({ length: workers }, () => {
    const targets = Int32Array.from({ length: COUNTERS }, (_, index) => index);
    for (let index = COUNTERS - 1; index > 0; index--) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const other = seed % (index + 1);
      [targets[index], targets[other]] = [targets[other], targets[index]];
    }
    return targets;
  });
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

function mergeCandidate(
  name: string,
  reader: Reader,
  slabs: Pages[],
  targets: Int32Array[],
): Candidate {
  const totals = new Float64Array(COUNTERS);
  const run = () => {
    totals.fill(0);
    for (let slab = 0; slab < slabs.length; slab++) {
      reader(slabs[slab], targets[slab], totals);
    }
  };
  return {
    name,
    operations: COUNTERS * slabs.length,
    run,
    result: () => sum(totals),
  };
}

// Two loops of the same text, so that each meets one class only and the engine can inline its `inc`.
function incStructs(
  counters: readonly StructCounter[],
  times: number,
  amount: number,
): void {
  for (let step = 0; step < times; step++) counters[step & 63].inc(amount);
}
function incColumns(
  counters: readonly ColumnCounter[],
  times: number,
  amount: number,
): void {
  for (let step = 0; step < times; step++) counters[step & 63].inc(amount);
}

function writeCandidates(amount: number): Candidate[] {
  const operations = quick ? 6400 : 640_000;
  const candidate = (
    layout: CellLayout,
    pages: Pages,
    run: () => void,
  ): Candidate => {
    const reader = pageReader(layout, { direct: false });
    const targets = Int32Array.from({ length: COUNTERS }, (_, index) => index);
    const totals = new Float64Array(COUNTERS);
    const result = () => (reader(pages, targets, totals.fill(0)), sum(totals));
    return { name: `${layout.name}, inc(${amount})`, operations, run, result };
  };
  const structPages = new Pages(STRUCTS, COUNTERS);
  const structs = Array.from(
    { length: 64 },
    (_, index) => new StructCounter(structPages, index * 7),
  );
  const columnPages = new Pages(COLUMNS, COUNTERS);
  const columns = Array.from(
    { length: 64 },
    (_, index) => new ColumnCounter(columnPages, index * 7),
  );
  return [
    candidate(
      STRUCTS,
      structPages,
      () => incStructs(structs, operations, amount),
    ),
    candidate(
      COLUMNS,
      columnPages,
      () => incColumns(columns, operations, amount),
    ),
  ];
}

let sink = 0;
function evict(): void {
  for (let index = 0; index < cacheFill.length; index += 8) {
    cacheFill[index] += 1;
  }
  sink += cacheFill[cacheFill.length - 8];
}

/** Times all candidates round by round, so that a busy neighbour slows all alike. Prints best and median, in ns per operation. */
function race(
  title: string,
  candidates: readonly Candidate[],
  { cold }: { cold: boolean },
): void {
  const samples = candidates.map(() => [] as number[]);
  for (const candidate of candidates) {
    for (let warm = 0; warm < 5; warm++) candidate.run();
  }
  for (let round = 0; round < ROUNDS; round++) {
    candidates.forEach((candidate, index) => {
      if (cold) evict();
      const start = performance.now();
      candidate.run();
      samples[index].push(
        (performance.now() - start) * 1e6 / candidate.operations,
      );
      sink += candidate.result();
    });
  }
  console.log(`\n${title}`);
  candidates.forEach((candidate, index) => {
    const sorted = samples[index].sort((a, b) => a - b);
    const best = sorted[0].toFixed(2);
    const median = sorted[sorted.length >> 1].toFixed(2);
    console.log(
      `  ${candidate.name.padEnd(44)} ${best.padStart(8)} / ${median.padStart(8)} ns`,
    );
  });
}

function raceReaders(workers: number): void {
  const targets = makeTargets(workers);
  const candidates: Candidate[] = [];
  for (const layout of [STRUCTS, COLUMNS]) {
    for (const mixed of [false, true]) {
      const slabs = makeSlabs(layout, { workers, mixed });
      const label = `${layout.name}, ${mixed ? "every page flipped" : "integers only"}`;
      if (!mixed) {
        candidates.push(
          mergeCandidate(
            `${label}, page, low words`,
            pageReader(layout, { direct: true }),
            slabs,
            targets,
          ),
        );
      }
      candidates.push(
        mergeCandidate(
          `${label}, page, copies`,
          pageReader(layout, { direct: false }),
          slabs,
          targets,
        ),
      );
      if (mixed) {
        candidates.push(
          mergeCandidate(
            `${label}, cell by cell`,
            cellReader(layout),
            slabs,
            targets,
          ),
        );
      }
    }
  }
  for (const candidate of candidates) candidate.run();
  const sums = new Set(
    candidates.map((candidate) => Math.floor(candidate.result() / workers / COUNTERS)),
  );
  if (sums.size !== 1) {
    throw new Error(
      `Cannot compare the readers: their totals differ: ${[...sums]}`,
    );
  }
  for (const cold of [false, true]) {
    race(
      `merge of ${workers} x ${COUNTERS} counters, ${cold ? "cold" : "warm"} caches, per counter`,
      candidates,
      { cold },
    );
  }
}

// In this order: an engine that has met only integers makes better code than one that has met a float.
race(
  "inc over 64 counters, integers only so far, per increment",
  writeCandidates(1),
  { cold: false },
);
race(
  "inc over 64 counters, floats as well, per increment",
  [...writeCandidates(1), ...writeCandidates(0.5)],
  {
    cold: false,
  },
);
for (const workers of WORKERS) raceReaders(workers);
if (sink === 0) {
  throw new Error("Cannot trust the figures: no candidate did anything");
}
