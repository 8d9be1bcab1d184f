/**
 * Of what the time of a gauge's `inc(0.5)` consists, each part in a process of its own, best of 40 samples, in
 * nanoseconds a call over 64 gauges in turn:
 *
 *     deno run -A --config bench/deno.json bench/alternatives/gauge_fractions.ts
 *
 * The decision that came of it: `docs/decisions/0034-confined-slabs.md`.
 *
 * @module
 */
import { Gauge as PromClientGauge } from "prom-client";
import { Gauge as CompatGauge } from "../../src/compat/mod.ts";
import { defaultRegistry, Gauge } from "../../mod.ts";

const CALLS = 200_000;
const SAMPLES = 40;
const CELL32 = 16;

const i32 = new Int32Array(new SharedArrayBuffer(64 * CELL32 * 4));
const f64 = new Float64Array(i32.buffer);

function many<T>(define: (options: { name: string; help: string }) => T): T[] {
  return Array.from({ length: 64 }, (_, i) => define({ name: `g${i}`, help: "One of many." }));
}

/** Takes the memory, as who posts it to another thread does: from then on each of these updates flips. */
function share(): void {
  void defaultRegistry.slab.buffer;
}

function ownGauges(): (calls: number) => void {
  const gauges = many((options) => new Gauge(options));
  return (calls) => {
    for (let call = 0; call < calls; call++) gauges[call & 63].inc(0.5);
  };
}

function compatGauges(): (calls: number) => void {
  const gauges = many((options) => new CompatGauge(options));
  return (calls) => {
    for (let call = 0; call < calls; call++) gauges[call & 63].inc(0.5);
  };
}

/** The parts, by what they are. */
const PARTS: Readonly<Record<string, () => (calls: number) => void>> = {
  "Atomics.add alone": () => (calls) => {
    for (let call = 0; call < calls; call++) Atomics.add(i32, (call & 63) * CELL32, 5);
  },
  "both copies by plain stores, which is not sound": () => (calls) => {
    for (let call = 0; call < calls; call++) {
      const cell = (call & 63) * CELL32;
      const sequence = i32[cell];
      const a64 = (cell >>> 1) + 2;
      const copy = sequence & 1;
      f64[a64 + 1 - copy] = f64[a64 + copy] + 0.5;
      i32[cell] = sequence + (copy === 0 ? 5 : 3);
    }
  },
  "both copies and Atomics.add, without any object": () => (calls) => {
    for (let call = 0; call < calls; call++) {
      const cell = (call & 63) * CELL32;
      const copy = i32[cell] & 1;
      const a64 = (cell >>> 1) + 2;
      f64[a64 + 1 - copy] = f64[a64 + copy] + 0.5;
      Atomics.add(i32, cell, copy === 0 ? 5 : 3);
    }
  },
  "promslab": ownGauges,
  "promslab, memory shared": () => {
    share();
    return ownGauges();
  },
  "promslab/compat": compatGauges,
  "promslab/compat, memory shared": () => {
    share();
    return compatGauges();
  },
  "prom-client": () => {
    const gauges = many((options) => new PromClientGauge(options));
    return (calls) => {
      for (let call = 0; call < calls; call++) gauges[call & 63].inc(0.5);
    };
  },
};

const [part] = Deno.args;
if (part === undefined) {
  for (const name of Object.keys(PARTS)) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", "bench/deno.json", import.meta.url, name],
    }).output();
    console.log(new TextDecoder().decode(stdout).trim());
  }
} else {
  const work = PARTS[part]();
  // Metrics of the global registry are published when the code that defined them has ended.
  await Promise.resolve();
  const samples = Array.from({ length: SAMPLES }, () => {
    const startMs = performance.now();
    work(CALLS);
    return (performance.now() - startMs) * 1e6 / CALLS;
  });
  console.log(`${Math.min(...samples).toFixed(1)}\t${part}`);
}
