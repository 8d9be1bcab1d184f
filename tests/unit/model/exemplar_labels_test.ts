import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeExemplarLabels, encodeExemplarLabels } from "../../../src/model/exemplar_labels.ts";

const WHAT = "Cannot keep it";

/** What comes out of memory for the given labels; -1 if they do not fit. */
function roundTrip(labels: Record<string, string | number | boolean>): Record<string, string> | number {
  const text = new Uint8Array(232);
  const bytes = encodeExemplarLabels(labels, text, WHAT);
  return bytes < 0 ? bytes : decodeExemplarLabels(text, bytes);
}

Deno.test("encodeExemplarLabels() brings labels through memory, whatever their script", () => {
  for (
    const labels of [
      {},
      { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" },
      { empty: "", quote: `"\\\n\0`, umlaut: "äßé", cjk: "測試", astral: "😀𐍈" },
    ] as Record<string, string>[]
  ) assertEquals(roundTrip(labels), labels);
  assertEquals(roundTrip({ code: 200, ok: true }), { code: "200", ok: "true" });
  assertEquals(roundTrip({ lone: "a\ud800b" }), { lone: "a\ufffdb" });
});

Deno.test("encodeExemplarLabels() counts code points, not units or bytes", () => {
  assertEquals(roundTrip({ abcd: "x".repeat(124) }), { abcd: "x".repeat(124) });
  assertThrows(
    () => roundTrip({ abcd: "x".repeat(125) }),
    RangeError,
    "Cannot keep it: wanted at most 128 code points in an exemplar's labels, given 129",
  );
  assertThrows(() => roundTrip({ a: "x".repeat(64), b: "x".repeat(63) }), RangeError, "given 129");
  assertThrows(() => roundTrip({ abcd: "😀".repeat(125) }), RangeError, "given 129");
  assertEquals(roundTrip({ abcd: "😀".repeat(124) }), -1, "valid, but too many bytes");
  assertEquals(roundTrip({ abcd: "é".repeat(113) }), { abcd: "é".repeat(113) });
  assertEquals(roundTrip({ abcd: "é".repeat(114) }), -1);
});

Deno.test("encodeExemplarLabels() has room for any text of ASCII with as many labels as one would give", () => {
  const labels = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`l${i}`, "x"]));
  assertEquals(Object.keys(roundTrip({ ...labels }) as object).length, 30);
  const many = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [String.fromCharCode(97 + i), ""]));
  const bytes = encodeExemplarLabels(many, new Uint8Array(232), WHAT);
  assert(bytes === 26 * 3);
});

Deno.test("encodeExemplarLabels() refuses what are no labels", () => {
  const cases: [unknown, typeof TypeError | typeof RangeError, string][] = [
    [null, TypeError, "wanted an exemplar's labels as an object, given null"],
    ["trace", TypeError, "given trace"],
    [{ "a-b": "x" }, RangeError, `the exemplar's label "a-b" has no valid name`],
    [JSON.parse(`{"__proto__":"x"}`), RangeError, `the exemplar's label "__proto__" has no valid name`],
    [{ a: null }, TypeError, `Cannot use label "a"`],
  ];
  for (const [labels, errorClass, message] of cases) {
    assertThrows(() => roundTrip(labels as Record<string, string>), errorClass, message);
  }
});
