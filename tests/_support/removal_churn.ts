/**
 * A server's memory without the server, and removals that go through it.
 *
 * @module
 */
import { Collector } from "../../src/collect/collector.ts";
import { WorkerWatch } from "../../src/collect/worker_watch.ts";
import { detectHost } from "../../src/host/detect.ts";
import { Counter } from "../../src/metric/counter.ts";
import { defaultRegistry } from "../../src/registry/default_registry.ts";
import type { ExtensionServices } from "../../src/server/extension.ts";
import { WorkerSlabs } from "../../src/server/workers/worker_slabs.ts";
import { slabStatus } from "../../src/slab/slab_status.ts";
import { waitFor } from "./wait_for.ts";

/** What a server offers to an extension, and the collector that reads what it writes. Closes no threads. */
export function extensionServices(): { services: ExtensionServices; collector: Collector } {
  const collector = new Collector(defaultRegistry);
  const slabs = new WorkerSlabs({
    collector,
    watch: new WorkerWatch(collector),
    slabBytes: 1 << 20,
    exclusively: (change) => void change(),
  });
  const services: ExtensionServices = {
    host: detectHost(),
    slabs,
    gather: (run) => Promise.resolve(run(collector.blocks())),
    log: () => {},
    limits: { hangSeconds: 0, startSeconds: 60 },
    restarted: () => {},
  };
  return { services, collector };
}

/**
 * Announces a thousand removals, waiting a few times for all who are to take note of it.
 *
 * @returns by how many bytes the log has grown since the first of these times
 */
export async function grownByRemovals(collector: Collector): Promise<number> {
  const removed = Counter.getOrCreate({ name: "removed_total", help: "Removed.", labelNames: ["k"] });
  const used = () => slabStatus(defaultRegistry.slab).usedBytes;
  const removeSome = async () => {
    for (let k = 0; k < 250; k++) {
      // Of a series that nobody has: the cell of one would rest for a minute before it is used anew.
      removed.remove("x");
      collector.poll();
    }
    const last = slabStatus(defaultRegistry.slab).removalsSeen;
    await waitFor(() => [...collector.sources].every((source) => source.status().removalsSeen === last), {
      what: "all to have taken note of the removals",
    });
    collector.poll();
  };
  await removeSome();
  const before = used();
  for (let round = 0; round < 3; round++) await removeSome();
  return used() - before;
}
