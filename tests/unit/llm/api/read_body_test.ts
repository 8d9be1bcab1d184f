import { assertEquals, assertRejects } from "@std/assert";
import { ApiError } from "../../../../src/llm/api/api_error.ts";
import { readBody, readText } from "../../../../src/llm/api/read_body.ts";

function requestOf(body: BodyInit, headers: Record<string, string> = {}): Request {
  return new Request("http://server/", { method: "POST", body, headers });
}

/** A body that comes in parts and whose length nobody announced; counts the parts that were asked for. */
function parts(...texts: string[]) {
  let taken = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (taken === texts.length) controller.close();
      else controller.enqueue(new TextEncoder().encode(texts[taken++]));
    },
  }, { highWaterMark: 0 });
  return { body, taken: () => taken };
}

Deno.test("readBody() gives the fields of a JSON object", async () => {
  const fields = await readBody(requestOf('{"a":"b"}'), 100);
  assertEquals(fields.string("a"), "b");
});

Deno.test("readBody() says what is wrong with a body", async () => {
  const cases: [body: string, message: string][] = [
    ["", "The request body is no JSON: "],
    ["{", "The request body is no JSON: "],
    ["[1]", "The request body must be a JSON object, got an array"],
    ["null", "The request body must be a JSON object, got nothing"],
  ];
  for (const [body, message] of cases) {
    const error = await assertRejects(() => readBody(requestOf(body), 100), ApiError, message);
    assertEquals(error.status, 400);
  }
});

Deno.test("readText() takes a body of the longest length, and none that announces more", async () => {
  assertEquals(await readText(requestOf("12345", { "content-length": "5" }), 5), "12345");
  const request = requestOf("123456", { "content-length": "6" });
  const error = await assertRejects(() => readText(request, 5), ApiError, "at most 5 bytes");
  assertEquals([error.status, request.bodyUsed], [413, false], "not a byte of it was read");
});

Deno.test("readText() joins the parts of a body, characters over two parts included", async () => {
  const euro = new TextEncoder().encode("€");
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(euro.subarray(0, 1));
      controller.enqueue(euro.subarray(1));
      controller.close();
    },
  });
  assertEquals(await readText(requestOf(body), 3), "€");
});

Deno.test("readText() reads no further than the longest length, whatever comes", async () => {
  const { body, taken } = parts("123", "456", "789", "0");
  const error = await assertRejects(() => readText(requestOf(body), 5), ApiError, "at most 5 bytes");
  assertEquals([error.status, taken()], [413, 2]);
});

Deno.test("readText() gives nothing for a request without a body", async () => {
  assertEquals(await readText(new Request("http://server/", { method: "POST" }), 5), "");
});
