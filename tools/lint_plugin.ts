/**
 * House rules that `deno lint` enforces besides its own.
 *
 * @module
 */

/** Where each atomic access says why it stands where it stands. */
const ORDERED = /\/src\/slab\//;
/** Folders in which numeric offsets may stand: they own the layouts. */
const LAYOUT_OWNERS = /\/src\/(?:layout|slab)\//;
/** The messages of src/compat are prom-client's, word for word. */
const LIBRARY = /\/(?:src\/(?!compat\/)|workers\/)/;

/**
 * Whether a message reads as the house style wants it: sentence case, no final period, no contraction.
 * A piece that begins or ends with a value has nothing to say about that end.
 *
 * @returns what is wrong, or undefined
 */
export function judgeMessage(message: string, whole: { start: boolean; end: boolean }): string | undefined {
  if (whole.start && /^[a-z]+\s/.test(message)) return "begins with a capital letter";
  if (whole.end && /[^.]\.\s*$/.test(message)) return "has no final period";
  if (/\b(?:can't|won't|don't|doesn't|isn't|aren't|didn't|couldn't|shouldn't|wasn't)\b/i.test(message)) {
    return "spells its words out";
  }
  return undefined;
}

/** The constant text of a message argument, and whether it is known where it starts and where it ends. */
function textOf(
  node: Deno.lint.Node | undefined,
): { text: string; start: boolean; end: boolean } | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") {
    return { text: node.value, start: true, end: true };
  }
  if (node?.type === "TemplateLiteral") {
    const pieces = node.quasis.map((piece) => piece.cooked);
    const text = pieces.join("…");
    return { text, start: pieces[0] !== "", end: pieces.at(-1) !== "" };
  }
  return undefined;
}

/** Whether a comment that begins with `ORDER:` stands above a position, with no blank line between. */
export function hasOrder(source: string, position: number): boolean {
  const lines = source.slice(0, position).split("\n");
  for (let k = lines.length - 2; k >= 0 && lines[k].trim() !== ""; k--) {
    if (lines[k].trimStart().startsWith("// ORDER: ")) return true;
  }
  return false;
}

const plugin: Deno.lint.Plugin = {
  name: "promslab",
  rules: {
    "error-message": {
      create(context) {
        if (!LIBRARY.test(context.filename)) return {};
        return {
          "ThrowStatement > NewExpression"(node: Deno.lint.NewExpression) {
            const message = textOf(node.arguments[0]);
            if (!message) return;
            const wrong = judgeMessage(message.text, message);
            if (wrong) {
              context.report({
                node,
                message: `A message reads 'Cannot <action> "<value>": <what is wrong>' and ${wrong}`,
              });
            }
          },
        };
      },
    },
    "atomics-order": {
      create(context) {
        if (!ORDERED.test(context.filename)) return {};
        return {
          "CallExpression[callee.object.name='Atomics']"(node: Deno.lint.CallExpression) {
            if (hasOrder(context.sourceCode.text, node.range[0])) return;
            context.report({
              node,
              message: "An atomic access has a comment above it that begins with ORDER:",
              hint: "Say what must come before or after it, with what it pairs, and which race shows it",
            });
          },
        };
      },
    },
    "no-literal-offset": {
      create(context) {
        if (!LIBRARY.test(context.filename) || LAYOUT_OWNERS.test(context.filename)) return {};
        return {
          "CallExpression[callee.object.name='Atomics']"(node: Deno.lint.CallExpression) {
            const index = node.arguments[1];
            if (index?.type !== "Literal") return;
            context.report({
              node: index,
              message: "A numeric offset belongs to a table in src/layout",
              hint: "Name the element in src/layout and import it",
            });
          },
        };
      },
    },
  },
};
export default plugin;
