import type { FailureDetail } from "../../src/kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../src/kernel/result.ts";
import { decodeResponse, MAX_RESPONSE_DATA_BYTES, type ResponseApdu } from "./apdu/apdu.ts";
import { readBinary, selectApplication, selectFile } from "./apdu/commands.ts";
import { formatStatusWord, statusWord } from "./apdu/status-words.ts";

/** Carries one command to the card and its response back; how, is the transport's business. */
export type Transmit = (apdu: Uint8Array) => Promise<Result<Uint8Array>>;

/**
 * Conversation with one card: remembers which application is selected, because selecting it again would drop the PIN.
 * Every failure is a code of the catalogue; a response without status word is a card that was moved (`K-CARD-103`).
 */
export interface CardChannel {
  send(apdu: Uint8Array): Promise<Result<ResponseApdu>>;
  /** Selects an application unless it is the current one. True when the card has it. */
  selectApplication(aid: Uint8Array): Promise<Result<boolean>>;
  /** Selects a file of the current application; `K-CARD-108` when the card answers anything but 9000. */
  selectFile(step: string, id: number): Promise<Result<void>>;
  /**
   * Reads bytes of the current file from `from` up to `to` (exclusive). Ends early at the end of the file: a short read
   * with 9000, 6282, or 6B00 past it. Other answers: `K-CARD-107` locked, `K-CARD-108`.
   */
  readFile(step: string, from: number, to: number): Promise<Result<Uint8Array>>;
}

/** A channel over `transmit`, as after a reset: no application is selected. */
export function createCardChannel(transmit: Transmit): CardChannel {
  let current = "";

  const send = async (apdu: Uint8Array): Promise<Result<ResponseApdu>> => {
    const answer = await transmit(apdu);
    if (!answer.ok) return answer;
    const response = decodeResponse(answer.value);
    return response ? ok(response) : fail("K-CARD-103", { bytes: answer.value.length });
  };

  return {
    send,
    async selectApplication(aid) {
      const name = Buffer.from(aid).toString("hex");
      if (current === name) return ok(true);
      current = "";
      const response = await send(selectApplication(aid));
      if (!response.ok) return response;
      if (statusWord(response.value.sw).meaning !== "ok") return ok(false);
      current = name;
      return ok(true);
    },
    async selectFile(step, id) {
      const response = await send(selectFile(id));
      if (!response.ok) return response;
      return statusWord(response.value.sw).meaning === "ok" ? ok() : unexpected(step, response.value.sw);
    },
    async readFile(step, from, to) {
      const parts: Uint8Array[] = [];
      let offset = from;
      while (offset < to) {
        const wanted = Math.min(MAX_RESPONSE_DATA_BYTES, to - offset);
        const response = await send(readBinary(offset, wanted));
        if (!response.ok) return response;
        const { data, sw } = response.value;
        const { meaning } = statusWord(sw);
        if (meaning === "offsetBeyondEnd") break;
        if (meaning !== "ok" && meaning !== "endOfFile") return unexpected(step, sw);
        parts.push(data.subarray(0, wanted));
        offset += Math.min(data.length, wanted);
        if (data.length < wanted) break;
      }
      return ok(new Uint8Array(Buffer.concat(parts)));
    },
  };
}

/** The failure for a status word that the step did not expect: locked data has a code of its own. */
export function unexpected(step: string, sw: number): Result<never> {
  const { meaning, text } = statusWord(sw);
  const detail: FailureDetail = { step, statusWord: formatStatusWord(sw), says: text };
  return fail(meaning === "securityStatus" ? "K-CARD-107" : "K-CARD-108", detail);
}
