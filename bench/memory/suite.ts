/**
 * How much memory series take, and what updates leave to the garbage collector.
 *
 * @module
 */
import { LIBRARY_NAMES } from "../peers/load_library.ts";
import { interleave, type Turn } from "../runner/interleave.ts";
import type { Row } from "../runner/result.ts";
import { Subject } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";

const SUITE = "memory";
const MODULE = "memory/subject.ts";

/** The suite. */
export const memory: Suite = {
  name: SUITE,
  question:
    "How many bytes does a series take (in promslab: slab and writer's heap; `_slab` is the slab's part, `_reader` what the scraping thread keeps besides), and how many does an update leave behind, or a scrape of 1 000 counters that have all changed? (Labels that are written as an object literal are 48 bytes of the caller's own.)",
  run: runMemory,
};

/** Few enough that no collection happens between two looks at the heap, whatever an update leaves behind. */
const GARBAGE_TIMES = 2000;
const GARBAGE_WORKS = [
  "counter_64",
  "counter_bound_64",
  "counter_object_64",
  "counter_kept_object_64",
  "counter_float_64",
  "gauge_bound_64",
  "histogram_bound_64",
  "histogram_object_64",
  "timer_bound_64",
];
const KINDS = ["counter", "gauge", "histogram"];

async function runMemory(run: Run): Promise<Findings> {
  const works = ["series", "garbage", "scrape_garbage"].filter((work) => run.wants(SUITE, work));
  if (works.length === 0) return { rows: [], skips: [], versions: {} };
  const subjects: Subject[] = [];
  const skips = run.runtimes.filter(({ name }) => name === "bun").map(() => ({
    suite: SUITE,
    subject: "bun",
    reason: "its heap is told only after a collection, so that what an update leaves behind cannot be seen",
  }));
  try {
    for (const runtime of run.runtimes.filter(({ name }) => name !== "bun")) {
      for (const subject of LIBRARY_NAMES.filter(run.wantsSubject)) {
        const [program, ...words] = await runtime.command(MODULE, subject);
        const command = runtime.name === "deno"
          ? [program, words[0], "--v8-flags=--expose-gc", ...words.slice(1)]
          : [program, "--expose-gc", ...words];
        subjects.push(new Subject({ subject, runtime: runtime.name, command }));
      }
    }
    const groups: Turn[][] = [];
    if (works.includes("series")) groups.push(...await seriesGroups(subjects, run));
    if (works.includes("garbage")) groups.push(...await garbageGroups(subjects, run));
    if (works.includes("scrape_garbage")) groups.push(await scrapeGroup(subjects, run));
    return { rows: await interleave(groups, run), skips, versions: {} };
  } finally {
    await Promise.all(subjects.map((subject) => subject[Symbol.asyncDispose]()));
  }
}

async function seriesGroups(subjects: readonly Subject[], run: Run): Promise<Turn[][]> {
  const groups: Turn[][] = [];
  const count = run.quick ? 2000 : 10_000;
  for (const kind of run.quick ? KINDS.slice(0, 1) : KINDS) {
    const group: Turn[] = [];
    for (const subject of subjects) {
      const take = async () => await subject.call("series", kind, count) as Record<string, number>;
      const names = Object.keys(await take());
      group.push({
        rows: names.map((name) => row(subject, `${kind}_${name}`)),
        // The same bytes come out every time; a few rounds show it.
        roundsMax: 3,
        async take() {
          const bytes = await take();
          return names.map((name) => bytes[name]);
        },
      });
    }
    groups.push(group);
  }
  return groups;
}

async function garbageGroups(subjects: readonly Subject[], run: Run): Promise<Turn[][]> {
  const groups: Turn[][] = [];
  run.progress.expect(GARBAGE_WORKS.length);
  for (const work of run.quick ? GARBAGE_WORKS.slice(1, 4) : GARBAGE_WORKS) {
    run.progress.step(`${SUITE} garbage of ${work}, warming up`);
    const group: Turn[] = [];
    for (const subject of subjects) {
      // Compiling the work leaves something behind too; it must be over.
      for (let warm = 0; warm < (run.quick ? 20 : 100); warm++) {
        await subject.call("warm", work, GARBAGE_TIMES);
      }
      for (let warm = 0; warm < 5; warm++) await subject.call("garbage", work, GARBAGE_TIMES);
      group.push({
        rows: [row(subject, `garbage_${work.replace(/_64$/, "")}`)],
        take: async () => [await subject.number("garbage", work, GARBAGE_TIMES)],
      });
    }
    groups.push(group);
  }
  return groups;
}

async function scrapeGroup(subjects: readonly Subject[], run: Run): Promise<Turn[]> {
  const group: Turn[] = [];
  for (const subject of subjects) {
    await subject.call("fill", 1000);
    for (let warm = 0; warm < (run.quick ? 3 : 20); warm++) await subject.call("scrapeGarbage");
    group.push({
      rows: [row(subject, "scrape_garbage")],
      take: async () => [await subject.number("scrapeGarbage")],
    });
  }
  return group;
}

function row({ subject, runtime }: Subject, work: string): Omit<Row, "samples"> {
  return { suite: SUITE, work, subject, runtime, sizes: {}, unit: "bytes", better: "lower" };
}
