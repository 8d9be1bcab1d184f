import { testRaces } from "./_harness.ts";
import { races } from "./sharing_race.ts";

testRaces(new URL("./sharing_race.ts", import.meta.url).href, races);
