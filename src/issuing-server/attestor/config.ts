import { z } from "zod";
import { signerFiles } from "../../protocol/identity-files.ts";
import { municipalityCode, shortText } from "../../protocol/schema.ts";
import { refusalRules } from "../eligibility/rules.ts";

/** `attestor.yaml`: the register attestor's own configuration. It shares no file with the issuing server but the register. */
export const attestorConfig = z.strictObject({
  municipality: municipalityCode,
  /** Who certifies, as in the municipality's `town.yaml`: nobody else's name may stand there. */
  mayor: z.strictObject({ title: shortText, name: shortText }),
  /** The municipality's rules, as in its `town.yaml`; repeated here because the attestor judges by itself. */
  refusals: refusalRules,
  /** The unix socket that the issuing server connects to. */
  socket: z.string().min(1).max(100),
  files: z.strictObject({
    /** The register (`register.sqlite`), opened read only. */
    register: z.string(),
    /** Electronic certificate → resident (`links.sqlite`), opened read only. */
    links: z.string(),
    /** The attestor's own memory of requests (`attested.sqlite`). */
    attested: z.string(),
  }),
  /** The attestor's certificate (role attestor) and key. */
  signer: signerFiles,
  /** Authorities of kiosks' device certificates. */
  kioskAuthorities: z.array(z.string()).min(1),
  /** Minutes after which a register that nobody confirmed is stale and refuses. */
  maxRegisterAgeMinutes: z.int().min(1).max(1440).default(10),
  /** Minutes from the card's application to the confirmed choice. */
  sessionMinutes: z.int().min(1).max(60).default(15),
});
export type AttestorConfig = z.output<typeof attestorConfig>;
