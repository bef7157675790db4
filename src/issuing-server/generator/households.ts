/** A person's place in a household, before they have a name. */
export interface Member {
  /** 続柄, by sex. */
  readonly relationship: Readonly<Record<"male" | "female", string>>;
  /** Fixed by the relationship, or left to chance. */
  readonly sex?: "male" | "female";
  /** Age against the head's: at least `[0]` years more (less when negative), and up to `[1]` years above that. */
  readonly agedBy: readonly [number, number];
  readonly foreign: boolean;
}

/** A kind of household with its share among a hundred. */
export interface HouseholdShape {
  readonly weight: number;
  readonly youngestHead: number;
  readonly oldestHead: number;
  /** The head first. */
  readonly members: readonly Member[];
}

const both = (word: string) => ({ male: word, female: word });

function head(sex?: "male" | "female", foreign = false): Member {
  return { relationship: both("世帯主"), ...(sex ? { sex } : {}), agedBy: [0, 0], foreign };
}
function spouse(sex: "male" | "female", foreign = false): Member {
  return { relationship: { male: "夫", female: "妻" }, sex, agedBy: [-5, 8], foreign };
}
/** `place` counts the children from the eldest, 0. */
function child(place: number): Member {
  return { relationship: both("子"), agedBy: [-28 - place * 3, 1], foreign: false };
}
function foreignChild(): Member {
  return { relationship: both("子"), agedBy: [-30, 4], foreign: true };
}
const parent = (sex: "male" | "female"): Member => ({
  relationship: { male: "父", female: "母" },
  sex,
  agedBy: [24, 10],
  foreign: false,
});

/** Kinds of household, weighted roughly as the census of 2020 counts them. */
export const householdShapes: readonly HouseholdShape[] = [
  { weight: 36, youngestHead: 18, oldestHead: 92, members: [head()] },
  { weight: 2, youngestHead: 19, oldestHead: 60, members: [head(undefined, true)] },
  { weight: 18, youngestHead: 25, oldestHead: 90, members: [head("male"), spouse("female")] },
  { weight: 2, youngestHead: 25, oldestHead: 70, members: [head("female"), spouse("male")] },
  { weight: 12, youngestHead: 30, oldestHead: 58, members: [head("male"), spouse("female"), child(0)] },
  { weight: 12, youngestHead: 34, oldestHead: 60, members: [head("male"), spouse("female"), child(0), child(1)] },
  {
    weight: 4,
    youngestHead: 36,
    oldestHead: 60,
    members: [head("male"), spouse("female"), child(0), child(1), child(2)],
  },
  { weight: 7, youngestHead: 30, oldestHead: 62, members: [head("female"), child(0)] },
  {
    weight: 3,
    youngestHead: 36,
    oldestHead: 60,
    members: [head("male"), spouse("female"), child(0), parent("male"), parent("female")],
  },
  { weight: 2, youngestHead: 28, oldestHead: 60, members: [head("male"), spouse("female", true), child(0)] },
  {
    weight: 1,
    youngestHead: 28,
    oldestHead: 55,
    members: [head("male", true), spouse("female", true), foreignChild()],
  },
];
