import { assertEquals, assertRejects } from "@std/assert";
import { loadHandler, summaryOf } from "../../../../src/server/workers/handler_module.ts";
import { StartError } from "../../../../src/server/start_error.ts";

const moduleOf = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

async function refusal(source: string): Promise<StartError> {
  return await assertRejects(() => loadHandler(moduleOf(source)), StartError);
}

Deno.test("loadHandler() gives the default export, keeping its `this`", async () => {
  const handler = await loadHandler(
    moduleOf("export default { text: 'hi', fetch() { return new Response(this.text); } }"),
  );
  const response = await handler.fetch(new Request("http://localhost"), undefined as never);
  assertEquals(await response.text(), "hi");
});

Deno.test("loadHandler() says what it found instead of a handler", async () => {
  const found: Record<string, string> = {
    "export const fetch = 1;": "only the named exports fetch",
    "1;": "no export",
    "export default 1;": "a default export of type number",
    "export default null;": "a default export of type null",
    "export default {};": "a default export without a fetch function",
  };
  for (const [source, what] of Object.entries(found)) {
    const error = await refusal(source);
    assertEquals(error.code, "HANDLER_WITHOUT_FETCH");
    assertEquals(error.message.endsWith(`found ${what}`), true, error.message);
  }
});

Deno.test("loadHandler() keeps what the module threw", async () => {
  const error = await refusal("throw new RangeError('one\\n  two');");
  assertEquals(error.code, "HANDLER_FAILED");
  assertEquals(error.message.endsWith("RangeError: one two"), true, error.message);
  assertEquals((error.cause as Error).name, "RangeError");
});

Deno.test("summaryOf() puts any thrown value on one line", () => {
  assertEquals(summaryOf(new TypeError("a\nb")), "TypeError: a b");
  assertEquals(summaryOf("text"), "text");
});
