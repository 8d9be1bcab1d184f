/**
 * client_golang, where Go and the library's sources are installed (Debian: `golang-go` and
 * `golang-github-prometheus-client-golang-dev`).
 *
 * @module
 */
import { BENCH, firstLine } from "../runner/machine.ts";
import type { SubjectCommand } from "../runner/subject.ts";

const SOURCES = "/usr/share/gocode";
const LIBRARY = `${SOURCES}/src/github.com/prometheus/client_golang`;

/** The command that starts the subject, built if need be, or why there is none. */
export async function goCommand(): Promise<
  SubjectCommand | { reason: string }
> {
  const go = firstLine("go", ["version"]);
  if (go === undefined) return { reason: "Go is not installed" };
  const version = firstLine("dpkg-query", [
    "-W",
    "-f",
    "${Version}",
    "golang-github-prometheus-client-golang-dev",
  ]);
  if (version === undefined) {
    return { reason: `the library's sources are not in ${LIBRARY}` };
  }
  const program = `${BENCH}.build/client_golang`;
  const { success, stderr } = await new Deno.Command("go", {
    args: ["build", "-o", program, `${BENCH}peers/client_golang/main.go`],
    env: { GO111MODULE: "off", GOPATH: SOURCES, GOFLAGS: "", GOPROXY: "off" },
  }).output();
  if (!success) {
    return {
      reason: `the subject does not compile: ${new TextDecoder().decode(stderr).trim()}`,
    };
  }
  const told = `${version}, ${/go[0-9.]+/.exec(go)?.[0] ?? "go"}`;
  return {
    subject: "client_golang",
    runtime: "go",
    command: [program, told.replaceAll(" ", "_")],
  };
}
