import { fail, ok, type Result } from "../../kernel/result.ts";
import type { CertificateChoice } from "../../protocol/certificates.ts";
import { hashText } from "../../protocol/encoding.ts";
import type { Cell, FormPages } from "../../protocol/forms/cells.ts";
import { layoutForm } from "../../protocol/forms/layout.ts";
import { tags } from "../../protocol/roles.ts";
import { type SignedStatement, type Signer, signStatement } from "../../protocol/statement.ts";
import { MAX_PERSONS, type RenderingStatement } from "../../protocol/statements.ts";
import type { MunicipalityProfile, RendererRegister, Resident } from "../registry/types.ts";
import { drawForm } from "./draw.ts";
import type { GlyphMap } from "./font/cmap.ts";
import { bundledFontFile, type DrawingFont, loadDrawingFont } from "./font/drawing-font.ts";
import { checkGlyphs } from "./glyphs.ts";
import { drawOfficialSeal, drawRegisteredSeal } from "./seals.ts";
import { type DocumentData, printedText } from "./values.ts";

/** One document to render. Nobody's data comes with the order: the renderer reads people by their ids itself. */
export interface RenderOrder {
  readonly documentId: string;
  readonly requestId: string;
  readonly choice: CertificateChoice;
  /** In printed order, all of one household. */
  readonly residentIds: readonly string[];
  /** `YYYY-MM-DD` in Japan. */
  readonly issuedOn: string;
  readonly municipality: MunicipalityProfile;
  readonly register: RendererRegister;
  /** The renderer's own key (role `renderer`). */
  readonly signer: Signer;
}

/** A PDF, and D: the renderer's word that these bytes show these residents. */
export interface RenderedCertificate {
  readonly pdf: Uint8Array;
  readonly rendering: SignedStatement;
}

export interface Renderer {
  /**
   * Renders a certificate. `K-CERT-101` a sign without a glyph of its own, `K-CERT-102` a text too long for its cell,
   * `K-CERT-103` the register lacks a resident, a household or a value that the form must show.
   */
  renderCertificate(order: RenderOrder): Promise<Result<RenderedCertificate>>;
  /** The character map of the font, for `checkGlyphs` before release. */
  readonly glyphs: GlyphMap;
}

/** Pictures of official seals that are kept; a server has one or a few municipalities. */
const MAX_KEPT_SEALS = 16;

/**
 * A renderer with its font loaded and warmed up by drawing an empty form, which takes 0.1–0.2 s once. `fontFile` is a TrueType
 * font with cmap formats 12 and 14, by default the bundled one. `K-CERT-105` when the font cannot be used.
 */
export async function createRenderer(options: { readonly fontFile?: string } = {}): Promise<Result<Renderer>> {
  const loaded = await loadDrawingFont(options.fontFile ?? bundledFontFile());
  if (!loaded.ok) return loaded;
  const font = loaded.value;
  const officialSeals = new Map<string, Buffer>();
  const officialSeal = async (text: string): Promise<Buffer> => {
    const kept = officialSeals.get(text);
    if (kept) return kept;
    const drawn = await drawOfficialSeal(font, text);
    if (officialSeals.size >= MAX_KEPT_SEALS) officialSeals.clear();
    officialSeals.set(text, drawn);
    return drawn;
  };
  await warmUp(font);
  return ok({
    glyphs: font.map,
    async renderCertificate(order) {
      const data = gather(order);
      if (!data.ok) return data;
      const form = layoutForm(
        order.choice,
        data.value.residents.map((resident) => ({ foreign: resident.foreign !== undefined })),
      );
      const texts = textsOf(form, data.value);
      if (!texts.ok) return texts;
      const impression = impressionOf(form, data.value);
      if (!impression.ok) return impression;
      const drawable = checkGlyphs(font.map, [
        ...texts.value.values(),
        ...form.flat().flatMap((cell) => (cell.cell === "fixed" ? [cell.text] : [])),
        ...(impression.value === undefined ? [] : [impression.value]),
        order.municipality.sealText,
      ]);
      if (!drawable.ok) return drawable;
      const pictures = {
        officialSeal: await officialSeal(order.municipality.sealText),
        registeredSeal: impression.value === undefined ? undefined : await drawRegisteredSeal(font, impression.value),
      };
      const pdf = await drawForm(
        form,
        {
          documentId: order.documentId,
          createdAt: new Date(`${order.issuedOn}T00:00:00+09:00`),
          text: (cell, page) => texts.value.get(keyOf(cell, page)) ?? "",
          picture(cell) {
            const picture = pictures[cell.picture];
            if (!picture) throw new Error(`the form shows a picture that was not drawn: ${cell.picture}`);
            return picture;
          },
        },
        font,
      );
      if (!pdf.ok) return pdf;
      const body: RenderingStatement = {
        documentId: order.documentId,
        requestId: order.requestId,
        residentIds: [...order.residentIds],
        pageCount: form.length,
        pdfHash: hashText(pdf.value),
      };
      return ok({ pdf: pdf.value, rendering: signStatement(tags.rendering, body, order.signer) });
    },
  });
}

async function warmUp(font: DrawingFont): Promise<void> {
  const form = layoutForm({ kind: "seal-registration", options: {} }, [{ foreign: false }]);
  const seal = await drawOfficialSeal(font, "印");
  await drawForm(form, { documentId: "", createdAt: new Date(0), text: () => "印", picture: () => seal }, font);
}

/** Reads everybody from the register. Residents of two households can never be on one certificate. */
function gather(order: RenderOrder): Result<DocumentData> {
  const missing = (what: string) => fail("K-CERT-103", { what, documentId: order.documentId });
  if (order.residentIds.length < 1 || order.residentIds.length > MAX_PERSONS)
    return missing("a number of residents that fits");
  const residents: Resident[] = [];
  for (const residentId of order.residentIds) {
    const resident = order.register.resident(residentId);
    if (!resident) return missing("a resident");
    residents.push(resident);
  }
  const [first] = residents;
  const household = first ? order.register.household(first.householdId) : undefined;
  if (!household || residents.some((r) => r.householdId !== household.householdId)) return missing("one household");
  const head = order.register.resident(household.headResidentId);
  if (!head) return missing("the head of the household");
  const { documentId, issuedOn, municipality } = order;
  return ok({ documentId, issuedOn, municipality, household, head, residents });
}

type FieldCell = Extract<Cell, { cell: "field" }>;

function keyOf(cell: FieldCell, page: number): string {
  return `${page} ${cell.field} ${cell.person ?? ""}`;
}

function textsOf(form: FormPages, data: DocumentData): Result<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const [page, cells] of form.entries()) {
    for (const cell of cells) {
      if (cell.cell !== "field") continue;
      const text = printedText(data, cell.field, cell.person, { number: page + 1, count: form.length });
      if (text === undefined) return fail("K-CERT-103", { what: cell.field, documentId: data.documentId });
      texts.set(keyOf(cell, page), text);
    }
  }
  return ok(texts);
}

/** Text of the registered seal when the form shows one. A cancelled registration has nothing to show. */
function impressionOf(form: FormPages, data: DocumentData): Result<string | undefined> {
  const shown = form.flat().some((cell) => cell.cell === "picture" && cell.picture === "registeredSeal");
  if (!shown) return ok(undefined);
  const seal = data.residents[0]?.seal;
  if (seal?.state !== "registered")
    return fail("K-CERT-103", { what: "a registered seal", documentId: data.documentId });
  return ok(seal.impressionText);
}
