// needs: prometheus_client
/**
 * Python's parsers, of which the one for OpenMetrics is the strictest there is, read back the samples.
 */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createFormat } from "../../src/exposition/negotiate.ts";
import { everyFeature } from "../_support/every_feature.ts";
import {
  type ExpectedSample,
  expectedSamples,
  OPENMETRICS_STYLE,
  TEXT_STYLE,
} from "../_support/expected_samples.ts";
import { checkProperty } from "../_support/property.ts";
import { type PythonSample, readByPython } from "../_support/python_parsers.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";
import { textOf } from "../_support/sample_blocks.ts";
import type { FamilySamples } from "../../src/model/samples.ts";

function toNumber(text: string): number {
  return Number(text.replace("inf", "Infinity").replace("nan", "NaN"));
}

function fromPython({ name, labels, value, exemplar }: PythonSample): object {
  return {
    name,
    labels,
    value: toNumber(value) + 0,
    exemplar: exemplar === null ? undefined : [
      exemplar.labels,
      toNumber(exemplar.value) + 0,
      exemplar.timestamp === null ? undefined : toNumber(exemplar.timestamp),
    ],
  };
}

function fromExpected({ name, labels, value, exemplar }: ExpectedSample): object {
  return {
    name,
    labels,
    value: value + 0,
    exemplar: exemplar && [exemplar.labels, exemplar.value + 0, exemplar.timestamp],
  };
}

async function compare(scrapes: readonly FamilySamples[][], dialect: "text" | "openmetrics"): Promise<void> {
  const style = dialect === "text" ? TEXT_STYLE : OPENMETRICS_STYLE;
  const bodies = scrapes.map((scrape) => ({
    dialect,
    body: textOf(createFormat({ name: dialect, escaping: "underscores" }), scrape),
  }));
  const read = await readByPython(bodies);
  read.forEach((samples, i) => {
    const found = typeof samples === "string" ? samples : samples.map(fromPython);
    assertEquals(found, expectedSamples(scrapes[i], style).map(fromExpected), bodies[i].body);
  });
}

for (const dialect of ["text", "openmetrics"] as const) {
  Deno.test(`Python's parser of ${dialect} reads every feature`, async () => {
    await compare([everyFeature(1_700_000_000.25)], dialect);
  });

  const name = `Python's parser of ${dialect} reads what was written for random families`;
  Deno.test(name, () => {
    const scrapes = fc.array(randomFamilies().chain((families) => randomScrape(families)), {
      minLength: 20,
      maxLength: 40,
    });
    return checkProperty(name, fc.asyncProperty(scrapes, (scrapes) => compare(scrapes, dialect)), {
      runs: 4,
    });
  });
}
