import { assertEquals } from "@std/assert";
import { chooseUpstream, Upstream, UPSTREAM_STATE } from "../../../../src/llm/gateway/upstream.ts";

const { HEALTHY, PARTIAL_OUTAGE, OUTAGE } = UPSTREAM_STATE;

/** An upstream that rests for 100 ms after two failures in a row, and what it tells. */
function upstreamOf(url = "http://a:1", index = 0) {
  const told: string[] = [];
  const upstream = new Upstream({ url }, {
    index,
    limits: { failuresMax: 2, cooldownMs: 100 },
    events: {
      stateChanged: ({ state }) => told.push(`state ${state}`),
      cooledDown: (_, status) => told.push(`rests after ${status}`),
    },
  });
  return { upstream, told };
}

Deno.test("Upstream is named by host and port, and takes its URL with or without /v1", () => {
  for (const url of ["http://a:1", "http://a:1/", "http://a:1/v1", "http://a:1/v1/"]) {
    const { upstream } = upstreamOf(url);
    assertEquals([upstream.id, upstream.urlOf("/v1/models")], ["a:1", "http://a:1/v1/models"]);
  }
  assertEquals(upstreamOf("https://b/api/v1").upstream.urlOf("/v1/models"), "https://b/api/v1/models");
});

Deno.test("Upstream rests after so many failures in a row", () => {
  const { upstream, told } = upstreamOf();
  upstream.failed("500", 0);
  assertEquals([upstream.state, upstream.isAvailable(1)], [PARTIAL_OUTAGE, true]);
  upstream.failed("502", 10);
  assertEquals([upstream.state, upstream.isAvailable(109), upstream.isAvailable(110)], [OUTAGE, false, true]);
  assertEquals(told, ["state 1", "state 2", "rests after 502"]);
});

Deno.test("Upstream counts failures anew after an answer, and after a rest", () => {
  const { upstream, told } = upstreamOf();
  upstream.failed("500", 0);
  upstream.succeeded();
  upstream.failed("500", 0);
  assertEquals(told, ["state 1", "state 0", "state 1"]);
  upstream.failed("500", 0);
  upstream.failed("500", 200);
  assertEquals([upstream.state, upstream.isAvailable(201)], [PARTIAL_OUTAGE, true]);
  upstream.succeeded();
  assertEquals([upstream.state, upstream.isAvailable(0)], [HEALTHY, true]);
});

Deno.test("Upstream gets no requests while a look at its health finds it gone", () => {
  const { upstream, told } = upstreamOf();
  upstream.seen(true);
  upstream.seen(false);
  upstream.seen(false);
  assertEquals([upstream.isAvailable(1e9), told], [false, ["state 2"]]);
  upstream.seen(true);
  assertEquals([upstream.isAvailable(0), upstream.state], [true, HEALTHY]);
});

Deno.test("Upstream that rests is not woken by a look that finds it where it was", () => {
  const { upstream } = upstreamOf();
  upstream.failed("500", 0);
  upstream.failed("500", 0);
  upstream.seen(true);
  assertEquals(upstream.isAvailable(50), false);
});

Deno.test("chooseUpstream() takes those with the fewest requests in turn", () => {
  const upstreams = [0, 1, 2].map((index) => upstreamOf(`http://u${index}`, index).upstream);
  upstreams[1].inFlight = 1;
  const choose = (turn: number) => chooseUpstream(upstreams, { tried: new Set(), nowMs: 0, turn }).index;
  assertEquals([0, 1, 2, 3].map(choose), [0, 2, 0, 2]);
});

Deno.test("chooseUpstream() takes one that was not tried and is there, else one not tried, else any", () => {
  const upstreams = [0, 1, 2].map((index) => upstreamOf(`http://u${index}`, index).upstream);
  const [first, second, third] = upstreams;
  const choose = (...tried: Upstream[]) =>
    chooseUpstream(upstreams, { tried: new Set(tried), nowMs: 0, turn: 0 }).index;
  second.seen(false);
  first.inFlight = 9;
  assertEquals(choose(third), 0, "the busy one is there");
  assertEquals(choose(first, third), 1);
  third.inFlight = 1;
  assertEquals(choose(first, second, third), 1, "all were tried: the one with the fewest requests");
});
