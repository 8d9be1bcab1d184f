import { assertEquals, assertInstanceOf } from "@std/assert";
import { logError, logLine, writeStderr } from "../../../src/server/log.ts";
import { stderrLines } from "../../_support/stderr_lines.ts";

Deno.test("logLine() and logError() write one line, an error with its stack", () => {
  assertEquals(stderrLines(() => logLine("ready")), [["promslab: ready"]]);
  assertEquals(stderrLines(() => logError("odd")), [["promslab: odd"]]);
  const [[line, error]] = stderrLines(() => logError("odd", new Error("x")));
  assertEquals(line, "promslab: odd:");
  assertInstanceOf(error, Error);
});

Deno.test("writeStderr() fails nobody when nobody reads", () => {
  assertEquals(stderrLines(() => writeStderr("lost"), true), [["lost"]]);
});
