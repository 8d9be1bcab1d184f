import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runCommand, startCommand } from "../../_support/command.ts";

const READY_THEN_WAIT = `
console.log("starting"); console.log("ready: port 7"); setInterval(() => {}, 1000);
Deno.addSignalListener("SIGTERM", () => { console.log("bye"); Deno.exit(3); });
console.log("listening for signals");
`;

Deno.test("startCommand() gives the ready line, and stop() the exit code", async () => {
  await using server = await startCommand({
    command: ["deno", "eval", READY_THEN_WAIT],
    ready: /ready: port (\d+)[\s\S]*listening/,
  });
  assertEquals(server.ready?.[1], "7");
  assertEquals(await server.stop(), { code: 3, signal: null });
  assertStringIncludes(server.stdout, "bye");
});

Deno.test("startCommand() says what a command printed that ended too early", async () => {
  const start = () =>
    startCommand({ command: ["deno", "eval", "console.error('no port'); Deno.exit(2)"], ready: /ready/ });
  const error = await assertRejects(start, Error, "it ended with 2");
  assertStringIncludes(error.message, "no port");
});

Deno.test("a started command is killed at the end of its block", async () => {
  let ended: Promise<unknown>;
  {
    await using endless = await startCommand({ command: ["deno", "eval", "setInterval(() => {}, 1000)"] });
    ended = endless.ended;
  }
  assertEquals(await ended, { code: 137, signal: "SIGKILL" });
});

Deno.test("runCommand() gives both outputs and the code", async () => {
  const { code, stdout, stderr } = await runCommand({
    command: ["deno", "eval", "console.log(Deno.env.get('WORD')); console.error('err'); Deno.exit(4)"],
    env: { WORD: "out" },
  });
  assertEquals({ code, stdout, stderr }, { code: 4, stdout: "out\n", stderr: "err\n" });
});
