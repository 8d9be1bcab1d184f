import { assertEquals } from "@std/assert";
import { exemplarCodePoints, formatExemplar } from "../../../src/exposition/exemplar_text.ts";

Deno.test("exemplarCodePoints() counts names and values, a pair of surrogates as one", () => {
  assertEquals(exemplarCodePoints({}), 0);
  assertEquals(exemplarCodePoints({ id: "abc", "ü": "\u{1f600}" }), 7);
});

Deno.test("formatExemplar() writes labels, value and timestamp as OpenMetrics has them", () => {
  const exemplar = { labels: { b: 'x"\n', a: "1" }, value: 3, timestamp: 1520430000.123 };
  assertEquals(
    formatExemplar(exemplar, "allow-utf-8"),
    ' # {b="x\\"\\n",a="1"} 3.0 1520430000.123',
  );
});

Deno.test("formatExemplar() leaves a timestamp out that is not known", () => {
  assertEquals(formatExemplar({ labels: {}, value: 0.5, timestamp: 0 }, "allow-utf-8"), " # {} 0.5");
  assertEquals(formatExemplar({ labels: {}, value: 0.5, timestamp: NaN }, "allow-utf-8"), " # {} 0.5");
});

Deno.test("formatExemplar() quotes names that need it, or escapes them", () => {
  const exemplar = { labels: { "trace.id": "x" }, value: 1e6, timestamp: 0 };
  assertEquals(formatExemplar(exemplar, "allow-utf-8"), ' # {"trace.id"="x"} 1e+06');
  assertEquals(formatExemplar(exemplar, "underscores"), ' # {trace_id="x"} 1e+06');
});

Deno.test("formatExemplar() writes no moment since 1970 with an exponent, which Python misreads", () => {
  for (const timestamp of [1e-6, 0.001, 1520430000.123, 253402300799.999]) {
    assertEquals(formatExemplar({ labels: {}, value: 1, timestamp }, "allow-utf-8").includes("e"), false);
  }
});
