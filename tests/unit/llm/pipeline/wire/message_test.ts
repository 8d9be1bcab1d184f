import { assertEquals } from "@std/assert";
import {
  decodeMessage,
  encodeMessage,
  keyText,
  MESSAGE,
  PackedMessage,
  setSentMs,
} from "../../../../../src/llm/pipeline/wire/message.ts";

Deno.test("a message keeps its key, its object and its bytes, whatever their lengths", () => {
  for (let bytes = 0; bytes < 9; bytes++) {
    const payload = Uint8Array.from({ length: bytes }, (_, i) => i + 1);
    const head = { text: "é".repeat(bytes), more: true };
    const part = { units: bytes, more: bytes % 2 === 0, last: bytes % 3 === 0, stream: bytes };
    const message = { slot: 3, epoch: 2, id: 77, kind: MESSAGE.HOP, head, part, payload };
    const got = decodeMessage(encodeMessage(message));
    assertEquals(got, { ...message, sentMs: 0, payload: got.payload });
    assertEquals([...got.payload], [...payload]);
    assertEquals(keyText(got), "3.2.77");
  }
});

Deno.test("a message that is written into other memory owns its bytes when it was read", () => {
  const packed = new PackedMessage({ slot: 0, epoch: 1, id: 1, kind: 8, payload: Uint8Array.of(5, 6) });
  const memory = new Int32Array(64);
  const frame = memory.subarray(7, 7 + packed.length);
  packed.put(frame);
  setSentMs(frame, 1.7e12 + 0.25);
  const { payload, sentMs, head } = decodeMessage(frame);
  memory.fill(0);
  assertEquals([[...payload], sentMs, head], [[5, 6], 1.7e12 + 0.25, undefined]);
});
