/** A kiosk.yaml, as JSON, that passes its schema: nothing of it is there but the devices that are given. */
export function kioskFile(devices: Readonly<Record<string, string>>, data = "data"): string {
  const tls = { certificate: "kiosk.pem", key: "kiosk.key", authorities: ["centre.pem"] };
  return JSON.stringify({
    id: "kiosk-0001",
    data,
    signer: { certificate: "kiosk.pem", key: "kiosk.key" },
    operatorCenter: { url: "https://operator.example:8443", tls },
    issuanceCenter: { sealingKey: "A".repeat(43), authorities: ["centre.pem"] },
    municipalityAuthorities: ["municipality.pem"],
    devices: {
      cardReader: "unix:/run/madoguchi/card",
      coinVendor: "unix:/run/madoguchi/coins.sock",
      certificatePrinter: "ipp://127.0.0.1:631/ipp/print",
      receiptPrinter: "unix:/run/madoguchi/receipt.sock",
      cabinet: "unix:/run/madoguchi/cabinet.sock",
      ...devices,
    },
    panel: { port: 8481 },
    locales: "ui/locales",
  });
}
