/** The devices of a kiosk, by the names of their folders. */
export const deviceNames = ["card-reader", "coin-vendor", "certificate-printer", "receipt-printer", "cabinet"] as const;
export type DeviceName = (typeof deviceNames)[number];
