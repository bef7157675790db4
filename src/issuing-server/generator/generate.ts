import { addDays } from "../calendar/civil-time.ts";
import { myNumberCheckDigit } from "../registry/numbers.ts";
import type { Household, Resident, SealRegistration } from "../registry/types.ts";
import { type HouseholdShape, householdShapes, type Member } from "./households.ts";
import {
  FAMILY_NAMES,
  FOREIGN_ORIGINS,
  type ForeignOrigin,
  GIVEN_NAMES,
  OTHER_PLACES,
  RESIDENCE_STATUSES,
} from "./names.ts";
import { createSeededRandom, type SeededRandom } from "./random.ts";

/** What the generator needs to know about a municipality. */
export interface GeneratorInput {
  readonly settings: { readonly seed: string; readonly residents: number; readonly asOf: string };
  readonly town: {
    readonly name: { readonly ja: string };
    readonly prefecture: { readonly ja: string };
    readonly areas: readonly { readonly name: string; readonly blocks: number }[];
  };
  /** People who are there already: their ids and numbers are not given out again. */
  readonly taken: readonly Pick<Resident, "residentId" | "myNumber" | "householdId" | "seal">[];
}

/** Ages from which somebody may register a seal (印鑑登録): 15. */
const SEAL_AGE = 15;

/**
 * Makes residents and their households: the same input gives the same people, byte for byte. Exactly
 * `settings.residents` people; ids are `gen-000001` … and `gen-h00001` …
 */
export function generatePeople(input: GeneratorInput): { residents: Resident[]; households: Household[] } {
  const random = createSeededRandom(`people\0${input.settings.seed}`);
  const numbers = createNumbers(random, input);
  const residents: Resident[] = [];
  const households: Household[] = [];
  while (residents.length < input.settings.residents) {
    const left = input.settings.residents - residents.length;
    const shape = random.weighted(householdShapes.filter((s) => s.members.length <= left));
    const made = makeHousehold(random, input, shape, numbers);
    residents.push(...made.residents);
    households.push(made.household);
  }
  return { residents, households };
}

function makeHousehold(random: SeededRandom, input: GeneratorInput, shape: HouseholdShape, numbers: Numbers) {
  const householdId = numbers.householdId();
  const area = random.pick(input.town.areas);
  const place = `${input.town.prefecture.ja}${input.town.name.ja}${area.name}`;
  const address = `${place}${1 + random.below(area.blocks)}番${1 + random.below(20)}号`;
  const family = random.weighted(FAMILY_NAMES);
  const origin = random.weighted(FOREIGN_ORIGINS);
  const headAge = shape.youngestHead + random.below(shape.oldestHead - shape.youngestHead + 1);
  const domicileHome = random.chance(3, 4) ? place : random.pick(OTHER_PLACES);
  const domicile = `${domicileHome}${1 + random.below(60)}番地`;
  const yearsAgo = random.below(Math.max(1, headAge - 18));
  const moved = {
    on: addDays(input.settings.asOf, -30 - yearsAgo * 365 - random.below(300)),
    from: `${random.pick(OTHER_PLACES)}${1 + random.below(40)}番地`,
    // Who is of the place has always lived there; foreign residents have always come from somewhere.
    everybody: random.chance(2, 3),
  };
  const context = {
    input,
    random,
    numbers,
    householdId,
    family,
    origin,
    headAge,
    domicile,
    moved,
    givenNames: new Set<string>(),
  };
  const written = shape.members.map((member) => makePerson(context, member));
  const head = written[0];
  const people = written.map((p) => ({ ...p, domicileHead: p.foreign ? undefined : domicileHeadOf(written) }));
  const household: Household = {
    householdId,
    address,
    headResidentId: head?.residentId ?? "",
    residentIds: people.map((p) => p.residentId),
    movePending: random.chance(1, 200),
  };
  return { residents: people, household };
}

/** The first Japanese person of a household heads its family register. */
function domicileHeadOf(people: readonly Resident[]): string {
  return people.find((p) => !p.foreign)?.name ?? "";
}

interface HouseholdContext {
  readonly input: GeneratorInput;
  readonly random: SeededRandom;
  readonly numbers: Numbers;
  readonly householdId: string;
  readonly family: (typeof FAMILY_NAMES)[number];
  readonly origin: ForeignOrigin;
  readonly headAge: number;
  readonly domicile: string;
  readonly moved: { readonly on: string; readonly from: string; readonly everybody: boolean };
  /** Given names of the household so far: nobody is named like a sister or brother. */
  readonly givenNames: Set<string>;
}

function makePerson(context: HouseholdContext, member: Member): Resident {
  const { random, input, numbers } = context;
  const sex = member.sex ?? (random.chance(1, 2) ? "male" : "female");
  const age = Math.max(0, context.headAge + member.agedBy[0] + random.below(1 + member.agedBy[1]));
  const birthDate = addDays(input.settings.asOf, -Math.floor(age * 365.25) - 1 - random.below(365));
  const named = member.foreign
    ? foreignName(random, context.origin, sex)
    : japaneseName(random, context, sex, birthDate);
  const { moved } = context;
  const came = (moved.everybody || member.foreign) && moved.on > birthDate;
  return {
    residentId: numbers.residentId(),
    householdId: context.householdId,
    ...named,
    birthDate,
    sex,
    relationship: member.relationship[sex],
    domicile: member.foreign ? undefined : context.domicile,
    domicileHead: undefined,
    foreign: member.foreign
      ? {
          nationality: context.origin.nationality,
          residenceStatus: random.pick(RESIDENCE_STATUSES),
          residenceCardNumber: `${letters(random)}${random.digits(8)}${letters(random)}`,
        }
      : undefined,
    myNumber: numbers.myNumber(),
    becameResidentOn: came ? moved.on : birthDate,
    movedFrom: came ? moved.from : "",
    status: "resident",
    protectiveMeasure: random.chance(1, 500),
    seal: makeSeal(context, age, member.foreign ? named.name : context.family.written),
  };
}

function japaneseName(random: SeededRandom, context: HouseholdContext, sex: "male" | "female", birthDate: string) {
  const year = Number(birthDate.slice(0, 4));
  const free = GIVEN_NAMES[sex].filter((g) => !context.givenNames.has(g.written));
  const usual = free.filter((g) => year >= g.from && year <= g.to);
  const given = random.pick(usual.length > 0 ? usual : free);
  context.givenNames.add(given.written);
  return {
    name: `${context.family.written}\u3000${given.written}`,
    nameKana: `${context.family.kana}\u3000${given.kana}`,
  };
}

function foreignName(random: SeededRandom, origin: ForeignOrigin, sex: "male" | "female") {
  const [family, familyKana] = random.pick(origin.family);
  const [given, givenKana] = random.pick(origin.given[sex]);
  return { name: `${family} ${given}`, nameKana: `${familyKana}\u3000${givenKana}` };
}

function makeSeal(context: HouseholdContext, age: number, sealText: string): SealRegistration | undefined {
  const { random, input, numbers } = context;
  if (age < SEAL_AGE || !random.chance(3, 5)) return undefined;
  return {
    number: numbers.sealNumber(),
    registeredOn: addDays(input.settings.asOf, -1 - random.below(1 + (age - SEAL_AGE) * 365)),
    impressionText: sealText.split(" ")[0] ?? sealText,
    state: random.chance(1, 50) ? "cancelled" : "registered",
  };
}

function letters(random: SeededRandom): string {
  return Array.from({ length: 2 }, () => "ABCDEFGHJKLMNPRSTUVWXYZ"[random.below(23)]).join("");
}

/** Gives out ids and numbers, each once. */
interface Numbers {
  residentId(): string;
  householdId(): string;
  myNumber(): string;
  sealNumber(): string;
}

function createNumbers(random: SeededRandom, input: GeneratorInput): Numbers {
  const taken = new Set(input.taken.flatMap((r) => [r.residentId, r.householdId, r.myNumber]));
  const takenSeals = new Set(input.taken.flatMap((r) => (r.seal ? [r.seal.number] : [])));
  const next = (used: Set<string>, make: () => string) => {
    for (;;) {
      const candidate = make();
      if (used.has(candidate)) continue;
      used.add(candidate);
      return candidate;
    }
  };
  const counters = { resident: 0, household: 0, seal: 0 };
  const counted = (what: keyof typeof counters, digits: number) => {
    counters[what] += 1;
    return String(counters[what]).padStart(digits, "0");
  };
  return {
    residentId: () => next(taken, () => `gen-${counted("resident", 6)}`),
    householdId: () => next(taken, () => `gen-h${counted("household", 5)}`),
    sealNumber: () => next(takenSeals, () => counted("seal", 6)),
    myNumber: () =>
      next(taken, () => {
        const eleven = random.digits(11);
        return `${eleven}${myNumberCheckDigit(eleven)}`;
      }),
  };
}
