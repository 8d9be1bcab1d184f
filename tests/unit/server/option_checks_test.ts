import { assertEquals, assertThrows } from "@std/assert";
import { oneOf, refuse, seconds, wholeNumber, within } from "../../../src/server/option_checks.ts";
import { StartError } from "../../../src/server/start_error.ts";

const refuses = (check: () => unknown, message: string) => assertThrows(check, StartError, message);

Deno.test("refuse() says what was given and what is wanted, also apart from its message", () => {
  const { message, code, option } = refuse("port", -1, "a whole number from 0 to 65535");
  assertEquals(message, 'Cannot use port "-1": wanted a whole number from 0 to 65535');
  assertEquals([code, option], ["BAD_OPTION", {
    name: "port",
    value: "-1",
    wanted: "a whole number from 0 to 65535",
  }]);
});

Deno.test("wholeNumber() and within() take their bounds, and nothing that only looks like a number", () => {
  const bounds = { min: 1, max: 3 };
  assertEquals([wholeNumber("n", 1, bounds), wholeNumber("n", 3, bounds), within("n", 2.5, bounds)], [
    1,
    3,
    2.5,
  ]);
  for (const value of [0, 4, 2.5, NaN, Infinity, "2", null, undefined]) {
    refuses(
      () => wholeNumber("n", value, bounds),
      `Cannot use n "${value}": wanted a whole number from 1 to 3`,
    );
  }
  for (const value of [0.9, 3.1, NaN, "2", null, undefined]) {
    refuses(() => within("n", value, bounds), `Cannot use n "${value}": wanted a number from 1 to 3`);
  }
});

Deno.test("seconds() and oneOf() name what is wanted", () => {
  assertEquals([seconds("wait", 0), seconds("wait", 86_400), oneOf("kind", "b", ["a", "b"])], [
    0,
    86_400,
    "b",
  ]);
  refuses(() => seconds("wait", -1), 'Cannot use wait "-1": wanted a number of seconds from 0 to 86400');
  refuses(() => oneOf("kind", "c", ["a", "b"]), 'Cannot use kind "c": wanted one of a, b');
});
