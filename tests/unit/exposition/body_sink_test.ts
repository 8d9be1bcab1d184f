import { assertEquals, assertStrictEquals } from "@std/assert";
import { BodySink, lasting, type PieceSource } from "../../../src/exposition/body_sink.ts";
import { ChunkPacker } from "../../../src/exposition/chunk_list.ts";
import type { FamilySamples } from "../../../src/model/samples.ts";
import { joined, TestFamily } from "../../_support/sample_blocks.ts";

const SAMPLES: FamilySamples = new TestFamily({ name: "g", type: "gauge" }).samples([1]);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A sink whose blocks bring these pieces, and which of them were released. */
function sinkOf(blocks: string[][], packer = new ChunkPacker()) {
  const released: string[] = [];
  const source: PieceSource = (_, add) => {
    for (const text of blocks.shift() ?? []) {
      add({
        bytes: bytesOf(text),
        release: () => released.push(text),
      });
    }
  };
  return { sink: new BodySink({ source, packer, footer: bytesOf("end") }), released };
}

Deno.test("BodySink joins the pieces of all blocks, and the footer behind them", () => {
  const { sink } = sinkOf([["a", "b"], [], ["c"]]);
  for (let i = 0; i < 3; i++) sink.samples(SAMPLES);
  assertEquals(new TextDecoder().decode(joined(sink.finish())), "abcend");
  assertEquals(new TextDecoder().decode(joined(sinkOf([]).sink.finish())), "end");
});

Deno.test("BodySink releases large pieces when its chunks are released, once", () => {
  const large = "x".repeat(40_000);
  const { sink, released } = sinkOf([[large]]);
  sink.samples(SAMPLES);
  sink.finish();
  assertEquals(released, [], "its bytes are handed out as they are");
  sink.release();
  sink.release();
  assertEquals(released, [large]);
});

Deno.test("BodySink releases nothing twice, whatever was joined", () => {
  const { sink, released } = sinkOf([["a", "b"]]);
  sink.samples(SAMPLES);
  sink.finish();
  sink.release();
  sink.release();
  assertEquals(released.length, new Set(released).size);
});

Deno.test("lasting() lends bytes that nobody has to give back", () => {
  const bytes = bytesOf("a");
  const piece = lasting(bytes);
  piece.release();
  assertStrictEquals(piece.bytes, bytes);
});
