import { once } from "node:events";
import { type Command, exitCodes, parseOptions, UsageError } from "../command.ts";
import { nearestWord } from "../nearest-word.ts";
import { type InputLine, linesOf } from "./lines.ts";
import { decodeLine, encodeLine, type Translation, type WireName, wireNames, wireProtocols } from "./translate.ts";

const protocols = wireNames.map((name) => `  ${name.padEnd(11)} ${wireProtocols[name].summary}`).join("\n");

/** `./madoguchi decode`: reads frames of the kiosk's wires. */
export const decode: Command = {
  summary: "reads frames of the kiosk's wires: hex in, JSON out",
  usage: `usage: ./madoguchi decode PROTOCOL < FRAMES

Reads one frame a line from standard input, as hexadecimal digits: spaces and 0x are allowed, what follows # is ignored.
Prints one JSON object a line: {"ok":true,"name":…} with the protocol's fields, or {"ok":false,"error":{"code","message"}}.
Leaves with 1 when any line was refused.

${protocols}`,
  run: (args) => translate("decode", args, decodeLine),
};

/** `./madoguchi encode`: the way back. */
export const encode: Command = {
  summary: "writes frames of the kiosk's wires: JSON in, hex out",
  usage: `usage: ./madoguchi encode PROTOCOL < MESSAGES

Reads one JSON object a line from standard input, as decode prints it; names and checks are worked out anew.
Prints one frame a line as hexadecimal digits, or {"ok":false,"error":{"code","message"}}.
Leaves with 1 when any line was refused.

${protocols}`,
  run: (args) => translate("encode", args, encodeLine),
};

async function translate(
  command: string,
  args: readonly string[],
  one: (name: WireName, line: InputLine) => Translation | undefined,
): Promise<number> {
  const { positionals } = parseOptions(args, {}, true);
  const [word, ...more] = positionals;
  if (word === undefined) throw new UsageError(`${command} needs a protocol`);
  if (more.length > 0) throw new UsageError(`${command} takes one protocol, and frames from standard input`);
  const name = wireNames.find((known) => known === word);
  if (!name) {
    const near = nearestWord(word, wireNames);
    throw new UsageError(`there is no protocol ${word}${near ? `; did you mean ${near}?` : ""}`);
  }
  let code: number = exitCodes.ok;
  // A reader that has seen enough (head) is no failure of ours.
  process.stdout.on("error", () => process.exit(code));
  for await (const line of linesOf(process.stdin)) {
    const translated = one(name, line);
    if (!translated) continue;
    if (!translated.ok) code = exitCodes.failed;
    if (!process.stdout.write(`${translated.output}\n`)) await once(process.stdout, "drain");
  }
  return code;
}
