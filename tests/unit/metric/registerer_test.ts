import { assertStrictEquals, assertThrows } from "@std/assert";
import { DEFAULT_REGISTERER, defaultRegisterer } from "../../../src/metric/registerer.ts";
import { defaultRegistry } from "../../../src/registry/default_registry.ts";

const globals = globalThis as Record<symbol, unknown>;

Deno.test("defaultRegisterer() is the thread's default registry", () => {
  assertStrictEquals(defaultRegisterer(), defaultRegistry);
});

Deno.test("defaultRegisterer() says what is missing if no copy of the library has set it up", () => {
  delete globals[DEFAULT_REGISTERER];
  try {
    assertThrows(() => defaultRegisterer(), Error, 'Cannot find the default registry: import "promslab"');
  } finally {
    globals[DEFAULT_REGISTERER] = defaultRegistry;
  }
});
