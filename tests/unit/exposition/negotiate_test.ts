import { assertEquals, assertThrows } from "@std/assert";
import { createFormat, FORMAT_NAMES, negotiate } from "../../../src/exposition/negotiate.ts";

const PROTO = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
const OM = "application/openmetrics-text";
const UTF8 = "escaping=allow-utf-8";

const TEXT = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";
const OM1 = `${OM}; version=1.0.0; charset=utf-8; escaping=underscores`;
const OM1_UTF8 = `${OM}; version=1.0.0; charset=utf-8; escaping=allow-utf-8`;
const OM001 = `${OM}; version=0.0.1; charset=utf-8; escaping=underscores`;
const PROTO_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " +
  "encoding=delimited; escaping=underscores";

/** What each version of Prometheus sends, and what it must get. */
const PROMETHEUS: [who: string, accept: string, contentType: string][] = [
  ["2.5 to 2.3x", `${OM}; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`, OM001],
  ["2.40", `${OM};version=1.0.0;q=0.75,${OM};q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`, OM1],
  [
    "2.40 native",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited," +
    `${OM};version=1.0.0;q=0.75,${OM};q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    PROTO_TYPE,
  ],
  [
    "2.42 to 2.48",
    `${OM};version=1.0.0,${OM};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    OM1,
  ],
  [
    "2.42 to 2.48 native",
    `${PROTO},${OM};version=1.0.0;q=0.8,${OM};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    PROTO_TYPE,
  ],
  [
    "2.49.0",
    `${OM};version=1.0.0;q=0.5,${OM};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=2`,
    OM1,
  ],
  [
    "2.49.1 to 2.55",
    `${OM};version=1.0.0;q=0.5,${OM};version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
    OM1,
  ],
  [
    "2.49 to 2.55 native",
    `${PROTO};q=0.5,${OM};version=1.0.0;q=0.4,${OM};version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    PROTO_TYPE,
  ],
  [
    "3.0 to 3.2",
    `${OM};version=1.0.0;${UTF8};q=0.6,${OM};version=0.0.1;${UTF8};q=0.5,` +
    `text/plain;version=1.0.0;${UTF8};${UTF8};q=0.4,text/plain;version=0.0.4;${UTF8};q=0.3,*/*;q=0.2`,
    OM1_UTF8,
  ],
  [
    "3.0 to 3.2 native",
    `${PROTO};${UTF8};q=0.6,${OM};version=1.0.0;${UTF8};q=0.5,${OM};version=0.0.1;${UTF8};q=0.4,` +
    `text/plain;version=1.0.0;${UTF8};${UTF8};q=0.3,text/plain;version=0.0.4;${UTF8};q=0.2,*/*;q=0.1`,
    PROTO_TYPE.replace("underscores", "allow-utf-8"),
  ],
  [
    "3.3",
    `${OM};version=1.0.0;${UTF8};q=0.6,${OM};version=0.0.1;${UTF8};q=0.5,` +
    `text/plain;version=1.0.0;${UTF8};q=0.4,text/plain;version=0.0.4;${UTF8};q=0.3,*/*;q=0.2`,
    OM1_UTF8,
  ],
  [
    "3.4 to 3.14",
    `${OM};version=1.0.0;${UTF8};q=0.6,${OM};version=0.0.1;q=0.5,text/plain;version=1.0.0;${UTF8};q=0.4,` +
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    OM1_UTF8,
  ],
  [
    "3.4 to 3.14 with legacy validation",
    `${OM};version=1.0.0;escaping=underscores;q=0.6,${OM};version=0.0.1;q=0.5,` +
    "text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    OM1,
  ],
  [
    "3.4 to 3.14 native",
    `${PROTO};q=0.6,${OM};version=1.0.0;${UTF8};q=0.5,${OM};version=0.0.1;q=0.4,` +
    `text/plain;version=1.0.0;${UTF8};q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    PROTO_TYPE,
  ],
];

/** What others send. */
const OTHERS: [who: string, accept: string | null, contentType: string][] = [
  ["no header", null, TEXT],
  ["an empty header", "", TEXT],
  ["curl", "*/*", TEXT],
  [
    "a browser",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    TEXT,
  ],
  ["text without a version", "text/plain", TEXT],
  ["any text", "text/*", TEXT],
  ["any application type", "application/*", OM1],
  ["OpenMetrics without a version", OM, OM001],
  ["OpenMetrics 2.0", `${OM};version=2.0.0`, OM1.replace("1.0.0", "2.0.0")],
  [
    "text 1.0.0",
    `text/plain;version=1.0.0;${UTF8}`,
    "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
  ],
  ["an unknown version, then text", `${OM};version=9.0.0,text/plain;version=0.0.4;q=0.1`, TEXT],
  ["only what does not exist", "image/png, application/json;q=0.5", TEXT],
  ["text excluded", "text/plain;q=0,*/*", OM1],
  ["OpenMetrics excluded, whatever version", `${OM};q=0,${OM};version=1.0.0`, TEXT],
  ["one version excluded", `${OM};version=1.0.0;q=0,application/*`, OM001],
  ["everything excluded", "*/*;q=0", TEXT],
  ["protobuf that is not delimited", PROTO.replace("delimited", "text"), TEXT],
  ["protobuf of other messages", "application/vnd.google.protobuf;proto=x.Y;encoding=delimited", TEXT],
  ["other cases, spaces and a charset", "Text/Plain ; VERSION=0.0.4 ; charset=UTF-8", TEXT],
  ["quoted parameters", `${OM}; version="1.0.0"; charset="utf-8"`, OM1],
  ["an unknown escaping", `${OM};version=1.0.0;escaping=rot13`, OM1],
  ["an unknown parameter", `${OM};version=1.0.0;level=9`, OM1],
  ["escaping by values", `${OM};version=1.0.0;escaping=values`, OM1.replace("underscores", "values")],
  [
    "escaping by dots, named by an earlier clause",
    "x/y;escaping=dots,text/plain;q=0.5",
    TEXT.replace("underscores", "dots"),
  ],
];

Deno.test("negotiate() gives every Prometheus what it can read best", () => {
  for (const [who, accept, contentType] of PROMETHEUS) {
    assertEquals(createFormat(negotiate(accept)).contentType, contentType, who);
  }
});

Deno.test("negotiate() honours weights, exclusions, parameters and wildcards, and always answers", () => {
  for (const [who, accept, contentType] of OTHERS) {
    assertEquals(createFormat(negotiate(accept)).contentType, contentType, who);
  }
});

Deno.test("negotiate() finds each format by its own content type", () => {
  for (const name of FORMAT_NAMES) {
    for (const escaping of ["allow-utf-8", "underscores", "dots", "values"] as const) {
      assertEquals(negotiate(createFormat({ name, escaping }).contentType), { name, escaping });
    }
  }
});

Deno.test("negotiate() bears an oversized header", () => {
  assertEquals(negotiate(`${"a/b;q=0.1,".repeat(50_000)}text/plain`).name, "text");
});

Deno.test("createFormat() refuses a name that no format has", () => {
  const what = { name: "json", escaping: "underscores" } as unknown as Parameters<typeof createFormat>[0];
  assertThrows(
    () => createFormat(what),
    RangeError,
    'Cannot make format "json": wanted one of text, openmetrics,',
  );
});
