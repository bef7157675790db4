/**
 * The check digit of eleven digits of a My Number (平成26年総務省令第85号第5条): 11 − (Σ Pn × Qn mod 11), Pn the n-th digit
 * from the right, Qn = n + 1 for n ≤ 6 and n − 5 above; remainders 0 and 1 give 0.
 */
export function myNumberCheckDigit(elevenDigits: string): number {
  const sum = [...elevenDigits].reverse().reduce((total, digit, i) => {
    const n = i + 1;
    return total + Number(digit) * (n <= 6 ? n + 1 : n - 5);
  }, 0);
  const remainder = sum % 11;
  return remainder <= 1 ? 0 : 11 - remainder;
}

/**
 * The check digit of a municipality code (全国地方公共団体コード, 総務省): five digits weighted 6, 5, 4, 3, 2; the last digit
 * of 11 − (sum mod 11).
 */
export function municipalityCheckDigit(fiveDigits: string): number {
  const sum = [...fiveDigits].reduce((total, digit, i) => total + Number(digit) * (6 - i), 0);
  return (11 - (sum % 11)) % 10;
}
