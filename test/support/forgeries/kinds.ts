import type { CellGrid } from "../../../src/security-print/scramble/geometry.ts";
import type { Answer } from "../../../src/security-print/scramble/judge.ts";
import type { InspectionKeys } from "../../../src/security-print/scramble/keys.ts";
import type { Payload } from "../../../src/security-print/scramble/payload.ts";
import { strangeSigner, TestCentre, textLikeFront } from "../scramble.ts";
import { cellsOf, type Genuine, revokedKeys, type Workshop } from "./workshop.ts";

/** A back that somebody made, and with which keys it is inspected. */
export interface Forgery {
  readonly payload: Payload;
  readonly keys: InspectionKeys;
  /** What is done to the printed cells: bytes of the grid's places, 1 for black, changed in place. */
  readonly paint?: (cells: Uint8Array, grid: CellGrid) => void;
}

export type Outcome = Answer | "none";

/** One way to forge: what it is, what an inspector may say to it, and how it is made from a workshop's material. */
export interface ForgeryKind {
  readonly name: string;
  readonly answers: readonly Outcome[];
  make(workshop: Workshop, random: () => number): Forgery;
}

/** Bytes of a frame (docs/protocols/security-print.md). */
const FRAME_PARTS = { pageNumber: [5, 7], documentId: [14, 30], wrappedKey: [52, 120], body: [120, 800] } as const;
/** Words on paper that cannot be corrected any more are told as missing; they are never believed. */
const DAMAGED: readonly Outcome[] = ["partial", "unreadable", "altered", "none"];

export const forgeryKinds: readonly ForgeryKind[] = [
  {
    name: "spliced: sealed bytes of one certificate in another",
    answers: ["altered"],
    make(workshop, random) {
      const [a, b] = twoOf(workshop, random);
      const from = Math.floor(random() * 6000);
      return { payload: withImage(a.payload, b.payload, from, from + 200 + random() * 2000), keys: workshop.keys };
    },
  },
  {
    name: "spliced: the fields of one certificate over the image of another",
    answers: ["altered"],
    make(workshop, random) {
      const [a, b] = twoOf(workshop, random);
      return { payload: { ...a.payload, image: b.payload.image }, keys: workshop.keys };
    },
  },
  {
    name: "spliced: part of a frame from another certificate",
    answers: ["altered"],
    make(workshop, random) {
      const [a, b] = twoOf(workshop, random);
      const [from, to] = pick(Object.values(FRAME_PARTS), random);
      const frame = Buffer.from(a.payload.frame);
      frame.set(b.payload.frame.subarray(from, to), from);
      // Two documents may have the same part, a page number say: what was not changed was not forged.
      const changed = Buffer.compare(frame, a.payload.frame) !== 0;
      const forged = changed ? frame : flipped(frame, FRAME_PARTS.body[0], 1);
      return { payload: { ...a.payload, frame: forged }, keys: workshop.keys };
    },
  },
  {
    name: "pages of one certificate swapped",
    answers: ["altered"],
    make(workshop, random) {
      const pages = workshop.genuine.filter(({ documentId }, _, all) => documentId === all.at(-1)?.documentId);
      const a = pick(pages, random);
      const b = pick(
        pages.filter((one) => one !== a),
        random,
      );
      const image = { ...a.payload, image: b.payload.image };
      const number = Buffer.from(a.payload.frame);
      number.set(b.payload.frame.subarray(...FRAME_PARTS.pageNumber), FRAME_PARTS.pageNumber[0]);
      return { payload: random() < 0.5 ? image : { ...a.payload, frame: number }, keys: workshop.keys };
    },
  },
  {
    name: "one bit changed, and coded anew",
    // Bits of a key's id name a key that nobody has, those of the format's own signs make it no frame.
    answers: ["altered", "unknown-key", "unreadable"],
    make(workshop, random) {
      const { payload } = pick(workshop.genuine, random);
      const bit = 1 << Math.floor(8 * random());
      const keys = workshop.keys;
      if (random() < 0.5) return { payload: { ...payload, frame: flipped(payload.frame, 800 * random(), bit) }, keys };
      return { payload: { ...payload, image: flipped(payload.image, 5000 * random(), bit) }, keys };
    },
  },
  {
    name: "re-encoded: a front of the forger's under keys of his own",
    answers: ["unknown-key"],
    make: ({ keys }, random) => ({ payload: forger(random).payload(anyDocument(random)), keys }),
  },
  {
    name: "re-encoded: his own keys under the names of the centre's",
    answers: ["altered"],
    make({ centre, keys }, random) {
      const payload = forger(random).payload(anyDocument(random));
      const frame = Buffer.from(payload.frame);
      frame.set(Buffer.from(keys.encryption[0]?.keyId ?? "", "hex"), FRAME_PARTS.wrappedKey[0]);
      return { payload: { ...payload, frame }, keys: centre.inspectionKeys() };
    },
  },
  {
    name: "re-encoded: with the stolen encryption key, signed by nobody",
    answers: ["altered"],
    make({ centre, keys }, random) {
      const signer = { keyId: centre.signer.keyId, sign: strangeSigner().sign };
      return { payload: centre.payload(anyDocument(random), signer), keys };
    },
  },
  {
    name: "key confusion: sealed by the centre's key, signed by another issuer's in the centre's name",
    answers: ["altered"],
    make({ centre, strangers, keys }, random) {
      const theirs = strangers.inspectionKeys().signing.map((key) => ({ ...key, issuer: "another centre" }));
      const payload = centre.payload(anyDocument(random), strangers.signer);
      return { payload, keys: { ...keys, signing: [...keys.signing, ...theirs] } };
    },
  },
  {
    name: "another municipality's back, whose keys the inspector has not",
    answers: ["unknown-key"],
    make: ({ theirs, keys }) => ({ payload: theirs.payload, keys }),
  },
  {
    name: "old key: made with both stolen keys after they were revoked",
    answers: ["unknown-key"],
    make: (workshop) => ({ payload: workshop.late.payload, keys: revokedKeys(workshop) }),
  },
  {
    name: "replayed: a certificate that was declared void",
    answers: ["voided"],
    make({ genuine, keys }, random) {
      const { payload, documentId } = pick(genuine, random);
      return { payload, keys: { ...keys, voided: [{ documentId, fromMs: keys.asOfMs }] } };
    },
  },
  {
    name: "repainted: a rectangle of cells black, white or inverted",
    answers: ["genuine", ...DAMAGED],
    make(workshop, random) {
      const { payload } = pick(workshop.genuine, random);
      const how = Math.floor(3 * random());
      const inside = rectangle(random);
      return {
        payload,
        keys: workshop.keys,
        paint(cells, grid) {
          grid.places.forEach((place, i) => {
            if (!inside(place, grid)) return;
            cells[i] = how === 2 ? 1 - (cells[i] as number) : how;
          });
        },
      };
    },
  },
  {
    name: "repainted: a rectangle of another certificate's cells",
    answers: ["genuine", ...DAMAGED],
    make(workshop, random) {
      const [a, b] = twoOf(workshop, random);
      const inside = rectangle(random);
      const theirs = cellsOf(b.payload);
      return {
        payload: a.payload,
        keys: workshop.keys,
        paint(cells, grid) {
          grid.places.forEach((place, i) => {
            if (inside(place, grid)) cells[i] = theirs[i] as number;
          });
        },
      };
    },
  },
  {
    name: "bit-flipped: up to a fifth of the printed cells",
    answers: ["genuine", ...DAMAGED],
    make(workshop, random) {
      const { payload } = pick(workshop.genuine, random);
      const share = 0.2 * random();
      return {
        payload,
        keys: workshop.keys,
        paint(cells) {
          for (let i = 0; i < cells.length; i++) if (random() < share) cells[i] = 1 - (cells[i] as number);
        },
      };
    },
  },
];

function pick<T>(many: readonly T[], random: () => number): T {
  const one = many[Math.floor(random() * many.length)];
  if (one === undefined) throw new RangeError("nothing to choose from");
  return one;
}

/** Two backs with cells of the same size. */
function twoOf({ genuine }: Workshop, random: () => number): readonly [Genuine, Genuine] {
  const a = pick(genuine, random);
  const others = genuine.filter((one) => one !== a && one.payload.cellPx === a.payload.cellPx);
  return [a, pick(others, random)];
}

function withImage(a: Payload, b: Payload, from: number, to: number): Payload {
  const image = Buffer.from(a.image);
  image.set(b.image.subarray(from, to), Math.floor(from));
  return { ...a, image };
}

function flipped(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  const place = Math.floor(at);
  copy[place] = (copy[place] as number) ^ bit;
  return copy;
}

/** A forger with keys of his own; he may print any front, under any document's number. */
function forger(random: () => number): TestCentre {
  return new TestCentre(`forger ${random()}`);
}

const forgedFronts = [31, 32].map((seed) => textLikeFront(seed));
function anyDocument(random: () => number) {
  return { front: pick(forgedFronts, random), page: 1 + Math.floor(3 * random()), pages: 3 };
}

function rectangle(random: () => number) {
  const [x, y] = [random() * 0.8, random() * 0.8];
  const [width, height] = [0.03 + random() * 0.6, 0.03 + random() * 0.6];
  return (place: number, { columns, rows }: CellGrid) => {
    const [column, row] = [(place % columns) / columns, Math.floor(place / columns) / rows];
    return column >= x && column < x + width && row >= y && row < y + height;
  };
}
