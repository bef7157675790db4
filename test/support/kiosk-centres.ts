import type { ErrorCode } from "../../src/kernel/errors/catalogue.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import type { Binding, BindingInput, ComposedDocument, Renderer, SettleReport, Uplink } from "../../src/kiosk/ports.ts";
import type { Application } from "../../src/protocol/application.ts";
import { hashText } from "../../src/protocol/encoding.ts";
import type { PrepareReply, UsageRecord } from "../../src/protocol/messages/kiosk.ts";
import type { Offer } from "../../src/protocol/offer.ts";
import type { SignedStatement } from "../../src/protocol/statement.ts";
import { type ChoiceStatement, choiceStatement } from "../../src/protocol/statements.ts";
import { plainPayload } from "./payloads.ts";

export const MUNICIPALITY = "131016";
export const HOLDER_NAME = "緑野　花子";

const offer: Offer = {
  municipality: MUNICIPALITY,
  asOfMs: 0,
  items: [
    {
      kind: "resident-record",
      title: { ja: "住民票の写し", en: "Copy of the resident record" },
      explanation: { ja: "世帯の記録です。", en: "The record of your household." },
      hours: { ja: "6時30分から23時まで", en: "from 6:30 to 23:00" },
      feePerCopyYen: 300,
      maxCopies: 5,
      options: { scope: true, headAndRelationship: true, domicile: true, myNumber: false },
    },
    {
      kind: "seal-registration",
      title: { ja: "印鑑登録証明書", en: "Seal registration certificate" },
      explanation: { ja: "登録した印影の証明です。", en: "Certifies your registered seal." },
      hours: { ja: "6時30分から23時まで", en: "from 6:30 to 23:00" },
      feePerCopyYen: 250,
      maxCopies: 5,
      options: { scope: false, headAndRelationship: false, domicile: false, myNumber: false },
    },
  ],
  members: [
    { ref: "m0", name: HOLDER_NAME, holder: true },
    { ref: "m1", name: "緑野　太郎", holder: false },
  ],
};

/** What the centres answer, and what they heard. Each operation can be made to fail, once or for ever. */
export class MemoryUplink implements Uplink {
  readonly failing = new Map<"directory" | "open" | "apply" | "prepare" | "usage" | "settle", ErrorCode[]>();
  offer: Offer = offer;
  readonly applications: Application[] = [];
  readonly choices: ChoiceStatement[] = [];
  readonly settled: SettleReport[] = [];
  readonly usages: UsageRecord[] = [];
  readonly #newId: () => string;
  readonly #nowMs: () => number;

  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId;
    this.#nowMs = nowMs;
  }
  #answer<T>(operation: "directory" | "open" | "apply" | "prepare" | "usage" | "settle", value: () => T): Result<T> {
    const code = this.failing.get(operation)?.shift();
    return code ? fail(code) : ok(value());
  }
  async directory() {
    const name = { ja: "緑野市", en: "Midorino City" };
    const municipalities = [
      { code: MUNICIPALITY, name, prefecture: { ja: "東京都", en: "Tokyo" }, relations: ["residence" as const] },
    ];
    return this.#answer("directory", () => ({ asOfMs: this.#nowMs(), municipalities }));
  }
  async open() {
    return this.#answer("open", () => ({
      requestId: this.#newId(),
      nonce: "bm9uY2U",
      notAfterMs: this.#nowMs() + 120_000,
    }));
  }
  async apply(application: Application) {
    this.applications.push(application);
    return this.#answer("apply", () => ({ requestId: application.fields.requestId, offer: this.offer }));
  }
  async prepare(requestId: string, choice: SignedStatement): Promise<Result<PrepareReply>> {
    const body = choiceStatement.parse(JSON.parse(Buffer.from(choice.statement, "base64url").toString("utf8")));
    this.choices.push(body);
    // What the binding of this rig makes documents from; the real one has tests of its own.
    return this.#answer("prepare", () => ({ requestId }) as PrepareReply);
  }
  async settle(report: SettleReport) {
    const result = this.#answer("settle", () => undefined);
    if (result.ok) this.settled.push(report);
    return result;
  }
  async usage(record: UsageRecord) {
    const result = this.#answer("usage", () => undefined);
    if (result.ok) this.usages.push(record);
    return result;
  }
  async close() {}
}

/** A binding that agrees, unless it is told to name a contradiction. Keeps the bytes that it let through. */
export class MemoryBinding implements Binding {
  contradicts: ErrorCode | undefined;
  /** Answers for this request instead of the one that was asked for. */
  answersFor: string | undefined;
  readonly pdfs: { readonly held: Personal<Uint8Array>; readonly bytes: Uint8Array }[] = [];
  readonly #newId: () => string;
  readonly #nowMs: () => number;

  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId;
    this.#nowMs = nowMs;
  }
  async verifyPrepared(input: BindingInput) {
    if (this.contradicts) return fail(this.contradicts);
    const choice = choiceStatement.parse(JSON.parse(Buffer.from(input.choice.statement, "base64url").toString("utf8")));
    const documents = Array.from({ length: choice.copies }, (_, index) => {
      const bytes = new Uint8Array(Buffer.from(`a page about ${HOLDER_NAME}`));
      const pdf = new Personal(bytes);
      this.pdfs.push({ held: pdf, bytes });
      const documentId = this.#newId();
      return {
        documentId,
        copy: index + 1,
        pages: 1,
        pdf,
        payloads: [plainPayload(documentId)],
        centreHash: hashText(bytes),
        printByMs: this.#nowMs() + 1_800_000,
      };
    });
    const requestId = this.answersFor ?? input.requestId;
    return ok({ requestId, level: input.fourItems ? ("L3" as const) : ("L2" as const), documents });
  }
}

/** A renderer without a child; it says whether one would still live. */
export class MemoryRenderer implements Renderer {
  alive = false;
  composeFails: ErrorCode | undefined;
  killHangs = false;
  /** What is printed over the next documents. */
  overlays: NonNullable<ComposedDocument["overlays"]> = [];
  readonly rasters: { readonly held: Personal<Uint8Array>; readonly bytes: Uint8Array }[] = [];

  async warm() {
    this.alive = true;
    return ok();
  }
  async read() {
    return ok({ pages: new Personal([]), frontHashes: [] });
  }
  async compose(document: { documentId: string }): Promise<Result<ComposedDocument>> {
    if (this.composeFails) return fail(this.composeFails);
    const bytes = new Uint8Array(64).fill(7);
    const pwgRaster = new Personal(bytes);
    this.rasters.push({ held: pwgRaster, bytes });
    const side = hashText(bytes);
    const { documentId } = document;
    return ok({ documentId, pwgRaster, impressions: 2, rasterHashes: [side, side], overlays: this.overlays });
  }
  kill(): Promise<void> {
    if (this.killHangs) return new Promise(() => {});
    this.alive = false;
    return Promise.resolve();
  }
}
