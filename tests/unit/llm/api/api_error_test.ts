import { assertEquals } from "@std/assert";
import { ApiError, badRequest, reportFault, toApiError } from "../../../../src/llm/api/api_error.ts";
import { BodyTooLargeError } from "../../../../src/server/request_limits.ts";
import { stderrLines } from "../../../_support/stderr_lines.ts";

Deno.test("toApiError() tells clients what they did wrong, and nothing of a fault of the server", () => {
  assertEquals(toApiError(badRequest("`n` is wrong", "n")).toJSON(), {
    error: { message: "`n` is wrong", type: "BadRequestError", param: "n", code: 400 },
  });
  assertEquals(toApiError(new BodyTooLargeError(5)).status, 413);
  const fault = toApiError(new TypeError("x is not a function"));
  assertEquals([fault.status, fault.message], [500, "Internal server error"]);
});

Deno.test("reportFault() tells of faults of the server alone", () => {
  assertEquals(stderrLines(() => reportFault(new TypeError("x"), {})).length, 1);
  assertEquals(stderrLines(() => reportFault(new ApiError(404, "nothing"), {})).length, 0);
  assertEquals(stderrLines(() => reportFault(new BodyTooLargeError(5), {})).length, 0);
  assertEquals(stderrLines(() => reportFault(new TypeError("x"), { signal: AbortSignal.abort() })).length, 0);
});
