import { assertEquals, assertRejects } from "@std/assert";
import { Turns } from "../../../../src/collect/turns.ts";
import { ScrapeQueue } from "../../../../src/server/scrape/scrape_queue.ts";

function workOf(queue: ScrapeQueue) {
  const counts = { runs: 0, releases: 0 };
  const share = (key: string) =>
    queue.share(
      key,
      () => Promise.resolve(++counts.runs),
      (run) => Promise.resolve({ run, release: () => void counts.releases++ }),
    );
  return { counts, share };
}

Deno.test("ScrapeQueue.share() runs once for all that wait for the same, and gives back when all have left", async () => {
  const turns = new Turns();
  const queue = new ScrapeQueue(turns);
  const gate = Promise.withResolvers<void>();
  const before = turns.exclusively(() => gate.promise);
  const { counts, share } = workOf(queue);
  const shares = [share("a"), share("b"), share("a")];
  gate.resolve();
  await before;
  const [first, other, second] = await Promise.all(shares.map(({ result }) => result));
  assertEquals([first === second, first === other, counts.runs], [true, false, 2]);
  shares[0].leave();
  shares[0].leave();
  await Promise.resolve();
  assertEquals(counts.releases, 0);
  shares[2].leave();
  await Promise.resolve();
  assertEquals(counts.releases, 1);
});

Deno.test("ScrapeQueue.share() lets nobody join what has begun", async () => {
  const queue = new ScrapeQueue(new Turns());
  const { share } = workOf(queue);
  const order: string[] = [];
  const running = queue.share("a", async () => {
    await new Promise((resolve) => setTimeout(resolve));
    order.push("first");
  }, () => Promise.resolve({ release() {} }));
  await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
  const late = share("a");
  await late.result.then(() => order.push("second"));
  await running.result;
  assertEquals(order, ["first", "second"]);
});

Deno.test("ScrapeQueue.share() does not run for those who have left, and tells of failures", async () => {
  const queue = new ScrapeQueue(new Turns());
  const { counts, share } = workOf(queue);
  const left = share("a");
  left.leave();
  await assertRejects(() => left.result, Error, "nobody waits");
  const stayed = [share("a"), share("a")];
  stayed[0].leave();
  await stayed[1].result;
  assertEquals(counts, { runs: 1, releases: 0 });
  const failing = queue.share("b", () => Promise.reject(new Error("broken")), () => Promise.reject());
  await assertRejects(() => failing.result, Error, "broken");
});
