import { assertEquals } from "@std/assert";
import { EventScanner } from "../../../../src/llm/gateway/event_scanner.ts";

/** The data that is found in a text, cut into pieces of so many bytes. */
function found(text: string, pieceBytes = Infinity): string[] {
  const data: string[] = [];
  const scanner = new EventScanner((line) => data.push(line));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) scanner.push(bytes.subarray(at, at + pieceBytes));
  return data;
}

Deno.test("EventScanner finds the data of events, and nothing else", () => {
  const text =
    ': a comment\nevent: x\ndata: {"a":1}\n\ndata:2\ndata:  3\nid: 4\ndatas: 5\n\ndata: [DONE]\n\n';
  assertEquals(found(text), ['{"a":1}', "2", " 3", "[DONE]"]);
});

Deno.test("EventScanner finds the same however the bytes are cut, characters of several bytes among them", () => {
  const text = "data: für\r\ndata: €\u{1f600}\r\n\r\n";
  for (const pieceBytes of [1, 2, 3, 5, 100]) assertEquals(found(text, pieceBytes), ["für", "€\u{1f600}"]);
});

Deno.test("EventScanner takes no line that has not ended", () => {
  assertEquals(found("data: 1\ndata: 2"), ["1"]);
});

Deno.test("EventScanner keeps no more of a line than a megabyte, and goes on behind it", () => {
  const data: string[] = [];
  const scanner = new EventScanner((line) => data.push(line));
  const push = (text: string) => scanner.push(new TextEncoder().encode(text));
  push(`data: ${"a".repeat(1 << 20)}`);
  push("aaa\ndata: 2\n");
  assertEquals(data, ["2"]);
});
