import { assertEquals } from "@std/assert";
import { EventStream } from "../../../../src/llm/api/event_stream.ts";

Deno.test("EventStream sends data as events and ends as OpenAI's clients expect it", async () => {
  const stream = new EventStream(() => {});
  stream.send('{"a":"ü"}');
  stream.send("2");
  stream.end();
  const response = stream.toResponse();
  assertEquals(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "no-cache");
  assertEquals(await response.text(), 'data: {"a":"ü"}\n\ndata: 2\n\ndata: [DONE]\n\n');
});

Deno.test("EventStream sends nothing behind its end, however often it ends", async () => {
  const stream = new EventStream(() => {});
  stream.end();
  stream.send("late");
  stream.end();
  assertEquals(await stream.toResponse().text(), "data: [DONE]\n\n");
});

Deno.test("EventStream says once that the client has left, and then takes what comes for nobody", async () => {
  let left = 0;
  const stream = new EventStream(() => void left++);
  stream.send("1");
  await stream.body.cancel();
  await stream.body.cancel();
  stream.send("2");
  stream.end();
  assertEquals(left, 1);
});

Deno.test("EventStream does not take a client for gone that has everything", async () => {
  let left = 0;
  const stream = new EventStream(() => void left++);
  stream.end();
  await stream.body.cancel();
  assertEquals(left, 0);
});
