import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { errorCatalogue } from "../kernel/errors/catalogue.ts";
import { type Failure, failure, messageOf } from "../kernel/errors/failure.ts";
import { explain } from "../kernel/process.ts";
import { ok, type Result } from "../kernel/result.ts";
import { uuid } from "../protocol/schema.ts";
import {
  type ImageKeyStore,
  imageKeyFile,
  imageKeyStore,
  inspectionKeysOf,
  newKeyStore,
  revoked,
  rotated,
  tokenKeyInUse,
  voided,
} from "../security-print/scramble/key-store.ts";
import { tokenKeyIds } from "../security-print/scramble/keys.ts";
import { type Command, exitCodes, parseOptions, UsageError } from "./command.ts";
import { TOKEN_FILE, tokenOption } from "./image-token.ts";
import { nearestWord } from "./nearest-word.ts";

const words = ["new", "list", "rotate", "revoke", "void", "export"] as const;
const SECRET_MODE = 0o600;

interface Values {
  readonly issuer?: string | undefined;
  readonly from?: string | undefined;
  readonly out?: string | undefined;
  readonly token?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `./madoguchi image-keys`: the keys that seal and sign the scrambled images, and what is no longer believed of them. */
export const imageKeys: Command = {
  summary: "makes, rotates and revokes the keys of the scrambled images, and declares documents void",
  usage: `usage: ./madoguchi image-keys new FILE --issuer NAME [--token TOKEN.yaml]
       ./madoguchi image-keys list FILE [--json]
       ./madoguchi image-keys rotate FILE [--token TOKEN.yaml]
       ./madoguchi image-keys revoke FILE KEY-ID [--from TIME]
       ./madoguchi image-keys void FILE DOCUMENT-ID [--from TIME]
       ./madoguchi image-keys export FILE --out INSPECTION-KEYS

new     makes a store with one encryption and one signing key; an existing file is left alone
list    shows every key's id, where it lies, since when, and from when it is not believed; no key itself
rotate  puts a new pair in use; those before stay where they are, so that old certificates can still be read
revoke  nothing under this key is believed that says to be issued at TIME or later (without --from: nothing at all)
void    lists a document as void from TIME on (without --from: from now on); an inspection later than that calls it void
export  writes what \`./madoguchi inspect --keys\` and the inquiry site need: signing keys in public, encryption keys secret;
        of a key that lies in a token only the id, and inspectors need the token to open what it sealed

The issuance centre reads the store when it starts: restart it after rotate, and export anew after every change.

  --issuer NAME  letters, digits, dots, hyphens; stands on every back
  --token FILE   makes the encryption key in a token, which it never leaves; name the token as pkcs11 in issuance-center.yaml.
                 A store moves to a token by rotating. The signing key lies in FILE all the same.
                 ${TOKEN_FILE}
  --from TIME    such as 2026-11-25T09:00:00+09:00
  --json         prints JSON on standard output, and nothing else`,
  async run(args) {
    const [word, ...rest] = args;
    const known = words.find((one) => one === word);
    if (!known) {
      const near = word === undefined ? undefined : nearestWord(word, words);
      const asked = word === undefined ? "say what to do" : `there is no image-keys ${word}`;
      throw new UsageError(`${asked}: ${words.join(", ")}${near ? `; did you mean ${near}?` : ""}`);
    }
    const options = {
      issuer: { type: "string" },
      from: { type: "string" },
      out: { type: "string" },
      token: { type: "string" },
      json: { type: "boolean" },
    } as const;
    const { values, positionals } = parseOptions(rest, options, true);
    const [file, id, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("say which file has the keys, and nothing more");
    if (known === "new") return make(resolve(file), values);
    const store = imageKeyFile(resolve(file));
    if (!store.ok) return refuse(store.error);
    return works[known](store.value, { file: resolve(file), id, values });
  },
};

interface Asked {
  readonly file: string;
  readonly id: string | undefined;
  readonly values: Values;
}

type Work = (store: ImageKeyStore, asked: Asked) => number | Promise<number>;

const works: Readonly<Record<Exclude<(typeof words)[number], "new">, Work>> = {
  list: (store, { values }) => list(store, values.json === true),
  async rotate(store, { file, values }) {
    const before = tokenKeyInUse(store);
    // A key must not leave the token for a file because somebody forgot an option.
    if (before !== undefined && values.token === undefined) {
      return refuse(failure("K-IMAGE-125", { keyId: before }));
    }
    const key = await keyInToken(values.token);
    if (!key.ok) return refuse(key.error);
    write(file, rotated(store, systemClock.nowMs(), key.value));
    return say("a new pair of keys is in use; restart the issuance centre, and export for the inspectors");
  },
  revoke(store, { file, id, values }) {
    if (id === undefined) throw new UsageError("say which key: `list` shows their ids");
    const changed = revoked(store, id, timeOption(values.from) ?? 0);
    if (!changed) throw new UsageError(`no key of this store has the id ${id}; \`list\` shows them`);
    write(file, changed);
    return say("revoked; when the key was in use, rotate before the centre starts again. Export for the inspectors");
  },
  void(store, { file, id, values }) {
    if (!uuid.safeParse(id).success || id === undefined) throw new UsageError("say which document: its id is a UUID");
    write(file, voided(store, id, timeOption(values.from) ?? systemClock.nowMs()));
    return say("listed as void; export for the inspectors");
  },
  export(store, { values }) {
    if (values.out === undefined) throw new UsageError("--out is missing: where do the inspection keys go?");
    const keys = inspectionKeysOf(store, systemClock.nowMs());
    write(resolve(values.out), keys);
    const inToken = tokenKeyIds(keys).length;
    const asked = inToken > 0 ? `inspectors need the token for ${inToken} of its keys` : undefined;
    if (asked && inToken === keys.encryption.length) return say(`written; ${asked}`);
    const secret = "its encryption keys open every certificate sealed with them, so keep the file secret";
    return say(`written; ${asked ? `${asked}; ` : ""}${secret}`);
  },
};

/** The id of a key that was just made in the token of `--token`; undefined without the option. */
async function keyInToken(tokenOf: string | undefined): Promise<Result<string | undefined>> {
  const token = tokenOption(tokenOf);
  if (!token.ok || !token.value) return token.ok ? ok(undefined) : token;
  try {
    return await token.value.generate();
  } finally {
    await token.value.close();
  }
}

async function make(file: string, values: Values): Promise<number> {
  const { issuer } = imageKeyStore.shape;
  if (values.issuer === undefined || !issuer.safeParse(values.issuer).success) {
    throw new UsageError("--issuer must be a name of letters, digits, dots and hyphens, at most 40");
  }
  if (existsSync(file)) throw new UsageError(`${file} is there already; \`rotate\` puts new keys in use`);
  const key = await keyInToken(values.token);
  if (!key.ok) return refuse(key.error);
  write(file, newKeyStore(values.issuer, systemClock.nowMs(), key.value));
  return say("made; name the file as imageKeys in issuance-center.yaml, and export for the inspectors");
}

function list(store: ImageKeyStore, json: boolean): number {
  const { encryption, signing } = inspectionKeysOf(store, systemClock.nowMs());
  const rows = [
    ...encryption.map(({ keyId, revokedFromMs, ...key }, i) => ({
      kind: "encryption",
      keyId,
      where: "token" in key ? "token" : "file",
      madeAtMs: store.encryption[i]?.madeAtMs,
      inUse: i === encryption.length - 1,
      revokedFromMs,
    })),
    ...signing.map(({ keyId, revokedFromMs }, i) => ({
      kind: "signing",
      keyId,
      where: "file",
      madeAtMs: store.signing[i]?.madeAtMs,
      inUse: i === signing.length - 1,
      revokedFromMs,
    })),
  ];
  if (json) {
    process.stdout.write(`${JSON.stringify({ issuer: store.issuer, keys: rows, voided: store.voided })}\n`);
    return exitCodes.ok;
  }
  const time = (ms: number | undefined) => (ms === undefined ? "?" : new Date(ms).toISOString());
  const lines = rows.map(({ kind, keyId, where, madeAtMs, inUse, revokedFromMs }) => {
    const state =
      revokedFromMs === undefined ? (inUse ? "in use" : "reads only") : `revoked from ${time(revokedFromMs)}`;
    return `${kind.padEnd(10)} ${keyId}  in the ${where.padEnd(5)}  made ${time(madeAtMs)}  ${state}`;
  });
  process.stdout.write(
    `issuer ${store.issuer}\n${lines.join("\n")}\n${store.voided.length} documents are listed as void\n`,
  );
  return exitCodes.ok;
}

function timeOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || ms < 0) throw new UsageError(`--from must be a time such as 2026-11-25T09:00:00+09:00`);
  return ms;
}

/** Whole or not at all: a store that is lost in a power cut would leave every certificate unreadable. */
function write(file: string, content: unknown): void {
  const draft = `${file}.new`;
  try {
    rmSync(draft, { force: true });
    const handle = openSync(draft, "wx", SECRET_MODE);
    writeFileSync(handle, `${JSON.stringify(content, undefined, 2)}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
  } catch (thrown) {
    throw new UsageError(`${file} cannot be written (${messageOf(thrown)})`);
  }
}

function say(text: string): number {
  process.stderr.write(`${text}\n`);
  return exitCodes.ok;
}

function refuse(refused: Failure): number {
  process.stderr.write(`${explain("madoguchi image-keys", refused)}\n  ${errorCatalogue[refused.code].clerk}\n`);
  return exitCodes.failed;
}
