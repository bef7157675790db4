import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadTown } from "../../issuing-server/town-folder/load-town.ts";
import type { Clock } from "../../kernel/clock.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { CertificateKind } from "../../protocol/certificates.ts";
import { type BenchClient, connectBench } from "../bench/client.ts";
import type { BenchCitizen } from "../bench/protocol.ts";
import { connectPanel } from "../citizen/panel-client.ts";
import { type Visit, visit } from "../citizen/scripted-citizen.ts";
import { type CitizenWish, ordinaryWish } from "../citizen/wish.ts";
import { inspectionKeysFile } from "../pki/town-pki.ts";
import { readJournal } from "./journal-file.ts";
import { type CardPlace, startTown, type Town } from "./town.ts";

export interface IssueOptions {
  readonly dataFolder: string;
  readonly townFolders: readonly string[];
  readonly outFolder: string;
  readonly certificate: CertificateKind;
  readonly copies: number;
  readonly residentId: string | undefined;
  readonly card: CardPlace;
  readonly printer: string;
  readonly clock: Clock;
  readonly onProgress: (text: string) => void;
  /** Gives up: the town is stopped and the issuance fails. */
  readonly signal?: AbortSignal;
}

/** `summary.json` */
export interface IssueSummary {
  readonly requestId: string | null;
  readonly result: "issued" | "partial" | "notIssued" | "unknown";
  readonly failureCode: string | null;
  readonly bindingLevel: string;
  readonly municipality: string;
  readonly residentId: string;
  readonly certificate: CertificateKind;
  readonly copies: number;
  readonly feeYen: number;
  readonly insertedYen: number;
  readonly changeYen: number;
  readonly impressions: number;
  readonly pages: number;
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/** A view must come within this time, whatever the machine is doing; it is no measure of speed. */
const STALL_MS = 60_000;

/** Starts a town, sends one citizen through it, writes down what came out, and stops the town. */
export async function issueOnce(options: IssueOptions): Promise<Result<{ summary: IssueSummary; files: string[] }>> {
  const known = checkResident(options);
  if (!known.ok) return known;
  const town = await startTown({
    dataFolder: options.dataFolder,
    townFolders: options.townFolders,
    port: 0,
    clock: options.clock,
    restart: false,
    onProgress: options.onProgress,
    ...(options.signal ? { signal: options.signal } : {}),
    card: options.card,
    printer: options.printer,
    archiveDocuments: true,
  });
  if (!town.ok) return town;
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= town.value.stop();
  };
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    const bench = await connectBench(town.value.benchUrl, options.clock);
    if (!bench.ok) return bench;
    const citizen = await chooseCitizen(bench.value, town.value, options.residentId);
    if (!citizen.ok) return citizen;
    const wish = { ...ordinaryWish(citizen.value), certificate: options.certificate, copies: options.copies };
    const visited = await send(town.value, bench.value, wish, options);
    if (!visited.ok) return visited;
    const outcome = await writeDown(town.value, bench.value, wish, options);
    bench.value.close();
    return outcome;
  } finally {
    stop();
    await stopped;
  }
}

/** Whether the first municipality has the resident who was named: said before anything is started. */
function checkResident({ townFolders: [folder], residentId }: IssueOptions): Result<void> {
  if (folder === undefined || residentId === undefined) return ok();
  const read = loadTown(folder);
  if (!read.ok) return read;
  const { residents, town } = read.value;
  if (residents.some((one) => one.residentId === residentId)) return ok();
  return fail("K-TOWN-103", { residentId, municipality: town.code });
}

async function chooseCitizen(
  bench: BenchClient,
  town: Town,
  residentId: string | undefined,
): Promise<Result<BenchCitizen>> {
  const citizens = await bench.call<BenchCitizen[]>("citizens", {});
  if (!citizens.ok) return citizens;
  const [municipality] = town.municipalities;
  const here = citizens.value.filter((c) => c.municipality === municipality);
  const chosen =
    residentId === undefined ? here.find((c) => c.notes.length === 0) : here.find((c) => c.residentId === residentId);
  return chosen
    ? ok(chosen)
    : fail("K-TOWN-103", { residentId: residentId ?? "(any)", municipality: municipality ?? "" });
}

/** One visit at the town's kiosk. */
export async function send(
  town: Town,
  bench: BenchClient,
  wish: CitizenWish,
  options: Pick<IssueOptions, "clock" | "onProgress">,
): Promise<Result<Visit>> {
  const panel = await connectPanel(town.panelUrl);
  if (!panel.ok) return panel;
  let shown = "";
  const visited = await visit({
    panel: panel.value,
    bench,
    wish,
    clock: options.clock,
    stallMs: STALL_MS,
    onStep: ({ view }) => {
      if (view.step !== shown)
        options.onProgress(`panel: ${view.step}${view.step === "ended" ? ` (${view.what.key})` : ""}`);
      shown = view.step;
    },
  });
  panel.value.close();
  return visited;
}

async function writeDown(
  town: Town,
  bench: BenchClient,
  wish: CitizenWish,
  options: IssueOptions,
): Promise<Result<{ summary: IssueSummary; files: string[] }>> {
  const out = options.outFolder;
  mkdirSync(out, { recursive: true });
  for (const old of readdirSync(out))
    if (/^(front|back)-\d+\.png$|^certificate.*\.pdf$|^inspection-keys\.json$/.test(old)) rmSync(join(out, old));
  const files: string[] = [];
  const write = (name: string, content: string | Uint8Array, mode = 0o666) => {
    writeFileSync(join(out, name), content, { mode });
    files.push(name);
  };
  const journal = readJournal(town.paths.kiosk);
  if (!journal.ok) return journal;
  const [session] = journal.value.sessions.slice(-1);
  if (!session) return fail("K-TOWN-104", { step: "summary" });

  options.onProgress("writing the sheets as pictures");
  for (const [i, pdf] of archived(town, wish.municipality).entries())
    write(i === 0 ? "certificate.pdf" : `certificate-${i + 1}.pdf`, pdf);
  const state = await bench.call<{ sidesPrinted: number }>("state", {});
  if (!state.ok) return state;
  for (let side = 0; side < state.value.sidesPrinted; side++) {
    const picture = await bench.call<{ png: string }>("sidePng", { side });
    if (!picture.ok) return picture;
    write(
      `${side % 2 === 0 ? "front" : "back"}-${Math.floor(side / 2) + 1}.png`,
      Buffer.from(picture.value.png, "base64"),
    );
  }
  // They open every certificate of this town.
  write("inspection-keys.json", readFileSync(inspectionKeysFile(town.paths.pki)), 0o600);
  const receipts = await bench.call<{ png: string }[]>("receipts", {});
  if (!receipts.ok) return receipts;
  const [receipt] = receipts.value.slice(-1);
  if (receipt) write("receipt.png", Buffer.from(receipt.png, "base64"));
  write("journal.json", `${JSON.stringify(journal.value.rows, undefined, 1)}\n`);
  const summary: IssueSummary = {
    requestId: session.requestId ?? null,
    result: session.result,
    failureCode: session.failureCode ?? null,
    bindingLevel: session.bindingLevel,
    municipality: wish.municipality,
    residentId: wish.residentId,
    certificate: wish.certificate,
    copies: session.copies,
    feeYen: session.feeYen,
    insertedYen: session.insertedYen,
    changeYen: session.changeYen,
    impressions: session.impressions,
    pages: session.pages,
    timingsMs: session.timingsMs,
    processes: town.processes().map(({ name, pid }) => ({ name, pid })),
  };
  write("summary.json", `${JSON.stringify(summary, undefined, 2)}\n`);
  return ok({ summary, files });
}

/** The documents that the municipality released, oldest first, from its own archive. */
function archived(town: Town, municipality: string): Buffer[] {
  const folder = town.paths.archive(municipality);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".pdf"))
    .sort()
    .map((file) => readFileSync(join(folder, file)));
}
