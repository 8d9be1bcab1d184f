import { assertRejects } from "@std/assert";
import { readTarget } from "../../../src/cli/read_target.ts";
import { TargetError } from "../../../src/cli/usage_error.ts";

Deno.test("readTarget() refuses what begins like a URL and is none, and files that are not there", async () => {
  for (const target of ["http://", "http://a b"]) {
    await assertRejects(() => readTarget(target, { timeoutSeconds: 1 }), TargetError, "wanted a URL such as");
  }
  await assertRejects(
    () => readTarget("no_such.txt", { timeoutSeconds: 1 }),
    TargetError,
    "there is no such file",
  );
});
