/**
 * Quantiles of eight worker threads, against the exact ones of all that they observed, on five distributions.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Collector, createControl, createSlab, Registry } from "../../mod.ts";
import { DISTRIBUTIONS, drawFrom } from "../_support/distributions.ts";
import { samplesOf } from "../_support/fleet.ts";
import { Thread } from "../_support/threads.ts";
import type { SummaryOptions } from "./_summary_worker.ts";

const WORKERS = 8;
const OBSERVATIONS = 20_000;
const QUANTILES = [0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1];

for (const relativeError of [0.01, 0.001]) {
  test(
    `quantiles of ${WORKERS} workers are within ${100 * relativeError} %`,
    { timeout: 300_000 },
    async () => {
      const collector = new Collector(new Registry({ slabBytes: 1 << 20 }));
      const control = createControl();
      const threads = Array.from({ length: WORKERS }, (_, slot) => {
        const slab = createSlab({ slot, bytes: 1 << 23 });
        collector.addSlab(slab);
        const options: SummaryOptions = {
          slab,
          control,
          slot,
          observations: OBSERVATIONS,
          quantiles: QUANTILES,
          relativeError,
        };
        return new Thread(new URL("./_summary_worker.ts", import.meta.url), options);
      });
      await Promise.all(threads.map((thread) => thread.message()));
      const samples = samplesOf(collector.blocks());
      const worst: string[] = [];
      for (const name of Object.keys(DISTRIBUTIONS)) {
        const values = new Float64Array(WORKERS * OBSERVATIONS);
        for (let slot = 0; slot < WORKERS; slot++) {
          values.set(drawFrom(name, slot, OBSERVATIONS), slot * OBSERVATIONS);
        }
        values.sort();
        assert.equal(samples.get(`took_count{distribution="${name}"}`), values.length);
        const errors = QUANTILES.map((quantile) => {
          const found = samples.get(`took{distribution="${name}",quantile="${quantile}"}`)!;
          return Math.abs(found / values[Math.floor(quantile * (values.length - 1))] - 1);
        });
        const greatest = Math.max(...errors);
        assert.ok(greatest <= relativeError * (1 + 1e-9), `${name}: ${errors}`);
        worst.push(`${name} ${(100 * greatest).toFixed(3)} %`);
      }
      await Promise.all(threads.map((thread) => thread.worker.terminate()));
      console.log(`greatest error of ${QUANTILES.length} quantiles: ${worst.join(", ")}`);
    },
  );
}
