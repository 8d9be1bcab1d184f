/**
 * The memory of a process.
 *
 * @module
 */
import { collectGarbage } from "./collect_garbage.ts";

/** Bytes of a process that are in memory, as Linux tells. */
export function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** The C library of most Linux systems; another allocator has another way to give memory back, or none. */
const LIBRARY = "libc.so.6";

/**
 * Resident megabytes after garbage of this thread was collected and the allocator has given back what is free. Without
 * the latter a process that has started and ended a thousand threads is measured with hundreds of megabytes that it uses
 * again for the next ones.
 */
export async function residentMegabytes(): Promise<number> {
  await collectGarbage();
  giveBack();
  return Deno.memoryUsage().rss / 2 ** 20;
}

function giveBack(): void {
  let library;
  try {
    library = Deno.dlopen(LIBRARY, { malloc_trim: { parameters: ["usize"], result: "i32" } });
  } catch {
    // The system has no such library, or no such function in it: then what is free is measured too.
    return;
  }
  library.symbols.malloc_trim(0n);
  library.close();
}
