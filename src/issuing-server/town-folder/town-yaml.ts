import { z } from "zod";
import { type CertificateKind, certificateKinds } from "../../protocol/certificates.ts";
import { bilingual, municipalityCode } from "../../protocol/schema.ts";
import { MAX_COPIES } from "../../protocol/statements.ts";
import { isCivilDate } from "../calendar/civil-time.ts";
import { serviceHours, USUAL_HOURS, yearlyClosure } from "../calendar/service-calendar.ts";
import { refusalRules } from "../eligibility/rules.ts";
import { municipalityCheckDigit } from "../registry/numbers.ts";
import type { MunicipalityProfile } from "../registry/types.ts";

const name = z.string().min(1).max(40);

/** One kind of certificate as this municipality offers it. Documented, key by key, in `docs/towns.md`. */
const certificateOffer = z.strictObject({
  explanation: bilingual,
  /** Without it: 6:30–23:00 every day. */
  hours: z.array(serviceHours).min(1).max(7).optional(),
  /** Without it: 29 December to 3 January. An empty list: open all year. */
  closedEveryYear: z.array(yearlyClosure).max(20).optional(),
  maxCopies: z.int().min(1).max(MAX_COPIES),
});

const residentRecordOffer = certificateOffer.extend({
  /** Which options the citizen may choose; what is `false` is never printed. */
  options: z.strictObject({
    scope: z.boolean(),
    headAndRelationship: z.boolean(),
    domicile: z.boolean(),
    myNumber: z.boolean(),
  }),
});

/** People who are made up, besides those of the CSV files. */
const generatorSettings = z.union(
  [
    z.literal("none"),
    z.strictObject({
      /** The same seed gives the same people. */
      seed: z.string().min(1).max(100),
      residents: z.int().min(1).max(200_000),
      /** The day on which the people's ages are as the population's: `YYYY-MM-DD`. */
      asOf: z.string().refine(isCivilDate, "a day of the calendar as YYYY-MM-DD"),
    }),
  ],
  { error: "none, or a block with seed, residents and asOf" },
);

/** `town.yaml`: who the municipality is and what its rules are. */
export const townYaml = z
  .strictObject({
    code: municipalityCode.refine(
      (code) => municipalityCheckDigit(code.slice(0, 5)) === Number(code[5]),
      "a municipality code of six digits whose last is the check digit of JIS X 0402",
    ),
    name: bilingual,
    prefecture: bilingual,
    mayor: z.strictObject({ title: name, name }),
    /** The text of the official seal (公印). */
    seal: name,
    certificates: z.strictObject({
      "resident-record": residentRecordOffer.optional(),
      "seal-registration": certificateOffer.optional(),
    }),
    refusals: refusalRules,
    /** Areas (町丁目) with their highest block number, from which addresses of made-up people are drawn. */
    areas: z.array(z.strictObject({ name, blocks: z.int().min(1).max(999) })).max(500),
    generator: generatorSettings,
  })
  .refine((town) => town.generator === "none" || town.areas.length > 0, {
    message: "at least one area, because the generator needs addresses",
    path: ["areas"],
  });
export type TownYaml = z.output<typeof townYaml>;

/** What a municipality offers of one kind, with its defaults filled in. */
export interface CertificatePolicy {
  readonly kind: CertificateKind;
  readonly explanation: { readonly ja: string; readonly en: string };
  readonly hours: z.output<typeof serviceHours>[];
  readonly closedEveryYear: z.output<typeof yearlyClosure>[];
  readonly maxCopies: number;
  readonly options: {
    readonly scope: boolean;
    readonly headAndRelationship: boolean;
    readonly domicile: boolean;
    readonly myNumber: boolean;
  };
}

const NO_OPTIONS = { scope: false, headAndRelationship: false, domicile: false, myNumber: false };

/** The kinds that a town offers, in the order of the catalogue. */
export function certificatePolicies(town: TownYaml): CertificatePolicy[] {
  return certificateKinds.flatMap((kind) => {
    const offered = town.certificates[kind];
    if (!offered) return [];
    return [
      {
        kind,
        explanation: offered.explanation,
        hours: offered.hours ?? [...USUAL_HOURS.hours],
        closedEveryYear: offered.closedEveryYear ?? [...USUAL_HOURS.closedEveryYear],
        maxCopies: offered.maxCopies,
        options: "options" in offered ? offered.options : NO_OPTIONS,
      },
    ];
  });
}

/** Who certifies, as the forms need it. */
export function profileOf(town: TownYaml): MunicipalityProfile {
  return {
    code: town.code,
    name: town.name,
    prefecture: town.prefecture,
    mayorTitle: town.mayor.title,
    mayorName: town.mayor.name,
    sealText: town.seal,
  };
}
