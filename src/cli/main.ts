import { messageOf } from "../kernel/errors/failure.ts";
import { softwareVersion } from "../kernel/version.ts";
import { type Command, exitCodes, UsageError } from "./command.ts";
import { nearestWord } from "./nearest-word.ts";

/** Commands are loaded when they are asked for, so that `--help` answers at once. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./up.ts")).up,
  issue: async () => (await import("./issue.ts")).issue,
  inspect: async () => (await import("./inspect.ts")).inspect,
  inquiry: async () => (await import("./inquiry.ts")).inquiry,
  deterrent: async () => (await import("./deterrent.ts")).deterrent,
  latent: async () => (await import("./latent.ts")).latent,
  "image-keys": async () => (await import("./image-keys.ts")).imageKeys,
  test: async () => (await import("./test.ts")).test,
  coverage: async () => (await import("./coverage/coverage.ts")).coverage,
  bench: async () => (await import("./bench.ts")).bench,
  screens: async () => (await import("./screens.ts")).screens,
  decode: async () => (await import("./wire/commands.ts")).decode,
  encode: async () => (await import("./wire/commands.ts")).encode,
  health: async () => (await import("./health.ts")).health,
  devices: async () => (await import("./devices.ts")).devices,
  device: async () => (await import("./device.ts")).device,
  replay: async () => (await import("./replay.ts")).replay,
  firmware: async () => (await import("./firmware.ts")).firmware,
  doctor: async () => (await import("./doctor/doctor.ts")).doctor,
};

async function help(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(async ([name, load]) => `  ${name.padEnd(10)} ${(await load()).summary}`),
  );
  return `窓口 Madoguchi ${softwareVersion}: the software of a certificate kiosk and of everything behind it

usage: ./madoguchi COMMAND [OPTIONS]

${lines.join("\n")}

  ./madoguchi COMMAND --help tells a command's options; --version prints the version.
`;
}

async function main(args: readonly string[]): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word === "--help" || word === "-h" || word === "help") {
    process.stdout.write(await help());
    return word === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (word === "--version" || word === "-v") {
    process.stdout.write(`${softwareVersion}\n`);
    return exitCodes.ok;
  }
  const load = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (!load) {
    const near = nearestWord(word.replace(/^--/, ""), Object.keys(commands));
    process.stderr.write(
      `madoguchi: there is no command ${word}${near ? `; did you mean ./madoguchi ${near}?` : ""}\n./madoguchi --help lists the commands\n`,
    );
    return exitCodes.usage;
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    process.stdout.write(`${command.usage}\n`);
    return exitCodes.ok;
  }
  try {
    return await command.run(rest);
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    process.stderr.write(`madoguchi ${word}: ${thrown.message}\n\n${command.usage}\n`);
    return exitCodes.usage;
  }
}

/**
 * Who closes the other end (`| head`) has read enough: the command goes on to its own exit code. Any other failure is said once,
 * and leaves with 1. What cannot be said on standard error is not said.
 */
function mindOutput(): void {
  let said = false;
  process.stdout.on("error", (thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "EPIPE" || said) return;
    said = true;
    process.exitCode = exitCodes.failed;
    process.stderr.write(`madoguchi: standard output cannot be written (${messageOf(thrown)})\n`);
  });
  process.stderr.on("error", () => {});
}

mindOutput();
const code = await main(process.argv.slice(2));
process.exitCode ||= code;
