import { assertEquals } from "@std/assert";
import { bytesOf } from "../../../src/host/ready_body.ts";

Deno.test("bytesOf() knows the size of each kind of ready body", () => {
  const bodies = [null, undefined, "", "täxt", new Uint8Array(3), new ArrayBuffer(4), new Blob(["ab"])];
  assertEquals(bodies.map(bytesOf), [0, 0, 0, 5, 3, 4, 2]);
  assertEquals(bytesOf(new URLSearchParams({ a: "1 2" })), 5);
  assertEquals(bytesOf(new FormData()), undefined);
});
