/**
 * What is known about the machine, the runtimes and the sources that a run measures.
 *
 * @module
 */
import type { Machine } from "./result.ts";

/** The folder that holds the whole project. */
export const ROOT: string = new URL("../../", import.meta.url).pathname;
/** The folder that holds the benches. */
export const BENCH: string = new URL("../", import.meta.url).pathname;

/** What the machine is. */
export function describeMachine(): Machine {
  return {
    cpu: cpuName(),
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
  };
}

/** The load average of the last minute. */
export function loadAverage(): number {
  return Number(Deno.loadavg()[0].toFixed(2));
}

function cpuName(): string {
  try {
    const line = /^model name\s*:\s*(.+)$/m.exec(
      Deno.readTextFileSync("/proc/cpuinfo"),
    );
    if (line) return line[1].trim();
  } catch {
    // Only Linux has the file; elsewhere the architecture has to do.
  }
  return Deno.build.arch;
}

/** The commit of the sources, with `+` behind it if files beside the results have been changed, or `unknown`. */
export function describeCommit(): string {
  const commit = firstLine("git", [
    "-C",
    ROOT,
    "rev-parse",
    "--short=12",
    "HEAD",
  ]);
  if (commit === undefined) return "unknown";
  const changed = firstLine("git", ["-C", ROOT, "status", "--porcelain", "--", ".", ":!bench/results"]);
  return changed ? `${commit}+` : commit;
}

/** The first line that a program writes, or undefined if it is not there or fails. */
export function firstLine(
  program: string,
  flags: readonly string[],
): string | undefined {
  try {
    const { success, stdout } = new Deno.Command(program, {
      args: [...flags],
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).split("\n")[0].trim() : undefined;
  } catch {
    return undefined;
  }
}
