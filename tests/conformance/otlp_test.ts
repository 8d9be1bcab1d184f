/**
 * OpenTelemetry's own definitions of the messages read what we export, and find nothing they do not know.
 */
import { assert, assertEquals } from "@std/assert";
import root from "@opentelemetry/otlp-transformer/root";
import fc from "fast-check";
import { OtlpSink } from "../../src/push/otlp_sink.ts";
import type { OtlpRequest } from "../../src/push/otlp_types.ts";
import type { FamilySamples } from "../../src/model/samples.ts";
import { everyFeature } from "../_support/every_feature.ts";
import { testProperty } from "../_support/property.ts";
import { randomFamilies, randomScrape } from "../_support/random_families.ts";

/** A message type as protobufjs made it of the published `.proto` files. */
interface MessageType {
  fromObject(json: unknown): unknown;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
  toObject(message: unknown, how: Record<string, unknown>): unknown;
  verify(message: unknown): string | null;
}

const Request = (root as unknown as {
  opentelemetry: { proto: { collector: { metrics: { v1: { ExportMetricsServiceRequest: MessageType } } } } };
}).opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;

function requestOf(scrape: readonly FamilySamples[]): OtlpRequest {
  const sink = new OtlpSink(1_700_000_000);
  for (const samples of scrape) sink.samples(samples);
  return JSON.parse(JSON.stringify(sink.finish({ "service.name": "tests" })));
}

/** Through the definitions to the binary form and back: what they do not know is gone. */
function throughProtobuf(request: OtlpRequest): unknown {
  const message = Request.fromObject(inBase64(request));
  assertEquals(Request.verify(message), null);
  const decoded = Request.decode(Request.encode(message).finish());
  return Request.toObject(decoded, { longs: String, enums: Number, json: true, bytes: String });
}

/** OTLP's JSON has ids in hexadecimal digits, where JSON of protobuf in general has base64. */
function inBase64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inBase64);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "traceId" || key === "spanId"
        ? btoa(String.fromCharCode(...inner.match(/../g)!.map((digits: string) => parseInt(digits, 16))))
        : inBase64(inner),
    ]),
  );
}

/** Without what protobuf leaves out: empty lists, and words for numbers. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  if (Object.is(value, -0)) return 0;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0) && inner !== "")
      .map(([key, inner]): [string, unknown] => [key, comparable(inner)])
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

Deno.test("OpenTelemetry's definitions find every feature in our request", () => {
  const request = requestOf(everyFeature(1_700_000_000));
  assertEquals(comparable(throughProtobuf(request)), comparable(inBase64(request)));
  const text = JSON.stringify(request);
  for (
    const key of ["isMonotonic", "exponentialHistogram", "quantileValues", "explicitBounds", "exemplars"]
  ) {
    assert(text.includes(key), key);
  }
});

testProperty(
  "OpenTelemetry's definitions find all of random families",
  fc.property(randomFamilies({ natives: true }).chain((families) => randomScrape(families)), (scrape) => {
    const request = requestOf(scrape);
    assertEquals(comparable(throughProtobuf(request)), comparable(inBase64(request)));
  }),
  { runs: 100 },
);
