/**
 * How much memory a process and its children take at the most.
 *
 * @module
 */

/** Sets a process' peak back to what it takes now. */
const RESET_PEAK = "5";

/** Sets the peaks of a process and its children back to what they take now. */
export function resetPeak(pid: number): void {
  for (const process of family(pid)) {
    try {
      Deno.writeTextFileSync(`/proc/${process}/clear_refs`, RESET_PEAK);
    } catch {
      // Only Linux has the file; a child may have ended.
    }
  }
}

/** The peaks of a process and its children since then, in MiB, or undefined where the system does not tell. */
export function peakMiB(pid: number): number | undefined {
  let kib = 0;
  for (const process of family(pid)) {
    try {
      kib += Number(/^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${process}/status`))?.[1] ?? 0);
    } catch {
      // As above.
    }
  }
  return kib === 0 ? undefined : kib / 1024;
}

/** A process and all that it started, directly or not. */
function family(pid: number): number[] {
  const children: number[] = [];
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
      const words = Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ");
      children.push(...words.filter((word) => word !== "").map(Number));
    }
  } catch {
    // Only Linux tells.
  }
  return [pid, ...children.flatMap(family)];
}
