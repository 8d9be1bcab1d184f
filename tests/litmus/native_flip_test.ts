import { testRaces } from "./_harness.ts";
import { races } from "./native_flip_race.ts";

testRaces(new URL("./native_flip_race.ts", import.meta.url).href, races);
