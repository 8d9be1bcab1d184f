/**
 * What metrics cost a server: throughput, latency and processor time, with metrics off, with promslab and with its
 * peers, while ten scrapes a second run.
 *
 * @module
 */
import { PROM_CLIENT_PACKAGES } from "../peers/prom_client.ts";
import { interleave, type Turn } from "../runner/interleave.ts";
import type { Runtime } from "../runner/runtimes.ts";
import { Subject } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { applyLoad, type Load, loadTurn, type Server, startServer, stopServer } from "./servers.ts";

const SUITE = "server";

/** The suite. */
export const server: Suite = {
  name: SUITE,
  question:
    "What do metrics cost a server in Deno, whose cheap route does nothing else? Ten scrapes a second run; the open load is half of what the plain server can do.",
  run: runServer,
};

const OFF = "promslab, metrics off";
const PLAIN = "Deno.serve";
/** One thread each, as the peers have it. */
const SINGLE: readonly string[] = [
  "promslab",
  OFF,
  PLAIN,
  ...PROM_CLIENT_PACKAGES.map((name) => `${PLAIN} + ${name}`),
];

/** The library that a variant measures: with metrics off it is still promslab, which `--subjects` names. */
function libraryOf(variant: string): string {
  return variant === OFF ? "promslab" : variant.replace(/^.* \+ /, "");
}

async function runServer(run: Run): Promise<Findings> {
  const deno = run.runtimes.find(({ name }) => name === "deno");
  const works = ["closed", "open"].filter((work) => run.wants(SUITE, work));
  if (deno === undefined || works.length === 0) return { rows: [], skips: [], versions: {} };
  return await withServers(deno, run, async (generator, servers) => {
    if (!run.quick) {
      for (const variant of ["promslab", OFF]) servers.push(await startServer(deno, variant, 2));
    }
    return await groupsOf(generator, servers, { run, works });
  });
}

/** Starts all single servers and the load's process, measures, and ends them. */
async function withServers(
  deno: Runtime,
  run: Run,
  groups: (generator: Subject, servers: Server[]) => Promise<Turn[][]>,
): Promise<Findings> {
  const servers: Server[] = [];
  const command = await deno.command("server/load_subject.ts");
  const generator = new Subject({ subject: "load", runtime: "deno", command });
  try {
    for (const variant of SINGLE.filter((name) => run.wantsSubject(libraryOf(name)))) {
      servers.push(await startServer(deno, variant, 1));
    }
    return { rows: await interleave(await groups(generator, servers), run), skips: [], versions: {} };
  } finally {
    await generator[Symbol.asyncDispose]();
    await Promise.all(servers.map(stopServer));
  }
}

/** A server that only streams: the work `streams` of the suite `llm`. */
export async function runStreams(run: Run): Promise<Findings> {
  const deno = run.runtimes.find(({ name }) => name === "deno");
  if (deno === undefined || !run.wants("llm", "streams")) return { rows: [], skips: [], versions: {} };
  return await withServers(deno, run, async (generator, servers) => {
    const load: Load = {
      suite: "llm",
      work: "streams",
      path: "/stream",
      milliseconds: run.quick ? 200 : 1000,
      streams: true,
    };
    for (const one of servers) await applyLoad(generator, one, load);
    return [servers.map((one) => loadTurn(generator, one, load, ["tokens/s", "CPU us/token"]))];
  });
}

async function groupsOf(
  generator: Subject,
  servers: readonly Server[],
  { run, works }: { run: Run; works: readonly string[] },
): Promise<Turn[][]> {
  const milliseconds = run.quick ? 200 : 1000;
  const closed: Load = { suite: SUITE, work: "closed", path: "/", milliseconds };
  run.progress.expect(servers.length);
  let plainRate = 10_000;
  for (const one of servers) {
    run.progress.step(`${SUITE} ${one.subject.subject}, warming up`);
    const figures = await applyLoad(generator, one, { ...closed, milliseconds: 2 * milliseconds });
    if (one.subject.subject === PLAIN) plainRate = figures["requests/s"];
  }
  const rate = Math.max(100, Math.round(plainRate / 2 / 100) * 100);
  const open: Load = { ...closed, work: "open", rate };
  return [1, 2].flatMap((workers) => {
    const group = servers.filter((one) => one.workers === workers);
    return [
      group.map((one) => loadTurn(generator, one, closed, ["requests/s", "CPU us/request"])),
      group.map((one) => loadTurn(generator, one, open, ["p50 ms", "p99 ms", "p99.9 ms"])),
    ];
  }).filter(([first]) => first !== undefined && works.includes(first.rows[0].work));
}
