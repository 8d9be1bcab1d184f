import { assertEquals } from "@std/assert";
import {
  COMMAND,
  decodeAdd,
  encodeAbort,
  encodeAdd,
  encodeResetPrefixCache,
  encodeSleep,
  encodeWake,
} from "../../../../src/llm/wire/request_frame.ts";

Deno.test("encodeAdd() and decodeAdd() carry a request", () => {
  const request = {
    id: 12,
    maxTokens: 100,
    minTokens: 5,
    ignoreEos: true,
    limited: true,
    seed: -77,
    adapter: 3,
    cacheSalt: 9,
  };
  const frame = encodeAdd({ ...request, promptTokens: [100, 200, 300] });
  assertEquals(frame[0], COMMAND.ADD);
  assertEquals(decodeAdd(frame), { ...request, promptTokens: Int32Array.of(100, 200, 300) });
  const plain = decodeAdd(encodeAdd({ id: 1, promptTokens: [1], maxTokens: 2, seed: 0 }));
  assertEquals([plain.ignoreEos, plain.limited, plain.adapter, plain.cacheSalt], [false, false, -1, 0]);
  assertEquals([...encodeAbort(5), ...encodeSleep(2)], [COMMAND.ABORT, 5, COMMAND.SLEEP, 2]);
});

Deno.test("decodeAdd() gives a prompt of its own, as a frame is valid only while it is read", () => {
  const frame = encodeAdd({ id: 1, promptTokens: [7, 8], maxTokens: 2, seed: 0 });
  const { promptTokens } = decodeAdd(frame);
  frame.fill(0);
  assertEquals(promptTokens, Int32Array.of(7, 8));
});

Deno.test("encodeAdd() tells its two switches apart, and keeps numbers of 32 bits with their sign", () => {
  for (const ignoreEos of [false, true]) {
    for (const limited of [false, true]) {
      const request = { id: -1, promptTokens: [], maxTokens: 0, seed: -(2 ** 31), ignoreEos, limited };
      const decoded = decodeAdd(encodeAdd(request));
      assertEquals([decoded.ignoreEos, decoded.limited, decoded.id, decoded.seed], [
        ignoreEos,
        limited,
        -1,
        -(2 ** 31),
      ]);
    }
  }
});

Deno.test("no two commands begin with the same word", () => {
  const add = encodeAdd({ id: 1, promptTokens: [], maxTokens: 0, seed: 0 });
  const frames = [add, encodeAbort(1), encodeSleep(1), encodeWake(), encodeResetPrefixCache()];
  assertEquals(frames.map(([command]) => command), Object.values(COMMAND));
  assertEquals(new Set(Object.values(COMMAND)).size, frames.length);
});
