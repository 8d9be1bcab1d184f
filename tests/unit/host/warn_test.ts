import { assertEquals } from "@std/assert";
import process from "node:process";
import { warnOnce } from "../../../src/host/warn.ts";
import { waitFor } from "../../_support/wait_for.ts";

Deno.test("warnOnce() warns of each thing once, with its cause, to whoever listens", async () => {
  const heard: string[] = [];
  const listen = ({ name, message }: Error) => void (name === "PromslabWarning" && heard.push(message));
  process.on("warning", listen);
  try {
    warnOnce("the file is gone", new Error("ENOENT"));
    warnOnce("the file is gone", new Error("another"));
    warnOnce("the port is taken", 9464);
    warnOnce("nothing else");
    await waitFor(() => heard.length >= 3, { what: "three warnings" });
    assertEquals(heard, ["the file is gone: ENOENT", "the port is taken: 9464", "nothing else"]);
  } finally {
    process.removeListener("warning", listen);
  }
});
