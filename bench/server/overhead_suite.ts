/**
 * What counting costs a request, on each runtime: processor time of the same server with the default metrics and with
 * none.
 *
 * @module
 */
import { interleave, type Turn } from "../runner/interleave.ts";
import { BENCH, ROOT } from "../runner/machine.ts";
import type { Row, Skip } from "../runner/result.ts";
import type { Runtime } from "../runner/runtimes.ts";
import { Subject } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { applyLoad, type Load, loadTurn, type Server, stopServer } from "./servers.ts";
import type { Served } from "./server_subject.ts";

const SUITE = "overhead";
const OFF = "promslab, metrics off";
const UNIT = "CPU us/request";

/** The suite. */
export const overhead: Suite = {
  name: SUITE,
  question:
    "What does counting cost a trivial request, on each runtime? Processor time of the whole process, one worker, with the default metrics and with none; `times` is the ratio of two turns that follow each other.",
  run: runOverhead,
};

async function runOverhead(run: Run): Promise<Findings> {
  const rows: Row[] = [];
  const skips: Skip[] = [];
  if (run.wants(SUITE, "requests") && run.wantsSubject("promslab")) {
    for (const runtime of run.runtimes) {
      if (readsTypeScript(runtime)) rows.push(...await requests(runtime, run));
      else {
        const reason = `${runtime.version} cannot read the sources of the workers (BENCH_NODE names another)`;
        skips.push({ suite: SUITE, subject: runtime.name, reason });
      }
    }
  }
  return { rows: [...rows, ...ratios(rows)], skips, versions: {} };
}

/** Node does so without a flag from 22.18 and 23.6 on. */
function readsTypeScript({ name, version }: Runtime): boolean {
  if (name !== "node") return true;
  const [major, minor] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

async function requests(runtime: Runtime, run: Run): Promise<Row[]> {
  const servers: Server[] = [];
  const command = [Deno.execPath(), ...LOAD];
  const generator = new Subject({ subject: "load", runtime: "deno", command });
  const load: Load = { suite: SUITE, work: "requests", path: "/", milliseconds: run.quick ? 200 : 500 };
  try {
    for (const variant of ["promslab", OFF]) {
      const subject = new Subject({
        subject: variant,
        runtime: runtime.name,
        command: await commandFor(runtime, variant),
      });
      servers.push({ subject, served: await subject.call("start") as Served, workers: 1 });
    }
    // Engines compile what is hot in the first seconds.
    for (const one of servers) {
      await applyLoad(generator, one, { ...load, milliseconds: 4 * load.milliseconds });
    }
    const turns: Turn[] = servers.map((one) => loadTurn(generator, one, load, [UNIT]));
    return await interleave([turns], run);
  } finally {
    await generator[Symbol.asyncDispose]();
    await Promise.all(servers.map(stopServer));
  }
}

const LOAD = ["run", "-A", "--no-check", "--config", `${BENCH}deno.json`, `${BENCH}server/load_subject.ts`];

/** Node reads the sources themselves here: a server in one bundle would not find the module of its workers. */
async function commandFor(runtime: Runtime, variant: string): Promise<string[]> {
  const command = await runtime.command("server/overhead_subject.ts", variant);
  if (runtime.name !== "node") return command;
  return [
    command[0],
    "--import",
    `${ROOT}tests/runtime/_links.ts`,
    `${BENCH}server/overhead_subject.ts`,
    variant,
  ];
}

/** The ratio of each round, in which the two were asked one right after the other. */
function ratios(rows: readonly Row[]): Row[] {
  return rows.flatMap((row) => {
    const off = rows.find(({ subject, runtime }) => subject === OFF && runtime === row.runtime);
    if (row.subject === OFF || off === undefined) return [];
    const samples = row.samples.slice(0, off.samples.length).map((sample, round) =>
      sample / off.samples[round]
    );
    return [{ ...row, unit: `times ${UNIT} of metrics off`, samples }];
  });
}
