import { assertEquals, assertLess, assertThrows } from "@std/assert";
import { type FindingCode, LineError } from "../../../../src/exposition/check/finding.ts";
import { type Dialect, scanMetadata, scanSample } from "../../../../src/exposition/check/scan_line.ts";

/** The rule that a line with a value breaks, or undefined. */
function brokenRule(line: string, dialect: Dialect): FindingCode | undefined {
  try {
    scanSample(line, 1, dialect);
    return undefined;
  } catch (error) {
    if (error instanceof LineError) return error.code;
    throw error;
  }
}

function valueOf(text: string): number {
  return scanSample(`a ${text}`, 1, "openmetrics").value;
}

Deno.test("scanSample() gives what stands in a line, and the line's number", () => {
  assertEquals(scanSample('a_total{b="c",d=""} 1e3 12.5 # {e="f"} 0.5 7', 4, "openmetrics"), {
    name: "a_total",
    labels: new Map([["b", "c"], ["d", ""]]),
    value: 1000,
    valueText: "1e3",
    timestamp: 12.5,
    exemplar: { labels: new Map([["e", "f"]]), value: 0.5, timestamp: 7 },
    line: 4,
  });
});

Deno.test("scanSample() leaves out what a line does not have", () => {
  const { labels, timestamp, exemplar } = scanSample("a 1", 1, "text");
  assertEquals([labels, timestamp, exemplar], [new Map(), undefined, undefined]);
  assertEquals(scanSample("a 1 # {} 2", 1, "openmetrics").timestamp, undefined);
  assertEquals(scanSample("a 1 # {} 2", 1, "openmetrics").exemplar?.timestamp, undefined);
});

Deno.test("scanSample() turns the text format's milliseconds into seconds, before 1970 too", () => {
  assertEquals(scanSample("a 1 1520430000123", 1, "text").timestamp, 1520430000.123);
  assertEquals(scanSample("a 1 -500", 1, "text").timestamp, -0.5);
  assertEquals(scanSample("a 1 1520430000.123", 1, "openmetrics").timestamp, 1520430000.123);
});

Deno.test("scanSample() reads a number in every spelling that Go writes and reads", () => {
  const spellings: readonly [text: string, value: number][] = [
    ["0", 0],
    ["+5", 5],
    ["-.5", -0.5],
    ["5.", 5],
    ["1E+2", 100],
    ["4.9e-324", Number.MIN_VALUE],
    ["Inf", Infinity],
    ["+inf", Infinity],
    ["-Infinity", -Infinity],
    ["nAn", NaN],
  ];
  for (const [text, value] of spellings) assertEquals(valueOf(text), value, text);
});

Deno.test("scanSample() takes no number that only JavaScript knows, and none beyond a double", () => {
  for (const text of ["0x1F", "1_0", "0b1", "1e", ".", "1e309", "-1e309", "infinit", "-nan", "5n"]) {
    assertEquals(brokenRule(`a ${text}`, "text"), "bad-value", text);
  }
});

Deno.test("scanSample() looks at a long run of digits once, not once for each digit", () => {
  const start = performance.now();
  assertEquals(brokenRule(`a ${"9".repeat(300_000)}z`, "text"), "bad-value");
  // A pattern that tries to split the run in every way takes a minute.
  assertLess(performance.now() - start, 10_000);
});

Deno.test("scanSample() resolves escapes once, from left to right", () => {
  const { labels } = scanSample('a{b="\\\\n",c="\\n",d="\\"}"} 1', 1, "text");
  assertEquals([...labels.values()], ["\\n", "\n", '"}']);
});

Deno.test("scanSample() takes a quoted name as the metric's only where no name stands before the braces", () => {
  const { name, labels } = scanSample('{"a b","c\\"d"="e"} 1', 1, "text");
  assertEquals([name, [...labels]], ["a b", [['c"d', "e"]]]);
  assertEquals(brokenRule('{c="d","a b"} 1', "text"), "bad-labels");
  assertEquals(brokenRule('a{"a b"} 1', "text"), "bad-labels");
  assertEquals(brokenRule('{"a","b"} 1', "text"), "bad-labels");
  // With an equals sign behind it, the quoted word is a label, and then the name is missing.
  assertEquals(brokenRule('{"a b"="c"} 1', "text"), "bad-metric-name");
});

Deno.test("scanSample() allows blanks between tokens in the text format, and single spaces only in OpenMetrics", () => {
  const line = '\ta { b = "c" , } \t 1\t5 ';
  const { name, labels, value, timestamp } = scanSample(line, 1, "text");
  assertEquals([name, labels.get("b"), value, timestamp], ["a", "c", 1, 0.005]);
  assertEquals(brokenRule('a{ b="c"} 1', "openmetrics"), "bad-label-name");
  assertEquals(brokenRule('a{b= "c"} 1', "openmetrics"), "bad-labels");
  assertEquals(brokenRule("a\t1", "openmetrics"), "bad-whitespace");
  assertEquals(brokenRule("a 1 5  # {} 1", "openmetrics"), "bad-whitespace");
  assertEquals(brokenRule("a 1 # {} 1 5 ", "openmetrics"), "bad-timestamp");
});

Deno.test("scanSample() takes timestamps that fit into 64 bits of milliseconds", () => {
  assertEquals(brokenRule("a 1 9223372036854774784", "text"), undefined);
  assertEquals(brokenRule("a 1 9223372036854775808", "text"), "bad-timestamp");
  assertEquals(brokenRule("a 1 -9223372036854775809", "text"), "bad-timestamp");
  assertEquals(brokenRule("a 1 Inf", "openmetrics"), "bad-timestamp");
});

Deno.test("scanSample() shortens a long line in what it says", () => {
  const error = assertThrows(() => scanSample(`a ${"9".repeat(5000)}z`, 1, "text"), LineError);
  assertEquals(error.message, `A value is "${"9".repeat(60)}..."`);
});

Deno.test("scanMetadata() gives the text behind the name, escapes of a help text resolved", () => {
  assertEquals(scanMetadata('# HELP a b\\n\\\\ "c" ', "text"), {
    kind: "HELP",
    name: "a",
    text: 'b\n\\ "c" ',
  });
  assertEquals(scanMetadata('# HELP a \\"b\\"', "openmetrics")?.text, '"b"');
  assertEquals(scanMetadata('# TYPE "a b" gauge', "openmetrics"), {
    kind: "TYPE",
    name: "a b",
    text: "gauge",
  });
  assertEquals(scanMetadata("# TYPE a x\\y", "openmetrics")?.text, "x\\y");
});

Deno.test("scanMetadata() takes what the text format does not know for a comment, and OpenMetrics has none", () => {
  for (const line of ["#", "# HELP", "#HELP a b", "# help a b"]) {
    assertEquals(scanMetadata(line, "text"), undefined, line);
    const error = assertThrows(() => scanMetadata(line, "openmetrics"), LineError);
    assertEquals(error.code, "bad-comment", line);
  }
  assertEquals(scanMetadata("# UNIT a seconds", "text"), undefined);
  assertEquals(scanMetadata("# UNIT a seconds", "openmetrics")?.kind, "UNIT");
});

Deno.test("scanMetadata() wants a whole name, and in OpenMetrics a space behind it", () => {
  const code = (line: string, dialect: Dialect) =>
    assertThrows(() => scanMetadata(line, dialect), LineError).code;
  assertEquals(code("# TYPE a-b gauge", "text"), "bad-metric-name");
  assertEquals(code('# TYPE "" gauge', "text"), "bad-metric-name");
  assertEquals(code('# TYPE "a gauge', "text"), "bad-metadata");
  assertEquals(code("# HELP a", "openmetrics"), "bad-metadata");
  assertEquals(scanMetadata("# HELP a", "text")?.text, "");
  assertEquals(scanMetadata("# HELP a ", "openmetrics")?.text, "");
});
