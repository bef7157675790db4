import { ageOn, civilTimeInJapan } from "../../issuing-server/calendar/civil-time.ts";
import type { RefusalRules } from "../../issuing-server/eligibility/rules.ts";
import type { Household, Resident } from "../../issuing-server/registry/types.ts";
import { checkGlyphs } from "../../issuing-server/renderer/glyphs.ts";
import type { CitizenNote } from "../bench/protocol.ts";
import { type CardRow, ORDINARY_PIN } from "./card-table.ts";

/** Everything that a note may speak of. */
export interface NoteFacts {
  readonly resident: Resident;
  readonly household: Household | undefined;
  /** Everybody whom the register lists in the household. */
  readonly members: readonly Resident[];
  readonly card: CardRow | undefined;
  readonly rules: RefusalRules;
  readonly glyphs: Parameters<typeof checkGlyphs>[0];
  readonly nowMs: number;
}

const SELECTORS = /[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gu;
const PRIVATE_USE = /[\u{E000}-\u{F8FF}\u{F0000}-\u{FFFFD}\u{100000}-\u{10FFFD}]/u;
/** Four persons stand on a page. */
const LARGE_HOUSEHOLD = 5;
/** Without a limit of the municipality's own, a name is called long when it needs a second line. */
const LONG_NAME = 40;

/**
 * What is special about a person, so that a demonstrator finds the interesting ones. Empty for an ordinary person with an
 * ordinary card: whoever has no note is served.
 */
export function notesOf(facts: NoteFacts): readonly CitizenNote[] {
  const { resident, household, members, card, rules, glyphs, nowMs } = facts;
  const present = members.filter((m) => m.status === "resident" || m.status === "moveNoticeFiled");
  const age = ageOn(resident.birthDate, civilTimeInJapan(nowMs).date);
  const privateGlyph = PRIVATE_USE.test(resident.name);
  const length = [...resident.name.replace(SELECTORS, "")].length;
  const cardNote = card && card.state !== "ok" ? card.state : undefined;
  const holds: readonly (readonly [CitizenNote, boolean])[] = [
    ["otherPin", (card?.pin || ORDINARY_PIN) !== ORDINARY_PIN],
    ["underAge", age < rules.minimumAge],
    ["protectiveMeasures", resident.protectiveMeasure],
    [
      "householdProtected",
      !resident.protectiveMeasure &&
        rules.protectiveMeasures === "household" &&
        present.some((m) => m.protectiveMeasure),
    ],
    ["moveNoticeFiled", resident.status === "moveNoticeFiled"],
    [
      "movePending",
      household?.movePending === true || present.some((m) => m !== resident && m.status === "moveNoticeFiled"),
    ],
    ["movedOut", resident.status === "movedOut"],
    ["deceased", resident.status === "deceased"],
    ["sealCancelled", resident.seal?.state === "cancelled"],
    ["foreign", resident.foreign !== undefined],
    ["ivsName", resident.name.search(SELECTORS) >= 0],
    ["missingGlyph", !privateGlyph && !checkGlyphs(glyphs, [resident.name]).ok],
    ["privateGlyph", privateGlyph],
    ["longName", length > (rules.longestName || LONG_NAME)],
    ["largeHousehold", present.length >= LARGE_HOUSEHOLD],
  ];
  return [...(cardNote ? [cardNote] : []), ...holds.flatMap(([note, is]) => (is ? [note] : []))];
}
