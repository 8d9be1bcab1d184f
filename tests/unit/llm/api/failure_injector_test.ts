import { assertEquals } from "@std/assert";
import { type ApiConfig, DEFAULT_API_CONFIG, FAILURE_TYPES } from "../../../../src/llm/api/api_config.ts";
import { injectedFailure } from "../../../../src/llm/api/failure_injector.ts";

/** The status of the failure that a request gets, if any, with these random numbers. */
function statusOf(config: Partial<ApiConfig>, random: number[], wanted?: string): number | undefined {
  const request = new Request("http://server/", {
    headers: wanted === undefined ? {} : { "x-return-error": wanted },
  });
  return injectedFailure(request, {
    config: { ...DEFAULT_API_CONFIG, ...config },
    random: () => random.shift()!,
  })?.status;
}

Deno.test("injectedFailure() lets requests alone unless it is told otherwise, and draws nothing then", () => {
  const random = [0];
  assertEquals([statusOf({}, random), random.length], [undefined, 1]);
});

Deno.test("injectedFailure() fails its share of the requests", () => {
  const config = { failureRate: 0.25 };
  assertEquals(statusOf(config, [0.2499, 0]), 429);
  assertEquals(statusOf(config, [0.25, 0]), undefined);
  assertEquals(statusOf({ failureRate: 1, failureTypes: [] }, [0, 0]), undefined);
});

Deno.test("injectedFailure() chooses among the types, the first and the last included", () => {
  const statuses = FAILURE_TYPES.map((_, i) =>
    statusOf({ failureRate: 1 }, [0, (i + 0.5) / FAILURE_TYPES.length])
  );
  assertEquals(statuses, [429, 401, 400, 503, 400, 404]);
  assertEquals(statusOf({ failureRate: 1, failureTypes: ["server_error"] }, [0, 0.999999]), 503);
});

Deno.test("injectedFailure() gives a client the error that it asks for, and no other status", () => {
  assertEquals([statusOf({}, [], "400"), statusOf({}, [], "599")], [400, 599]);
  for (const wanted of ["", "200", "399", "600", "teapot"]) {
    assertEquals(statusOf({}, [], wanted), undefined, wanted);
  }
});
