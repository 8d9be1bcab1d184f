// needs: prometheus_client
/**
 * The checker finds something in whatever Python's strict parser refuses.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkExposition } from "../../src/exposition/check/check.ts";
import { createOpenMetricsFormat } from "../../src/exposition/openmetrics_sink.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { checkProperty } from "../_support/property.ts";
import { readByPython } from "../_support/python_parsers.ts";
import { textOf } from "../_support/sample_blocks.ts";

const BODY = textOf(createOpenMetricsFormat({ created: true }), everyFeature(1_700_000_000));
const LINES = BODY.split("\n").slice(0, -1);

/** Telling pieces to put in place of others. */
const pieces = fc.constantFrom(
  ...[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\\",
    '"',
    "{",
    "}",
    ",",
    "=",
    "#",
    "# ",
    "# EOF\n",
    "-",
    "0.5",
    "NaN",
    "+Inf",
    "1e3",
  ],
  ...[
    "_total",
    "_bucket",
    "_sum",
    "_count",
    "_created",
    "_info",
    "a",
    "le",
    "quantile",
    "counter",
    "histogram",
    "info",
  ],
);

/** The body with a few edits: a piece put in or over something, a line left out, doubled or moved. */
const spoiled = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("edit" as const),
      at: fc.nat({ max: BODY.length }),
      length: fc.nat({ max: 6 }),
      piece: pieces,
    }),
    fc.record({
      kind: fc.constant("line" as const),
      from: fc.nat({ max: LINES.length - 1 }),
      to: fc.nat({ max: LINES.length - 1 }),
      keep: fc.boolean(),
    }),
  ),
  { minLength: 1, maxLength: 2 },
).map((edits) =>
  edits.reduce((body, edit) => {
    if (edit.kind === "edit") return body.slice(0, edit.at) + edit.piece + body.slice(edit.at + edit.length);
    const lines = body.split("\n");
    const line = lines[edit.from];
    if (!edit.keep) lines.splice(edit.from, 1);
    lines.splice(edit.to, 0, line);
    return lines.join("\n");
  }, BODY)
);

const NAME = "checkExposition() finds something in what Python's parser of OpenMetrics refuses";

Deno.test(NAME, async () => {
  const property = fc.asyncProperty(
    fc.array(spoiled, { minLength: 1, maxLength: 200, size: "max" }),
    async (bodies) => {
      const read = await readByPython(bodies.map((body) => ({ dialect: "openmetrics", body })));
      // Python's parser takes an exemplar's labels for closed at the first brace, even one within quotes.
      const bracesInQuotes = / # \{[^\n]*"[^"\n]*\}[^"\n]*"/;
      const missed = bodies.filter((body, i) =>
        typeof read[i] === "string" && !bracesInQuotes.test(body) &&
        checkExposition(body, "openmetrics").length === 0
      );
      assertEquals(missed.map((body) => [read[bodies.indexOf(body)], changedLines(body)]), []);
    },
  );
  await checkProperty(NAME, property, { runs: 10 });
});

/** The lines of a spoiled body that the whole one does not have. */
function changedLines(body: string): string[] {
  return body.split("\n").filter((line) => !LINES.includes(line));
}
