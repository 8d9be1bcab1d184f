import { assertStrictEquals } from "@std/assert";
import { DEFAULT_REGISTERER } from "../../../src/metric/registerer.ts";
import { defaultRegistry } from "../../../src/registry/default_registry.ts";

Deno.test("defaultRegistry is one for all copies of the library in a thread", async () => {
  const url = new URL("../../../src/registry/default_registry.ts?another-copy", import.meta.url).href;
  const copy = await import(url) as { defaultRegistry: unknown };
  assertStrictEquals(copy.defaultRegistry, defaultRegistry);
  assertStrictEquals((globalThis as Record<symbol, unknown>)[DEFAULT_REGISTERER], defaultRegistry);
});
