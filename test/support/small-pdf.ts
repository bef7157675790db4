/**
 * PDFs written by hand, so that a test can put into one whatever a hostile renderer might. Objects 1 (catalogue), 2
 * (pages) and one page with its content for each entry are made here; `objects` adds more, numbered from 100.
 */
export interface SmallPdf {
  /** Content stream of each page. */
  readonly pages: readonly string[];
  /** Entries of every page's dictionary, e.g. `/Rotate 90`. The media box is A4 unless it is given here. */
  readonly pageEntries?: string;
  /** Entries of the resource dictionary. Helvetica is `/F1` unless fonts are given here. */
  readonly resources?: string;
  /** Entries of the catalogue. */
  readonly catalogue?: string;
  readonly objects?: readonly string[];
}

export function smallPdf(spec: SmallPdf): Buffer {
  const bodies = new Map<number, string>();
  const pageNumbers = spec.pages.map((_, index) => 10 + index * 2);
  const entries = spec.pageEntries ?? "";
  const mediaBox = entries.includes("/MediaBox") ? "" : "/MediaBox [0 0 595.28 841.89]";
  const resources = spec.resources ?? "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
  bodies.set(1, `<< /Type /Catalog /Pages 2 0 R ${spec.catalogue ?? ""} >>`);
  bodies.set(
    2,
    `<< /Type /Pages /Count ${pageNumbers.length} /Kids [${pageNumbers.map((n) => `${n} 0 R`).join(" ")}] >>`,
  );
  spec.pages.forEach((content, index) => {
    const number = 10 + index * 2;
    const rest = `/Resources << ${resources} >> /Contents ${number + 1} 0 R ${entries}`;
    bodies.set(number, `<< /Type /Page /Parent 2 0 R ${mediaBox} ${rest} >>`);
    bodies.set(number + 1, stream("", content));
  });
  spec.objects?.forEach((body, index) => {
    bodies.set(100 + index, body);
  });
  let file = "%PDF-1.7\n";
  const offsets = new Map<number, number>();
  for (const [number, body] of bodies) {
    offsets.set(number, file.length);
    file += `${number} 0 obj\n${body}\nendobj\n`;
  }
  const size = Math.max(...bodies.keys()) + 1;
  const table = Array.from({ length: size }, (_, number) => {
    const offset = offsets.get(number);
    return offset === undefined ? "0000000000 65535 f \n" : `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${size}\n${table.join("")}${trailer}`, "latin1");
}

/** A stream object's body; `entries` go into its dictionary. */
export function stream(entries: string, content: string): string {
  return `<< ${entries} /Length ${Buffer.byteLength(content, "latin1")} >>\nstream\n${content}\nendstream`;
}
