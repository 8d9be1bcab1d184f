import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { runCommand, startCommand } from "../../_support/command.ts";
import { waitFor } from "../../_support/wait_for.ts";

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

Deno.test("a started command's own children end with it", async () => {
  const inner = `console.log("inner " + Deno.pid); setInterval(() => {}, 1000);`;
  const outer = `await new Deno.Command(Deno.execPath(), { args: ["eval", ${
    JSON.stringify(inner)
  }] }).spawn().status;`;
  let pid = 0;
  {
    await using running = await startCommand({ command: ["deno", "eval", outer], ready: /inner (\d+)\n/ });
    pid = Number(running.ready![1]);
  }
  await waitFor(() => !isAlive(pid), { what: `the end of process ${pid}` });
});

/** Whether there is such a process; one that has ended but was not waited for does not count. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("runCommand() gives both outputs and the code", async () => {
  const { code, stdout, stderr } = await runCommand({
    command: ["deno", "eval", "console.log(Deno.env.get('WORD')); console.error('err'); Deno.exit(4)"],
    env: { WORD: "out" },
  });
  assertEquals({ code, stdout, stderr }, { code: 4, stdout: "out\n", stderr: "err\n" });
});
