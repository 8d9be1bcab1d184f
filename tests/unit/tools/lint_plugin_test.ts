import { assertEquals } from "@std/assert";
import plugin, { judgeMessage } from "../../../tools/lint_plugin.ts";

function lint(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id, range }) => `${id} ${source.slice(...range)}`);
}

Deno.test("judgeMessage() wants sentence case, no final period and words spelled out", () => {
  const whole = { start: true, end: true };
  assertEquals(judgeMessage('Cannot add "x": it is there already', whole), undefined);
  assertEquals(judgeMessage("cannot add", whole), "begins with a capital letter");
  assertEquals(judgeMessage("Cannot add.", whole), "has no final period");
  assertEquals(judgeMessage("Cannot add: it doesn't fit", whole), "spells its words out");
  assertEquals(judgeMessage("cannot add.", { start: false, end: false }), undefined);
});

Deno.test("error-message looks at what the library throws, in templates too", () => {
  const bad = "throw new Error(`cannot add ${x} at all.`);";
  assertEquals(lint("/repo/src/model/x.ts", bad).length, 1);
  assertEquals(lint("/repo/tests/unit/x.ts", bad), []);
  assertEquals(lint("/repo/src/model/x.ts", "throw new RangeError(`Cannot add ${x}: wanted 1`);"), []);
  assertEquals(lint("/repo/src/model/x.ts", "throw new Error(message); throw error;"), []);
});

Deno.test("no-literal-offset finds a number as index of shared memory, except where layouts live", () => {
  const bad = "Atomics.add(view, 3, 1);";
  assertEquals(lint("/repo/src/host/x.ts", bad), ["promslab/no-literal-offset 3"]);
  assertEquals(lint("/repo/src/layout/x.ts", bad), []);
  assertEquals(lint("/repo/src/host/x.ts", "Atomics.add(view, HEADER32.beat, 1); Math.max(view, 3);"), []);
});

Deno.test("atomics-order wants a comment above each atomic access, not beyond a blank line", () => {
  const call = "Atomics.add(view, WORD, 1);";
  assertEquals(lint("/repo/src/slab/x.ts", call), [`promslab/atomics-order ${call.slice(0, -1)}`]);
  assertEquals(lint("/repo/src/slab/x.ts", `// ORDER: after the values.\n${call}\n${call}`), []);
  assertEquals(lint("/repo/src/slab/x.ts", `// ORDER: after the values.\n\n${call}`).length, 1);
  assertEquals(lint("/repo/src/slab/x.ts", `// WHY: something else.\n${call}`).length, 1);
  assertEquals(lint("/repo/src/host/x.ts", call), []);
});
