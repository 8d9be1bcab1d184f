import { assertEquals } from "@std/assert";
import { interleave, type Turn } from "../../../bench/runner/interleave.ts";
import { Progress } from "../../../bench/runner/progress.ts";
import { makeRow } from "./_make_result.ts";

function quiet(): Progress {
  return new Progress({ write: () => {}, terminal: false });
}

Deno.test("interleave() asks each turn once per round, and goes backwards in every second round", async () => {
  const order: string[] = [];
  const turn = (subject: string): Turn => {
    const { samples: _, ...row } = makeRow({ subject });
    return { rows: [row], take: (round) => Promise.resolve([(order.push(subject), round)]) };
  };
  const rows = await interleave([[turn("a"), turn("b")]], { rounds: 3, progress: quiet() });
  assertEquals(order, ["a", "b", "b", "a", "a", "b"]);
  assertEquals(rows.map(({ samples }) => samples), [[0, 1, 2], [0, 1, 2]]);
});

Deno.test("interleave() leaves out a turn that failed, says why, and keeps what it gave before", async () => {
  const { samples: _, ...row } = makeRow();
  const turn: Turn = {
    rows: [row, { ...row, unit: "bytes" }],
    take: (round) => round === 1 ? Promise.reject(new Error("no more")) : Promise.resolve([round, 7]),
  };
  const rows = await interleave([[turn]], { rounds: 3, progress: quiet() });
  assertEquals(rows.map(({ samples, note }) => ({ samples, note })), [
    { samples: [0], note: "no more" },
    { samples: [7], note: "no more" },
  ]);
});

Deno.test("Progress tells the share and the time that is left, on a terminal in one line", () => {
  let now = 0;
  let written = "";
  const progress = new Progress({ write: (text) => void (written += text), terminal: true, now: () => now });
  progress.expect(4);
  progress.step("first");
  now = 1000;
  progress.step("second");
  assertEquals(written, "\r\x1b[K  0 % first\r\x1b[K 25 % second, 3 s left");
});
