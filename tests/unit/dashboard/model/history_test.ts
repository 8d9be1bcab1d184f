import { assertAlmostEquals, assertEquals } from "@std/assert";
import { History } from "../../../../src/dashboard/model/history.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

function look(requests: number, fast: number, slow: number) {
  return table(
    counter("http_requests", requests, { method: "GET", route: "/", status: "200" }),
    counter("http_requests", requests / 10, { method: "GET", route: "/", status: "503" }),
    gauge("http_requests_in_flight", 2),
    histogram("http_request_duration_seconds", { "0.1": fast, "1": slow, "+Inf": 0 }),
  );
}

Deno.test("History.add() makes rates of two looks", () => {
  const history = new History();
  history.add(look(100, 10, 0), 1000);
  assertEquals(history.moments[0].requests, NaN);
  assertEquals(history.moments[0].inFlight, 2);
  history.add(look(120, 10, 10), 1002);
  const [, moment] = history.moments;
  assertEquals(moment.requests, 11);
  assertEquals(moment.byStatus, { "2xx": 10, "3xx": 0, "4xx": 0, "5xx": 1 });
  assertEquals(moment.buckets.request, [0, 10, 0]);
  assertAlmostEquals(moment.quantiles.request[0], 0.55);
  assertEquals(history.bounds.request, [0.1, 1, Infinity]);
  assertEquals(history.previous?.seconds, 2);
});

Deno.test("History.add() takes quantiles over the last seconds and forgets what is older", () => {
  const history = new History({ quantileSeconds: 10, keepSeconds: 30 });
  for (let second = 0; second <= 60; second += 5) {
    // Slow until the 40th second, fast from then on.
    history.add(look(second, Math.max(0, second - 40), Math.min(second, 40)), 1000 + second);
  }
  assertEquals(history.moments.map(({ atSeconds }) => atSeconds - 1000), [30, 35, 40, 45, 50, 55, 60]);
  const medians = history.moments.map(({ quantiles }) => Number(quantiles.request[0].toFixed(2)));
  assertEquals(medians, [0.55, 0.55, 0.55, 0.1, 0.05, 0.05, 0.05]);
});

Deno.test("History.add() knows nothing of a long gap, and takes no look twice", () => {
  const history = new History();
  history.add(look(100, 0, 0), 1000);
  history.add(look(900, 0, 0), 1500);
  history.add(look(901, 0, 0), 1500);
  assertEquals(history.moments.length, 2);
  assertEquals(history.moments[1].requests, NaN);
  assertEquals(history.previous, undefined);
});

Deno.test("History.meanRate() weighs each look by how long it took", () => {
  const history = new History();
  history.add(look(0, 0, 0), 1000);
  history.add(look(10, 0, 0), 1001);
  history.add(look(40, 0, 0), 1004);
  assertAlmostEquals(history.meanRate(({ requests }) => requests), 11);
  assertEquals(new History().meanRate(({ requests }) => requests), NaN);
});

Deno.test("History.recent goes back as far as quantiles do, but not over a gap", () => {
  const history = new History({ quantileSeconds: 10 });
  assertEquals(history.recent, undefined);
  const looks = [look(0, 0, 0), look(10, 0, 0), look(20, 0, 0), look(30, 0, 0), look(40, 0, 0)];
  history.add(looks[0], 1000);
  assertEquals(history.recent, { before: undefined, after: looks[0], seconds: NaN });
  [1004, 1008, 1012].forEach((atSeconds, i) => history.add(looks[i + 1], atSeconds));
  assertEquals([history.recent!.before === looks[1], history.recent!.seconds], [true, 8]);
  history.add(looks[4], 1040);
  assertEquals(
    [history.recent!.before === looks[3], history.recent!.seconds],
    [true, 28],
    "at least the last two",
  );
  history.add(looks[0], 1200);
  assertEquals(history.recent!.before, undefined);
});
