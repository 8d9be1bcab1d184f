/**
 * The memory of a process.
 *
 * @module
 */

/** Bytes of a process that are in memory, as Linux tells. */
export function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}
