import { assertEquals } from "@std/assert";
import { holdLock, lockReleased, locksProveEnds } from "../../../src/host/thread_lock.ts";

/** A thread that takes a lock and does nothing else. */
function startHolder(name: string): Promise<Worker> {
  const module = new URL("../../../src/host/thread_lock.ts", import.meta.url).href;
  const text = `import { holdLock } from "${module}"; await holdLock("${name}"); postMessage("held");`;
  const worker = new Worker(`data:application/typescript,${encodeURIComponent(text)}`, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve(worker);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

Deno.test("a thread's lock is held while it lives, and released by its end, however that comes", async () => {
  assertEquals(locksProveEnds(), true);
  const name = `lock of a test ${crypto.randomUUID()}`;
  const worker = await startHolder(name);
  assertEquals(await lockReleased(name, 0.05), false);
  worker.terminate();
  assertEquals(await lockReleased(name, 10), true);
});

Deno.test("lockReleased() is true at once of what nobody holds, and takes nothing itself", async () => {
  const name = `lock of a test ${crypto.randomUUID()}`;
  assertEquals([await lockReleased(name, 1), await lockReleased(name, 1)], [true, true]);
  await holdLock(name);
  assertEquals(await lockReleased(name, 0.05), false);
});
