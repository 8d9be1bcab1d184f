import { assertEquals } from "@std/assert";
import { ApiError, badRequest, reportFault, toApiError } from "../../../../src/llm/api/api_error.ts";
import { BodyTooLargeError } from "../../../../src/server/request_limits.ts";

/** What a function writes to stderr. */
function said(run: () => void): number {
  const { error } = console;
  let lines = 0;
  console.error = () => lines++;
  try {
    run();
  } finally {
    console.error = error;
  }
  return lines;
}

Deno.test("toApiError() tells clients what they did wrong, and nothing of a fault of the server", () => {
  assertEquals(toApiError(badRequest("`n` is wrong", "n")).toJSON(), {
    error: { message: "`n` is wrong", type: "BadRequestError", param: "n", code: 400 },
  });
  assertEquals(toApiError(new BodyTooLargeError(5)).status, 413);
  const fault = toApiError(new TypeError("x is not a function"));
  assertEquals([fault.status, fault.message], [500, "Internal server error"]);
});

Deno.test("reportFault() tells of faults of the server alone", () => {
  assertEquals(said(() => reportFault(new TypeError("x"), {})), 1);
  assertEquals(said(() => reportFault(new ApiError(404, "nothing"), {})), 0);
  assertEquals(said(() => reportFault(new BodyTooLargeError(5), {})), 0);
  assertEquals(said(() => reportFault(new TypeError("x"), { signal: AbortSignal.abort() })), 0);
});
