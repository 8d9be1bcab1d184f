import { testRaces } from "./_harness.ts";
import { races } from "./exemplar_race.ts";

testRaces(new URL("./exemplar_race.ts", import.meta.url).href, races);
