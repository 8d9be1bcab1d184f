import { assert, assertEquals } from "@std/assert";
import { Collector } from "../../../../src/collect/collector.ts";
import { DEFAULT_OMNI_NAMING } from "../../../../src/families/omni.ts";
import { createEdgeMemory, InEdge, OutEdge, unreadFrames } from "../../../../src/llm/pipeline/edges.ts";
import { MESSAGE } from "../../../../src/llm/pipeline/message.ts";
import { OmniMetrics } from "../../../../src/llm/pipeline/omni_metrics.ts";
import { sharedNowMs } from "../../../../src/llm/pipeline/shared_clock.ts";
import type { HopHead, Ticket } from "../../../../src/llm/pipeline/ticket.ts";
import { Registry } from "../../../../src/registry/registry.ts";
import { createDoorbell } from "../../../../src/slab/doorbell.ts";
import { sampleValue } from "../../../_support/sample_value.ts";

const TICKET = { path: [] as readonly unknown[] } as Ticket;

function pair(options: { window?: number; aliases?: boolean } = {}) {
  const registry = new Registry({ slabBytes: 4 << 20 });
  const { window = 2, aliases = false } = options;
  const metrics = new OmniMetrics({ model: "m", naming: { ...DEFAULT_OMNI_NAMING, aliases }, registry });
  const memory = createEdgeMemory(16);
  const common = { epoch: 1, memory, doorbell: createDoorbell(), window };
  const from = { stage: 0, replica: 1 };
  const to = { stage: 1, replica: 0 };
  const out = new OutEdge(from, { ...to, ...common }, metrics);
  const inEdge = new InEdge(to, { ...from, ...common }, metrics);
  const collector = new Collector(registry);
  const labels = { model_name: "m", from_stage: "0", from_replica: "1", to_stage: "1", to_replica: "0" };
  const sample = (name: string) => sampleValue(collector, `vllm:omni_${name}`, labels);
  const send = (bytes: number, ticket?: Ticket) => {
    const head: HopHead = { ticket, units: 1, more: false, last: true };
    const message = { slot: 0, epoch: 1, id: 1, kind: MESSAGE.HOP, head, payload: new Uint8Array(bytes) };
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

Deno.test("a sender opens as many requests as it has credits, and further ones when some have ended", () => {
  const { out, inEdge, send } = pair({ window: 2 });
  send(1, TICKET);
  assert(out.mayOpen);
  send(1, TICKET);
  send(1);
  assert(!out.mayOpen);
  inEdge.drain(() => {});
  assert(!out.mayOpen);
  inEdge.close();
  assert(out.mayOpen);
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

Deno.test("unreadFrames() is what was sent and not received", () => {
  const { inEdge, sample, send, memory } = pair();
  send(1);
  inEdge.drain(() => {});
  send(1);
  send(1);
  const lost = unreadFrames(memory);
  assertEquals(sample("transfer_tx_s_count"), sample("transfer_rx_s_count") + lost);
});
