import { events } from "./entry.ts";

/** Events of this room; see `docs/events.md`. */
export const deviceEvents = events({
  "card.readerAvailable": {
    level: "info",
    description: "The card reader can be used.",
    fields: { reader: "string" },
  },
  "card.readerLost": {
    level: "warn",
    description: "The card reader or its process is gone; it comes back by itself.",
    fields: { reader: "string", code: "string" },
  },
  "card.processEnded": {
    level: "warn",
    description: "The card reader's process ended and is started again.",
    fields: { reader: "string", code: "string", retryMs: "number" },
  },
  "card.watchdog": {
    level: "error",
    description: "A card or a reader did not answer; the card reader's process is killed and started again.",
    fields: { reader: "string", request: "string", timeoutMs: "number" },
  },
  "card.restarted": {
    level: "info",
    description: "The card reader is restarted on request; a session with a card ends.",
    fields: { reader: "string" },
  },
  "card.itemsRefused": {
    level: "info",
    description: "The card's four items were not read; the issuance goes on at a lower binding level.",
    fields: { reader: "string", refusal: "string" },
  },
  "coin.ready": {
    level: "info",
    description: "The coin vendor finished its start-up.",
    fields: { device: "string", echo: "string" },
  },
  "coin.notReady": {
    level: "warn",
    description: "The coin vendor's start-up failed; it is tried again for ever.",
    fields: { device: "string", code: "string" },
  },
  "coin.credited": {
    level: "info",
    description: "A coin was recorded and is in the escrow.",
    fields: { device: "string", counter: "number", yen: "number" },
  },
  "coin.acceptorError": {
    level: "info",
    description: "The acceptor reported an error code of header 229.",
    fields: { device: "string", errorCode: "number", error: "string", meaning: "string" },
  },
  "coin.eventsLost": {
    level: "error",
    description: "Results of the acceptor were overwritten before they were read: a cash discrepancy, never a guess.",
    fields: { device: "string", counter: "number", lost: "number" },
  },
  "coin.acceptorReset": {
    level: "error",
    description: "The acceptor lost its power between two polls: credits may be lost. Its inhibits are sent again.",
    fields: { device: "string", counter: "number" },
  },
  "coin.slot": {
    level: "info",
    description: "The coin slot was opened or closed.",
    fields: { device: "string", open: "boolean" },
  },
  "coin.escrow": {
    level: "info",
    description: "The escrow was emptied into the cash box or into the return tray.",
    fields: { device: "string", to: "string" },
  },
  "coin.dispensing": {
    level: "info",
    description: "A payout command is about to leave.",
    fields: { device: "string", denomination: "number", coins: "number", counterBefore: "number" },
  },
  "coin.dispensed": {
    level: "info",
    description: "A payout was judged by the hopper's counters.",
    fields: { device: "string", denomination: "number", paid: "number", unpaid: "number", known: "boolean" },
  },
  "coin.hopper": {
    level: "warn",
    description: "A hopper's state changed.",
    fields: { device: "string", denomination: "number", state: "string", code: "string" },
  },
  "coin.missorted": {
    level: "warn",
    description: "A coin took another sorter path than the one that was set.",
    fields: { device: "string", yen: "number", path: "number" },
  },
  "coin.checkDetected": {
    level: "info",
    description: "A device of the coin bus was found to use this frame check.",
    fields: { device: "string", address: "number", check: "string" },
  },
  "coin.exchangeStarted": {
    level: "info",
    description: "Staff opened storage units.",
    fields: { device: "string", units: "string" },
  },
  "coin.exchanged": {
    level: "info",
    description: "What staff found in a storage unit; `difference` is found minus the book, 0 where one is not known.",
    fields: { device: "string", unit: "string", denomination: "number", difference: "number", known: "boolean" },
  },
  "coin.exchangeEnded": {
    level: "info",
    description: "Staff closed the storage units.",
    fields: { device: "string" },
  },
  "note.state": {
    level: "warn",
    description: "The note acceptor's state changed; without it the kiosk takes coins only.",
    fields: { device: "string", state: "string", code: "string" },
  },
  "note.held": {
    level: "info",
    description: "A banknote was recorded and lies in the escrow.",
    fields: { device: "string", yen: "number" },
  },
  "note.stacked": {
    level: "info",
    description: "A banknote went into the note box.",
    fields: { device: "string", yen: "number" },
  },
  "note.returned": {
    level: "info",
    description: "A banknote went back to the citizen.",
    fields: { device: "string", yen: "number" },
  },
  "note.unproved": {
    level: "error",
    description: "Nobody can tell which way a banknote went, or a note lies in the box that was never recorded.",
    fields: { device: "string", yen: "number" },
  },
  "note.error": {
    level: "info",
    description: "The note acceptor reported an event that is no note.",
    fields: { device: "string", errorCode: "number", error: "string", meaning: "string" },
  },
  "coin.noise": {
    level: "debug",
    description: "Bytes on the coin bus belonged to no frame.",
    fields: { device: "string", bytes: "number" },
  },
  "printer.status": {
    level: "info",
    description: "The certificate printer's status changed. `code` is empty when nothing is wrong.",
    fields: { printer: "string", word: "string", code: "string" },
  },
  "printer.busy": {
    level: "info",
    description: "The certificate printer is busy with another job and is asked again.",
    fields: { printer: "string", pauseMs: "number" },
  },
  "printer.overlaysLeftOut": {
    level: "warn",
    description:
      "The certificate printer no longer takes overlays: a document was printed without its forgery-detection image.",
    fields: { printer: "string" },
  },
  "printer.replyLost": {
    level: "warn",
    description: "The answer to a print job was lost; the job is looked for by its document id.",
    fields: { printer: "string", documentId: "string", code: "string" },
  },
  "printer.staleJob": {
    level: "warn",
    description: "A job of this kiosk that nobody waits for any more was cancelled in the certificate printer.",
    fields: { printer: "string", documentId: "string", jobId: "number" },
  },
  "printer.resumed": {
    level: "info",
    description: "The certificate printer rested without a reason and was told to go on. `code` says why it refused.",
    fields: { printer: "string", code: "string" },
  },
  "printer.deterrentUnreadable": {
    level: "warn",
    description: "The steps chosen for the printer's deterrent text cannot be read; the default is printed.",
    fields: { code: "string" },
  },
  "printer.jobTaken": {
    level: "info",
    description: "The certificate printer has taken a job.",
    fields: { printer: "string", documentId: "string", jobId: "number", impressions: "number" },
  },
  "printer.jobSettled": {
    level: "info",
    description: "A print job was settled on its impressions.",
    fields: {
      printer: "string",
      documentId: "string",
      jobId: "number",
      state: "string",
      impressions: "number",
      impressionsCompleted: "number",
      jobState: "string",
    },
  },
  "cabinet.hello": {
    level: "info",
    description: "The bridge to the I/O board said who it is.",
    fields: {
      device: "string",
      protocol: "number",
      bridge: "string",
      firmware: "string",
      resetCause: "string",
    },
  },
  "cabinet.deadMan": {
    level: "info",
    description: "The I/O board's dead man changed its state, or told it after a start.",
    fields: { device: "string", state: "string", tripsThisHour: "number", trips: "number" },
  },
  "cabinet.garbage": {
    level: "warn",
    description: "A line from the bridge was no message of the protocol.",
    fields: { device: "string", bytes: "number" },
  },
});
