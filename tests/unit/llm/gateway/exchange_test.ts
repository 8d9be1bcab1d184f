import { assertEquals } from "@std/assert";
import { Exchange } from "../../../../src/llm/gateway/exchange.ts";

/** An exchange that began at 1000 ms, and the moments that it tells. */
function exchangeOf() {
  const told: [what: string, seconds: number][] = [];
  const exchange = new Exchange(1000, {
    first: (seconds) => told.push(["first", seconds]),
    next: (seconds) => told.push(["next", seconds]),
  });
  return { exchange, told };
}

/** A part of a stream: the choices that it has a part of. */
function partOf(...indexes: number[]): string {
  return JSON.stringify({ choices: indexes.map((index) => ({ index, delta: { content: "a" } })) });
}

Deno.test("Exchange tells when the first part came, and how long each choice waited for its next", () => {
  const { exchange, told } = exchangeOf();
  exchange.event(partOf(0), 1500);
  exchange.event(partOf(1), 1600);
  exchange.event(partOf(0), 1700);
  exchange.event("[DONE]", 9000);
  assertEquals(told, [["first", 0.5], ["next", 0.2]]);
  assertEquals([exchange.firstMs, exchange.decodeSeconds], [1500, 0.2]);
});

Deno.test("Exchange counts parts as tokens until the upstream says how many there were", () => {
  const { exchange } = exchangeOf();
  for (const indexes of [[0, 1], [0], [0]]) exchange.event(partOf(...indexes), 1500);
  assertEquals([exchange.completionTokens, exchange.completionTokensMax], [4, 3]);
  exchange.event('{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}}', 1600);
  assertEquals([exchange.promptTokens, exchange.completionTokens], [7, 9]);
  assertEquals(exchange.decodeSeconds, 0, "an event without a choice is no part");
});

Deno.test("Exchange takes what the upstream says of one choice for the longest", () => {
  const { exchange } = exchangeOf();
  exchange.event(partOf(0), 1500);
  exchange.event('{"choices":[],"usage":{"completion_tokens":20}}', 1500);
  assertEquals(exchange.completionTokensMax, 20);
});

Deno.test("Exchange keeps the last that was said of usage, part by part", () => {
  const { exchange } = exchangeOf();
  exchange.event('{"usage":{"prompt_tokens":5,"prompt_tokens_details":{"cached_tokens":3}}}', 1);
  exchange.event('{"usage":{"completion_tokens":2,"prompt_tokens_details":null}}', 2);
  exchange.event('{"usage":null}', 3);
  assertEquals([exchange.promptTokens, exchange.cachedTokens, exchange.completionTokens], [5, 3, 2]);
});

Deno.test("Exchange learns why each choice ended, and which model answered", () => {
  const { exchange } = exchangeOf();
  exchange.event('{"model":"m","choices":[{"index":1,"finish_reason":null}]}', 1);
  exchange.event('{"choices":[{"index":1,"finish_reason":"length"},{"finish_reason":"stop"}]}', 2);
  assertEquals([exchange.model, [...exchange.finishReasons]], ["m", [[1, "length"], [0, "stop"]]]);
});

Deno.test("Exchange takes a whole answer for no stream", () => {
  const { exchange, told } = exchangeOf();
  exchange.whole('{"model":"m","choices":[{"finish_reason":"stop"}],"usage":{"completion_tokens":4}}');
  assertEquals([exchange.completionTokens, exchange.finishReasons.get(0)], [4, "stop"]);
  assertEquals([exchange.firstMs, exchange.decodeSeconds, told], [undefined, 0, []]);
});

Deno.test("Exchange notices an error in the midst of a stream", () => {
  const { exchange } = exchangeOf();
  exchange.event('{"error":null,"choices":[]}', 1);
  assertEquals(exchange.failed, false);
  exchange.event('{"error":{"message":"lost","code":500}}', 2);
  assertEquals(exchange.failed, true);
});

Deno.test("Exchange leaves alone what it does not understand, as it passes by all the same", () => {
  const { exchange, told } = exchangeOf();
  const odd = [
    "",
    "{",
    "null",
    "5",
    "[]",
    '{"choices":5}',
    '{"choices":{}}',
    '{"choices":[null,5]}',
    '{"usage":5}',
    '{"model":5}',
    '{"choices":[{"index":"a","finish_reason":7}]}',
  ];
  for (const text of odd) {
    exchange.event(text, 1500);
    exchange.whole(text);
  }
  assertEquals([exchange.model, exchange.finishReasons.size, exchange.completionTokens], [undefined, 0, 0]);
  assertEquals([told, exchange.failed], [[], false]);
});

Deno.test("Exchange takes for a number of tokens only what is one", () => {
  const { exchange } = exchangeOf();
  exchange.event(partOf(0), 1500);
  for (const odd of ['"12"', "-1", "null", "{}", "1e999"]) {
    exchange.whole(
      `{"usage":{"prompt_tokens":${odd},"completion_tokens":${odd},"prompt_tokens_details":{"cached_tokens":${odd}}}}`,
    );
  }
  assertEquals([exchange.promptTokens, exchange.completionTokens, exchange.cachedTokens], [undefined, 1, 0]);
});
