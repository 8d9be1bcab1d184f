import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { SlotChanges, SlottedBody } from "../../../src/exposition/slotted_body.ts";

/** A body of three lines, `a=`, `b=` and `c=`, with an empty slot behind each. */
function threeLines(): SlottedBody {
  return new SlottedBody(new TextEncoder().encode("a=\nb=\nc=\n"), Int32Array.of(2, 5, 8));
}

function replace(body: SlottedBody, texts: Record<number, string>, changes = new SlotChanges()): string {
  changes.clear(body.slotCount);
  for (const [slot, text] of Object.entries(texts)) {
    changes.writer.text(text);
    changes.add(Number(slot));
  }
  body.replace(changes);
  const lent = body.lend();
  lent.release();
  return new TextDecoder().decode(lent.bytes);
}

Deno.test("SlottedBody fills empty slots", () => {
  assertEquals(replace(threeLines(), { 0: "1", 1: "22", 2: "333" }), "a=1\nb=22\nc=333\n");
});

Deno.test("SlottedBody lets slots grow and shrink in every combination", () => {
  const texts = ["", "1", "4444"];
  const all = texts.flatMap((a) => texts.flatMap((b) => texts.map((c) => [a, b, c])));
  const changes = new SlotChanges();
  for (const before of all) {
    for (const after of all) {
      const body = threeLines();
      replace(body, { ...before }, changes);
      assertEquals(replace(body, { ...after }, changes), `a=${after[0]}\nb=${after[1]}\nc=${after[2]}\n`);
    }
  }
});

Deno.test("SlottedBody leaves the slots alone that do not change", () => {
  const body = threeLines();
  replace(body, { 0: "1", 1: "2", 2: "3" });
  assertEquals(replace(body, { 1: "9999" }), "a=1\nb=9999\nc=3\n");
  assertEquals(replace(body, { 0: "", 2: "x" }), "a=\nb=9999\nc=x\n");
  assertEquals(replace(body, {}), "a=\nb=9999\nc=x\n");
});

Deno.test("SlottedBody grows beyond its spare room", () => {
  const body = threeLines();
  const long = "x".repeat(10_000);
  replace(body, { 0: "1", 1: "2", 2: "3" });
  assertEquals(replace(body, { 1: long }), `a=1\nb=${long}\nc=3\n`);
  assertEquals(replace(body, { 1: "2" }), "a=1\nb=2\nc=3\n");
});

Deno.test("SlottedBody gives back at once what it grows out of, if nobody reads it", () => {
  const body = threeLines();
  replace(body, { 0: "1", 1: "2", 2: "3" });
  const returned = body.lend();
  returned.release();
  assertEquals(replace(body, { 1: "x".repeat(10_000) }), `a=1\nb=${"x".repeat(10_000)}\nc=3\n`);
  assertEquals(returned.bytes.buffer.byteLength, 0);
  const lent = body.lend();
  assertEquals(replace(body, { 1: "y".repeat(20_000) }), `a=1\nb=${"y".repeat(20_000)}\nc=3\n`);
  assertEquals(new TextDecoder().decode(lent.bytes), `a=1\nb=${"x".repeat(10_000)}\nc=3\n`);
});

Deno.test("SlottedBody leaves lent bytes alone until they are released, and then writes over them", () => {
  const decoder = new TextDecoder();
  const body = threeLines();
  replace(body, { 0: "1", 1: "2", 2: "3" });
  const first = body.lend();
  const again = body.lend();
  assertStrictEquals(again.bytes, first.bytes);
  replace(body, { 1: "4" });
  assertEquals(decoder.decode(first.bytes), "a=1\nb=2\nc=3\n");
  const second = body.lend();
  assertNotStrictEquals(second.bytes.buffer, first.bytes.buffer);
  first.release();
  second.release();
  replace(body, { 1: "5" });
  const third = body.lend();
  assertStrictEquals(third.bytes.buffer, second.bytes.buffer);
  assertNotStrictEquals(third.bytes, second.bytes);
  assertEquals(decoder.decode(third.bytes), "a=1\nb=5\nc=3\n");
  assertEquals(decoder.decode(again.bytes), "a=1\nb=2\nc=3\n");
});

Deno.test("SlottedBody counts a release once", () => {
  const body = threeLines();
  const first = body.lend();
  const second = body.lend();
  first.release();
  first.release();
  replace(body, { 0: "1" });
  assertEquals(new TextDecoder().decode(second.bytes), "a=\nb=\nc=\n");
});

Deno.test("SlottedBody tells what a slot shows", () => {
  const body = threeLines();
  replace(body, { 0: "12" });
  assertEquals(body.shows(0, new TextEncoder().encode("12")), true);
  assertEquals(body.shows(0, new TextEncoder().encode("13")), false);
  assertEquals(body.shows(0, new TextEncoder().encode("1")), false);
  assertEquals(body.shows(1, new Uint8Array()), true);
});

Deno.test("SlottedBody tells that its bytes were transferred away", () => {
  const body = threeLines();
  assertEquals(body.isDetached, false);
  replace(body, { 0: "1" });
  assertEquals(body.isDetached, false);
  const { bytes } = body.lend();
  structuredClone(bytes, { transfer: [bytes.buffer] });
  assertEquals(body.isDetached, true);
});
