import { assertEquals, assertInstanceOf } from "@std/assert";
import { logError, logLine, writeStderr } from "../../../src/server/log.ts";

/** What was written while `run` ran; with `fails` every write throws, as in Deno after the terminal was closed. */
function written(run: () => void, fails = false): unknown[][] {
  const lines: unknown[][] = [];
  const { error } = console;
  console.error = (...what: unknown[]) => {
    lines.push(what);
    if (fails) throw new Error("Input/output error");
  };
  try {
    run();
  } finally {
    console.error = error;
  }
  return lines;
}

Deno.test("logLine() and logError() write one line, an error with its stack", () => {
  assertEquals(written(() => logLine("ready")), [["promslab: ready"]]);
  assertEquals(written(() => logError("odd")), [["promslab: odd"]]);
  const [[line, error]] = written(() => logError("odd", new Error("x")));
  assertEquals(line, "promslab: odd:");
  assertInstanceOf(error, Error);
});

Deno.test("writeStderr() fails nobody when nobody reads", () => {
  assertEquals(written(() => writeStderr("lost"), true), [["lost"]]);
});
