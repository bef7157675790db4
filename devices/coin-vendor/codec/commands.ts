/** One command of the Generic Specification 4.7, part 2, as this driver uses it. */
export interface Command {
  readonly header: number;
  /** Smallest and largest number of data bytes in a good reply. */
  readonly reply: readonly [number, number];
  /** How long the device may think. Generous: at 9600 baud alone the longest reply takes 17 ms, with echo 22 ms. */
  readonly timeoutMs: number;
  /** A command that moves money is never repeated: a lost reply does not mean that nothing happened. */
  readonly once?: true;
}

const QUICK_MS = 250;
const MECHANICAL_MS = 1500;
const TEXT: readonly [number, number] = [0, 252];
const ACK_ONLY: readonly [number, number] = [0, 0];

/** The commands by name; headers are checked for duplicates by a test. */
export const commands = {
  simplePoll: { header: 254, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  requestManufacturer: { header: 246, reply: TEXT, timeoutMs: QUICK_MS },
  requestCategory: { header: 245, reply: TEXT, timeoutMs: QUICK_MS },
  requestProductCode: { header: 244, reply: TEXT, timeoutMs: QUICK_MS },
  requestSerialNumber: { header: 242, reply: [3, 3], timeoutMs: QUICK_MS },
  requestSoftwareRevision: { header: 241, reply: TEXT, timeoutMs: QUICK_MS },
  performSelfCheck: { header: 232, reply: [1, 3], timeoutMs: MECHANICAL_MS },
  modifyInhibitStatus: { header: 231, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  requestInhibitStatus: { header: 230, reply: [2, 2], timeoutMs: QUICK_MS },
  readBufferedCredit: { header: 229, reply: [11, 11], timeoutMs: QUICK_MS },
  modifyMasterInhibit: { header: 228, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  requestMasterInhibit: { header: 227, reply: [1, 1], timeoutMs: QUICK_MS },
  requestPayoutLevel: { header: 217, reply: [1, 1], timeoutMs: QUICK_MS },
  modifySorterPaths: { header: 210, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  requestSorterPaths: { header: 209, reply: [1, 4], timeoutMs: QUICK_MS },
  requestBuildCode: { header: 192, reply: TEXT, timeoutMs: QUICK_MS },
  requestCoinId: { header: 184, reply: [6, 6], timeoutMs: QUICK_MS },
  emergencyStop: { header: 172, reply: [1, 1], timeoutMs: MECHANICAL_MS },
  requestDispenseCount: { header: 168, reply: [3, 3], timeoutMs: QUICK_MS },
  /** The reply is the event counter, or a bare ACK from some makers. */
  dispenseCoins: { header: 167, reply: [0, 1], timeoutMs: MECHANICAL_MS, once: true },
  requestHopperStatus: { header: 166, reply: [4, 4], timeoutMs: QUICK_MS },
  enableHopper: { header: 164, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  testHopper: { header: 163, reply: [1, 3], timeoutMs: MECHANICAL_MS },
  readBufferedBillEvents: { header: 159, reply: [11, 11], timeoutMs: QUICK_MS },
  requestBillId: { header: 157, reply: [7, 7], timeoutMs: QUICK_MS },
  requestCountryScalingFactor: { header: 156, reply: [3, 3], timeoutMs: QUICK_MS },
  requestBillPosition: { header: 155, reply: [1, 8], timeoutMs: QUICK_MS },
  /** The reply is a bare ACK, or why the bill cannot be routed. */
  routeBill: { header: 154, reply: [0, 1], timeoutMs: MECHANICAL_MS },
  modifyBillOperatingMode: { header: 153, reply: ACK_ONLY, timeoutMs: QUICK_MS },
  payMoneyOut: { header: 125, reply: ACK_ONLY, timeoutMs: MECHANICAL_MS, once: true },
  verifyMoneyOut: { header: 124, reply: [9, 9], timeoutMs: QUICK_MS },
  requestActivityRegister: { header: 123, reply: [2, 2], timeoutMs: QUICK_MS },
  requestErrorStatus: { header: 122, reply: [2, 2], timeoutMs: QUICK_MS },
  operateEscrow: { header: 107, reply: ACK_ONLY, timeoutMs: MECHANICAL_MS },
  requestEscrowStatus: { header: 106, reply: [3, 3], timeoutMs: QUICK_MS },
  requestCommsRevision: { header: 4, reply: [3, 3], timeoutMs: QUICK_MS },
  resetDevice: { header: 1, reply: ACK_ONLY, timeoutMs: MECHANICAL_MS },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof commands;

/** Data of header 164 that enables a hopper; anything else disables it. */
export const HOPPER_ENABLE_CODE = 165;
/** Data of header 154. */
export const ROUTE_RETURN = 0;
export const ROUTE_STACK = 1;
export const ROUTE_EXTEND = 255;
/** Header 154: there is no bill to route. */
export const ROUTE_ESCROW_EMPTY = 254;
/** Data of header 153: stacker and escrow are used. */
export const BILL_MODE_STACKER_AND_ESCROW = 3;
/** Data of header 107. */
export const ESCROW_ACCEPT = 0;
export const ESCROW_RETURN = 1;
