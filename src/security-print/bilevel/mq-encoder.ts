import { afterLps, afterMps, qeOf } from "./mq-states.ts";

const FIRST_BYTES = 4096;

/** The MQ arithmetic encoder of ITU-T T.88, annex E.2. One for one stream. */
export class MqEncoder {
  /** One byte a context, `2 × state + more probable symbol`; all begin at 0. */
  readonly #contexts: Uint8Array;
  #a = 0x8000;
  #c = 0;
  #ct = 12;
  /** The byte before the first is a place that carries may not reach; it is left out of the result. */
  #out = new Uint8Array(FIRST_BYTES);
  #at = 0;

  constructor(contextCount: number) {
    this.#contexts = new Uint8Array(contextCount);
  }

  /** Codes one decision (0 or 1) in a context. */
  encode(context: number, bit: number): void {
    const cx = this.#contexts[context] as number;
    const qe = qeOf[cx] as number;
    this.#a -= qe;
    if (bit === (cx & 1)) {
      if ((this.#a & 0x8000) !== 0) {
        this.#c += qe;
        return;
      }
      if (this.#a < qe) this.#a = qe;
      else this.#c += qe;
      this.#contexts[context] = afterMps[cx] as number;
    } else {
      if (this.#a < qe) this.#c += qe;
      else this.#a = qe;
      this.#contexts[context] = afterLps[cx] as number;
    }
    do {
      this.#a <<= 1;
      this.#c = (this.#c << 1) >>> 0;
      this.#ct -= 1;
      if (this.#ct === 0) this.#byteOut();
    } while ((this.#a & 0x8000) === 0);
  }

  /** Ends the stream (FLUSH, figure E.11) with the marker FF AC and gives its bytes. */
  finish(): Uint8Array {
    const limit = this.#c + this.#a;
    this.#c |= 0xffff;
    if (this.#c >= limit) this.#c -= 0x8000;
    this.#c = (this.#c << this.#ct) >>> 0;
    this.#byteOut();
    this.#c = (this.#c << this.#ct) >>> 0;
    this.#byteOut();
    if (this.#out[this.#at] !== 0xff) this.#next(0xff);
    this.#next(0xac);
    return this.#out.slice(1, this.#at + 1);
  }

  #byteOut(): void {
    if (this.#out[this.#at] !== 0xff && this.#c >= 0x8000000) {
      this.#out[this.#at] = (this.#out[this.#at] as number) + 1;
      if (this.#out[this.#at] === 0xff) this.#c &= 0x7ffffff;
    }
    if (this.#out[this.#at] === 0xff) {
      this.#stuffed();
      return;
    }
    this.#next((this.#c >>> 19) & 0xff);
    this.#c &= 0x7ffff;
    this.#ct = 8;
  }

  /** After FF only seven bits follow, so that a later carry cannot run through it. */
  #stuffed(): void {
    this.#next((this.#c >>> 20) & 0xff);
    this.#c &= 0xfffff;
    this.#ct = 7;
  }

  #next(byte: number): void {
    this.#at += 1;
    if (this.#at === this.#out.length) {
      const bigger = new Uint8Array(2 * this.#out.length);
      bigger.set(this.#out);
      this.#out = bigger;
    }
    this.#out[this.#at] = byte;
  }
}
