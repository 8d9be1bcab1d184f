/**
 * Has the engine collect garbage, so that tests can see what is held and what is not.
 *
 * @module
 */
import v8 from "node:v8";
import vm from "node:vm";

/** Collects all garbage of this thread. What the running job has looked up through a WeakRef stays until it ends. */
export async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  v8.setFlagsFromString("--expose-gc");
  (vm.runInNewContext("gc") as () => void)();
}
