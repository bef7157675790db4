/** The little of firmata-io 2.3 and johnny-five 2.1 that is used here; neither brings types. */
declare module "firmata-io" {
  import type { EventEmitter } from "node:events";

  interface Transport extends EventEmitter {
    write(bytes: Buffer, done: () => void): void;
  }
  export interface FirmataBoard extends EventEmitter {
    readonly MODES: Readonly<Record<"INPUT" | "OUTPUT" | "PULLUP", number>>;
    readonly pins: readonly { readonly supportedModes: readonly number[] }[];
    /** Last levels of each port of eight pins; `digitalWrite` sends a whole port. */
    readonly ports: number[];
    readonly firmware: {
      readonly name?: string;
      readonly version?: { readonly major: number; readonly minor: number };
    };
    sysexCommand(message: readonly number[]): void;
    sysexResponse(id: number, handler: (data: number[]) => void): void;
    pinMode(pin: number, mode: number): void;
    digitalWrite(pin: number, value: number): void;
    reportDigitalPin(pin: number, value: 0 | 1): void;
  }
  const bind: {
    readonly Firmata: new (transport: Transport, options: { readonly reportVersionTimeout: number }) => FirmataBoard;
  };
  export default bind;
}

declare module "johnny-five" {
  import type { EventEmitter } from "node:events";
  import type { FirmataBoard } from "firmata-io";

  interface Board extends EventEmitter {
    readonly io: FirmataBoard;
    pinMode(pin: number, mode: number): Board;
    digitalWrite(pin: number, value: number): Board;
    sysexCommand(message: readonly number[]): Board;
    sysexResponse(id: number, handler: (data: number[]) => void): Board;
  }
  const five: {
    readonly Board: new (options: {
      readonly io: FirmataBoard;
      readonly repl: false;
      readonly debug: false;
      readonly sigint: false;
    }) => Board;
  };
  export default five;
  export type { Board };
}
