import { testRaces } from "./_harness.ts";
import { races } from "./plain_words_race.ts";

testRaces(new URL("./plain_words_race.ts", import.meta.url).href, races);
