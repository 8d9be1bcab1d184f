/**
 * What metrics cost servers of streamed tokens: a server that does nothing else, and the LLM server.
 *
 * @module
 */
import { interleave, type Turn } from "../runner/interleave.ts";
import { BENCH, ROOT } from "../runner/machine.ts";
import type { Row } from "../runner/result.ts";
import { Subject, type SubjectCommand } from "../runner/subject.ts";
import type { Findings, Run, Suite } from "../runner/suite.ts";
import { cpuMicroseconds } from "../server/servers.ts";
import { runStreams } from "../server/suite.ts";

const SUITE = "llm";
const SELF = "promslab";
const OFF = "promslab, metrics off";
const STREAMS = 100;
/** Steps of the engine; 100 streams get 40 000 tokens a second offered. */
const STEP_MS = 2.5;

/** The suite. */
export const llm: Suite = {
  name: SUITE,
  question:
    "How many tokens a second go out as events when every token is counted and timed, and when nothing is? `streams`: 32 streams of a server that does nothing else. `server`: 100 chats with the LLM server, one worker, by the processor time of the whole process, the engine included. `record`: what is recorded for a token, a request and an engine's step. `scrapes`: the share of a core that the server takes while it is scraped 20 times a second with a filter, and `no_scrapes` while it is not, after 2 000 scrapes that are not measured.",
  run: runLlm,
};

/** Where a server answers, and in which process. */
interface Served {
  readonly port: number;
  readonly metricsPort: number;
  readonly pid: number;
}

interface Server {
  readonly subject: Subject;
  readonly served: Served;
}

async function runLlm(run: Run): Promise<Findings> {
  const streams = await runStreams(run);
  const deno = run.runtimes.some(({ name }) => name === "deno");
  if (!deno || !run.wantsSubject(SELF)) return streams;
  const rows = [...streams.rows, ...await runRecord(run), ...await runServers(run)];
  return { ...streams, rows };
}

async function runRecord(run: Run): Promise<Row[]> {
  if (!run.wants(SUITE, "record")) return [];
  await using subject = start("record_subject.ts", SELF);
  const count = run.quick ? 20_000 : 200_000;
  const turns = ["token", "request", "step"].map((work): Turn => ({
    rows: [rowOf(`record_${work}`, SELF, "ns")],
    take: async () => [await subject.number("time", work, count)],
  }));
  return await interleave(turns.map((turn) => [turn]), run);
}

async function runServers(run: Run): Promise<Row[]> {
  const wanted = ["server", "scrapes"].filter((work) => run.wants(SUITE, work));
  if (wanted.length === 0) return [];
  await using load = start("load_subject.ts", "load");
  const servers: Server[] = [];
  try {
    for (const variant of wanted.includes("server") ? [SELF, OFF] : [SELF]) {
      const subject = start("server_subject.ts", variant);
      servers.push({ subject, served: await subject.call("start", STEP_MS) as Served });
    }
    const tokens = run.quick ? 50 : 400;
    const groups: Turn[][] = [];
    if (wanted.includes("server")) {
      for (const server of servers) await stream(load, server, tokens);
      groups.push(servers.map((server) => serverTurn(load, server, tokens)));
    }
    if (wanted.includes("scrapes")) {
      await load.call("warmUp", servers[0].served.metricsPort, run.quick ? 50 : WARM_SCRAPES);
      groups.push([scrapeTurn(load, servers[0], run.quick ? 300 : 2000)]);
    }
    return await interleave(groups, run);
  } finally {
    for (const { subject } of servers) {
      await subject.call("stop").catch(() => {});
      await subject[Symbol.asyncDispose]();
    }
  }
}

/** A minute and a half of scrapes: a server is scraped for days, and by then its code is compiled. */
const WARM_SCRAPES = 2000;

/** Chats on all streams; answers tokens a second, and the processor time of each. */
async function stream(load: Subject, { served }: Server, tokens: number): Promise<[number, number]> {
  const before = cpuMicroseconds(served.pid) ?? NaN;
  const result = await load.call("streams", served.port, STREAMS, tokens) as {
    tokens: number;
    seconds: number;
  };
  const cpuUs = ((cpuMicroseconds(served.pid) ?? NaN) - before) / result.tokens;
  if (result.tokens !== STREAMS * tokens) throw new Error(`Cannot use the run: ${result.tokens} tokens came`);
  return [result.tokens / result.seconds, cpuUs];
}

function serverTurn(load: Subject, server: Server, tokens: number): Turn {
  const { subject } = server.subject;
  return {
    rows: ["tokens/s", "CPU us/token", "tokens/CPU s"].map((unit) => rowOf("server", subject, unit)),
    async take() {
      const [rate, cpuUs] = await stream(load, server, tokens);
      return [rate, cpuUs, 1e6 / cpuUs];
    },
  };
}

/** What the server takes when it is scraped, and when nobody asks: the difference is what scrapes cost. */
function scrapeTurn(load: Subject, { served }: Server, milliseconds: number): Turn {
  const share = async (work: () => Promise<unknown>) => {
    const before = threadNanoseconds(served.pid);
    await work();
    let spent = 0;
    // WHY by thread: one that ends meanwhile, as idle ones of a pool do, would take all that it ever spent with it.
    for (const [thread, nanoseconds] of threadNanoseconds(served.pid)) {
      spent += nanoseconds - (before.get(thread) ?? 0);
    }
    return spent / 1000 / milliseconds / 10;
  };
  return {
    rows: ["scrapes", "no_scrapes"].map((work) => rowOf(work, SELF, "% of a core")),
    async take() {
      const idle = await share(() => new Promise((resolve) => setTimeout(resolve, milliseconds)));
      return [await share(() => load.call("scrapes", served.metricsPort, milliseconds)), idle];
    },
  };
}

/** What each thread of a process has spent so far. */
function threadNanoseconds(pid: number): Map<string, number> {
  const spent = new Map<string, number>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    try {
      spent.set(name, Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0]));
    } catch {
      // It has ended since the folder was read.
    }
  }
  return spent;
}

function rowOf(work: string, subject: string, unit: string): Omit<Row, "samples"> {
  const sizes: Record<string, number> = work === "server" ? { streams: STREAMS, workers: 1 } : {};
  const better = unit.startsWith("tokens/") ? "higher" : "lower";
  return { suite: SUITE, work, subject, runtime: "deno", sizes, unit, better };
}

/** Starts a process with the project's own import map: what the LLM server uses is not among the benches' packages. */
function start(module: string, subject: string): Subject {
  const command: SubjectCommand["command"] = [
    Deno.execPath(),
    ...["run", "-A", "--no-check", "--config", `${ROOT}deno.json`, `${BENCH}llm/${module}`, subject],
  ];
  return new Subject({ subject, runtime: "deno", command });
}
