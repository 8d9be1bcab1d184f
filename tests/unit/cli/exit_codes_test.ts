import { assertEquals } from "@std/assert";
import { EXIT, EXIT_CODE_ROWS } from "../../../src/cli/exit_codes.ts";

Deno.test("every exit code has a row in the reference, and only one", () => {
  const documented = EXIT_CODE_ROWS.map(({ code }) => code).filter((code) => /^\d$/.test(code));
  assertEquals(documented, Object.values(EXIT).map(String));
});
