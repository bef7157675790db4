import { readFileSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { errorCatalogue } from "../kernel/errors/catalogue.ts";
import { type Failure, messageOf } from "../kernel/errors/failure.ts";
import { explain } from "../kernel/process.ts";
import { err, fail, ok, type Result } from "../kernel/result.ts";
import { readInspectionKeys } from "../security-print/inspect/keys-file.ts";
import { inspectionLimits } from "../security-print/inspect/limits.ts";
import { type InspectFileOptions, inspectFile } from "../security-print/inspect-process/inspect-file.ts";
import type { InspectedBack, InspectRequest } from "../security-print/inspect-process/messages.ts";
import { type InspectionKeys, type KeyToken, tokenKeyIds } from "../security-print/scramble/keys.ts";
import { checkToken } from "../security-print/token/check-token.ts";
import { type Command, exitCodes, parseOptions, UsageError, writableFolder } from "./command.ts";
import { TOKEN_FILE, tokenOption } from "./image-token.ts";
import { createFrontFolder, type FrontFolder } from "./inspect/front-folder.ts";
import { jsonOf, jsonOfFailure, PERFECT_COPY, textOf, textOfNoBack } from "./inspect/report.ts";

const { bytes, pixels, pages, backs, timeoutMs, memoryBytes } = inspectionLimits;

/** `./madoguchi inspect`: reads the scrambled image on scanned backs and says what it proves. */
export const inspect: Command = {
  summary: "reads the scrambled image on scanned backs of certificates and says what it proves",
  usage: `usage: ./madoguchi inspect SCAN… --keys FILE [--token TOKEN.yaml] [--front SCAN] [--json] [--out DIR]

Finds the scrambled image in each scan (JPEG, PNG, TIFF or PDF; 200 to 600 dpi, any way round), opens it with the keys and
says what it proves. ${PERFECT_COPY}

answers
  genuine      every part was read, and the whole front is the one that the issuer signed
  altered      something was read that is not what was sealed or signed
  voided       the keys file lists the document as void, from a time that has come; known as of the file's asOfMs, not later
  partial      the signature holds, over the fields and over every strip that was read; the other strips cannot be read
  unreadable   there is a scrambled image, but not even its fields can be read
  not-ours     no scrambled image was found; beside pages with a back, such a page is taken for a front
  unknown-key  sealed or signed with a key that the keys file does not have or lists as revoked

  --keys FILE  the inspection keys, JSON: {"version":1, "asOfMs":…,
                 "encryption":[{"keyId","key" or "token":true,"revokedFromMs"?}],
                 "signing":[{"keyId","publicKey","issuer","revokedFromMs"?}],
                 "voided":[{"documentId","fromMs"}]}
               key: 32 bytes; publicKey: Ed25519, SubjectPublicKeyInfo in DER; both as base64url. The signing keys are
               public, the encryption keys are secret: they open every certificate sealed with them. Keep the file so
  --token FILE for keys that lie in a token (of them the file has only the ids): ${TOKEN_FILE}
  --json       prints one JSON object a line on standard output, and nothing else: for each back of each scan, or page without any,
                 scan, number, count (page of the scan), answer, reason, documentId, page, pages, strips [{index, ok}],
                 fieldsOk, code {state, documentId, issuer, issuedAtMs, page, pages, frontHash}, imagePath, frontFound,
                 differences [{xMm, yMm, widthMm, heightMm, kind, pixels}],
                 mayBeMore (the last of ${backs} backs in its picture: no other was looked for);
               or scan and error {code, cause, detail} for what cannot be inspected.
               code is the 2-D code: ok (signed, of this sheet), other (signed, of another sheet), false (signed by nobody),
               unknown-key, unreadable; it says which document it is only where its signature holds, and changes no answer.
               Without fieldsOk, documentId, page and pages are what the sheet claims, not proved. imagePath is null
               without --out, and for altered, unknown-key and what could not be read
  --front SCAN a scan of the front, or of all fronts: where it differs from the decoded one is listed, in millimetres from the
               sheet's top left corner. It shows where to look, and never says that a front is right. frontFound is null without
               it, and false when the decoded front could not be laid over it
  --out DIR    writes the decoded fronts as front-1.png, …; lost strips are hatched. They hold personal data

limits: ${bytes / 1e6} MB and ${pixels / 1e6} megapixels a page, ${pages} pages and ${backs} backs a page, ${timeoutMs / 1000} s and ${memoryBytes / 1e6} MB of memory a scan;
        PDF 8 MB, upright pages, no scripts or forms
exit code: 0 when every back is genuine, every scan has one, and none may have more than were read, 1 otherwise;
           2 for a wrong command line or keys file`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      {
        keys: { type: "string" },
        token: { type: "string" },
        front: { type: "string" },
        json: { type: "boolean" },
        out: { type: "string" },
      },
      true,
    );
    if (positionals.length === 0) throw new UsageError("say which scans to inspect");
    if (values.keys === undefined) throw new UsageError("--keys is missing: which file has the inspection keys?");
    const keys = keysFrom(values.keys);
    if (!keys.ok) return refuse(keys.error, exitCodes.usage);
    const front = values.front === undefined ? undefined : await scanFile(values.front);
    if (front?.ok === false) return refuse(front.error, exitCodes.usage);
    const frontScan = front ? { frontScan: front.value } : {};
    const fronts = values.out === undefined ? undefined : createFrontFolder(writableFolder(resolve(values.out)));
    const token = tokenOption(values.token);
    if (!token.ok) return refuse(token.error, exitCodes.usage);
    try {
      const checked = await checkToken(tokenKeyIds(keys.value), token.value);
      if (!checked.ok) return refuse(checked.error, exitCodes.usage);
      process.stderr.write(`  keys and void documents as of ${new Date(keys.value.asOfMs).toISOString()}\n`);
      const request = { keys: keys.value, fronts: fronts !== undefined, fields: false, ...frontScan };
      return await inspectAll(positionals, { request, fronts, token: token.value, json: values.json === true });
    } finally {
      await token.value?.close();
    }
  },
};

interface Asked {
  readonly request: Omit<InspectRequest, "file">;
  readonly fronts: FrontFolder | undefined;
  readonly token: KeyToken | undefined;
  readonly json: boolean;
}

/** One scan after the other; the exit code. */
async function inspectAll(scans: readonly string[], { request, fronts, token, json }: Asked): Promise<number> {
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stopping.abort());
  let allGenuine = true;
  for (const [i, scan] of scans.entries()) {
    process.stderr.write(`  ${i + 1} of ${scans.length}: ${scan}\n`);
    const told = { pages: 0, backs: 0 };
    const onBack = (back: InspectedBack) => {
      const image = back.frontPng && fronts ? fronts.keep(back.frontPng) : undefined;
      if (image && !image.ok) refuse(image.error, exitCodes.failed);
      told.pages = back.count;
      if (back.answer !== "not-ours") {
        told.backs += 1;
        if (back.answer !== "genuine" || back.mayBeMore || image?.ok === false) allGenuine = false;
      }
      const path = image?.ok ? image.value : undefined;
      process.stdout.write(json ? jsonOf(scan, back, path) : textOf(scan, back, path));
    };
    const options = { clock: systemClock, signal: stopping.signal, onBack, ...(token ? { token } : {}) };
    const done = await inspectScan(scan, request, options);
    if (stopping.signal.aborted) {
      process.stderr.write("madoguchi inspect: given up; nothing is left running\n");
      return exitCodes.failed;
    }
    // A page without a back is the front of another, as a scanner of both sides gives it.
    if (done.ok && told.backs > 0) continue;
    allGenuine = false;
    if (done.ok) {
      if (!json && told.pages > 1) process.stdout.write(textOfNoBack(scan));
      continue;
    }
    if (json) process.stdout.write(jsonOfFailure(scan, done.error));
    refuse(done.error, exitCodes.failed);
  }
  (json ? process.stderr : process.stdout).write(`${PERFECT_COPY}\n`);
  return allGenuine ? exitCodes.ok : exitCodes.failed;
}

function keysFrom(file: string): Result<InspectionKeys> {
  try {
    return readInspectionKeys(readFileSync(file));
  } catch (thrown) {
    return fail("K-IMAGE-105", { why: messageOf(thrown) });
  }
}

/** Reads and inspects one file. What is no file (a pipe, a device) is refused unread, and so is what is too large. */
async function inspectScan(
  scan: string,
  request: Omit<InspectRequest, "file">,
  options: InspectFileOptions,
): Promise<Result<void>> {
  const read = await scanFile(scan);
  if (!read.ok) return err(read.error);
  return inspectFile({ ...request, file: read.value }, options);
}

async function scanFile(scan: string): Promise<Result<Buffer>> {
  try {
    const stat = statSync(scan);
    if (!stat.isFile()) return fail("K-IMAGE-106", { why: `${scan} is no file` });
    if (stat.size > bytes) return fail("K-IMAGE-103", { why: `more than ${bytes / 1e6} MB`, bytes: stat.size });
    return ok(await readFile(scan));
  } catch (thrown) {
    return fail("K-IMAGE-106", { why: messageOf(thrown) });
  }
}

/** Says on standard error what is wrong and what to do. */
function refuse(failure: Failure, code: number): number {
  process.stderr.write(`${explain("madoguchi inspect", failure)}\n  ${errorCatalogue[failure.code].clerk}\n`);
  return code;
}
