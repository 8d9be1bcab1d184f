import { assert, assertEquals, assertThrows } from "@std/assert";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";

const chunks = () => [Uint8Array.of(1, 2, 3), new Uint8Array(), Uint8Array.of(4), Uint8Array.of(5, 6)];

Deno.test("ScrapeBody.read() gives all bytes in pieces, as copies, and ends with the last one", () => {
  for (const size of [1, 2, 4, 100]) {
    let ends = 0;
    const source = chunks();
    const body = new ScrapeBody(source, () => ends++);
    assertEquals(body.byteLength, 6);
    const taken: number[] = [];
    while (body.hasMore) {
      assertEquals(ends, 0);
      const piece = body.read(size)!;
      taken.push(...piece);
      piece.fill(9);
    }
    assertEquals([taken, ends], [[1, 2, 3, 4, 5, 6], 1]);
    assertEquals([body.read(), ends], [undefined, 1]);
    assertEquals(source, chunks());
  }
});

Deno.test("ScrapeBody.whole gives a small body that lies together, until something was taken", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const body = new ScrapeBody([bytes]);
  assert(body.whole === bytes);
  body.read(1);
  assertEquals(body.whole, undefined);
  assertEquals(new ScrapeBody(chunks()).whole, undefined);
  assertEquals(new ScrapeBody([new Uint8Array(64 * 1024 + 1)]).whole, undefined);
  const [closed, cut] = [new ScrapeBody([bytes]), new ScrapeBody([bytes])];
  closed.close();
  cut.cut();
  assertEquals([closed.whole, cut.whole], [undefined, undefined]);
});

Deno.test("ScrapeBody.close() lets go once", () => {
  let ends = 0;
  const body = new ScrapeBody(chunks(), () => ends++);
  body.read(1);
  body.close();
  body.close();
  body.cut();
  assertEquals([body.hasMore, body.read(), ends], [false, undefined, 1]);
});

Deno.test("ScrapeBody.cut() lets go and tells the reader", () => {
  let ends = 0;
  const body = new ScrapeBody(chunks(), () => ends++);
  body.cut();
  assertEquals([body.hasMore, ends], [true, 1]);
  assertThrows(() => body.read(), Error, "time is over");
});
