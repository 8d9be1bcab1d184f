/**
 * Servers under load, seen from the runner.
 *
 * @module
 */
import type { Turn } from "../runner/interleave.ts";
import type { Row } from "../runner/result.ts";
import type { Runtime } from "../runner/runtimes.ts";
import { Subject } from "../runner/subject.ts";
import type { Served } from "./server_subject.ts";

/** One server that runs. */
export interface Server {
  readonly subject: Subject;
  readonly served: Served;
  readonly workers: number;
}

/** What is asked of a server. */
export interface Load {
  readonly suite: string;
  readonly work: string;
  readonly path: string;
  readonly milliseconds: number;
  /** Requests a second of an open load; a closed load if it is not given. */
  readonly rate?: number;
  /** Whether streams of events are read, instead of responses. */
  readonly streams?: boolean;
}

const CONNECTIONS = 32;

/** Starts a server of a variant. */
export async function startServer(runtime: Runtime, variant: string, workers: number): Promise<Server> {
  const command = await runtime.command("server/server_subject.ts", variant);
  const subject = new Subject({ subject: variant, runtime: runtime.name, command });
  return { subject, served: await subject.call("start", workers) as Served, workers };
}

/** Ends a server and its process. */
export async function stopServer({ subject }: Server): Promise<void> {
  await subject.call("stop").catch(() => {});
  await subject[Symbol.asyncDispose]();
}

/** Loads a server once; answers what clients saw, and the server's processor time for each request or token. */
export async function applyLoad(
  generator: Subject,
  { served }: Server,
  { path, milliseconds, rate, streams = false }: Load,
): Promise<Record<string, number>> {
  const before = cpuMicroseconds(served.pid);
  const words = [served.port, path, CONNECTIONS, milliseconds, served.metricsPort];
  const verb = streams ? "streams" : rate === undefined ? "closed" : "open";
  const result = await generator.call(verb, ...words, ...(rate === undefined ? [] : [rate])) as
    & Record<string, number>
    & { readonly seconds: number };
  const after = cpuMicroseconds(served.pid);
  const [count, unit] = streams ? [result.tokens, "token"] : [result.requests, "request"];
  return {
    ...result,
    [`${unit}s/s`]: count / result.seconds,
    ...(before === undefined || after === undefined ? {} : { [`CPU us/${unit}`]: (after - before) / count }),
  };
}

/** The turn that loads a server in every round, and keeps those figures that the load is for. */
export function loadTurn(generator: Subject, server: Server, load: Load, units: readonly string[]): Turn {
  const row = (unit: string): Omit<Row, "samples"> => ({
    suite: load.suite,
    work: load.work,
    subject: server.subject.subject,
    runtime: server.subject.runtime,
    sizes: { workers: server.workers, ...(load.rate === undefined ? {} : { "requests/s": load.rate }) },
    unit,
    better: unit.endsWith("/s") ? "higher" : "lower",
  });
  return {
    rows: units.map(row),
    async take() {
      const figures = await applyLoad(generator, server, load);
      return units.map((unit) => figures[unit] ?? NaN);
    },
  };
}

/** Processor time of a process and all its threads so far, or undefined where the system does not tell. */
export function cpuMicroseconds(pid: number): number | undefined {
  try {
    let ns = 0;
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      ns += Number(Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`).split(" ")[0]);
    }
    return ns / 1000;
  } catch {
    return undefined;
  }
}
