import { assertEquals } from "@std/assert";
import { type ContentCoding, negotiateEncoding } from "../../../src/exposition/negotiate_encoding.ts";

Deno.test("negotiateEncoding() takes the heaviest coding that is offered", () => {
  const both: ContentCoding[] = ["gzip", "zstd"];
  const cases: [header: string | null, offered: ContentCoding[], wanted: ContentCoding][] = [
    [null, both, "identity"],
    ["", both, "identity"],
    ["identity", both, "identity"],
    ["gzip", both, "gzip"],
    ["GZIP", both, "gzip"],
    ["x-gzip", both, "gzip"],
    ["gzip", [], "identity"],
    ["gzip;q=0", both, "identity"],
    ["gzip;q=0.5, zstd", both, "zstd"],
    ["zstd, gzip", both, "gzip"],
    ["zstd", ["gzip"], "identity"],
    ["br, deflate", both, "identity"],
    ["gzip, deflate, br, zstd", both, "gzip"],
    ["gzip;q=0.2, identity;q=0.9", both, "identity"],
    ["*", ["zstd", "gzip"], "zstd"],
    ["*;q=0", both, "identity"],
    ["*, gzip;q=0", both, "zstd"],
    ["gzip;q=nonsense", both, "gzip"],
  ];
  for (const [header, offered, wanted] of cases) {
    assertEquals(negotiateEncoding(header, offered), wanted, `${header} of ${offered}`);
  }
});
