// needs: python3
/**
 * A terminal that is closed sends SIGHUP too: the server that was started in it ends as by SIGTERM.
 */
import { assertEquals } from "@std/assert";
import { startCommand } from "../_support/command.ts";

/** Runs a command in a terminal of its own, which it closes when the server is ready; then tells how that ended. */
const TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
text = b""
while b"promslab ready" not in text:
    text += os.read(terminal, 4096)
os.close(terminal)
_, status = os.waitpid(pid, 0)
print("ended", os.waitstatus_to_exitcode(status), flush=True)
`;

Deno.test("a server whose terminal is closed drains and ends with exit code 0", async () => {
  const serve = [Deno.execPath(), "run", "-A", "src/cli/main.ts", "serve", "examples/app.ts"];
  await using command = await startCommand({
    command: ["python3", "-c", TERMINAL, ...serve, "--workers", "2", "--port", "0", "--admin-port", "0"],
    ready: /^ended (-?\d+)$/m,
    deadlineMs: 30_000,
  });
  assertEquals(command.ready![1], "0");
});
