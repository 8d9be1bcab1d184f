/**
 * What more workers bring: requests a second of a handler that computes, and plain increments with and without
 * false sharing.
 *
 * @module
 */
import { interleave, type Turn } from "../runner/interleave.ts";
import type { Row } from "../runner/result.ts";
import type { Runtime } from "../runner/runtimes.ts";
import { Subject } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { type Load, loadTurn, type Server, startServer, stopServer } from "../server/servers.ts";
import { PLACES } from "./places.ts";

const SUITE = "scaling";

/** The suite. */
export const scaling: Suite = {
  name: SUITE,
  question:
    "What do more workers bring? `requests` computes about a millisecond each; `increments` are done by as many threads as the size says, into words that lie side by side, apart, or in a slab each. `efficiency` is the share of perfect scaling over the cores that there are; the load generator needs some of them.",
  run: runScaling,
};

async function runScaling(run: Run): Promise<Findings> {
  const deno = run.runtimes.find(({ name }) => name === "deno");
  const rows: Row[] = [];
  if (deno !== undefined && run.wants(SUITE, "requests")) rows.push(...await requests(deno, run));
  if (run.wants(SUITE, "increments")) {
    for (const runtime of run.runtimes) rows.push(...await increments(runtime, run));
  }
  return { rows: [...rows, ...efficiencies(rows)], skips: [], versions: {} };
}

async function requests(deno: Runtime, run: Run): Promise<Row[]> {
  const servers: Server[] = [];
  const command = await deno.command("server/load_subject.ts");
  const generator = new Subject({ subject: "load", runtime: "deno", command });
  try {
    const load: Load = {
      suite: SUITE,
      work: "requests",
      path: "/work",
      milliseconds: run.quick ? 200 : 1000,
    };
    const groups: Turn[][] = [];
    for (const workers of run.quick ? [1, 2] : [1, 2, 4]) {
      const group: Turn[] = [];
      for (
        const variant of ["promslab", "promslab, metrics off", "deno serve --parallel"].filter(
          run.wantsSubject,
        )
      ) {
        const server = await startServer(deno, variant, workers);
        servers.push(server);
        group.push(loadTurn(generator, server, load, ["requests/s"]));
      }
      groups.push(group);
    }
    return await interleave(groups, run);
  } finally {
    await generator[Symbol.asyncDispose]();
    await Promise.all(servers.map(stopServer));
  }
}

async function increments(runtime: Runtime, run: Run): Promise<Row[]> {
  const command = await runtime.command("scaling/subject.ts");
  await using subject = new Subject({ subject: "promslab", runtime: runtime.name, command });
  const groups: Turn[][] = [];
  for (const workers of [1, 2, 4]) {
    const group: Turn[] = [];
    for (const place of PLACES) {
      await subject.call("start", place, workers);
      group.push({
        rows: [{
          suite: SUITE,
          work: "increments",
          // A worker of promslab has a slab of its own; the other two are what that avoids.
          subject: place === "slabs" ? "promslab" : `words ${place}`,
          runtime: runtime.name,
          sizes: { workers },
          unit: "million/s",
          better: "higher",
        }],
        take: async () => [await subject.number("run", place, workers, run.quick ? 20 : 100)],
      });
    }
    groups.push(group);
  }
  return await interleave(groups, run);
}

/** Each row against the same subject's with one worker, round by round. */
function efficiencies(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => {
    const { workers } = row.sizes;
    const single = rows.find((one) =>
      one.sizes.workers === 1 && one.work === row.work && one.subject === row.subject &&
      one.runtime === row.runtime
    );
    if (single === undefined || workers === 1) return [];
    const ideal = Math.min(workers, navigator.hardwareConcurrency);
    const samples = row.samples.slice(0, single.samples.length)
      .map((sample, round) => sample / single.samples[round] / ideal);
    return [{ ...row, unit: `efficiency of ${row.unit}`, samples }];
  });
}
