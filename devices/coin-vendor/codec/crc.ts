/** CRC-CCITT as ccTalk uses it (XMODEM form): polynomial 0x1021, start 0, most significant bit first, no final XOR. */
export function crcCcitt(bytes: Uint8Array, start = 0): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}
