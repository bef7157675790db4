import { z } from "zod";
import { optionalFields, residentRecordScope } from "../../protocol/certificates.ts";
import { languages, type PanelTouch } from "../../protocol/panel.ts";
import { municipalityCode } from "../../protocol/schema.ts";
import { memberRef } from "../../protocol/statements.ts";

const plain = (touch: "agree" | "pinClear" | "pinEnter" | "proceed" | "back" | "cancel" | "extend" | "dismiss") =>
  z.strictObject({ touch: z.literal(touch) });

/** What the page may send; anything else ends its connection. */
export const panelTouch: z.ZodType<PanelTouch> = z.strictObject({
  revision: z.int().min(0),
  touch: z.discriminatedUnion("touch", [
    z.strictObject({ touch: z.literal("chooseLanguage"), language: z.enum(languages) }),
    z.strictObject({
      touch: z.literal("chooseMunicipality"),
      code: municipalityCode,
      relation: z.enum(["residence", "domicile"]),
    }),
    z.strictObject({ touch: z.literal("pinDigit"), digit: z.int().min(0).max(9) }),
    z.strictObject({ touch: z.literal("selectCertificate"), kind: z.string().max(40) }),
    z.strictObject({ touch: z.literal("chooseScope"), scope: residentRecordScope }),
    z.strictObject({ touch: z.literal("toggleMember"), ref: memberRef }),
    z.strictObject({ touch: z.literal("setOption"), option: z.enum(optionalFields), value: z.boolean() }),
    z.strictObject({ touch: z.literal("setCopies"), copies: z.int().min(1).max(99) }),
    plain("agree"),
    plain("pinClear"),
    plain("pinEnter"),
    plain("proceed"),
    plain("back"),
    plain("cancel"),
    plain("extend"),
    plain("dismiss"),
  ]),
});
