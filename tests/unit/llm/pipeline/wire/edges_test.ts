import { assert, assertEquals } from "@std/assert";
import { Collector } from "../../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../../src/families/omni.ts";
import { BytePool } from "../../../../../src/llm/pipeline/wire/byte_pool.ts";
import { createEdgeMemory, hopCounts, InEdge, OutEdge } from "../../../../../src/llm/pipeline/wire/edges.ts";
import { MESSAGE } from "../../../../../src/llm/pipeline/wire/message.ts";
import { OmniMetrics } from "../../../../../src/llm/pipeline/omni_metrics.ts";
import { sharedNowMs } from "../../../../../src/llm/pipeline/wire/shared_clock.ts";
import type { Ticket } from "../../../../../src/llm/pipeline/wire/ticket.ts";
import { Registry } from "../../../../../src/registry/registry.ts";
import { createDoorbell } from "../../../../../src/slab/doorbell.ts";
import { sampleValue } from "../../../../_support/sample_value.ts";

const TICKET = { path: [] as readonly unknown[] } as Ticket;

function pair(options: { window?: number; aliases?: boolean } = {}) {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const { window = 2, aliases = false } = options;
  const metrics = new OmniMetrics({ model: "m", naming: { ...DEFAULT_OMNI_NAMING, aliases }, registry });
  const memory = createEdgeMemory({ ringKiB: 16, window });
  const common = { epoch: 1, memory, doorbell: createDoorbell(), window };
  const from = { stage: 0, replica: 1 };
  const to = { stage: 1, replica: 0 };
  const out = new OutEdge(from, { ...to, ...common }, metrics);
  const inEdge = new InEdge(to, { ...from, ...common }, { metrics, pool: new BytePool() });
  const collector = new Collector(registry);
  const labels = { model_name: "m", from_stage: "0", from_replica: "1", to_stage: "1", to_replica: "0" };
  const sample = (name: string) => sampleValue(collector, `vllm:omni_${name}`, labels);
  const send = (bytes: number, head?: Ticket, stream = 0) => {
    const part = { units: 1, more: false, last: true, stream };
    const message = {
      slot: 0,
      epoch: 1,
      id: 1,
      kind: MESSAGE.HOP,
      head,
      part,
      payload: new Uint8Array(bytes),
    };
    return out.send(message, sharedNowMs() - 2);
  };
  return { out, inEdge, sample, send, memory };
}

Deno.test("each hop is observed once by its sender and once by its receiver", () => {
  const { inEdge, sample, send } = pair();
  const sent = [send(1000, TICKET), send(2000)];
  assertEquals([sample("transfer_size_bytes_count"), sample("transfer_rx_s_count")], [2, 0]);
  const received: unknown[] = [];
  inEdge.drain(({ payload }, hop) => {
    received.push([payload.length, hop.stage, hop.replica]);
    assert(hop.inFlightSeconds! >= 0 && hop.inFlightSeconds! < 1);
  });
  assertEquals(received, [[1000, 0, 1], [2000, 0, 1]]);
  assertEquals(sample("transfer_size_bytes_sum"), 3000);
  assertEquals(sample("transfer_rx_s_count"), 2);
  assertEquals(sample("transfer_in_flight_s_count"), 2);
  assertEquals(sample("transfer_tx_s_sum"), sent[0]!.txSeconds! + sent[1]!.txSeconds!);
  assert(sample("transfer_tx_s_sum") >= 0.004);
});

Deno.test("under earlier names the same values are there, in their own unit", () => {
  const { sample, send } = pair({ aliases: true });
  const { txSeconds } = send(10)!;
  assertEquals(sample("transfer_tx_time_ms_sum"), txSeconds! * 1000);
  assertEquals(sample("transfer_tx_s_count"), sample("transfer_tx_time_ms_count"));
});

Deno.test("a sender opens as many requests as there are streams, and further ones when some have ended", () => {
  const { out, inEdge, send } = pair({ window: 2 });
  assertEquals(out.freeStream, 0);
  send(1, TICKET, 0);
  assertEquals(out.freeStream, 1);
  send(1, TICKET, 1);
  send(1, undefined, 0);
  assertEquals(out.freeStream, undefined);
  inEdge.drain(() => {});
  assertEquals(out.freeStream, undefined);
  inEdge.close(1);
  assertEquals(out.freeStream, 1);
});

Deno.test("by a stream no more follows than the receiver consumes, while others go on", () => {
  const { out, inEdge, send, memory } = pair({ window: 2 });
  send(1, TICKET, 0);
  send(1, TICKET, 1);
  let sent = 0;
  while (out.mayFollow(0)) {
    assert(send(out.hopBytesMax, undefined, 0) !== undefined);
    sent += out.hopBytesMax;
    inEdge.drain(() => {});
  }
  const bound = memory.ring.byteLength;
  assert(sent >= bound - 1 && sent < bound + out.hopBytesMax, `${sent} bytes wait`);
  assertEquals([out.mayFollow(0), out.mayFollow(1)], [false, true]);
  inEdge.consumed(0, out.hopBytesMax);
  assertEquals(out.mayFollow(0), true);
});

Deno.test("a full ring takes nothing more, and what it refused is not counted", () => {
  const { inEdge, sample, send, out } = pair();
  let sent = 0;
  while (send(out.hopBytesMax) !== undefined) sent++;
  assert(sent >= 3 && sent <= 8, `${sent} hops of an eighth of the ring`);
  assertEquals(sample("transfer_tx_s_count"), sent);
  inEdge.drain(() => {});
  assert(send(out.hopBytesMax) !== undefined);
});

Deno.test("a connection says how many hops each end has counted, as the metrics do", () => {
  const { inEdge, sample, send, memory } = pair();
  send(1);
  inEdge.drain(() => {});
  send(1);
  send(1);
  assertEquals(hopCounts(memory), { sent: 3, received: 1 });
  assertEquals([sample("transfer_tx_s_count"), sample("transfer_rx_s_count")], [3, 1]);
});
