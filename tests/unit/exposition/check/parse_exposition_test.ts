import { assertEquals, assertThrows } from "@std/assert";
import { parseExposition } from "../../../../src/exposition/check/parse_exposition.ts";

Deno.test("parseExposition() gives families with metadata, samples, exemplars and lines", () => {
  const body = '# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds b\\n"c"\n'.replace(
    '"c"',
    '\\"c\\"',
  ) +
    'a_seconds_total{d="e\\"",f="\\n"} 1e3 12.5 # {g="h"} 0.5 7\n# EOF\n';
  assertEquals(parseExposition(body, "openmetrics"), [{
    name: "a_seconds",
    type: "counter",
    unit: "seconds",
    help: 'b\n"c"',
    line: 1,
    samples: [{
      name: "a_seconds_total",
      labels: new Map([["d", 'e"'], ["f", "\n"]]),
      value: 1000,
      valueText: "1e3",
      timestamp: 12.5,
      exemplar: { labels: new Map([["g", "h"]]), value: 0.5, timestamp: 7 },
      line: 4,
    }],
  }]);
});

Deno.test("parseExposition() reads milliseconds and untyped families in the text format", () => {
  const [typed, untyped] = parseExposition("# TYPE a untyped\na 1 -1500\nb -Inf\n", "text");
  assertEquals([typed.type, typed.samples[0].timestamp], ["unknown", -1.5]);
  assertEquals([untyped.name, untyped.type, untyped.samples[0].value], ["b", "unknown", -Infinity]);
});

Deno.test("parseExposition() names the line and the rule that it breaks", () => {
  assertThrows(
    () => parseExposition('a 1\na{b="c} 1\n', "text"),
    SyntaxError,
    'Cannot parse line 2: A quote is not closed in "a{b="c} 1" (bad-labels)',
  );
});
