/**
 * Metrics over a slab whose writer can be stopped after any of its stores.
 *
 * @module
 */
import { Family } from "../../src/metric/family.ts";
import type { Registerer } from "../../src/metric/registerer.ts";
import { Collector } from "../../src/collect/collector.ts";
import { Registry } from "../../src/registry/registry.ts";
import { createControl, TicketCounter } from "../../src/slab/control.ts";
import type { Slab } from "../../src/slab/slab.ts";
import { SlabWriter } from "../../src/slab/slab_writer.ts";
import { WallClock } from "../../src/metric/wall_clock.ts";
import { samplesOf } from "./fleet.ts";

/** A registry over a slab as it is, stand-in or real. */
export function registererOf(slab: Slab): Registerer {
  const writer = new SlabWriter(slab);
  return {
    slab: writer.slab,
    define: (descriptor, shape) => new Family(descriptor, { writer, shape }),
    getOrDefine: (descriptor, shape) => new Family(descriptor, { writer, shape }),
    register() {},
    remove() {},
    commitBlock: () => writer.commitBlock(),
    tickets: new TicketCounter(createControl()),
    clock: new WallClock(),
  };
}

/** What a scrape of a slab shows. */
export function scrapeSlab(slab: Slab): [string, number][] {
  const problems: string[] = [];
  const collector = new Collector(new Registry({ slabBytes: 1 << 16 }), {
    onProblem: (message) => problems.push(message),
  });
  collector.addSlab(slab.buffer as SharedArrayBuffer);
  const samples = [...samplesOf(collector.blocks())];
  if (problems.length > 0) throw new Error(problems.join("; "));
  return samples;
}
