import { entries } from "./entry.ts";

const CALL = "Call the operator's centre and tell them the code.";

/** The A4 printer (1xx talking to it, 2xx what its hardware says) and the making of pages (3xx). */
export const printerErrors = entries({
  "K-PRINT-101": {
    kind: "fault",
    cause: "the certificate printer cannot be reached; nothing was sent",
    clerk: "Check that the printer is switched on and its network cable is plugged in.",
  },
  "K-PRINT-102": {
    kind: "fault",
    cause: "the certificate printer's answer is not the IPP that was agreed",
    clerk: "Switch the printer off and on again; if it stays, call the operator's centre.",
  },
  "K-PRINT-103": {
    kind: "fault",
    cause: "the certificate printer is busy with another job",
    clerk: "Wait until the printer has finished; if it stays busy, switch it off and on again.",
  },
  "K-PRINT-104": {
    kind: "fault",
    cause: "the certificate printer does not accept jobs",
    clerk: "Release the printer on its own panel, then try again.",
  },
  "K-PRINT-105": {
    kind: "configuration",
    cause: "the certificate printer does not support the document's format",
    clerk: CALL,
  },
  "K-PRINT-106": { kind: "fault", cause: "the certificate printer refused the request", clerk: CALL },
  "K-PRINT-107": {
    kind: "configuration",
    cause: "the certificate printer cannot print two-sided A4 in grey at 600 dpi as it is set up",
    clerk: CALL,
  },
  "K-PRINT-108": {
    kind: "fault",
    cause: "the certificate printer does not know the job",
    clerk: "Look whether paper lies in the output tray, keep it, and call the operator's centre.",
  },
  "K-PRINT-109": {
    kind: "fault",
    cause: "the connection broke while a job was sent, and whether the printer took it cannot be found out",
    clerk: "Look whether paper comes out of the printer, keep it, and call the operator's centre.",
  },
  "K-PRINT-110": {
    kind: "fault",
    cause: "the connection broke while a job was sent, and the printer says that it did not take it",
    clerk: "Check the printer's network cable, then try again.",
  },
  "K-PRINT-111": {
    kind: "fault",
    cause: "the certificate printer cannot be told over the network to go on",
    clerk: "Release the printer on its own panel.",
  },
  "K-PRINT-201": {
    kind: "fault",
    cause: "the certificate printer has no paper",
    clerk: "Put A4 paper into the tray of the certificate printer.",
  },
  "K-PRINT-202": {
    kind: "fault",
    cause: "paper is jammed in the certificate printer",
    clerk: "Clear the jam as the printer's lid shows. Keep every sheet that comes out: do not hand it to anybody.",
  },
  "K-PRINT-203": {
    kind: "fault",
    cause: "a door or cover of the certificate printer is open",
    clerk: "Close all doors and covers of the certificate printer.",
  },
  "K-PRINT-204": {
    kind: "fault",
    cause: "the certificate printer has no toner",
    clerk: "Put a new toner cartridge into the certificate printer.",
  },
  "K-PRINT-205": {
    kind: "fault",
    cause: "the certificate printer is stopped",
    clerk: "Release the printer on its own panel; if it stays stopped, switch it off and on again.",
  },
  "K-PRINT-206": {
    kind: "fault",
    cause: "the output tray of the certificate printer is full",
    clerk: "Take the paper out of the output tray; keep what nobody has taken.",
  },
  "K-PRINT-207": {
    kind: "fault",
    cause: "the certificate printer reports an error of its own",
    clerk: "Read the printer's own panel; switch it off and on again, or call the operator's centre.",
  },
  "K-PRINT-208": {
    kind: "fault",
    cause: "the certificate printer's toner is nearly at its end; it still prints",
    clerk: "Put a new toner cartridge in when nobody uses the kiosk.",
  },
  "K-PRINT-209": {
    kind: "fault",
    cause: "the certificate printer has little A4 paper left; it still prints",
    clerk: "Fill the tray with A4 paper when nobody uses the kiosk.",
  },
  "K-PRINT-210": {
    kind: "configuration",
    cause: "nobody has chosen for this printer how its deterrent text is printed; it gets the default",
    clerk: "Print the calibration sheet (`./madoguchi deterrent sheet`) and register the chosen steps.",
  },
  "K-PRINT-301": { kind: "fault", cause: "a raster is not PWG 5102.4 or is larger than allowed", clerk: CALL },
  "K-PRINT-302": {
    kind: "fault",
    cause: "the process that makes the pages ended before it had finished",
    clerk: "The citizen may try again; if it happens again, call the operator's centre.",
  },
  "K-PRINT-303": {
    kind: "fault",
    cause: "the process that makes the pages did not finish in time and was ended",
    clerk: "The citizen may try again; if it happens again, call the operator's centre.",
  },
});
