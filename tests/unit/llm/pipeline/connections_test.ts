/** Hops are accounted for, wherever a replica is when it is killed. */
import { assertEquals, assertGreater } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../src/families/omni.ts";
import { BytePool } from "../../../../src/llm/pipeline/wire/byte_pool.ts";
import { type ConnectionEnd, Connections } from "../../../../src/llm/pipeline/connections.ts";
import { createEdgeMemory, InEdge, OutEdge } from "../../../../src/llm/pipeline/wire/edges.ts";
import { MESSAGE } from "../../../../src/llm/pipeline/wire/message.ts";
import { OmniMetrics } from "../../../../src/llm/pipeline/omni_metrics.ts";
import { sharedNowMs } from "../../../../src/llm/pipeline/wire/shared_clock.ts";
import type { Ticket } from "../../../../src/llm/pipeline/wire/ticket.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { createDoorbell } from "../../../../src/slab/doorbell.ts";
import { createSlab } from "../../../../src/slab/slab.ts";
import { sampleValue } from "../../../_support/sample_value.ts";

const TICKET = { path: [] as readonly unknown[] } as Ticket;
const WINDOW = 8;

/** A replica without a thread. */
interface End extends ConnectionEnd {
  readonly registry: Registry;
  readonly metrics: OmniMetrics;
}

function createEnd(stage: number, epoch = 1): End {
  const slab = createSlab({ bytes: 1 << 20, slot: stage, epoch });
  const registry = new Registry();
  registry.attach({ slab });
  const metrics = new OmniMetrics({ model: "m", naming: DEFAULT_OMNI_NAMING, registry });
  return { stage, replica: 0, epoch, slab, registry, metrics };
}

/** Replicas of two stages, and what main knows of them. */
class Pipeline {
  readonly ends: End[] = [];
  lost = 0;
  readonly connections = new Connections<End>({
    naming: DEFAULT_OMNI_NAMING,
    lost: (_, hops) => this.lost += hops,
  });

  start(stage: number, epoch?: number): End {
    const end = createEnd(stage, epoch);
    this.ends.push(end);
    return end;
  }

  connect(from: End, to: End) {
    const memory = createEdgeMemory({ ringKiB: 16, window: WINDOW });
    this.connections.add(from, to, memory);
    const common = { memory, doorbell: createDoorbell(), window: WINDOW };
    const out = new OutEdge(from, { ...to, ...common }, from.metrics);
    const inEdge = new InEdge(to, { ...from, ...common }, { metrics: to.metrics, pool: new BytePool() });
    const send = () => {
      const part = { units: 1, more: false, last: true, stream: 0 };
      const payload = new Uint8Array(100);
      const key = { slot: 0, epoch: 1, id: 1, kind: MESSAGE.HOP };
      out.send({ ...key, head: TICKET, part, payload }, sharedNowMs());
    };
    const take = () => inEdge.drain(() => {});
    return { send, take };
  }

  /** Hops by the histograms of both sides, as a scrape has them. */
  counted(): { size: number; tx: number; rx: number; inFlight: number } {
    const collector = new Collector(new Registry());
    for (const { slab } of this.ends) collector.addSlab(slab);
    const count = (name: string) => sampleValue(collector, `vllm:omni_transfer_${name}_count`);
    return {
      size: count("size_bytes"),
      tx: count("tx_s"),
      rx: count("rx_s"),
      inFlight: count("in_flight_s"),
    };
  }

  checkAccounts(where: string): void {
    const { size, tx, rx, inFlight } = this.counted();
    assertEquals({ size, inFlight, tx }, { size: tx, inFlight: rx, tx: rx + this.lost }, where);
  }
}

class Killed extends Error {}

/** Runs what a thread does up to its `steps`-th atomic access, where it is killed; returns whether it was. */
function killAt(steps: number, run: () => void): boolean {
  const { add, store } = Atomics;
  let left = steps;
  const step = () => {
    // Who is dead stays dead: nothing that would run on the way out changes anything.
    if (left-- <= 0) throw new Killed();
  };
  Atomics.add = ((...args: Parameters<typeof add>) => (step(), add(...args))) as typeof add;
  Atomics.store = ((...args: Parameters<typeof store>) => (step(), store(...args))) as typeof store;
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  } finally {
    Object.assign(Atomics, { add, store });
  }
}

/** Two ends with one connection, by which a hop has come. */
function connectTwo(): { pipeline: Pipeline; from: End; to: End; send: () => void; take: () => void } {
  const pipeline = new Pipeline();
  const [from, to] = [pipeline.start(0), pipeline.start(1)];
  const { send, take } = pipeline.connect(from, to);
  send();
  take();
  return { pipeline, from, to, send, take };
}

/** Calls `check` for a kill at each atomic access of something, and once for none. Returns how many kills there were. */
function forEveryKill(check: (steps: number) => boolean): number {
  let steps = 0;
  while (check(steps)) steps++;
  return steps;
}

Deno.test("a sender that is killed anywhere in a hop has sent it, and it is received or lost", () => {
  const outcomes = new Set<string>();
  const kills = forEveryKill((steps) => {
    const { pipeline, from, to, send, take } = connectTwo();
    send();
    const killed = killAt(steps, send);
    pipeline.connections.ended(from);
    take();
    pipeline.connections.drained(to, from);
    pipeline.checkAccounts(`killed at ${steps}`);
    outcomes.add(`${pipeline.counted().tx} sent, ${pipeline.lost} lost`);
    return killed;
  });
  assertGreater(kills, 4);
  assertEquals([...outcomes].sort(), ["2 sent, 0 lost", "3 sent, 0 lost", "3 sent, 1 lost"]);
});

Deno.test("a receiver that is killed anywhere in a hop has received it, or it is lost", () => {
  const outcomes = new Set<string>();
  const kills = forEveryKill((steps) => {
    const { pipeline, from, to, send, take } = connectTwo();
    send();
    send();
    const killed = killAt(steps, take);
    send();
    pipeline.connections.ended(to);
    pipeline.connections.letGo(from, to);
    pipeline.checkAccounts(`killed at ${steps}`);
    outcomes.add(`${pipeline.counted().rx} received, ${pipeline.lost} lost`);
    return killed;
  });
  assertGreater(kills, 8);
  assertEquals([...outcomes].sort(), ["1 received, 3 lost", "2 received, 2 lost", "3 received, 1 lost"]);
});

Deno.test("two ends that are killed, each in a hop, and the ones in their place are accounted for", () => {
  for (let sending = 0; sending < 9; sending++) {
    for (let receiving = 0; receiving < 9; receiving++) {
      const pipeline = new Pipeline();
      const [from, first] = [pipeline.start(0), pipeline.start(1)];
      const before = pipeline.connect(from, first);
      for (let i = 0; i < 4; i++) before.send();
      killAt(receiving, before.take);
      pipeline.connections.ended(first);
      // The place of the lost one is taken before its sender has heard of it.
      const second = pipeline.start(1, 2);
      const after = pipeline.connect(from, second);
      pipeline.connections.letGo(from, first);
      for (let i = 0; i < 3; i++) after.send();
      after.take();
      killAt(sending, after.send);
      pipeline.connections.ended(from);
      after.take();
      pipeline.connections.drained(second, from);
      pipeline.checkAccounts(`killed at ${sending} and ${receiving}`);
    }
  }
});

Deno.test("a hop under way is counted once, though its sender had several connections with one place", () => {
  for (let steps = 0; steps < 9; steps++) {
    const pipeline = new Pipeline();
    const [from, first] = [pipeline.start(0), pipeline.start(1)];
    const before = pipeline.connect(from, first);
    before.send();
    pipeline.connections.ended(first);
    const second = pipeline.start(1, 2);
    const after = pipeline.connect(from, second);
    killAt(steps, after.send);
    pipeline.connections.ended(from);
    after.take();
    pipeline.connections.drained(second, from);
    pipeline.checkAccounts(`killed at ${steps}`);
  }
});

Deno.test("a hop under way is received once, though its receiver had several connections with one place", () => {
  for (let steps = 0; steps < 16; steps++) {
    const pipeline = new Pipeline();
    const [first, to] = [pipeline.start(0), pipeline.start(1)];
    const before = pipeline.connect(first, to);
    before.send();
    before.take();
    pipeline.connections.ended(first);
    // The receiver has not said yet that it has drained the first.
    const second = pipeline.start(0, 2);
    const after = pipeline.connect(second, to);
    after.send();
    killAt(steps, after.take);
    pipeline.connections.ended(to);
    pipeline.connections.letGo(second, to);
    pipeline.checkAccounts(`killed at ${steps}`);
  }
});

Deno.test("what an end stores after its end was told does not change what is lost", () => {
  const pipeline = new Pipeline();
  const [from, to] = [pipeline.start(0), pipeline.start(1)];
  const { send, take } = pipeline.connect(from, to);
  for (let i = 0; i < 3; i++) send();
  pipeline.connections.ended(to);
  take();
  pipeline.connections.ended(from);
  send();
  assertEquals(pipeline.lost, 3);
});

Deno.test("ends know those at the other end until their connection is over", () => {
  const pipeline = new Pipeline();
  const [from, to] = [pipeline.start(0), pipeline.start(1)];
  const { connections } = pipeline;
  pipeline.connect(from, to);
  assertEquals([connections.targetsOf(from), connections.sourcesOf(to)], [[to], [from]]);
  assertEquals([connections.targetsOf(to), connections.sourcesOf(from)], [[], []]);
  connections.ended(from);
  assertEquals(connections.targetsOf(from), [to]);
  connections.drained(to, from);
  assertEquals([connections.targetsOf(from), connections.sourcesOf(to)], [[], []]);
});
