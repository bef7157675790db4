import type { CardReader } from "../../devices/card-reader/port.ts";

/** Resolves when something lies on the reader, or when nothing does. */
export function untilPresence(reader: CardReader, wanted: boolean): Promise<void> {
  if (reader.cardPresent() === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = reader.onPresence((present) => {
      if (present !== wanted) return;
      stop();
      resolve();
    });
  });
}

/** Resolves when the reader says this status word. */
export function untilWord(reader: CardReader, wanted: string): Promise<void> {
  if (reader.status().word === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = reader.onStatus((status) => {
      if (status.word !== wanted) return;
      stop();
      resolve();
    });
  });
}
