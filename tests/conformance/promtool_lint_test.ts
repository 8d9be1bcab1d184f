// needs: promtool
/**
 * Our linter and promtool object to the same families.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type LintCode, lintFamilies } from "../../src/exposition/check/lint.ts";
import { createTextFormat } from "../../src/exposition/text_sink.ts";
import { checkProperty } from "../_support/property.ts";
import { promtool } from "../_support/promtool.ts";
import { bytesOf, TestFamily } from "../_support/sample_blocks.ts";

/** What promtool says, and the rule of ours that it means. */
const SAYINGS: [pattern: RegExp, code: LintCode][] = [
  [/no help text/, "no-help"],
  [/counter metrics should have "_total"/, "counter-without-total"],
  [/non-counter metrics should not have "_total"/, "total-without-counter"],
  [/should not have "_(?:bucket|count|sum)" suffix/, "reserved-suffix"],
  [/should not have "(?:le|quantile)" label/, "reserved-label"],
  [/should not include type/, "type-in-name"],
  [/should not contain ':'/, "colon-in-name"],
  [/'snake_case' not 'camelCase'/, "camel-case"],
  [/abbreviated units/, "abbreviated-unit"],
  [/use base unit/, "not-base-unit"],
];

const words = fc.constantFrom(
  ...[
    "a",
    "xY",
    "total",
    "count",
    "sum",
    "bucket",
    "gauge",
    "counter",
    "histogram",
    "ms",
    "S",
    "seconds",
    "hours",
  ],
  ...["milliseconds", "kibibytes", "bits", "info", "celsius", "Gauge", "b:c", "kelvins", "totals"],
);

/** Of several units in a name, promtool takes any one. */
const UNITS = /seconds|hours|kibibytes|bits|celsius|kelvins/g;

/** One family with a random name out of telling words. */
const families = fc.record({
  name: fc.array(words, { minLength: 1, maxLength: 4 }).map((parts) => `z_${parts.join("_")}`)
    .filter((name) => (name.match(UNITS)?.length ?? 0) < 2),
  type: fc.constantFrom("counter", "gauge", "summary", "unknown"),
  help: fc.constantFrom("", "H."),
  labelNames: fc.subarray(["le", "quantile", "aB", "c"]),
});

Deno.test("lintFamilies() finds what promtool finds in random names", async () => {
  const property = fc.asyncProperty(fc.array(families, { minLength: 1, maxLength: 40 }), async (all) => {
    // Of families whose names or samples meet, promtool sees one.
    const byStem = new Map(all.map((family) => [family.name.replace(/_(?:count|sum|bucket)$/, ""), family]));
    const unique = [...byStem.values()].filter(({ labelNames, type }) =>
      type !== "summary" || !labelNames.includes("quantile")
    );
    const body = bytesOf(
      createTextFormat(),
      unique.map((parts) => {
        const values = parts.type === "summary" ? [1, 1] : [1];
        return new TestFamily(parts, [parts.labelNames.map(() => "v")]).samples(values);
      }),
    );
    const { said } = await promtool(body);
    const theirs = said.split("\n").filter((line) => line !== "").map((line) => {
      const [name, ...rest] = line.split(" ");
      return `${name} ${SAYINGS.find(([pattern]) => pattern.test(rest.join(" ")))?.[1] ?? line}`;
    });
    const ours = lintFamilies(unique).map(({ family, code }) => `${family} ${code}`);
    assertEquals([...new Set(ours)].sort(), [...new Set(theirs)].sort());
  });
  await checkProperty("lintFamilies() finds what promtool finds in random names", property, { runs: 25 });
});
