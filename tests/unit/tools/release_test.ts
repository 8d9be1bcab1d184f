import { assertEquals, assertThrows } from "@std/assert";
import { isLater, releasedChangelog, withVersion } from "../../../tools/release.ts";

Deno.test("isLater() compares numbers as numbers, and a pre-release comes before its release", () => {
  const order = ["0.9.0", "0.10.0-beta.1", "0.10.0-beta.2", "0.10.0", "0.10.1", "1.0.0"];
  for (const [i, version] of order.entries()) {
    for (const [j, other] of order.entries()) {
      assertEquals(isLater(version, other), i > j, `${version} ${other}`);
    }
  }
  assertThrows(() => isLater("1.0", "1.0.0"), RangeError, 'version "1.0"');
});

Deno.test("withVersion() changes the version and nothing else", () => {
  const pattern = /(^\s*"version": ")([^"]+)(")/m;
  const text = '{\n  "name": "x",\n  "version": "0.1.0",\n  "other": "0.1.0"\n}\n';
  assertEquals(withVersion(text, pattern, "0.2.0"), text.replace("0.1.0", "0.2.0"));
  assertThrows(() => withVersion("{}", pattern, "0.2.0"), Error, "the file has none");
});

Deno.test("releasedChangelog() puts what is unreleased under the version, and refuses if there is nothing", () => {
  const text =
    "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";
  const released = releasedChangelog(text, "0.2.0", "2026-02-03");
  assertEquals(
    released,
    "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n",
  );
  assertThrows(() => releasedChangelog(released, "0.3.0", "2026-02-04"), Error, "nothing under [Unreleased]");
});
