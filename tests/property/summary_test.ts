/**
 * Whatever workers observe, and whichever of them end, a summary's quantiles are within the stated error of the exact
 * quantiles of what was observed in its window.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Summary } from "../../src/metric/summary.ts";
import { Fleet, type FleetWorker } from "../_support/fleet.ts";
import { testProperty } from "../_support/property.ts";

const SLOTS = 3;
const QUANTILES = [0, 0.3, 0.5, 0.95, 1];
const WINDOW_SECONDS = 100;
const PART_MS = WINDOW_SECONDS * 1000 / 5;

/** Values of both signs that differ by up to seven powers of ten, and what has no logarithm. */
const value = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(fc.double({ min: -3, max: 3.9, noNaN: true }), fc.constantFrom(1, 1, 1, -1)),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, Infinity, -Infinity) },
).map((drawn) => typeof drawn === "number" ? drawn : drawn[1] * 10 ** drawn[0]);

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("observe" as const),
      slot: fc.nat(SLOTS - 1),
      values: fc.array(value, { minLength: 1, maxLength: 20 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), slot: fc.nat(SLOTS - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), parts: fc.integer({ min: 1, max: 7 }) }),
  },
);

testProperty(
  "quantiles of all workers are within the stated error of the exact ones",
  fc.property(
    fc.constantFrom(0.001, 0.01, 0.2),
    fc.constantFrom(0, WINDOW_SECONDS),
    fc.array(command, { maxLength: 40 }),
    (relativeError, windowSeconds, commands) => {
      const clock = { ms: 1_700_000_000_000 };
      const wallNow = () => clock.ms;
      const fleet = new Fleet({ wallNow });
      const begin = (slot: number) => {
        const worker = fleet.start(slot, { wallNow, bytes: 1 << 21 });
        const options = { name: "s", help: "S.", quantiles: QUANTILES, relativeError, windowSeconds };
        return { worker, summary: new Summary({ ...options, registry: worker.registry }) };
      };
      const running: { worker: FleetWorker; summary: Summary }[] = [];
      for (let slot = 0; slot < SLOTS; slot++) running.push(begin(slot));
      const observed: { value: number; part: number }[] = [];
      const partNow = () => Math.floor(clock.ms / PART_MS);
      const check = () => {
        const recent = observed.filter(({ part }) => windowSeconds === 0 || partNow() - part < 5);
        const exact = Float64Array.from(recent, ({ value }) => value).sort();
        const samples = fleet.scrape();
        assertEquals(samples.get("s_count"), observed.length);
        for (const quantile of QUANTILES) {
          const found = samples.get(`s{quantile="${quantile}"}`)!;
          const wanted = exact.length === 0 ? NaN : exact[Math.floor(quantile * (exact.length - 1))];
          const off = Math.abs(found - wanted);
          const within = Object.is(found, wanted) || found === wanted ||
            off <= relativeError * Math.abs(wanted) * (1 + 1e-9);
          assert(within, `quantile ${quantile} of ${exact.length}: ${found} for ${wanted}`);
        }
      };
      for (const drawn of commands) {
        if (drawn.kind === "observe") {
          for (const each of drawn.values) {
            running[drawn.slot].summary.observe(each);
            observed.push({ value: each, part: partNow() });
          }
        } else if (drawn.kind === "end") {
          fleet.end(running[drawn.slot].worker);
          running[drawn.slot] = begin(drawn.slot);
        } else {
          clock.ms += drawn.parts * PART_MS;
          for (const { worker } of running) worker.registry.beat();
        }
        check();
      }
    },
  ),
  { runs: 60 },
);
