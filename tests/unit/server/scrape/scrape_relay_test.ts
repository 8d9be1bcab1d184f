import { assertEquals } from "@std/assert";
import type { ToWorker } from "../../../../src/server/workers/messages.ts";
import { ScrapeBody } from "../../../../src/server/scrape/scrape_body.ts";
import { ScrapeRelay } from "../../../../src/server/scrape/scrape_relay.ts";
import { PLAIN_SCRAPE } from "../../../_support/plain_scrape.ts";

const REQUEST = { id: 7, ...PLAIN_SCRAPE };

function relayOf(byteCount: number) {
  const state = {
    ends: 0,
    posted: [] as { type: string; bytes?: ArrayBuffer; hasMore?: boolean; error?: string }[],
  };
  const body = new ScrapeBody([new Uint8Array(byteCount)], () => state.ends++);
  const relay = new ScrapeRelay(
    () => Promise.resolve({ status: 200, headers: {}, body }),
    (message: ToWorker) => state.posted.push(message as typeof state.posted[number]),
  );
  return { relay, body, state };
}

const sizesOf = (posted: readonly { type: string; bytes?: ArrayBuffer; hasMore?: boolean }[]) =>
  posted.map(({ type, bytes, hasMore }) => [type, bytes?.byteLength, hasMore]);

Deno.test("ScrapeRelay.more() sends the next piece of a large body", async () => {
  const { relay, state } = relayOf((5 << 20) / 2);
  await relay.answer(REQUEST);
  relay.more(7);
  relay.more(8);
  relay.more(7);
  relay.more(7);
  assertEquals(sizesOf(state.posted), [
    ["scraped", 1 << 20, true],
    ["scrapePiece", 1 << 20, true],
    ["scrapePiece", 1 << 19, false],
  ]);
  assertEquals(state.ends, 1);
});

Deno.test("ScrapeRelay.end() and close() let go of bodies", async () => {
  for (const leave of ["end", "close"] as const) {
    const { relay, state } = relayOf(2 << 20);
    await relay.answer(REQUEST);
    relay[leave](7);
    relay.more(7);
    assertEquals([state.posted.length, state.ends], [1, 1]);
  }
  const { relay, state } = relayOf(2 << 20);
  relay.close();
  await relay.answer(REQUEST);
  assertEquals([state.posted.length, state.ends], [0, 1]);
});

Deno.test("ScrapeRelay.more() says that the time is over", async () => {
  const { relay, body, state } = relayOf(2 << 20);
  await relay.answer(REQUEST);
  body.cut();
  relay.more(7);
  assertEquals([state.posted[1].error, state.posted[1].hasMore], [
    "Cannot send metrics: the scrape's time is over",
    false,
  ]);
});
