/**
 * A copy of the repository, for commands of the documentation that write into it.
 *
 * @module
 */
import { ROOT, runCommand } from "./command.ts";

/** Who makes the copy's only commit. */
const COMMIT = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "commit", "--quiet"];

/**
 * Copies what git knows, and new files that it does not ignore, as they are now, into a folder; commits them there, so
 * that commands which look at the commit see one without changes.
 */
export async function copyRepository(folder: string): Promise<void> {
  const files = "git ls-files --cached --others --exclude-standard -z";
  const present = `while IFS= read -r -d "" f; do if [ -e "$f" ]; then printf "%s\\0" "$f"; fi; done`;
  await succeed(
    ["bash", "-c", `${files} | ${present} | xargs -0 cp --parents -t "${folder}"`],
    ROOT.pathname,
  );
  await succeed(["git", "init", "--quiet"], folder);
  await succeed(["git", "add", "--all"], folder);
  await succeed(["git", ...COMMIT, "--no-verify", "--message", "A copy"], folder);
}

async function succeed(command: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runCommand({ command, cwd });
  if (code !== 0) throw new Error(`Cannot run ${command.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
}
