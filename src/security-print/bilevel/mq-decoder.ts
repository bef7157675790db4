import { afterLps, afterMps, qeOf } from "./mq-states.ts";

/**
 * The MQ arithmetic decoder of ITU-T T.88, annex E.3. It answers whatever bytes it is given, and as many decisions as it
 * is asked for: after the end of the bytes it reads the marker FF AC for ever.
 */
export class MqDecoder {
  readonly #contexts: Uint8Array;
  readonly #bytes: Uint8Array;
  #at = 0;
  #a = 0x8000;
  #c: number;
  #ct = 0;

  constructor(bytes: Uint8Array, contextCount: number) {
    this.#contexts = new Uint8Array(contextCount);
    this.#bytes = bytes;
    this.#c = (this.#byte(0) << 16) >>> 0;
    this.#byteIn();
    this.#c = (this.#c << 7) >>> 0;
    this.#ct -= 7;
  }

  /** The next decision (0 or 1) in a context. */
  decode(context: number): number {
    const cx = this.#contexts[context] as number;
    const qe = qeOf[cx] as number;
    let bit = cx & 1;
    this.#a -= qe;
    if (this.#c >>> 16 < qe) {
      if (this.#a < qe) this.#contexts[context] = afterMps[cx] as number;
      else {
        bit ^= 1;
        this.#contexts[context] = afterLps[cx] as number;
      }
      this.#a = qe;
    } else {
      this.#c -= qe << 16;
      if ((this.#a & 0x8000) !== 0) return bit;
      if (this.#a < qe) {
        bit ^= 1;
        this.#contexts[context] = afterLps[cx] as number;
      } else this.#contexts[context] = afterMps[cx] as number;
    }
    do {
      if (this.#ct === 0) this.#byteIn();
      this.#a <<= 1;
      this.#c = (this.#c << 1) >>> 0;
      this.#ct -= 1;
    } while ((this.#a & 0x8000) === 0);
    return bit;
  }

  #byte(at: number): number {
    return this.#bytes[at] ?? (at === this.#bytes.length ? 0xff : 0xac);
  }

  #byteIn(): void {
    if (this.#byte(this.#at) === 0xff) {
      const next = this.#byte(this.#at + 1);
      if (next > 0x8f) {
        this.#c += 0xff00;
        this.#ct = 8;
      } else {
        this.#at += 1;
        this.#c += next << 9;
        this.#ct = 7;
      }
    } else {
      this.#at += 1;
      this.#c += this.#byte(this.#at) << 8;
      this.#ct = 8;
    }
    this.#c >>>= 0;
  }
}
