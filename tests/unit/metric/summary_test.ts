import { assert, assertEquals, assertThrows } from "@std/assert";
import { Summary, type SummaryOptions } from "../../../src/metric/summary.ts";
import { Fleet, type FleetWorker } from "../../_support/fleet.ts";

const NAME = "took_seconds";

function define({ registry }: FleetWorker, options: Partial<SummaryOptions<"to">> = {}) {
  return new Summary<"to">({ name: NAME, help: "Took.", labelNames: ["to"], registry, ...options });
}

/** Time that all threads of a fleet share. */
function timedFleet() {
  const clock = { ms: 1_700_000_000_000 };
  const wallNow = () => clock.ms;
  const fleet = new Fleet({ wallNow });
  const start = (slot: number) => fleet.start(slot, { wallNow });
  return { fleet, start, clock };
}

function quantile(fleet: Fleet, q: number): number | undefined {
  return fleet.scrape().get(`${NAME}{to="a",quantile="${q}"}`);
}

function assertNear(value: number | undefined, exact: number, relativeError = 0.01): void {
  assert(
    value !== undefined && Math.abs(value - exact) <= relativeError * Math.abs(exact) * (1 + 1e-9),
    `${value} for ${exact}`,
  );
}

Deno.test("a summary has no quantiles unless they are asked for", () => {
  const fleet = new Fleet();
  const [a, b] = [0, 1].map((slot) => define(fleet.start(slot)));
  a.observe({ to: "a" }, 1.5);
  b.labels("a").observe(2);
  b.observe({ to: "a" }, -0.25);
  assertEquals(fleet.scrape(), new Map([[`${NAME}_sum{to="a"}`, 3.25], [`${NAME}_count{to="a"}`, 3]]));
});

Deno.test("a summary without labels starts at 0, its quantiles at NaN", () => {
  const fleet = new Fleet();
  new Summary({ name: NAME, help: "Took.", quantiles: [0, 0.5], registry: fleet.start(0).registry });
  assertEquals(
    fleet.scrape(),
    new Map([
      [`${NAME}{quantile="0"}`, NaN],
      [`${NAME}{quantile="0.5"}`, NaN],
      [`${NAME}_sum`, 0],
      [`${NAME}_count`, 0],
    ]),
  );
});

Deno.test("quantiles are those of all workers together", () => {
  const fleet = new Fleet();
  const quantiles = [0, 0.25, 0.5, 0.99, 1];
  const workers = [0, 1, 2].map((slot) => define(fleet.start(slot), { quantiles }));
  // Each worker by itself has other quantiles: the first the small values, the last the great ones.
  for (let i = 1; i <= 300; i++) workers[Math.floor((i - 1) / 100)].observe({ to: "a" }, i);
  for (const q of quantiles) assertNear(quantile(fleet, q), 1 + Math.floor(q * 299));
  assertEquals(fleet.scrape().get(`${NAME}_sum{to="a"}`), 45150);
  assertEquals(fleet.scrape().get(`${NAME}_count{to="a"}`), 300);
});

Deno.test("quantiles tell the sign, zero and the infinities", () => {
  const fleet = new Fleet();
  const quantiles = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const summary = define(fleet.start(0), { quantiles });
  for (const value of [-Infinity, -50, -2, 0, 7, Infinity]) summary.observe({ to: "a" }, value);
  const found = quantiles.map((q) => quantile(fleet, q)!);
  assertEquals([found[0], found[3], found[5]], [-Infinity, 0, Infinity]);
  assertNear(found[1], -50);
  assertNear(found[2], -2);
  assertNear(found[4], 7);
});

Deno.test("quantiles look back over the window alone, sum and count over everything", () => {
  const { fleet, start, clock } = timedFleet();
  const options = { quantiles: [0.5], windowSeconds: 100 };
  const worker = start(0);
  const summary = define(worker, options);
  summary.observe({ to: "a" }, 10);
  assertNear(quantile(fleet, 0.5), 10);
  clock.ms += 80_000;
  worker.registry.beat();
  summary.observe({ to: "a" }, 20);
  summary.observe({ to: "a" }, 20);
  assertNear(quantile(fleet, 0.5), 20);
  assertNear(fleet.scrape().get(`${NAME}_sum{to="a"}`), 50, 0);
  clock.ms += 80_000;
  assertNear(quantile(fleet, 0.5), 20);
  clock.ms += 20_000;
  assertEquals(quantile(fleet, 0.5), NaN, "nothing was observed in the last 100 seconds");
  worker.registry.beat();
  summary.observe({ to: "a" }, 30);
  assertNear(quantile(fleet, 0.5), 30);
  assertEquals(fleet.scrape().get(`${NAME}_count{to="a"}`), 4);
});

Deno.test("a busy thread that never beats moves on to the next slot all the same", () => {
  const { fleet, start, clock } = timedFleet();
  const summary = define(start(0), { quantiles: [0.5], windowSeconds: 100 });
  summary.observe({ to: "a" }, 10);
  clock.ms += 200_000;
  for (let i = 0; i < 200; i++) summary.observe({ to: "a" }, 20);
  assertNear(quantile(fleet, 0.5), 20);
});

Deno.test("what an ended worker observed counts until the window has passed", () => {
  const { fleet, start, clock } = timedFleet();
  const options = { quantiles: [0.5], windowSeconds: 100 };
  const workers = [start(0), start(1)];
  const [a, b] = workers.map((worker) => define(worker, options));
  for (let i = 0; i < 3; i++) a.observe({ to: "a" }, 10);
  b.observe({ to: "a" }, 500);
  fleet.end(workers[0]);
  assertNear(quantile(fleet, 0.5), 10);
  clock.ms += 120_000;
  assertEquals(quantile(fleet, 0.5), NaN);
  workers[1].registry.beat();
  b.observe({ to: "a" }, 500);
  assertNear(quantile(fleet, 0.5), 500);
  assertEquals(fleet.scrape().get(`${NAME}_count{to="a"}`), 5);
});

Deno.test("quantiles without window look back for ever, over ended workers too", () => {
  const { fleet, start, clock } = timedFleet();
  const options = { quantiles: [0.5, 1], windowSeconds: 0 };
  const worker = start(0);
  const summary = define(worker, options);
  for (let i = 0; i < 3; i++) summary.observe({ to: "a" }, 10);
  fleet.end(worker);
  clock.ms += 1e12;
  const next = define(start(0), options);
  next.observe({ to: "a" }, 20);
  assertNear(quantile(fleet, 0.5), 10);
  assertNear(quantile(fleet, 1), 20);
});

Deno.test("a removed summary comes back without its past", () => {
  const fleet = new Fleet();
  const summary = define(fleet.start(0), { quantiles: [0.5] });
  const child = summary.labels("a");
  child.observe(5);
  summary.remove({ to: "a" });
  assertEquals(fleet.scrape(), new Map());
  child.observe(70);
  assertNear(quantile(fleet, 0.5), 70);
  assertEquals(fleet.scrape().get(`${NAME}_count{to="a"}`), 1);
});

Deno.test("Summary.time() and startTimer() observe seconds", async () => {
  const fleet = new Fleet();
  const summary = define(fleet.start(0));
  assertEquals(summary.time({ to: "a" }, () => 7), 7);
  assertEquals(await summary.labels("a").time(() => Promise.resolve(8)), 8);
  assert(summary.startTimer({ to: "a" })() >= 0);
  assertEquals(fleet.scrape().get(`${NAME}_count{to="a"}`), 3);
});

Deno.test("a summary refuses NaN and options out of range", () => {
  const fleet = new Fleet();
  const summary = define(fleet.start(0));
  assertThrows(
    () => summary.observe({ to: "a" }, NaN),
    RangeError,
    `Cannot observe with summary "${NAME}": wanted a number that is not NaN, given NaN`,
  );
  assertThrows(() => summary.labels("a").observe("1" as unknown as number), RangeError);
  assertThrows(() => summary.observe(1), TypeError);
  const worker = fleet.start(1);
  const bad = (options: object) => () => define(worker, options);
  assertThrows(bad({ quantiles: [1.1] }), RangeError, "wanted quantiles from 0 to 1, given 1.1");
  assertThrows(bad({ quantiles: [0.5, 0.5] }), RangeError, "wanted quantiles in ascending order");
  assertThrows(bad({ quantiles: 0.5 }), TypeError, "wanted quantiles as an array");
  assertThrows(bad({ relativeError: 0.0001 }), RangeError, "wanted a relativeError from 0.001 to 0.5");
  assertThrows(bad({ windowSeconds: 0.5 }), RangeError, "wanted windowSeconds from 1, or 0 for ever");
  assertThrows(bad({ labelNames: ["quantile"] }), RangeError, "reserved");
});
