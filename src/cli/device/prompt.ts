import { createInterface } from "node:readline";
import { systemClock } from "../../kernel/clock.ts";
import type { SimulatedDevice } from "../../town/workbench/simulated-device.ts";
import { nearestWord } from "../nearest-word.ts";
import type { HandSession } from "./hand-session.ts";
import type { View } from "./view.ts";

const LONGEST_WAIT_MS = 600_000;
/** Commands wait so long for a device that is still greeting. */
const READY_MS = 8_000;

/** Somebody at the keyboard, or a script on standard input, and what they drive. */
export interface Hand {
  readonly session: HandSession;
  readonly simulator: SimulatedDevice | undefined;
  readonly view: View;
}

/**
 * Obeys one line after the other until `quit`, the end of the input, SIGTERM, or Ctrl-C; Ctrl-C during a command cancels
 * that command. Resolves with whether every command succeeded; what stands behind the end of the input is still done.
 */
export function obeyLines(hand: Hand): Promise<boolean> {
  const { stdin, stderr } = process;
  const lines = createInterface({ input: stdin, ...(stdin.isTTY ? { output: stderr } : {}), prompt: "> " });
  if (stdin.isTTY) hand.view.hint("help lists the commands, quit ends");
  let running: AbortController | undefined;
  let ended = false;
  let succeeded = true;
  const stopping = new AbortController();
  let tail = hand.session.settled(READY_MS, stopping.signal);

  const ask = () => {
    if (stdin.isTTY && !ended) lines.prompt();
  };
  return new Promise((resolve) => {
    const end = () => {
      ended = true;
      stopping.abort();
      running?.abort();
      lines.close();
    };
    const interrupt = () => (running && !ended ? running.abort() : end());
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", end);
    lines.on("SIGINT", interrupt);
    lines.on("line", (line) => {
      tail = tail.then(async () => {
        const words = line.replace(/#.*$/, "").trim().split(/\s+/).filter(Boolean);
        if (ended || words.length === 0) return ask();
        if (words[0] === "quit" || words[0] === "exit") return end();
        running = new AbortController();
        succeeded = (await obey(hand, words, running.signal)) && succeeded;
        running = undefined;
        ask();
      });
    });
    lines.on("close", () => {
      void tail.then(() => {
        process.off("SIGINT", interrupt);
        process.off("SIGTERM", end);
        resolve(succeeded);
      });
    });
    ask();
  });
}

/** One command; false when it failed. */
async function obey(hand: Hand, words: readonly string[], signal: AbortSignal): Promise<boolean> {
  const { session, simulator, view } = hand;
  const [name = "", ...rest] = words;
  if (name === "help") {
    view.hint(help(hand));
    return true;
  }
  if (name === "status") {
    view.status(session.driven.device.status());
    return true;
  }
  if (name === "wait") return await pause(Number(rest[0]), signal, view);
  if (name === "hand" && simulator) {
    const [which = "", ...how] = rest;
    const done = Object.hasOwn(simulator.hands, which) && (simulator.hands[which]?.act(how) ?? false);
    const usages = Object.values(simulator.hands).map(({ usage }) => usage);
    if (!done) view.refused(`hands can: ${usages.join(", ")}`);
    return done;
  }
  if (Object.hasOwn(session.driven.commands, name)) return (await session.run(name, rest, signal)).ok;
  const near = nearestWord(name, [...Object.keys(session.driven.commands), "status", "help", "wait", "quit"]);
  view.refused(`there is no command ${name}; ${near ? `did you mean ${near}?` : "help lists them"}`);
  return false;
}

function pause(ms: number, signal: AbortSignal, view: View): Promise<boolean> {
  if (!(ms >= 0 && ms <= LONGEST_WAIT_MS)) {
    view.refused(`wait takes milliseconds, at most ${LONGEST_WAIT_MS}`);
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const timer = systemClock.setTimer(ms, () => resolve(true));
    signal.addEventListener("abort", () => {
      timer.cancel();
      resolve(false);
    });
  });
}

function help({ session, simulator }: Hand): string {
  const rows = [
    ...Object.values(session.driven.commands),
    { usage: "status", summary: "the device's status and its cause" },
    { usage: "wait MS", summary: "waits; frames go on" },
    ...Object.values(simulator?.hands ?? {}).map(({ usage, summary }) => ({ usage: `hand ${usage}`, summary })),
    { usage: "quit", summary: "ends, as the end of the input does; Ctrl-C ends a command, then the program" },
  ];
  return rows.map(({ usage, summary }) => `  ${usage.padEnd(44)} ${summary}`).join("\n");
}
