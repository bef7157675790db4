import type { CertificateKind } from "../../protocol/certificates.ts";

/** A fee of one copy with the days on which it holds, both included; without `validTo` it holds until further notice. */
export interface Fee {
  readonly certificate: CertificateKind;
  readonly feeYen: number;
  /** `YYYY-MM-DD` */
  readonly validFrom: string;
  readonly validTo: string | undefined;
}

/**
 * The fee of one copy on a day (`YYYY-MM-DD`); undefined when none holds, and then the certificate is not offered.
 * At most one holds: `overlappingFees` refuses tables with two.
 */
export function feeOn(fees: readonly Fee[], kind: CertificateKind, date: string): number | undefined {
  return fees.find((f) => f.certificate === kind && holds(f, date))?.feeYen;
}

/** The first pair of fees of one certificate that hold on the same day, by their places in the list. */
export function overlappingFees(fees: readonly Fee[]): readonly [number, number] | undefined {
  for (const [second, b] of fees.entries()) {
    const first = fees
      .slice(0, second)
      .findIndex((a) => a.certificate === b.certificate && (holds(a, b.validFrom) || holds(b, a.validFrom)));
    if (first >= 0) return [first, second];
  }
  return undefined;
}

function holds(fee: Fee, date: string): boolean {
  return date >= fee.validFrom && (fee.validTo === undefined || date <= fee.validTo);
}
