/**
 * The multi-worker solutions that are installed here, ready to be started.
 *
 * @module
 */
import { pythonCommand } from "../peers/python.ts";
import type { Skip } from "../runner/result.ts";
import type { SubjectCommand } from "../runner/subject.ts";
import type { Run } from "../runner/suite.ts";

const MODULE = "scrape/fleet_subject.ts";

/** The solutions that run on each runtime. `node:cluster` forks processes of the runtime's own kind in Node only. */
const SOLUTIONS = {
  deno: ["promslab", "@prometheus-io/client workers"],
  bun: ["promslab", "@prometheus-io/client workers"],
  node: [
    "promslab",
    "@prometheus-io/client workers",
    "prom-client cluster",
    "@prometheus-io/client cluster",
    "@platformatic/prom-client cluster",
  ],
} as const;

/** The solutions that are wanted, and those that are missing here. */
export async function fleetCommands(
  run: Run,
  suite: string,
): Promise<{ commands: SubjectCommand[]; skips: Skip[] }> {
  const commands: SubjectCommand[] = [];
  const skips: Skip[] = [];
  for (const runtime of run.runtimes) {
    for (const subject of SOLUTIONS[runtime.name].filter(run.wantsSubject)) {
      // A word of a command line may hold white space; only calls may not.
      commands.push({ subject, runtime: runtime.name, command: await runtime.bundled(MODULE, subject) });
    }
  }
  if (run.wantsSubject("Python multiprocess")) {
    const python = pythonCommand();
    if ("reason" in python) skips.push({ suite, subject: "Python multiprocess", reason: python.reason });
    else commands.push(python);
  }
  return { commands, skips };
}
