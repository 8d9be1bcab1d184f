import { assertEquals, assertObjectMatch } from "@std/assert";
import { History } from "../../../../src/dashboard/model/history.ts";
import { type Card, hasLlm, llmCards, serverCards } from "../../../../src/dashboard/model/overview.ts";
import { NO_REPORTS, type Reports } from "../../../../src/dashboard/model/reports.ts";
import { counter, gauge, histogram, table } from "./_tables.ts";

function historyOf(...looks: ReturnType<typeof table>[]): History {
  const history = new History();
  looks.forEach((look, i) => history.add(look, 1000 + 2 * i));
  return history;
}

function named(cards: readonly Card[]): Record<string, Card> {
  return Object.fromEntries(cards.map((card) => [card.id, card]));
}

const REPORTS: Reports = {
  slabs: [],
  scrapes: {
    count: 3,
    secondsTotal: 0.03,
    bytesTotal: 6000,
    last: { seconds: 0.01, bytes: 2048, coding: "gzip" },
  },
  families: [{ name: "a", type: "counter", help: "", labelNames: [], series: 1200, samples: 1200 }],
};

Deno.test("serverCards() tells rates, shares and totals", () => {
  const look = (requests: number, failed: number) =>
    table(
      counter("http_requests", requests, { status: "200" }),
      counter("http_requests", failed, { status: "500" }),
      gauge("http_requests_in_flight", 3),
      counter("process_cpu_seconds", requests / 100),
      gauge("promslab_workers", 2, { state: "live" }),
      gauge("promslab_workers", 1, { state: "hung" }),
      gauge("promslab_workers", 1, { state: "ended" }),
      gauge("promslab_workers", 0, { state: "crash_loop" }),
      counter("promslab_worker_restarts", 4),
      counter("promslab_dropped", 0, { what: "series" }),
    );
  const cards = named(serverCards(historyOf(look(100, 0), look(130, 10)), REPORTS));
  assertObjectMatch(cards.requests, { value: "20/s", detail: "140 in all", exact: { http_requests: 140 } });
  assertObjectMatch(cards.errors, { value: "25.0 %", detail: "10 of status 5xx", alarm: true });
  assertObjectMatch(cards.in_flight, { value: "3" });
  assertObjectMatch(cards.workers, { value: "2 of 3", detail: "1 hung", alarm: true });
  assertObjectMatch(cards.cpu, { value: "0.15 cores" });
  assertObjectMatch(cards.series, { value: "1,200", detail: "0 dropped", alarm: false });
  assertObjectMatch(cards.scrape, { value: "10.0 ms", detail: "2 KiB, 3 so far" });
});

Deno.test("serverCards() shows a dash for what is not known, and leaves out what is not there", () => {
  const cards = named(serverCards(new History(), NO_REPORTS));
  assertEquals(cards.in_flight, undefined);
  for (const { id, value, detail, alarm } of Object.values(cards)) {
    assertEquals([value, alarm], ["–", false], id);
    assertEquals(/NaN|undefined/.test(detail), false, detail);
  }
});

Deno.test("llmCards() tells tokens, latencies, queue and cache of all engines", () => {
  const look = (tokens: number, fast: number) =>
    table(
      counter("vllm:generation_tokens", tokens, { engine: "0" }),
      counter("vllm:generation_tokens", 2 * tokens, { engine: "1" }),
      counter("vllm:prompt_tokens", 50),
      histogram("vllm:time_to_first_token_seconds", { "0.1": fast, "1": 0, "+Inf": 0 }),
      gauge("vllm:num_requests_running", 1),
      gauge("vllm:num_requests_waiting", 5),
      gauge("vllm:kv_cache_usage_perc", 0.25, { engine: "0" }),
      gauge("vllm:kv_cache_usage_perc", 0.5, { engine: "1" }),
    );
  const history = historyOf(look(10, 0), look(30, 10));
  assertEquals(hasLlm(history.table!), true);
  const cards = named(llmCards(history));
  assertObjectMatch(cards.generation_tokens, { value: "30/s", detail: "90 in all" });
  assertObjectMatch(cards.prompt_tokens, { value: "0/s", exact: { "vllm:prompt_tokens": 50 } });
  assertObjectMatch(cards.first_token, { value: "50.0 ms" });
  assertObjectMatch(cards.queue, { value: "1", detail: "5 waiting", alarm: true });
  assertObjectMatch(cards.kv_usage, { value: "50.0 %" });
});

Deno.test("llmCards() is empty where no LLM is served", () => {
  assertEquals(llmCards(historyOf(table(counter("http_requests", 1)))), []);
});
