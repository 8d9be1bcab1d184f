import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { waitFor } from "../../_support/wait_for.ts";

Deno.test("waitFor() gives what the condition gave at last", async () => {
  let looks = 0;
  assertEquals(
    await waitFor(() => ++looks >= 3 && `look ${looks}`, { what: "the third look", pauseMs: 1 }),
    "look 3",
  );
});

Deno.test("waitFor() looks again after an error, and names the last one", async () => {
  let looks = 0;
  const value = await waitFor(() => {
    if (++looks < 3) throw new Error("not yet");
    return looks;
  }, { what: "a third try", pauseMs: 1 });
  assertEquals(value, 3);
  const error = await assertRejects(
    () => waitFor(() => Promise.reject(new Error("never")), { what: "nothing", deadlineMs: 5, pauseMs: 1 }),
    Error,
    "Cannot wait any longer for nothing",
  );
  assertStringIncludes(error.message, "never");
  assert(error.message.includes("5 ms"));
});
