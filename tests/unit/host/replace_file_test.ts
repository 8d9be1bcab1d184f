import { assertEquals, assertRejects } from "@std/assert";
import { replaceFile } from "../../../src/host/replace_file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("replaceFile() puts all chunks in place of what was there, and leaves nothing beside it", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.prom`;
  await replaceFile(path, [bytes("one")]);
  await replaceFile(path, [bytes("two "), bytes(""), bytes("three")]);
  assertEquals(await Deno.readTextFile(path), "two three");
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o644);
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["a.prom"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("replaceFile() never shows a part to a reader", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.prom`;
  const contents = ["x".repeat(300_000), "y".repeat(200_000)];
  await replaceFile(path, [bytes(contents[0])]);
  let writing = true;
  const reads = (async () => {
    let count = 0;
    for (; writing; count++) assertEquals(contents.includes(await Deno.readTextFile(path)), true);
    return count;
  })();
  for (let i = 0; i < 50; i++) {
    const text = contents[i % 2];
    await replaceFile(path, [bytes(text.slice(0, 100_000)), bytes(text.slice(100_000))]);
  }
  writing = false;
  assertEquals(await reads > 0, true);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("replaceFile() leaves the file as it was when it cannot write", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/taken.prom`);
  await assertRejects(() => replaceFile(`${folder}/taken.prom`, [bytes("x")]));
  await assertRejects(() => replaceFile(`${folder}/missing/a.prom`, [bytes("x")]));
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["taken.prom"]);
  await Deno.remove(folder, { recursive: true });
});
